import { LRUCache } from 'lru-cache';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { Limits } from '../../schema/model/configuration.ts';
import type { Principal } from '../../schema/model/principal.ts';
import { isCounted, principalKey, type LimitName } from './principal-key.ts';
import { createTimeWindow, type TimeWindow } from './time-window.ts';

/** How much one principal may ask for in a time. What is refused does not count. */
export interface RequestRate {
  /** Counts a request, or several. @throws {HubError} RATE_LIMITED with when to try again */
  take(principal: Principal, requests?: number): void;
  /** Counts what an operation costs. @throws {HubError} RATE_LIMITED as above */
  spend(principal: Principal, points: number): void;
  /** Counts a publication. @throws {HubError} RATE_LIMITED as above */
  publish(principal: Principal): void;
}

export type RateLimits = Pick<Limits, 'requestsPerSecond' | 'requestsPerMinute' | 'costPerMinute' | 'publishesPerMinute'>;

/** Principals that are told apart; those beyond share one allowance until others have been quiet for a minute. */
const PRINCIPALS_MAX = 10_000;
const OTHERS = 'others';

interface Window {
  readonly limit: LimitName;
  readonly points: number;
  readonly what: string;
  readonly used: TimeWindow;
}

export function createRequestRate(limits: RateLimits, onLimit: (limit: LimitName) => void = () => undefined): RequestRate {
  const window = (limit: keyof RateLimits, duration: number, what: string): Window => {
    const points = limits[limit];
    return { limit, points, what, used: createTimeWindow(points, duration * 1_000) };
  };
  const requestWindows = [window('requestsPerSecond', 1, 'requests in a second'), window('requestsPerMinute', 60, 'requests in a minute')];
  const costWindows = [window('costPerMinute', 60, 'points of cost in a minute')];
  const publishWindows = [window('publishesPerMinute', 60, 'publications in a minute')];
  const seen = new LRUCache<string, true>({ max: PRINCIPALS_MAX + 1, ttl: 60_000, updateAgeOnGet: true });
  const keyOf = (principal: Principal): string => {
    const key = principalKey(principal);
    if (seen.get(key)) return key;
    if (seen.size >= PRINCIPALS_MAX) seen.purgeStale();
    if (seen.size >= PRINCIPALS_MAX) return OTHERS;
    seen.set(key, true);
    return key;
  };
  const consume = (windows: readonly Window[], principal: Principal, count: number): void => {
    if (!isCounted(principal)) return;
    const key = keyOf(principal);
    for (const [index, { limit, used, points, what }] of windows.entries()) {
      const retryAfterMs = Math.ceil(used.use(key, count));
      if (retryAfterMs === 0) continue;
      for (const each of windows.slice(0, index)) each.used.giveBack(key, count);
      onLimit(limit);
      throw new HubError('RATE_LIMITED', `More than ${points} ${what}; try again in ${Math.ceil(retryAfterMs / 1_000)} s.`, { retryAfterMs });
    }
  };
  return {
    take: (principal, requests = 1) => consume(requestWindows, principal, requests),
    spend: (principal, points) => consume(costWindows, principal, points),
    publish: (principal) => consume(publishWindows, principal, 1),
  };
}
