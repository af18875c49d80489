import type { CrosswalkDecision, CrosswalkPair } from './crosswalk-row.ts';
import { insertRows, numberOf, textOf, textOrNull, type SqlRow, type SqlSession, type SqlValue } from './sql-session.ts';

/** Append-only: every decision of an officer, and every undoing of one. */
export interface CrosswalkLogTable {
  append(entries: readonly NewCrosswalkLogEntry[]): Promise<void>;
  /** The officer's newest confirmations and rejections that were made together and are not undone; newest first, empty when there are none. */
  lastBatch(officer: string): Promise<CrosswalkLogEntry[]>;
  /** The newest entry of this pair that is neither an undoing nor undone. */
  lastOf(pair: CrosswalkPair): Promise<CrosswalkLogEntry | undefined>;
  /** Newest first; `before` is the id of the last entry already seen. */
  history(filter: Partial<CrosswalkPair>, page: { readonly first: number; readonly before?: number }): Promise<CrosswalkLogEntry[]>;
}

export interface NewCrosswalkLogEntry extends CrosswalkPair {
  /** Decisions made together share it. */
  readonly batch: string;
  readonly at: string;
  readonly by: string;
  readonly action: 'confirm' | 'reject' | 'undo';
  readonly before: CrosswalkDecision | null;
  readonly after: CrosswalkDecision | null;
  /** Id of the entry that this one undoes. */
  readonly undoes?: number;
}

export interface CrosswalkLogEntry extends NewCrosswalkLogEntry {
  /** Ascending. */
  readonly id: number;
}

const COLUMNS = ['batch', 'at', 'officer', 'action', 'entity', 'source', 'local_key', 'canonical_key', 'before_decision', 'after_decision', 'undoes'] as const;
const STANDING = `action <> 'undo' and not exists (select 1 from crosswalk_log u where u.undoes = l.id)`;

export function createCrosswalkLogTable(session: SqlSession): CrosswalkLogTable {
  return {
    append: async (entries) => {
      const rows = entries.map((entry) => [
        entry.batch,
        entry.at,
        entry.by,
        entry.action,
        entry.entity,
        entry.source,
        entry.localKey,
        entry.canonicalKey ?? '',
        jsonOf(entry.before),
        jsonOf(entry.after),
        entry.undoes ?? null,
      ]);
      await insertRows(session, 'crosswalk_log', COLUMNS, rows);
    },
    lastBatch: async (officer) => {
      const rows = await session.all(
        `select * from crosswalk_log l where ${STANDING} and batch = (select batch from crosswalk_log l where officer = ? and ${STANDING} order by id desc limit 1) order by id desc`,
        [officer],
      );
      return rows.map(entryOf);
    },
    lastOf: async (pair) => {
      const [row] = await session.all(
        `select * from crosswalk_log l where entity = ? and source = ? and local_key = ? and canonical_key = ? and ${STANDING} order by id desc limit 1`,
        [pair.entity, pair.source, pair.localKey, pair.canonicalKey ?? ''],
      );
      return row === undefined ? undefined : entryOf(row);
    },
    history: async (filter, { first, before }) => {
      const conditions: [string, SqlValue][] = [];
      if (filter.entity !== undefined) conditions.push(['entity = ?', filter.entity]);
      if (filter.source !== undefined) conditions.push(['source = ?', filter.source]);
      if (filter.localKey !== undefined) conditions.push(['local_key = ?', filter.localKey]);
      if (filter.canonicalKey !== undefined) conditions.push(['canonical_key = ?', filter.canonicalKey ?? '']);
      if (before !== undefined) conditions.push(['id < ?', before]);
      const where = conditions.length === 0 ? '' : `where ${conditions.map(([condition]) => condition).join(' and ')}`;
      return (await session.all(`select * from crosswalk_log ${where} order by id desc limit ?`, [...conditions.map(([, value]) => value), first])).map(
        entryOf,
      );
    },
  };
}

function jsonOf(decision: CrosswalkDecision | null): string | null {
  return decision === null ? null : JSON.stringify(decision);
}

function entryOf(row: SqlRow): CrosswalkLogEntry {
  const canonical = textOf(row, 'canonical_key');
  const decision = (column: string): CrosswalkDecision | null => {
    const text = textOrNull(row, column);
    return text === null ? null : (JSON.parse(text) as CrosswalkDecision);
  };
  return {
    id: numberOf(row, 'id'),
    batch: textOf(row, 'batch'),
    at: textOf(row, 'at'),
    by: textOf(row, 'officer'),
    action: textOf(row, 'action') as CrosswalkLogEntry['action'],
    entity: textOf(row, 'entity'),
    source: textOf(row, 'source'),
    localKey: textOf(row, 'local_key'),
    canonicalKey: canonical === '' ? null : canonical,
    before: decision('before_decision'),
    after: decision('after_decision'),
    ...(typeof row.undoes === 'number' ? { undoes: row.undoes } : {}),
  };
}
