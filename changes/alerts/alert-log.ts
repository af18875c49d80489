import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from '../../store/store.ts';
import type { AlertEvent } from './alert.ts';
import { eventOf } from './alert-rows.ts';

/** The events of all alerts, durable and in order: what a subscription reads. */
export interface AlertLog extends AsyncDisposable {
  /** What follows a sequence, ascending; complete, since events are appended one transaction after another. */
  read(after: number, limit: number): Promise<AlertEvent[]>;
  /** The sequence appended last; 0 before the first. */
  newest(): Promise<number>;
  /** Resolves once there is an event beyond the sequence, or at the signal. Never rejects. */
  waitBeyond(sequence: number, signal: AbortSignal): Promise<void>;
  /** Something was appended here: whoever waits looks at once. Other instances look now and then. */
  call(): void;
}

const LOOK_EVERY_MS = 500;

export function createAlertLog(store: Store): AlertLog {
  const closing = new AbortController();
  const waiting = new Set<() => void>();
  const call = (): void => {
    for (const wakeUp of waiting) wakeUp();
  };
  const newest = (): Promise<number> => store.alertEvents.newest();
  return {
    read: async (after, limit) => (await store.alertEvents.read(after, limit)).map(eventOf),
    newest,
    call,
    waitBeyond: async (sequence, signal) => {
      const ended = AbortSignal.any([signal, closing.signal]);
      while (!ended.aborted) {
        const { promise: called, resolve } = Promise.withResolvers<void>();
        waiting.add(resolve);
        const turn = new AbortController();
        try {
          if ((await newest().catch(() => sequence)) > sequence) return;
          const pause = sleep(LOOK_EVERY_MS, undefined, { signal: AbortSignal.any([ended, turn.signal]), ref: false });
          await Promise.race([called, pause.catch(() => undefined)]);
        } finally {
          waiting.delete(resolve);
          turn.abort();
        }
      }
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      call();
    },
  };
}
