import type { CrosswalkDecision, CrosswalkEvidence, CrosswalkFound, CrosswalkPair, CrosswalkRow } from './crosswalk-row.ts';
import { insertRows, numberOf, textOf, textOrNull, type SqlRow, type SqlSession } from './sql-session.ts';

/** The crosswalk as last scanned, with the officers' decisions on top of it. */
export interface CrosswalkTable {
  /** All rows of one source by local then canonical key, page by page (memory stays bounded). Evidence of all rows, or only of those that may be open. */
  pages(entity: string, source: string, options: { readonly evidence: 'all' | 'open' }): AsyncIterable<readonly CrosswalkRow[]>;
  /** Rows of these local keys, with evidence. */
  ofLocals(entity: string, source: string, localKeys: readonly string[]): Promise<CrosswalkRow[]>;
  get(pair: CrosswalkPair): Promise<CrosswalkRow | undefined>;
  /** Adds or replaces what a scan found; decisions stay. */
  saveFound(entity: string, source: string, rows: readonly FoundPair[]): Promise<void>;
  /** Forgets what a scan no longer finds; decisions stay. */
  removeFound(entity: string, source: string, keys: readonly Pick<CrosswalkPair, 'localKey' | 'canonicalKey'>[]): Promise<void>;
  /** Puts an officer's decision on a pair, or with null takes it off. */
  decide(pair: CrosswalkPair, decision: CrosswalkDecision | null): Promise<void>;
  markScanned(scan: Omit<CrosswalkScan, 'revision'>): Promise<void>;
  /** Sources that have been scanned at least once. */
  scans(): Promise<CrosswalkScan[]>;
  /** Grows with every `touch`; tells other instances that there is something new. */
  revision(): Promise<number>;
  /** Says that this source's rows or decisions changed. Others that touch wait for the end of the transaction, so `before`, the source's revision until now, is certain. */
  touch(entity: string, source: string): Promise<{ readonly before: number; readonly revision: number }>;
}

export interface FoundPair extends CrosswalkFound, Pick<CrosswalkPair, 'localKey' | 'canonicalKey'> {}

export interface CrosswalkScan {
  readonly entity: string;
  readonly source: string;
  /** It decides which entities exist. */
  readonly authority: boolean;
  /** RFC 3339. */
  readonly scannedAt: string;
  readonly rowCount: number;
  /** Of its last `touch`; 0 before the first. */
  readonly revision: number;
}

const PAGE_ROWS = 2000; // one page's conversion must not hold the event loop for long
const KEYS_PER_STATEMENT = 400;
const REVISION = 'crosswalk.revision';
const NO_CANONICAL = ''; // how null is kept in the primary key
const KEY = ['entity', 'source', 'local_key', 'canonical_key'] as const;
const FOUND = ['matched_by', 'state', 'valid_from', 'valid_to', 'score', 'evidence'] as const;
const LIGHT = 'entity, source, local_key, canonical_key, matched_by, state, valid_from, valid_to, score, decision, decided_by, decided_at';
const EVIDENCE_IF_OPEN = `case when state = 'candidate' or valid_to is not null then evidence end as evidence`;

export function createCrosswalkTable(session: SqlSession): CrosswalkTable {
  return {
    async *pages(entity, source, { evidence }) {
      const sql = `select ${LIGHT}, ${evidence === 'all' ? 'evidence' : EVIDENCE_IF_OPEN} from crosswalk
        where entity = ? and source = ? and (local_key, canonical_key) > (?, ?) order by local_key, canonical_key limit ${PAGE_ROWS}`;
      let after: readonly [string, string] = ['', ''];
      for (;;) {
        const rows = (await session.all(sql, [entity, source, ...after])).map(rowOf);
        if (rows.length > 0) yield rows;
        const last = rows.at(-1);
        if (last === undefined || rows.length < PAGE_ROWS) return;
        after = [last.localKey, last.canonicalKey ?? NO_CANONICAL];
      }
    },
    ofLocals: async (entity, source, localKeys) => {
      const rows: CrosswalkRow[] = [];
      for (const keys of chunks(localKeys)) {
        const marks = keys.map(() => '?').join(', ');
        const found = await session.all(
          `select ${LIGHT}, evidence from crosswalk where entity = ? and source = ? and local_key in (${marks}) order by local_key, canonical_key`,
          [entity, source, ...keys],
        );
        rows.push(...found.map(rowOf));
      }
      return rows;
    },
    get: async (pair) => {
      const [row] = await session.all(`select ${LIGHT}, evidence from crosswalk where ${KEY.map((column) => `${column} = ?`).join(' and ')}`, keyOf(pair));
      return row === undefined ? undefined : rowOf(row);
    },
    saveFound: async (entity, source, rows) => {
      const values = rows.map((row) => [
        ...keyOf({ entity, source, localKey: row.localKey, canonicalKey: row.canonicalKey }),
        row.matchedBy,
        row.state,
        row.validFrom,
        row.validTo,
        row.score,
        row.evidence === null ? null : JSON.stringify(row.evidence),
      ]);
      const update = FOUND.map((column) => `${column} = excluded.${column}`).join(', ');
      await insertRows(session, 'crosswalk', [...KEY, ...FOUND], values, `(${KEY.join(', ')}) do update set ${update}`);
    },
    removeFound: async (entity, source, keys) => {
      for (const part of chunks(keys)) {
        const where = `entity = ? and source = ? and (local_key, canonical_key) in (values ${part.map(() => '(?, ?)').join(', ')})`;
        const params = [entity, source, ...part.flatMap((key) => [key.localKey, key.canonicalKey ?? NO_CANONICAL])];
        await session.run(`delete from crosswalk where ${where} and decision is null`, params);
        await session.run(`update crosswalk set ${FOUND.map((column) => `${column} = null`).join(', ')} where ${where}`, params);
      }
    },
    decide: async (pair, decision) => {
      const values = [decision?.state ?? null, decision?.by ?? null, decision?.at ?? null];
      await insertRows(
        session,
        'crosswalk',
        [...KEY, 'decision', 'decided_by', 'decided_at'],
        [[...keyOf(pair), ...values]],
        `(${KEY.join(', ')}) do update set decision = excluded.decision, decided_by = excluded.decided_by, decided_at = excluded.decided_at`,
      );
      if (decision === null)
        await session.run(`delete from crosswalk where ${KEY.map((column) => `${column} = ?`).join(' and ')} and state is null`, keyOf(pair));
    },
    markScanned: async (scan) => {
      await insertRows(
        session,
        'crosswalk_scan',
        ['entity', 'source', 'authority', 'scanned_at', 'row_count'],
        [[scan.entity, scan.source, scan.authority ? 1 : 0, scan.scannedAt, scan.rowCount]],
        '(entity, source) do update set authority = excluded.authority, scanned_at = excluded.scanned_at, row_count = excluded.row_count',
      );
    },
    scans: async () =>
      (
        await session.all(
          'select entity, source, authority, scanned_at, row_count, coalesce(revision, 0) as revision from crosswalk_scan order by entity, source',
        )
      ).map((row) => ({
        entity: textOf(row, 'entity'),
        source: textOf(row, 'source'),
        authority: numberOf(row, 'authority') === 1,
        scannedAt: textOf(row, 'scanned_at'),
        rowCount: numberOf(row, 'row_count'),
        revision: numberOf(row, 'revision'),
      })),
    revision: async () => {
      const [row] = await session.all('select value from settings where key = ?', [REVISION]);
      return row === undefined ? 0 : Number(textOf(row, 'value'));
    },
    touch: async (entity, source) => {
      const next = 'cast(cast(settings.value as bigint) + 1 as text)';
      const [row] = await session.all(`insert into settings (key, value) values (?, '1') on conflict (key) do update set value = ${next} returning value`, [
        REVISION,
      ]);
      const revision = row === undefined ? 0 : Number(textOf(row, 'value'));
      const [scan] = await session.all('select coalesce(revision, 0) as revision from crosswalk_scan where entity = ? and source = ?', [entity, source]);
      await session.run('update crosswalk_scan set revision = ? where entity = ? and source = ?', [revision, entity, source]);
      return { before: scan === undefined ? 0 : numberOf(scan, 'revision'), revision };
    },
  };
}

function keyOf(pair: CrosswalkPair): [string, string, string, string] {
  return [pair.entity, pair.source, pair.localKey, pair.canonicalKey ?? NO_CANONICAL];
}

function rowOf(row: SqlRow): CrosswalkRow {
  const canonical = textOf(row, 'canonical_key');
  const state = textOrNull(row, 'state') as CrosswalkFound['state'] | null;
  const decision = textOrNull(row, 'decision') as CrosswalkDecision['state'] | null;
  const evidence = textOrNull(row, 'evidence');
  return {
    entity: textOf(row, 'entity'),
    source: textOf(row, 'source'),
    localKey: textOf(row, 'local_key'),
    canonicalKey: canonical === NO_CANONICAL ? null : canonical,
    found:
      state === null
        ? null
        : {
            matchedBy: textOrNull(row, 'matched_by') as CrosswalkFound['matchedBy'],
            state,
            validFrom: textOrNull(row, 'valid_from'),
            validTo: textOrNull(row, 'valid_to'),
            score: typeof row.score === 'number' ? row.score : null,
            evidence: evidence === null ? null : (JSON.parse(evidence) as CrosswalkEvidence),
          },
    decision: decision === null ? null : { state: decision, by: textOf(row, 'decided_by'), at: textOf(row, 'decided_at') },
  };
}

function* chunks<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += KEYS_PER_STATEMENT) yield items.slice(start, start + KEYS_PER_STATEMENT);
}
