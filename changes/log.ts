import { setTimeout as sleep } from 'node:timers/promises';
import type { Change, LoggedChange } from '../schema/model/change.ts';
import type { ChangeFilter } from '../store/change-log-table.ts';
import type { Store, StoreTables } from '../store/store.ts';
import type { Wake } from './wake.ts';

/** Every change of every captured source, durable before anybody hears of it. */
export interface ChangeLog extends AsyncDisposable {
  /** All of a batch or nothing of it; a change whose id is known is not added again. */
  append(batch: ChangeAppend): Promise<void>;
  /**
   * What follows a sequence, ascending. Appends are serialised, so what is read is complete: nothing is ever added before a sequence that was once read.
   * Ask `oldest` first whether what follows has been forgotten.
   */
  read(afterSequence: number, limit: number, filter?: ChangeFilter): Promise<LoggedChange[]>;
  /** The first sequence from which on nothing (of these departments) has been forgotten: a reader may continue after any sequence from `oldest() - 1` on. */
  oldest(filter?: Pick<ChangeFilter, 'departments'>): Promise<number>;
  /** The sequence appended last; 0 before the first. */
  newest(): Promise<number>;
  /** Resolves once `newest()` is beyond the sequence, or at the signal. Never rejects. */
  waitBeyond(sequence: number, signal: AbortSignal): Promise<void>;
}

export interface ChangeAppend {
  readonly changes: readonly Change[];
  /** Written in the same transaction, before the changes: how far the source has been read. What it throws undoes all. */
  readonly along?: (tables: StoreTables) => Promise<void>;
}

export interface ChangeLogOptions {
  readonly store: Store;
  readonly wake: Wake;
  readonly retention: { readonly hours: number; readonly eventsPerDepartment: number };
  readonly clock?: () => number;
}

const FORGET_EVERY_MS = 60_000;
/** What is looked for although nobody called: the wake-up is a hint, the store is the truth. */
const LOOK_EVERY_MS = 500;

export function createChangeLog({ store, wake, retention, clock = Date.now }: ChangeLogOptions): ChangeLog {
  const closing = new AbortController();
  let known = 0;
  const waiting = new Set<() => void>();
  const learn = (newest: number): void => {
    if (newest <= known) return;
    known = newest;
    for (const wakeUp of waiting) wakeUp();
  };
  const look = async (): Promise<number> => {
    const newest = await store.changeLog.newest();
    learn(newest);
    return newest;
  };
  const stopListening = wake.listen(() => {
    if (waiting.size > 0) look().catch(() => undefined); // a failing store is tried again by whoever waits
  });

  let forgottenAt = 0;
  const forget = async (): Promise<void> => {
    if (clock() - forgottenAt < FORGET_EVERY_MS) return;
    forgottenAt = clock();
    const olderThanMs = clock() - retention.hours * 3_600_000;
    await store.transaction((tables) => tables.changeLog.forget({ olderThanMs, keepPerDepartment: retention.eventsPerDepartment }));
  };

  return {
    append: async ({ changes, along }) => {
      const newest = await store.transaction(async (tables) => {
        await along?.(tables);
        return changes.length === 0 ? undefined : await tables.changeLog.append(changes);
      });
      if (newest !== undefined && newest.added > 0) {
        learn(newest.newest);
        wake.call(newest.newest);
      }
      await forget();
    },
    read: (afterSequence, limit, filter) => store.changeLog.read(afterSequence, limit, filter),
    oldest: (filter) => store.changeLog.oldest(filter),
    newest: look,
    waitBeyond: async (sequence, signal) => {
      const ended = AbortSignal.any([signal, closing.signal]);
      while (known <= sequence && !ended.aborted) {
        const { promise: called, resolve } = Promise.withResolvers<void>();
        waiting.add(resolve);
        const turn = new AbortController();
        try {
          if ((await look().catch(() => known)) > sequence) return;
          await Promise.race([called, sleep(LOOK_EVERY_MS, undefined, { signal: AbortSignal.any([ended, turn.signal]), ref: false }).catch(() => undefined)]);
        } finally {
          waiting.delete(resolve);
          turn.abort();
        }
      }
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      stopListening();
      for (const wakeUp of waiting) wakeUp();
    },
  };
}
