import { setImmediate } from 'node:timers/promises';

/** Runs all steps at once. */
export function runAll<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** Runs one step at a time and lets requests be answered between two of them, so that reading and composing a release hold up nobody. */
export async function runInSlices<T>(steps: Generator<void, T>): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await setImmediate();
  }
}
