import { LRUCache } from 'lru-cache';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { Limits } from '../../schema/model/configuration.ts';
import type { Principal } from '../../schema/model/principal.ts';

/** How many requests one principal may make. */
export interface RequestRate {
  /** Counts a request, or several. @throws {HubError} RATE_LIMITED with when to try again; what is refused does not count */
  take(principal: Principal, requests?: number): Promise<void>;
}

/** Principals that are told apart; those beyond share one allowance until others have been quiet for a minute. */
const PRINCIPALS_MAX = 10_000;
const OTHERS = 'others';

/** @returns one that lets everything pass for the development identity, which is on this machine and alone */
export function createRequestRate({ requestsPerSecond, requestsPerMinute }: Pick<Limits, 'requestsPerSecond' | 'requestsPerMinute'>): RequestRate {
  const windows = [
    { points: requestsPerSecond, seconds: 1, limiter: new RateLimiterMemory({ points: requestsPerSecond, duration: 1 }) },
    { points: requestsPerMinute, seconds: 60, limiter: new RateLimiterMemory({ points: requestsPerMinute, duration: 60 }) },
  ];
  const seen = new LRUCache<string, true>({ max: PRINCIPALS_MAX + 1, ttl: 60_000 });
  const keyOf = ({ subject, department = '' }: Principal): string => {
    const key = JSON.stringify([department, subject]);
    if (!seen.has(key) && seen.size >= PRINCIPALS_MAX) seen.purgeStale();
    if (!seen.has(key) && seen.size >= PRINCIPALS_MAX) return OTHERS;
    seen.set(key, true);
    return key;
  };
  return {
    async take(principal, requests = 1) {
      if (principal.unverified === 'developer') return;
      const key = keyOf(principal);
      for (const [index, { limiter, points, seconds }] of windows.entries()) {
        try {
          await limiter.consume(key, requests);
        } catch (refused) {
          if (!(refused instanceof RateLimiterRes)) throw refused;
          await Promise.all(windows.slice(0, index + 1).map((window) => window.limiter.reward(key, requests)));
          const retryAfterMs = Math.max(1, refused.msBeforeNext);
          const per = seconds === 1 ? 'second' : 'minute';
          throw new HubError('RATE_LIMITED', `More than ${points} requests in a ${per}; try again in ${Math.ceil(retryAfterMs / 1_000)} s.`, { retryAfterMs });
        }
      }
    },
  };
}
