import type { CursorCodec } from '../../federation/values/cursor.ts';
import { HubError } from '../../schema/errors/hub-error.ts';

/** Cursors of a log: signed, opaque, the same for every subscription to it. */
export interface SequenceCursors {
  readonly encode: (sequence: number) => string;
  /** @throws {HubError} CURSOR_INVALID: edited, of another log, or of a time to come */
  readonly decode: (cursor: string, newest: number) => number;
}

/** @param log names the log */
export function createSequenceCursors(codec: CursorCodec, log: string): SequenceCursors {
  return {
    encode: (sequence) => codec.encode(log, [sequence]),
    decode(cursor, newest) {
      const [sequence] = codec.decode(log, cursor);
      if (typeof sequence === 'number' && sequence <= newest) return sequence;
      throw new HubError('CURSOR_INVALID', 'the cursor was not made by this hub; start again without it');
    },
  };
}
