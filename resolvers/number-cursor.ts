import { HubError } from '../schema/errors/hub-error.ts';
import type { HubContext } from './context.ts';

type Hub = Pick<HubContext, 'federation'>;

/** A place in a list of the hub's own, by a number that names it. Nobody reads the number in it: it may count what not all may see. */
export const numberCursor = ({ federation }: Hub, list: string, place: number): string => federation.environment.cursors.encode(list, [place]);

/** @throws {HubError} CURSOR_INVALID */
export function placeOfNumber({ federation }: Hub, list: string, cursor: string): number {
  const [place] = federation.environment.cursors.decode(list, cursor);
  if (typeof place !== 'number') throw new HubError('CURSOR_INVALID', 'The cursor was not made by this list; start again without it.');
  return place;
}
