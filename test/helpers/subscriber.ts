/** Real clients of subscriptions, each as a list of what it got. */
import { createClient, type Client } from 'graphql-ws';
import { vi } from 'vitest';
import WebSocket from 'ws';

/** Looked into freely by tests. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Result = any;

export interface Subscriber {
  readonly results: Result[];
  /** Why it ended: what the iteration threw. */
  readonly failure: () => unknown;
  /** The first so many results. @throws when they do not come in time */
  wait(count: number, timeoutMs?: number): Promise<Result[]>;
  /** @throws when it does not end in time */
  ended(timeoutMs?: number): Promise<unknown>;
  leave(): Promise<void>;
}

export function openClient(address: string, options: Partial<Parameters<typeof createClient>[0]> = {}): Client {
  return createClient({ url: `${address.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket, retryAttempts: 0, ...options });
}

/** What an asynchronous iteration gives, one by one. */
export function follow(iterator: AsyncIterableIterator<unknown>): Subscriber {
  const results: Result[] = [];
  let failure: unknown;
  let over = false;
  void (async () => {
    try {
      for await (const result of iterator) results.push(result);
    } catch (error) {
      failure = error;
    }
    over = true;
  })();
  return {
    results,
    failure: () => failure,
    async wait(count, timeoutMs = 10_000) {
      await vi.waitFor(
        () => {
          if (results.length < count) throw new Error(`${results.length} of ${count} results: ${JSON.stringify(results.at(-1))} ${JSON.stringify(failure)}`);
        },
        { timeout: timeoutMs, interval: 5 },
      );
      return results.slice(0, count);
    },
    async ended(timeoutMs = 10_000) {
      await vi.waitFor(
        () => {
          if (!over) throw new Error('it goes on');
        },
        { timeout: timeoutMs, interval: 5 },
      );
      return failure;
    },
    leave: async () => void (await iterator.return?.()),
  };
}
