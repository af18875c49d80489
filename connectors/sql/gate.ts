import { HubError } from '../../schema/errors/hub-error.ts';

export interface Gate {
  /**
   * Waits for one of `max` places, in order of arrival; the result gives the place back.
   * @throws {HubError} SOURCE_BUSY when `queue` others wait already, or no place came free within `acquireMs`
   */
  enter(signal: AbortSignal): Promise<() => void>;
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
    enter: async (signal) => {
      if (inside >= max) {
        if (waiting.length >= queue) throw busy();
        await new Promise<void>((resolve, reject) => {
          const stop = (error: Error): void => {
            const at = waiting.indexOf(proceed);
            if (at >= 0) waiting.splice(at, 1);
            clearTimeout(timer);
            signal.removeEventListener('abort', onAbort);
            reject(error);
          };
          const onAbort = (): void => stop(signal.reason instanceof Error ? signal.reason : new Error('the call was abandoned'));
          const proceed = (): void => {
            clearTimeout(timer);
            signal.removeEventListener('abort', onAbort);
            inside += 1;
            resolve();
          };
          const timer = setTimeout(() => stop(busy()), acquireMs);
          signal.addEventListener('abort', onAbort, { once: true });
          waiting.push(proceed);
        });
      } else {
        inside += 1;
      }
      return leaveOnce();
    },
    empty: () => (inside === 0 ? Promise.resolve() : new Promise((resolve) => leavers.push(resolve))),
  };
}
