/** How many calls may wait for a place at a source. */
export interface QueueBound {
  /** May one more wait beside `waiting` others, of whom the first has waited `longestMs`? */
  admits(waiting: number, longestMs: number): boolean;
  /** A call kept its place for so long, or its source took so long where that is known. */
  took(ms: number): void;
}

export interface QueueBoundOptions {
  /** Places. */
  readonly max: number;
  /** As many may wait, however slow the source is. */
  readonly queue: number;
  readonly acquireMs: number;
}

/** What a source that is quick may let wait, of what any may. */
const BURST = 8;
/** Parts of `acquireMs` within which a burst must be served by all that is known, and its first must have been. */
const EXPECTED_SHARE = 1 / 4;
const WAITED_SHARE = 1 / 2;
const KEPT = 64;
const JUDGED_FROM = 8;

/**
 * `queue` calls may wait; up to eight times as many while the source has lately been quick enough to serve them within a quarter of `acquireMs`. Calls
 * that came while the hub itself was held up arrive at once, and are not refused by a source that has nothing to do. Judged by the median of the last
 * calls, since the few that were under way when the hub was held up seem to have taken as long.
 */
export function createQueueBound({ max, queue, acquireMs }: QueueBoundOptions): QueueBound {
  const lately: number[] = [];
  let next = 0;
  const medianMs = (): number => (lately.length < JUDGED_FROM ? Infinity : lately.toSorted((a, b) => a - b)[Math.floor(lately.length / 2)]!);
  return {
    admits: (waiting, longestMs) =>
      waiting < queue || (waiting < queue * BURST && longestMs <= acquireMs * WAITED_SHARE && ((waiting + 1) / max) * medianMs() <= acquireMs * EXPECTED_SHARE),
    took(ms) {
      lately[next] = ms;
      next = (next + 1) % KEPT;
    },
  };
}
