import { HubError } from '../schema/errors/hub-error.ts';

const FIRST_MAX = 200;

/** How many of a list the hub's own fields give at once; 20 when not said. @throws {HubError} BAD_USER_INPUT | LIMIT_PAGE */
export function pageSize(first: number | null | undefined): number {
  const asked = first ?? 20;
  if (asked < 0) throw new HubError('BAD_USER_INPUT', 'first must not be negative');
  if (asked > FIRST_MAX) throw new HubError('LIMIT_PAGE', `first is ${asked}; at most ${FIRST_MAX} are allowed; page with after`);
  return asked;
}
