import { HubError } from '../schema/errors/hub-error.ts';

export interface Deadline extends Disposable {
  /** Aborted when the client goes away or the time is up. */
  readonly signal: AbortSignal;
  /** The work's result, or the deadline's error when the work does not heed the signal. @throws {HubError} SOURCE_TIMEOUT */
  race<T>(work: Promise<T>): Promise<T>;
}

/** Work that heeds the signal answers with what it has; it gets this long to do so. */
const GRACE_MS = 250;

/** @param gone aborted when nobody waits for the answer any more */
export function createDeadline(gone: AbortSignal, timeoutMs: number): Deadline {
  const controller = new AbortController();
  let giveUp: ((error: HubError) => void) | undefined;
  let grace: NodeJS.Timeout | undefined;
  const end = (): void => {
    const error = new HubError('SOURCE_TIMEOUT', `The operation was not finished within ${timeoutMs} ms; ask for less at once.`);
    controller.abort(error);
    grace = setTimeout(() => giveUp?.(error), GRACE_MS);
  };
  const timer = setTimeout(end, timeoutMs);
  const leave = (): void => controller.abort(new HubError('SOURCE_TIMEOUT', 'The client went away.'));
  if (gone.aborted) leave();
  else gone.addEventListener('abort', leave, { once: true });
  return {
    signal: controller.signal,
    race: (work) =>
      new Promise((resolve, reject) => {
        giveUp = reject;
        work.then(resolve, reject);
      }),
    [Symbol.dispose]() {
      clearTimeout(timer);
      clearTimeout(grace);
      gone.removeEventListener('abort', leave);
    },
  };
}
