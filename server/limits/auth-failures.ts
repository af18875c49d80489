import type { IncomingMessage } from 'node:http';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { LimitName } from './principal-key.ts';

/** How many tokens that are not valid one address may try. Tokens that were found valid before pass whatever others at that address do. */
export interface AuthFailures {
  /** @throws {HubError} RATE_LIMITED */
  check(request: IncomingMessage): Promise<void>;
  count(request: IncomingMessage): Promise<void>;
}

/** @param max in a minute; 0: none are counted */
export function createAuthFailures(max: number, onLimit: (limit: LimitName) => void): AuthFailures {
  if (max === 0) return { check: async () => undefined, count: async () => undefined };
  const limiter = new RateLimiterMemory({ points: max, duration: 60 });
  const addressOf = ({ socket }: IncomingMessage): string => socket.remoteAddress ?? '';
  return {
    async check(request) {
      const found = await limiter.get(addressOf(request));
      if (!found || found.consumedPoints < max) return;
      onLimit('authFailuresPerMinute');
      const retryAfterMs = Math.max(1, found.msBeforeNext);
      throw new HubError('RATE_LIMITED', `More than ${max} tokens that are not valid in a minute; try again in ${Math.ceil(retryAfterMs / 1_000)} s.`, {
        retryAfterMs,
      });
    },
    count: async (request) => void (await limiter.penalty(addressOf(request))),
  };
}
