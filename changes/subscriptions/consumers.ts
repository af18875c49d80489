import { HubError } from '../../schema/errors/hub-error.ts';
import type { ConsumerTable } from '../../store/consumer-table.ts';
import type { SequenceCursors } from './sequence-cursor.ts';

/** Subscribers with a name, whose place the hub remembers; each principal has its own. */
export interface Consumers {
  /** Where this consumer last acknowledged; a new one begins now. @throws {HubError} BAD_USER_INPUT: its name is unusable, or there are too many */
  positionOf(subject: string, consumer: string, now: number): Promise<number>;
  /** Everything up to the cursor has been dealt with. Never moves back. @returns the cursor at which it stands @throws {HubError} CURSOR_INVALID | BAD_USER_INPUT */
  acknowledge(subject: string, consumer: string, cursor: string): Promise<string>;
}

const NAME = /^[\w.:/-]{1,100}$/;
const CONSUMERS_MAX = 100;

export function createConsumers(table: ConsumerTable, cursors: SequenceCursors, newest: () => Promise<number>): Consumers {
  const admit = async (subject: string, consumer: string): Promise<number | undefined> => {
    if (!NAME.test(consumer)) throw new HubError('BAD_USER_INPUT', 'A consumer’s name has 1 to 100 letters, digits and any of . _ : / -');
    const position = await table.position(subject, consumer);
    if (position === undefined && (await table.count(subject)) >= CONSUMERS_MAX)
      throw new HubError('BAD_USER_INPUT', `You have ${CONSUMERS_MAX} consumers already; use one of their names.`);
    return position;
  };
  return {
    async positionOf(subject, consumer, now) {
      const position = await admit(subject, consumer);
      if (position !== undefined) return position;
      await table.begin(subject, consumer, now);
      return now;
    },
    async acknowledge(subject, consumer, cursor) {
      await admit(subject, consumer);
      return cursors.encode(await table.acknowledge(subject, consumer, Math.floor(cursors.decode(cursor, await newest()).sequence)));
    },
  };
}
