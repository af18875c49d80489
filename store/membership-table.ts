import { insertRows, numberOf, textOf, type SqlRow, type SqlSession } from './sql-session.ts';

/** Which entities meet the filter of a subscription, and what entered and left it other than by a change of its own row. */
export interface MembershipTable {
  load(filter: string): Promise<MembershipState | undefined>;
  /** Begins, or replaces what is known; the transitions stay. */
  save(filter: string, state: MembershipState & { readonly usedMs: number }): Promise<void>;
  /** Those that are there already are left as they are. */
  note(filter: string, transitions: readonly MembershipTransition[]): Promise<void>;
  /** In order, those after a place up to another. */
  transitions(filter: string, after: TransitionPlace, upTo: TransitionPlace): Promise<MembershipTransition[]>;
  /** Forgets transitions before a position of the change log, filters that nobody has used since, and all but so many of the others, most recent first. */
  forget(limits: { readonly oldest: number; readonly unusedSinceMs: number; readonly keep: number }): Promise<void>;
}

export interface MembershipState {
  /** From this position of the change log on, transitions are kept. */
  readonly since: number;
  /** Where `members` were read: transitions from here on are to be added. */
  readonly readAt: number;
  /** Whether who is not among the members does not meet the filter, or nobody knows. */
  readonly isComplete: boolean;
  /** Keys as JSON text. */
  readonly members: readonly string[];
}

/** After a position of the change log, before the next. */
export interface TransitionPlace {
  readonly position: number;
  readonly ordinal: number;
}

export interface MembershipTransition extends TransitionPlace {
  /** Of the entity, as JSON text. */
  readonly key: string;
  readonly entered: boolean;
  /** Told by a change of the entity's own row. */
  readonly own: boolean;
  /** RFC 3339. */
  readonly at: string;
}

const COLUMNS = ['filter', 'position', 'ordinal', 'entity_key', 'entered', 'own', 'at'];

export function createMembershipTable(session: SqlSession): MembershipTable {
  return {
    load: async (filter) => {
      const [row] = await session.all('select * from membership where filter = ?', [filter]);
      return row === undefined ? undefined : stateOf(row);
    },
    save: async (filter, { since, readAt, isComplete, members, usedMs }) => {
      const columns = ['filter', 'since', 'read_at', 'complete', 'members', 'used_ms'];
      const rest = columns.slice(2).map((column) => `${column} = excluded.${column}`);
      const row = [filter, since, readAt, Number(isComplete), JSON.stringify(members), usedMs];
      await insertRows(session, 'membership', columns, [row], `(filter) do update set ${rest.join(', ')}`);
    },
    note: async (filter, transitions) => {
      const rows = transitions.map(({ position, ordinal, key, entered, own, at }) => [filter, position, ordinal, key, Number(entered), Number(own), at]);
      await insertRows(session, 'membership_transition', COLUMNS, rows, '(filter, position, ordinal, entity_key) do nothing');
    },
    transitions: async (filter, after, upTo) => {
      const rows = await session.all(
        `select * from membership_transition where filter = ? and (position > ? or (position = ? and ordinal > ?)) and (position < ? or (position = ? and ordinal <= ?))
         order by position, ordinal, entity_key`,
        [filter, after.position, after.position, after.ordinal, upTo.position, upTo.position, upTo.ordinal],
      );
      return rows.map(transitionOf);
    },
    forget: async ({ oldest, unusedSinceMs, keep }) => {
      await session.run('delete from membership_transition where position < ?', [oldest - 1]);
      const [last] = await session.all('select used_ms from membership order by used_ms desc limit 1 offset ?', [keep]);
      const bound = Math.max(unusedSinceMs, last === undefined ? 0 : numberOf(last, 'used_ms') + 1);
      await session.run('delete from membership where used_ms < ?', [bound]);
      await session.run('delete from membership_transition where filter not in (select filter from membership)');
    },
  };
}

const stateOf = (row: SqlRow): MembershipState => ({
  since: numberOf(row, 'since'),
  readAt: numberOf(row, 'read_at'),
  isComplete: numberOf(row, 'complete') === 1,
  members: JSON.parse(textOf(row, 'members')) as string[],
});

const transitionOf = (row: SqlRow): MembershipTransition => ({
  position: numberOf(row, 'position'),
  ordinal: numberOf(row, 'ordinal'),
  key: textOf(row, 'entity_key'),
  entered: numberOf(row, 'entered') === 1,
  own: numberOf(row, 'own') === 1,
  at: textOf(row, 'at'),
});
