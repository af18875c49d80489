import { HubError } from '../../schema/errors/hub-error.ts';
import type { Principal } from '../../schema/model/principal.ts';
import { isCounted, principalKey, type LimitName } from './principal-key.ts';

/** So many things of one principal at a time. */
export interface Places {
  /** @returns what gives the place back, once @throws {HubError} RATE_LIMITED */
  take(principal: Principal): () => void;
}

export interface PlacesOptions {
  readonly max: number;
  readonly limit: LimitName;
  /** What they are, for whoever has too many. */
  readonly what: string;
  readonly onLimit: (limit: LimitName) => void;
}

const RETRY_MS = 1_000;

export function createPlaces({ max, limit, what, onLimit }: PlacesOptions): Places {
  const taken = new Map<string, number>();
  return {
    take(principal) {
      if (!isCounted(principal)) return () => undefined;
      const key = principalKey(principal);
      const count = taken.get(key) ?? 0;
      if (count >= max) {
        onLimit(limit);
        throw new HubError('RATE_LIMITED', `More than ${max} ${what} at a time; try again when one has ended.`, { retryAfterMs: RETRY_MS });
      }
      taken.set(key, count + 1);
      let inside = true;
      return () => {
        if (!inside) return;
        inside = false;
        const left = (taken.get(key) ?? 1) - 1;
        if (left > 0) taken.set(key, left);
        else taken.delete(key);
      };
    },
  };
}
