import { HubError } from '../../schema/errors/hub-error.ts';
import type { ConsumerPlace, ConsumerTable } from '../../store/consumer-table.ts';
import type { Place, SequenceCursors } from './sequence-cursor.ts';

/** Subscribers with a name, whose place the hub remembers; each principal has its own. */
export interface Consumers {
  /** Where this consumer last acknowledged; a new one begins now. @throws {HubError} BAD_USER_INPUT: its name is unusable, or there are too many */
  positionOf(subject: string, consumer: string, now: Place): Promise<ConsumerPosition>;
  /** Everything up to the cursor has been dealt with, and what was lost by then is known. Never moves back. @returns the cursor at which it stands @throws {HubError} CURSOR_INVALID | BAD_USER_INPUT */
  acknowledge(subject: string, consumer: string, cursor: string): Promise<string>;
}

export interface ConsumerPosition extends Place {
  /** It begins only now. */
  readonly isNew: boolean;
}

const NAME = /^[\w.:/-]{1,100}$/;
const CONSUMERS_MAX = 100;

export function createConsumers(table: ConsumerTable, cursors: SequenceCursors, newest: () => Promise<number>): Consumers {
  const admit = async (subject: string, consumer: string): Promise<ConsumerPlace | undefined> => {
    if (!NAME.test(consumer)) throw new HubError('BAD_USER_INPUT', 'A consumer’s name has 1 to 100 letters, digits and any of . _ : / -');
    const position = await table.position(subject, consumer);
    if (position === undefined && (await table.count(subject)) >= CONSUMERS_MAX)
      throw new HubError('BAD_USER_INPUT', `You have ${CONSUMERS_MAX} consumers already; use one of their names.`);
    return position;
  };
  /** What was lost before it read on makes no difference any more: it stands at the cursor that it acknowledged. */
  const cursorOf = ({ sequence, gap }: ConsumerPlace): string => cursors.encode(sequence, gap > 0 && gap >= sequence ? gap : undefined);
  return {
    async positionOf(subject, consumer, now) {
      const position = await admit(subject, consumer);
      if (position !== undefined) return { ...position, isNew: false };
      await table.begin(subject, consumer, now);
      return { ...now, isNew: true };
    },
    async acknowledge(subject, consumer, cursor) {
      await admit(subject, consumer);
      const { sequence, gap } = cursors.decode(cursor, await newest());
      return cursorOf(await table.acknowledge(subject, consumer, { sequence: Math.floor(sequence), gap }));
    },
  };
}
