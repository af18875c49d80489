/** A whole hub in this process, asked over HTTP as clients do. */
import { pino } from 'pino';
import { createHub, type Hub } from '../../server/hub.ts';

export interface HttpHub extends AsyncDisposable {
  readonly hub: Hub;
  /** The response's body as text, errors included. */
  post(query: string, variables?: Record<string, unknown>): Promise<string>;
  /** The response's data. @throws when there are errors */
  data<T>(query: string, variables?: Record<string, unknown>): Promise<T>;
}

/** Starts a hub from its files, with nothing but `env` as its environment, once every source has been read. */
export async function openHttpHub(configurationFile: string, env: Readonly<Record<string, string>>): Promise<HttpHub> {
  const hub = await createHub({ configurationFile, env, development: true, log: pino({ level: env['YIWANG_LOG_LEVEL'] ?? 'silent' }) });
  // On a busy machine a source may miss the start; it then joins.
  while (hub.federation.generation().offline.length > 0) await new Promise((resolve) => setTimeout(resolve, 200));
  const scans = await hub.federation.keeper.refresh();
  const failed = scans.filter((scan) => scan.status === 'failed');
  if (failed.length > 0) throw new Error(`keys could not be read: ${JSON.stringify(failed)}`);
  const address = await hub.listen(0);
  const post = async (query: string, variables: Record<string, unknown> = {}): Promise<string> => {
    const response = await fetch(`${address}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    return response.text();
  };
  return {
    hub,
    post,
    async data<T>(query: string, variables?: Record<string, unknown>) {
      const text = await post(query, variables);
      const answer = JSON.parse(text) as { readonly data: T; readonly errors?: unknown };
      if (answer.errors !== undefined) throw new Error(`${query}\n${text}`);
      return answer.data;
    },
    [Symbol.asyncDispose]: () => hub[Symbol.asyncDispose](),
  };
}
