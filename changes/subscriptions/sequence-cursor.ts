import type { CursorCodec } from '../../federation/values/cursor.ts';
import { HubError } from '../../schema/errors/hub-error.ts';

/** Cursors of a log: signed, opaque, the same for every subscription to it. */
export interface SequenceCursors {
  /** @param gap its reader knows of what was lost up to here */
  readonly encode: (sequence: number, gap?: number) => string;
  /** @throws {HubError} CURSOR_INVALID: edited, of another log, or of a time to come */
  readonly decode: (cursor: string, newest: number) => Place;
}

/** Where a reader stands. */
export interface Place {
  readonly sequence: number;
  /** Of the newest loss of changes that it has been told of; 0 for none. */
  readonly gap: number;
}

/** @param log names the log */
export function createSequenceCursors(codec: CursorCodec, log: string): SequenceCursors {
  return {
    encode: (sequence, gap) => codec.encode(log, gap === undefined ? [sequence] : [sequence, gap]),
    decode(cursor, newest) {
      const [sequence, gap = 0] = codec.decode(log, cursor);
      if (typeof sequence === 'number' && typeof gap === 'number' && sequence <= newest) return { sequence, gap };
      throw new HubError('CURSOR_INVALID', 'the cursor was not made by this hub; start again without it');
    },
  };
}
