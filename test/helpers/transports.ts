/** One operation over each transport, its outcome in one form. */
import { createClient as createSseClient } from 'graphql-sse';
import { follow, openClient } from './subscriber.ts';

export interface Asked {
  readonly query?: string;
  readonly documentId?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

export interface Outcome {
  readonly data?: unknown;
  readonly codes: readonly unknown[];
}

type Errors = readonly { readonly extensions?: Readonly<Record<string, unknown>> }[];

const outcome = ({ data, errors = [] }: { readonly data?: unknown; readonly errors?: Errors | undefined }): Outcome => ({
  ...(data === undefined || data === null ? {} : { data }),
  codes: errors.map(({ extensions }) => extensions?.['code']),
});

export interface Transports extends AsyncDisposable {
  readonly all: ReadonlyMap<string, (asked: Asked) => Promise<Outcome>>;
}

/** POST, GET, WebSocket (one connection for all) and server-sent events, as whoever the headers say. */
export function openTransports(address: string, headers: Readonly<Record<string, string>> = {}): Transports {
  const socket = openClient(address, { lazy: true, connectionParams: { ...headers }, lazyCloseTimeout: 5_000 });
  const events = createSseClient({ url: `${address}/graphql`, headers: { ...headers }, retryAttempts: 0 });
  const json = async (response: Promise<Response>): Promise<Outcome> => outcome((await (await response).json()) as Parameters<typeof outcome>[0]);
  const get = ({ query, documentId, variables, extensions }: Asked): Promise<Outcome> => {
    const parameters = { query, documentId, variables: variables && JSON.stringify(variables), extensions: extensions && JSON.stringify(extensions) };
    const given = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return json(fetch(`${address}/graphql?${new URLSearchParams(given).toString()}`, { headers: { 'apollo-require-preflight': 'yes', ...headers } }));
  };
  const post = (asked: Asked): Promise<Outcome> =>
    json(fetch(`${address}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(asked) }));
  const overSocket = async (asked: Asked): Promise<Outcome> => {
    const subscriber = follow(socket.iterate({ query: '', ...asked } as never));
    const failure = await subscriber.ended();
    return outcome(failure ? { errors: failure as Errors } : subscriber.results[0]);
  };
  const overEvents = async (asked: Asked): Promise<Outcome> => {
    for await (const result of events.iterate(asked as never)) return outcome(result as unknown as Parameters<typeof outcome>[0]);
    throw new Error('the stream ended without an event');
  };
  return {
    all: new Map([
      ['POST', post],
      ['GET', get],
      ['WebSocket', overSocket],
      ['server-sent events', overEvents],
    ]),
    async [Symbol.asyncDispose]() {
      await socket.dispose();
      events.dispose();
    },
  };
}
