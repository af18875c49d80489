import type { Principal } from '../../schema/model/principal.ts';

/** A principal lives as long as its token is known: its key is made once. */
const keys = new WeakMap<Principal, string>();

/** What one principal's allowances are counted under. */
export function principalKey(principal: Principal): string {
  let key = keys.get(principal);
  if (key === undefined) keys.set(principal, (key = JSON.stringify([principal.department ?? '', principal.subject])));
  return key;
}

/** The development identity is on this machine and alone: nothing of it is counted. */
export const isCounted = ({ unverified }: Principal): boolean => unverified !== 'developer';

/** A limit of a principal or an address, as the metrics name it. */
export type LimitName =
  | 'requestsPerSecond'
  | 'requestsPerMinute'
  | 'costPerMinute'
  | 'publishesPerMinute'
  | 'inFlightPerPrincipal'
  | 'connectionsPerPrincipal'
  | 'authFailuresPerMinute';
