import type { ChangeBatch, RowChange, SourceTransaction } from './changes.ts';

/** Between a log that is pushed and a reader who asks: bounded, in parts where a transaction is long. */
export interface ChangeQueue {
  /** @param skip rows of this transaction that an earlier reader has taken already */
  begin(transaction: Omit<SourceTransaction, 'first' | 'rows'>, skip?: number): void;
  /** Every row of the log in turn; null where nobody asked for it: it counts, so that places in a transaction stay the same whatever is asked for. */
  row(change: RowChange | null): void;
  /** The transaction is complete up to this position. */
  end(position: string): void;
  /** Nothing else happened up to this position. */
  idle(position: string): void;
  /** Tables are no longer what they were; nothing is taken after that. With none, a transaction under way is taken first. */
  altered(tables: readonly number[]): void;
  /** The reader learns of it once it has taken what came before. */
  fail(error: unknown): void;
  readonly isFull: boolean;
  /** Resolves once there is room again, or nobody reads any more. */
  room(): Promise<void>;
  batches(signal: AbortSignal): AsyncGenerator<ChangeBatch>;
}

const ROWS_MAX = 4_000;
const PART_ROWS = 2_000;

/** @param partial the position inside a transaction: after the last complete one, and so many rows of the one at `commit` */
export function createChangeQueue(start: string, partial: (after: string, commit: string, rows: number) => string): ChangeQueue {
  let complete: SourceTransaction[] = [];
  let current: { readonly transaction: Omit<SourceTransaction, 'first' | 'rows'>; rows: RowChange[]; met: number; taken: number } | undefined;
  let position = start;
  let given = start;
  let rows = 0;
  let changed: readonly number[] | undefined;
  let isOutdated = false;
  let resume: string | undefined;
  let failure: { readonly error: unknown } | undefined;
  let isOver = false;
  let onNews: (() => void) | undefined;
  let onRoom: (() => void)[] = [];
  const news = (): void => onNews?.();

  const take = (): ChangeBatch | undefined => {
    if (position !== given || complete.length > 0) {
      const transactions = complete;
      complete = [];
      rows = current?.rows.length ?? 0;
      given = position;
      return { kind: 'changes', transactions, position };
    }
    if (changed !== undefined) return { kind: 'altered', tables: changed, position: resume ?? position };
    if (current !== undefined && current.rows.length >= PART_ROWS) {
      const part = { ...current.transaction, first: current.taken, rows: current.rows };
      current.taken = current.met;
      current.rows = [];
      rows = 0;
      return { kind: 'changes', transactions: [part], position: partial(position, part.commit, current.taken) };
    }
    return undefined;
  };

  return {
    begin: (transaction, skip = 0) => {
      if (changed !== undefined) return;
      current = { transaction, rows: [], met: 0, taken: skip };
    },
    row: (change) => {
      if (current === undefined) return;
      current.met += 1;
      if (current.met <= current.taken || change === null) return;
      current.rows.push(change);
      rows += 1;
      if (current.rows.length >= PART_ROWS) news();
    },
    end: (next) => {
      if (changed !== undefined) return;
      if (current !== undefined && current.rows.length > 0) complete.push({ ...current.transaction, first: current.taken, rows: current.rows });
      current = undefined;
      position = next;
      if (isOutdated) changed = [];
      news();
    },
    idle: (next) => {
      if (current !== undefined || changed !== undefined || next === position) return;
      position = next;
      news();
    },
    altered: (tables) => {
      if (changed !== undefined) return;
      if (tables.length === 0 && current !== undefined) return void (isOutdated = true);
      // What has been taken of a transaction stays taken.
      if (current !== undefined && current.taken > 0) resume = partial(position, current.transaction.commit, current.taken);
      changed = tables;
      current = undefined;
      news();
    },
    fail: (error) => {
      failure ??= { error };
      news();
      for (const go of onRoom) go();
    },
    get isFull() {
      return rows >= ROWS_MAX && !isOver;
    },
    room: () =>
      new Promise((resolve) => {
        if (rows < ROWS_MAX || isOver || failure !== undefined) resolve();
        else onRoom.push(resolve);
      }),
    async *batches(signal) {
      const wake = (): void => onNews?.();
      signal.addEventListener('abort', wake);
      try {
        while (!signal.aborted) {
          const { promise, resolve } = Promise.withResolvers<void>();
          onNews = resolve;
          const batch = take();
          if (batch !== undefined) {
            const waiting = onRoom;
            onRoom = [];
            for (const go of waiting) go();
            yield batch;
          } else if (failure !== undefined) throw failure.error;
          else await promise;
        }
      } finally {
        isOver = true;
        signal.removeEventListener('abort', wake);
        for (const go of onRoom) go();
      }
    },
  };
}
