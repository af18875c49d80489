import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { Told } from './ledger.ts';

export interface Subscriber extends AsyncDisposable {
  /** Cursor → the event as it came, in the order in which they first came. */
  readonly received: ReadonlyMap<string, string>;
  /** The same cursor with other bytes, which must never be. */
  readonly contradictions: number;
  /** The same cursor with the same bytes. */
  readonly again: number;
  readonly cuts: number;
  /** Ends the connection without a word. */
  cut(): void;
}

/** Follows one type's changes, and resumes after its last cursor whenever the connection ends, whoever ended it. */
export function subscribe(address: string, type: string): Subscriber {
  const received = new Map<string, string>();
  const stopped = new AbortController();
  let contradictions = 0;
  let again = 0;
  let cuts = 0;
  let last: string | null = null;
  let socket: WebSocket | undefined;

  const once = async (): Promise<void> => {
    const client = createClient({
      url: `${address.replace('http', 'ws')}/graphql`,
      retryAttempts: 0,
      webSocketImpl: WebSocket,
      on: { opened: (opened) => (socket = opened as WebSocket) },
    });
    const end = (): void => void client.dispose();
    stopped.signal.addEventListener('abort', end);
    try {
      const query = `subscription ($after: String) { ${type}Changes(after: $after) { cursor op before { number token } after { number token } } }`;
      for await (const { data } of client.iterate({ query, variables: { after: last } })) {
        const event = (data as Record<string, { readonly cursor: string }> | null | undefined)?.[`${type}Changes`];
        if (event === undefined) continue;
        const text = JSON.stringify(event);
        const known = received.get(event.cursor);
        if (known === text) again += 1;
        else if (known !== undefined) contradictions += 1;
        received.set(event.cursor, text);
        last = event.cursor;
      }
    } finally {
      stopped.signal.removeEventListener('abort', end);
      await client.dispose();
    }
  };
  const running = (async () => {
    while (!stopped.signal.aborted) {
      await once().catch(() => undefined); // killed, cut or refused: it comes again
      await sleep(100, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  })();

  return {
    received,
    get contradictions() {
      return contradictions;
    },
    get again() {
      return again;
    },
    get cuts() {
      return cuts;
    },
    cut: () => {
      if (socket?.readyState !== WebSocket.OPEN) return;
      cuts += 1;
      socket.terminate();
    },
    async [Symbol.asyncDispose]() {
      stopped.abort();
      socket?.terminate();
      await running;
    },
  };
}

/** What an event says of its row. */
export function toldOf(text: string): Told {
  const { before, after } = JSON.parse(text) as Record<'before' | 'after', { readonly number: number; readonly token: string } | null>;
  return { row: (after ?? before)?.number ?? -1, before: before?.token ?? null, after: after?.token ?? null };
}
