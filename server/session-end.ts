import { HubError } from '../schema/errors/hub-error.ts';
import type { Session } from './session.ts';

/** The longest that a timer can wait. */
const TIMER_MAX_MS = 2 ** 31 - 1;

export interface SessionEnd extends Disposable {
  /** Aborted when the session's rights end; the reason is the HubError to end with. */
  readonly signal: AbortSignal;
}

/** Watches a long connection's rights: it ends with its token, or when they are revoked. */
export function watchSession({ principal, watch }: Session): SessionEnd {
  const controller = new AbortController();
  const expire = (): void => controller.abort(new HubError('TOKEN_EXPIRED', 'The token of this connection is past its time.'));
  let timer: NodeJS.Timeout | undefined;
  if (principal.expiresAtMs !== undefined) {
    timer = setTimeout(expire, Math.min(Math.max(principal.expiresAtMs - Date.now(), 0), TIMER_MAX_MS));
    timer.unref();
  }
  const unwatch = watch((error) => controller.abort(error));
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      clearTimeout(timer);
      unwatch();
    },
  };
}
