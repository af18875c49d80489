import type { IncomingMessage } from 'node:http';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { LimitName } from './principal-key.ts';
import { createTimeWindow } from './time-window.ts';

/** How many tokens that are not valid one address may try. Tokens that were found valid before pass whatever others at that address do. */
export interface AuthFailures {
  /** @throws {HubError} RATE_LIMITED */
  check(request: IncomingMessage): void;
  count(request: IncomingMessage): void;
}

/** @param max in a minute; 0: none are counted */
export function createAuthFailures(max: number, onLimit: (limit: LimitName) => void): AuthFailures {
  if (max === 0) return { check: () => undefined, count: () => undefined };
  const tried = createTimeWindow(max, 60_000);
  const addressOf = ({ socket }: IncomingMessage): string => socket.remoteAddress ?? '';
  return {
    check(request) {
      const address = addressOf(request);
      const retryAfterMs = Math.ceil(tried.use(address, 1));
      if (retryAfterMs === 0) return tried.giveBack(address, 1);
      onLimit('authFailuresPerMinute');
      throw new HubError('RATE_LIMITED', `More than ${max} tokens that are not valid in a minute; try again in ${Math.ceil(retryAfterMs / 1_000)} s.`, {
        retryAfterMs,
      });
    },
    count: (request) => void tried.use(addressOf(request), 1),
  };
}
