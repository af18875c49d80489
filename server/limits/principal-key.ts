import type { Principal } from '../../schema/model/principal.ts';

/** What one principal's allowances are counted under. */
export const principalKey = ({ subject, department = '' }: Principal): string => JSON.stringify([department, subject]);

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
