import { HubError } from '../../schema/errors/hub-error.ts';
import type { Ending } from './ending.ts';
import { createQueueBound, type QueueBoundOptions } from './queue-bound.ts';

export interface Gate {
  /**
   * Waits for one of `max` places, in order of arrival; the result gives the place back.
   * @throws {HubError} SOURCE_BUSY when more wait already than the source can serve (@see createQueueBound), or no place came free within `acquireMs`
   */
  enter(ending: Ending): Promise<() => void>;
  /** How many wait for a place. */
  readonly waiting: number;
  /** Settles once nobody is inside. Those who wait are still let in. */
  empty(): Promise<void>;
}

export interface GateOptions extends QueueBoundOptions {
  readonly source: string;
}

/** Bounds how many calls run on a source and how many wait. */
export function createGate(options: GateOptions): Gate {
  const { source, max, acquireMs } = options;
  const bound = createQueueBound(options);
  let inside = 0;
  const waiting: { readonly proceed: () => void; readonly since: number }[] = [];
  const leavers: (() => void)[] = [];
  const busy = (): HubError => new HubError('SOURCE_BUSY', `too many calls wait for source "${source}"`, { source, retryAfterMs: Math.min(acquireMs, 1000) });

  function leaveOnce(): () => void {
    let left = false;
    const entered = performance.now();
    return () => {
      if (left) return;
      left = true;
      inside -= 1;
      bound.took(performance.now() - entered);
      waiting.shift()?.proceed();
      if (inside === 0) leavers.splice(0).forEach((leave) => leave());
    };
  }

  return {
    enter: async (ending) => {
      if (inside < max) {
        inside += 1;
        return leaveOnce();
      }
      const now = performance.now();
      if (!bound.admits(waiting.length, now - (waiting[0]?.since ?? now))) throw busy();
      await new Promise<void>((resolve, reject) => {
        const stop = (error: Error): void => {
          const at = waiting.findIndex((other) => other.proceed === proceed);
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
        waiting.push({ proceed, since: now });
      });
      return leaveOnce();
    },
    get waiting() {
      return waiting.length;
    },
    empty: () => (inside === 0 ? Promise.resolve() : new Promise((resolve) => leavers.push(resolve))),
  };
}
