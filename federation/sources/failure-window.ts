import { CircuitState, type IBreaker } from 'cockatiel';
import type { BreakerSettings } from '../../schema/model/configuration.ts';

/** Parts of the window; what is older than the window leaves it a part at a time. */
const PARTS = 20;

interface Part {
  readonly number: number;
  calls: number;
  failures: number;
}

/**
 * Decides when a source has failed too often: at least `failurePercent` of at least `minCalls` calls within the last `windowMs`. The library's own
 * sampling keeps calls of long ago in its sum when a source is seldom asked, and opens only above the share, not at it.
 */
export function createFailureWindow(settings: Omit<BreakerSettings, 'openMs'>, now: () => number = () => performance.now()): IBreaker {
  const { failurePercent, minCalls, windowMs } = settings;
  let parts: Part[] = [];

  function count(failed: boolean): void {
    const number = Math.floor((now() * PARTS) / windowMs);
    parts = parts.filter((part) => part.number > number - PARTS);
    let part = parts.at(-1);
    if (part?.number !== number) parts.push((part = { number, calls: 0, failures: 0 }));
    part.calls += 1;
    if (failed) part.failures += 1;
  }

  return {
    state: undefined,
    success: (circuit) => {
      if (circuit === CircuitState.HalfOpen) parts = []; // it is back; what was before does not count against it
      count(false);
    },
    failure: () => {
      count(true);
      const calls = parts.reduce((sum, part) => sum + part.calls, 0);
      const failures = parts.reduce((sum, part) => sum + part.failures, 0);
      return calls >= minCalls && failures * 100 >= calls * failurePercent;
    },
  };
}
