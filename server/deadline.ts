import type { ServerResponse } from 'node:http';
import { HubError } from '../schema/errors/hub-error.ts';

export interface Deadline extends Disposable {
  /** Aborted when the client goes away or the time is up. */
  readonly signal: AbortSignal;
  /** The work's result, or the deadline's error when the work does not heed the signal. @throws {HubError} SOURCE_TIMEOUT */
  race<T>(work: Promise<T>): Promise<T>;
}

/** Work that heeds the signal answers with what it has; it gets this long to do so. */
const GRACE_MS = 250;

export function createDeadline(response: ServerResponse, timeoutMs: number): Deadline {
  const controller = new AbortController();
  let giveUp: ((error: HubError) => void) | undefined;
  let grace: NodeJS.Timeout | undefined;
  const end = (): void => {
    const error = new HubError('SOURCE_TIMEOUT', `The operation was not finished within ${timeoutMs} ms; ask for less at once.`);
    controller.abort(error);
    grace = setTimeout(() => giveUp?.(error), GRACE_MS);
  };
  const timer = setTimeout(end, timeoutMs);
  const gone = (): void => {
    if (!response.writableFinished) controller.abort(new HubError('SOURCE_TIMEOUT', 'The client went away.'));
  };
  response.once('close', gone);
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
      response.off('close', gone);
    },
  };
}
