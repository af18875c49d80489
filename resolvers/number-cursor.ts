import { HubError } from '../schema/errors/hub-error.ts';

/** A place in a list of the hub's own, by a number that names it. */
export const numberCursor = (list: string, place: number): string => Buffer.from(`${list} ${place}`).toString('base64url');

/** @throws {HubError} CURSOR_INVALID */
export function placeOfNumber(list: string, cursor: string): number {
  const [name, place] = Buffer.from(cursor, 'base64url').toString().split(' ');
  if (name !== list || place === undefined || !/^\d{1,9}$/.test(place))
    throw new HubError('CURSOR_INVALID', 'The cursor was not made by this list; start again without it.');
  return Number(place);
}
