import { HubError } from '../../schema/errors/hub-error.ts';

/** A log that subscriptions follow: complete below every sequence that was once read. */
export interface FollowedLog<E extends Sequenced, Filter> {
  /** What follows a sequence and meets the filter, ascending. */
  read(after: number, limit: number, filter?: Filter): Promise<readonly E[]>;
  /** From here on nothing that meets the filter has been forgotten. */
  oldest(filter?: Filter): Promise<number>;
  newest(): Promise<number>;
  /** Resolves once `newest` is beyond the sequence, or at the signal. */
  waitBeyond(sequence: number, signal: AbortSignal): Promise<void>;
}

export interface Sequenced {
  readonly sequence: number;
}

export interface Page<E> {
  readonly events: readonly E[];
  /** Everything up to here has been looked at. */
  readonly position: number;
}

/** The one reader of a log for all subscriptions: the newest events are kept in memory, and only those who lag behind read the log themselves. */
export interface LogTail<E, Filter> extends AsyncDisposable {
  /** Resolves when the tail is followed. */
  start(): Promise<void>;
  /** The sequence up to which the tail has been read, and that after which all of it is in memory. */
  readonly head: number;
  readonly floor: number;
  /** @param after may stand between two entries; what follows it there is not of the log @param keep what the filter says, for events that are in memory. @throws {HubError} CURSOR_EXPIRED with the oldest cursor */
  page(after: number, limit: number, filter: Filter | undefined, keep: (event: E) => boolean): Promise<Page<E>>;
  /** Resolves when something follows the sequence, or at the signal. */
  waitBeyond(sequence: number, signal: AbortSignal): Promise<void>;
}

const EVENTS_KEPT = 4_000;
const READ_AT_ONCE = 500;
const RETRY_MS = 500;

/** @param cursorOf of a sequence @param onError told of every failure to read; reading is tried again */
export function createLogTail<E extends Sequenced, Filter>(
  log: FollowedLog<E, Filter>,
  cursorOf: (sequence: number) => string,
  onError: (error: unknown) => void,
): LogTail<E, Filter> {
  const stopped = new AbortController();
  let kept: E[] = [];
  /** All that follows this, up to `head`, is kept. */
  let floor = 0;
  let head = 0;
  let following: Promise<void> | undefined;
  let starting: Promise<void> | undefined;
  const waiting = new Set<() => void>();

  async function follow(): Promise<void> {
    while (!stopped.signal.aborted) {
      try {
        await log.waitBeyond(head, stopped.signal);
        const events = await log.read(head, READ_AT_ONCE);
        if (events.length === 0) continue;
        kept.push(...events);
        head = events.at(-1)?.sequence ?? head;
        if (kept.length > EVENTS_KEPT) {
          const dropped = kept.length - EVENTS_KEPT / 2;
          floor = kept[dropped - 1]?.sequence ?? floor;
          kept = kept.slice(dropped);
        }
        for (const wake of waiting) wake();
      } catch (error) {
        onError(error);
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  return {
    start: () =>
      (starting ??= log.newest().then(
        (newest) => {
          floor = head = newest;
          following = follow();
        },
        (error: unknown) => {
          starting = undefined;
          throw error;
        },
      )),
    get head() {
      return head;
    },
    get floor() {
      return floor;
    },
    async page(place, limit, filter, keep) {
      const after = Math.floor(place);
      if (after >= floor) {
        const from = firstAfter(kept, after);
        const events = kept.slice(from, from + limit);
        return { events: events.filter(keep), position: events.at(-1)?.sequence ?? Math.max(after, head) };
      }
      // Whatever is appended later has a sequence beyond this.
      const known = head;
      const events = await log.read(after, limit, filter);
      const oldest = await log.oldest(filter);
      if (oldest > after + 1)
        throw new HubError('CURSOR_EXPIRED', 'What follows this cursor is no longer kept; query again, then resume from the cursor given.', {
          cursor: cursorOf(oldest - 1),
        });
      const last = events.at(-1)?.sequence ?? after;
      return { events, position: events.length < limit ? Math.max(last, known) : last };
    },
    async waitBeyond(sequence, signal) {
      if (head > sequence || signal.aborted) return;
      await new Promise<void>((resolve) => {
        const done = (): void => {
          waiting.delete(wake);
          signal.removeEventListener('abort', done);
          resolve();
        };
        const wake = (): void => {
          if (head > sequence) done();
        };
        waiting.add(wake);
        signal.addEventListener('abort', done, { once: true });
      });
    },
    async [Symbol.asyncDispose]() {
      stopped.abort();
      await following;
    },
  };
}

/** Index of the first event beyond a sequence. */
function firstAfter(events: readonly Sequenced[], after: number): number {
  let [low, high] = [0, events.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((events[middle]?.sequence ?? 0) <= after) low = middle + 1;
    else high = middle;
  }
  return low;
}
