import { HubError } from '../../schema/errors/hub-error.ts';
import type { Ending } from './ending.ts';

export interface Gate {
  /**
   * Waits for one of `max` places, in order of arrival; the result gives the place back.
   * @throws {HubError} SOURCE_BUSY when `queue` others wait already, or no place came free within `acquireMs`
   */
  enter(ending: Ending): Promise<() => void>;
  /** How many wait for a place. */
  readonly waiting: number;
  /** Settles once nobody is inside. Those who wait are still let in. */
  empty(): Promise<void>;
}

export interface GateOptions {
  readonly source: string;
  readonly max: number;
  readonly queue: number;
  readonly acquireMs: number;
}

/** Bounds how many calls run on a source and how many wait. */
export function createGate({ source, max, queue, acquireMs }: GateOptions): Gate {
  let inside = 0;
  const waiting: (() => void)[] = [];
  const leavers: (() => void)[] = [];
  const busy = (): HubError => new HubError('SOURCE_BUSY', `too many calls wait for source "${source}"`, { source, retryAfterMs: Math.min(acquireMs, 1000) });

  function leaveOnce(): () => void {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      inside -= 1;
      waiting.shift()?.();
      if (inside === 0) leavers.splice(0).forEach((leave) => leave());
    };
  }

  return {
    enter: async (ending) => {
      if (inside < max) {
        inside += 1;
        return leaveOnce();
      }
      if (waiting.length >= queue) throw busy();
      await new Promise<void>((resolve, reject) => {
        const stop = (error: Error): void => {
          const at = waiting.indexOf(proceed);
          if (at >= 0) waiting.splice(at, 1);
          clearTimeout(timer);
          ending.listener = undefined;
          reject(error);
        };
        const proceed = (): void => {
          clearTimeout(timer);
          ending.listener = undefined;
          inside += 1;
          resolve();
        };
        const timer = setTimeout(() => stop(busy()), acquireMs);
        ending.listener = () => stop(ending.reason instanceof Error ? ending.reason : new Error('the call was abandoned'));
        waiting.push(proceed);
      });
      return leaveOnce();
    },
    get waiting() {
      return waiting.length;
    },
    empty: () => (inside === 0 ? Promise.resolve() : new Promise((resolve) => leavers.push(resolve))),
  };
}
