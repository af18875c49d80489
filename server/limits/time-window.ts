/** What each of many has used of an allowance, from its first use until the time is over, then anew. */
export interface TimeWindow {
  /** Uses so much more, unless that is more than is allowed. @returns milliseconds until it may be tried again; 0 when it was used */
  use(key: string, points: number): number;
  /** Takes a use back. */
  giveBack(key: string, points: number): void;
}

interface Used {
  points: number;
  readonly untilMs: number;
}

/** Beyond, the one whose time is over first begins anew. */
const KNOWN_MAX = 20_000;

export function createTimeWindow(allowed: number, durationMs: number): TimeWindow {
  // In the order of their beginning, which is that of their end.
  const used = new Map<string, Used>();
  const begin = (key: string, now: number): Used => {
    used.delete(key);
    for (const [oldest, { untilMs }] of used) {
      if (untilMs > now && used.size < KNOWN_MAX) break;
      used.delete(oldest);
    }
    const begun = { points: 0, untilMs: now + durationMs };
    used.set(key, begun);
    return begun;
  };
  return {
    use(key, points) {
      const now = performance.now();
      let known = used.get(key);
      if (!known || known.untilMs <= now) known = begin(key, now);
      if (known.points + points > allowed) return Math.max(1, known.untilMs - now);
      known.points += points;
      return 0;
    },
    giveBack(key, points) {
      const known = used.get(key);
      if (known) known.points = Math.max(0, known.points - points);
    },
  };
}
