import type { Canonical } from '../schema/model/canonical.ts';
import type { Change, ChangeRow, LoggedChange } from '../schema/model/change.ts';
import { insertRows, lockInTransaction, numberOf, textOf, textOrNull, type SqlRow, type SqlSession, type SqlValue } from './sql-session.ts';

/** What every source changed, in the order in which it became known. Numbers count up by 1 and are never given twice. */
export interface ChangeLogTable {
  /**
   * Adds those whose id is not there yet. Only inside a transaction: others that append wait for its end, so that numbers become visible in ascending order.
   * @returns how many were new, and the newest number
   */
  append(changes: readonly Change[]): Promise<{ readonly added: number; readonly newest: number }>;
  /** Ascending, after a number. */
  read(after: number, limit: number, filter?: ChangeFilter): Promise<LoggedChange[]>;
  /** 0 before the first. */
  newest(): Promise<number>;
  /** From here on nothing that meets the filter has been forgotten. */
  oldest(filter?: Pick<ChangeFilter, 'departments'>): Promise<number>;
  /** Forgets the oldest of each department: what is older than the time (milliseconds since 1970), and what is more than so many. */
  forget(limits: { readonly olderThanMs: number; readonly keepPerDepartment: number }): Promise<void>;
}

/** All that is given must hold. */
export interface ChangeFilter {
  readonly departments?: readonly string[];
  readonly sources?: readonly string[];
  readonly types?: readonly string[];
}

const KEYS_PER_STATEMENT = 500;
const FORGET_AT_ONCE = 2_000;
const COLUMNS = [
  'sequence',
  'id',
  'department',
  'source',
  'type',
  'entity_key',
  'row_key',
  'op',
  'changed_fields',
  'before_row',
  'after_row',
  'committed_at',
  'transaction_id',
  'mapping_version',
  'appended_ms',
] as const;

export function createChangeLogTable(session: SqlSession): ChangeLogTable {
  const newest = async (): Promise<number> => {
    const [row] = await session.all('select newest from change_counter');
    return row === undefined ? 0 : numberOf(row, 'newest');
  };
  const knownIds = async (ids: readonly string[]): Promise<Set<string>> => {
    const known = new Set<string>();
    for (let start = 0; start < ids.length; start += KEYS_PER_STATEMENT) {
      const part = ids.slice(start, start + KEYS_PER_STATEMENT);
      const rows = await session.all(`select id from change_log where id in (${part.map(() => '?').join(', ')})`, part);
      for (const row of rows) known.add(textOf(row, 'id'));
    }
    return known;
  };

  return {
    append: async (changes) => {
      await lockInTransaction(session, 'change-log');
      const before = await newest();
      const seen = await knownIds(changes.map(({ id }) => id));
      const now = Date.now();
      const rows: SqlValue[][] = [];
      for (const change of changes) {
        if (seen.has(change.id)) continue;
        seen.add(change.id);
        rows.push(valuesOf(change, before + rows.length + 1, now));
      }
      if (rows.length === 0) return { added: 0, newest: before };
      await insertRows(session, 'change_log', COLUMNS, rows);
      await session.run('update change_counter set newest = ?', [before + rows.length]);
      return { added: rows.length, newest: before + rows.length };
    },
    read: async (after, limit, filter = {}) => {
      const conditions = ['sequence > ?'];
      const params: SqlValue[] = [after];
      const among = (column: string, values: readonly string[] | undefined): void => {
        if (values === undefined) return;
        conditions.push(values.length === 0 ? '1 = 0' : `${column} in (${values.map(() => '?').join(', ')})`);
        params.push(...values);
      };
      among('department', filter.departments);
      among('source', filter.sources);
      among('type', filter.types);
      const rows = await session.all(`select * from change_log where ${conditions.join(' and ')} order by sequence limit ?`, [...params, limit]);
      return rows.map(changeOf);
    },
    newest,
    oldest: async ({ departments } = {}) => {
      const where = departments === undefined ? '' : ` where department in (${['null', ...departments.map(() => '?')].join(', ')})`;
      const [row] = await session.all(`select coalesce(max(forgotten), 0) as forgotten from change_floor${where}`, departments ?? []);
      return (row === undefined ? 0 : numberOf(row, 'forgotten')) + 1;
    },
    forget: async ({ olderThanMs, keepPerDepartment }) => {
      for (const row of await session.all('select distinct department from change_log')) {
        const department = textOf(row, 'department');
        const [over] = await session.all('select sequence from change_log where department = ? order by sequence desc limit 1 offset ?', [
          department,
          keepPerDepartment,
        ]);
        const excess = over === undefined ? 0 : numberOf(over, 'sequence');
        const oldest = await session.all('select sequence, appended_ms from change_log where department = ? order by sequence limit ?', [
          department,
          FORGET_AT_ONCE,
        ]);
        const last = oldest.findLast((one) => numberOf(one, 'sequence') <= excess || numberOf(one, 'appended_ms') < olderThanMs);
        if (last === undefined) continue;
        const bound = numberOf(last, 'sequence');
        // The floor rises first: a reader that finds rows missing also finds that they were forgotten.
        await insertRows(
          session,
          'change_floor',
          ['department', 'forgotten'],
          [[department, bound]],
          '(department) do update set forgotten = excluded.forgotten',
        );
        await session.run('delete from change_log where department = ? and sequence <= ?', [department, bound]);
      }
    },
  };
}

function valuesOf(change: Change, sequence: number, now: number): SqlValue[] {
  return [
    sequence,
    change.id,
    change.department,
    change.source,
    change.type,
    change.key === null ? null : JSON.stringify(change.key),
    change.rowKey,
    change.op,
    JSON.stringify(change.changedFields),
    change.before === null ? null : JSON.stringify(change.before),
    change.after === null ? null : JSON.stringify(change.after),
    change.committedAt,
    change.transaction,
    change.mappingVersion,
    now,
  ];
}

function changeOf(row: SqlRow): LoggedChange {
  const json = <T>(column: string): T | null => {
    const text = textOrNull(row, column);
    return text === null ? null : (JSON.parse(text) as T);
  };
  return {
    sequence: numberOf(row, 'sequence'),
    id: textOf(row, 'id'),
    department: textOf(row, 'department'),
    source: textOf(row, 'source'),
    type: textOf(row, 'type'),
    key: json<readonly Canonical[]>('entity_key'),
    rowKey: textOf(row, 'row_key'),
    op: textOf(row, 'op') as LoggedChange['op'],
    changedFields: json<readonly string[]>('changed_fields') ?? [],
    before: json<ChangeRow>('before_row'),
    after: json<ChangeRow>('after_row'),
    committedAt: textOf(row, 'committed_at'),
    transaction: textOf(row, 'transaction_id'),
    mappingVersion: numberOf(row, 'mapping_version'),
  };
}
