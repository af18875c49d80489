import { LRUCache } from 'lru-cache';
import type { CursorCodec } from '../../federation/values/cursor.ts';
import { HubError } from '../../schema/errors/hub-error.ts';

/** So many events can stand between two entries of a log. */
export const PLACES_BETWEEN = 2 ** 20;

/** Where an event stands that follows an entry of the log and comes before the next: the entry's sequence and a part of 1. */
export const placeBetween = (sequence: number, ordinal: number): number => sequence + ordinal / PLACES_BETWEEN;

/**
 * What stands between two entries, in this order: what had come about unseen before somebody began to look, where who begins now begins, what comes about by
 * itself later, what the next entry brings about.
 */
export const BEGINNING = PLACES_BETWEEN / 4;
export const BY_CHANGE = PLACES_BETWEEN / 2;

export const splitPlace = (place: number): { readonly position: number; readonly ordinal: number } => {
  const position = Math.floor(place);
  return { position, ordinal: Math.round((place - position) * PLACES_BETWEEN) };
};

/** Cursors of a log: signed, opaque, the same for every subscription to it. */
export interface SequenceCursors {
  /** @param gap its reader knows of what was lost up to here */
  readonly encode: (sequence: number, gap?: number) => string;
  /** @throws {HubError} CURSOR_INVALID: edited, of another log, or of a time to come */
  readonly decode: (cursor: string, newest: number) => Place;
}

/** Where a reader stands. */
export interface Place {
  /** Of the last entry that is done with, and a part of 1 for what follows it before the next. */
  readonly sequence: number;
  /** Of the newest loss of changes that it has been told of; 0 for none. */
  readonly gap: number;
}

const CURSORS_KNOWN = 4_000;

/** @param log names the log */
export function createSequenceCursors(codec: CursorCodec, log: string): SequenceCursors {
  const encode = (place: number, gap?: number): string => {
    const { position, ordinal } = splitPlace(place);
    if (ordinal > 0) return codec.encode(log, [position, gap ?? 0, ordinal]);
    return codec.encode(log, gap === undefined ? [position] : [position, gap]);
  };
  const made = new LRUCache<number, string>({ max: CURSORS_KNOWN });
  const make = (place: number): string => {
    const cursor = encode(place);
    made.set(place, cursor);
    return cursor;
  };
  return {
    // Many subscriptions in turn are told of the same event.
    encode: (place, gap) => (gap === undefined ? (made.get(place) ?? make(place)) : encode(place, gap)),
    decode(cursor, newest) {
      const [sequence, gap = 0, ordinal = 0] = codec.decode(log, cursor);
      if (typeof sequence === 'number' && typeof gap === 'number' && typeof ordinal === 'number' && sequence <= newest)
        return { sequence: placeBetween(sequence, ordinal), gap };
      throw new HubError('CURSOR_INVALID', 'the cursor was not made by this hub; start again without it');
    },
  };
}
