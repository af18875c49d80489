import { setImmediate } from 'node:timers/promises';

/** Splits long work so that requests are answered meanwhile: `if (pacer.isDue()) await pacer.rest()`. */
export interface Pacer {
  /** The work has held the event loop long enough. */
  isDue(): boolean;
  /** Lets everything else that waits run once. */
  rest(): Promise<void>;
}

const HOLD_MS = 8;

export function createPacer(): Pacer {
  let ends = performance.now() + HOLD_MS;
  return {
    isDue: () => performance.now() >= ends,
    rest: async () => {
      await setImmediate();
      ends = performance.now() + HOLD_MS;
    },
  };
}
