import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { WireValue } from '../../schema/model/physical-type.ts';
import type { CapturedTable, ChangeBatch, ChangeGuarantees, ChangeMode, ChangeStart, ChangeStream, RowChange, SourceRow } from '../spi/changes.ts';
import type { CallOptions, SourceConfig } from '../spi/connector.ts';
import type { RowSet } from '../spi/ir.ts';
import { compileRequest } from '../sql/compile.ts';
import { statementText } from '../sql/fragment.ts';
import { sqliteDialect } from './dialect.ts';
import { OUTBOX, tellsAll, triggerNames } from './change-setup.ts';
import { createWorkerPool, type WorkerPool } from './pool.ts';
import { readLiteral, wireOfStored } from './stored-value.ts';

export const SQLITE_CHANGES: Readonly<Partial<Record<ChangeMode, ChangeGuarantees>>> = {
  // SQLite has one writer at a time, so the outbox is in the order of commits by itself; which rows were one transaction it does not say.
  trigger: { everyChange: true, transactions: false, commitTime: false },
  poll: { everyChange: false, transactions: false, commitTime: false },
};

const ROWS_AT_ONCE = 2_000;
const STATEMENT_MS = 10_000;
const SNAPSHOT_MS = 120_000;
const SNAPSHOT_ROWS = 2_000;

/** The newest row of the outbox that has been read; its time tells a restored file from the one that was read. */
interface Position {
  readonly seq: number;
  readonly at: string | null;
  /** SQLite's count of what was done to the file's tables and triggers. */
  readonly schema?: number;
}

/** Reads the outbox that triggers fill. A look at the file's times tells whether anything can be new, so an idle source costs nothing. */
export function sqliteTriggerChanges(config: SourceConfig, path: string, pool: WorkerPool, start: ChangeStart, signal: AbortSignal): ChangeStream {
  const { source, department } = config;
  const call = { signal, timeoutMs: STATEMENT_MS };
  const tables = new Map(start.tables.map((table, index) => [table.table, index]));

  async function* batches(): AsyncGenerator<ChangeBatch> {
    let schema = await schemaVersion(pool, call);
    let made = await checkTriggers(pool, start, config, call);
    let position = start.position === null ? null : (JSON.parse(start.position) as Position);
    // Triggers that were gone for a while, and are back, have told nothing meanwhile.
    if (position !== null && (position.schema ?? schema) !== schema) {
      await readOutbox(position);
      yield { kind: 'altered', tables: start.tables.map((_, place) => place), position: JSON.stringify({ ...position, schema }) };
      return;
    }
    if (start.fresh.length > 0) {
      let mark: Position | undefined;
      for await (const step of snapshot(config, path, start, signal)) {
        if ('seq' in step) mark = step;
        else yield step;
      }
      // Other tables go on from their own place; what the snapshot shows already is left out of the fresh ones.
      if (mark !== undefined) {
        for (;;) {
          if (position === null || position.seq >= mark.seq) break;
          const found = await readOutbox(position);
          const upTo: Row[] = found.filter((row) => row.seq <= mark.seq);
          const last = upTo.at(-1);
          if (last === undefined) break;
          position = { seq: last.seq, at: last.at, schema };
          yield batchOf(upTo, position, new Set(start.fresh));
        }
        position = { ...mark, schema };
      }
    }
    await readOutbox(position ?? { seq: 0, at: null }); // says at once when something was lost
    yield { kind: 'changes', transactions: [], position: JSON.stringify(position) };
    let seen: string | undefined;
    for (;;) {
      const now = await fingerprint(path);
      if (now !== seen || now === undefined) {
        const version = await schemaVersion(pool, call);
        if (version !== schema) {
          const after = await checkTriggers(pool, { ...start, position: '', fresh: [] }, config, call);
          const altered = start.tables.flatMap((_, place) => (after[place] === made[place] ? [] : [place]));
          [schema, made] = [version, after];
          position = { ...(position ?? { seq: 0, at: null }), schema };
          const kept = JSON.stringify(position);
          await readOutbox(position);
          yield altered.length > 0 ? { kind: 'altered', tables: altered, position: kept } : { kind: 'changes', transactions: [], position: kept };
        }
        const found = await readOutbox(position ?? { seq: 0, at: null });
        const last = found.at(-1);
        if (found.length < ROWS_AT_ONCE) seen = now;
        if (last !== undefined) {
          position = { seq: last.seq, at: last.at, schema };
          yield batchOf(found, position, new Set());
          continue;
        }
      }
      await sleep(start.pollMs, undefined, { signal, ref: false });
    }
  }

  type Row = {
    readonly seq: number;
    readonly at: string;
    readonly table: string;
    readonly op: string;
    readonly before: string | null;
    readonly after: string | null;
  };

  async function readOutbox({ seq, at }: Position): Promise<Row[]> {
    const rows = (await pool.run(`select seq, at, tab, op, old, new from ${OUTBOX} where seq >= ? order by seq limit ${ROWS_AT_ONCE + 1}`, [seq], call)).map(
      (row): Row => ({
        seq: Number(row[0]),
        at: String(row[1]),
        table: String(row[2]),
        op: String(row[3]),
        before: row[4] as string | null,
        after: row[5] as string | null,
      }),
    );
    const [first] = rows;
    if (first?.seq === seq) {
      if (at !== null && first.at !== at) throw lost('its outbox is another one than was read, as after restoring a copy of the file');
      return rows.slice(1);
    }
    if (first !== undefined && first.seq > seq + 1) throw lost(`its outbox begins at ${first.seq}, what follows ${seq} has been removed`);
    if (first === undefined && seq > 0) {
      const [newest] = await pool.run('select seq from sqlite_sequence where name = ?', [OUTBOX], call);
      if (Number(newest?.[0] ?? 0) !== seq) throw lost(`its outbox is empty and stands at ${Number(newest?.[0] ?? 0)}, not at ${seq}`);
    }
    return rows;
  }

  function batchOf(rows: readonly Row[], position: Position, left: ReadonlySet<number>): ChangeBatch {
    return {
      kind: 'changes',
      position: JSON.stringify(position),
      transactions: rows.flatMap((row) => {
        const table = tables.get(row.table);
        if (table === undefined || left.has(table)) return [];
        const columns = start.tables[table]!.columns;
        const change: RowChange = {
          table,
          op: row.op === 'I' ? 'insert' : row.op === 'U' ? 'update' : 'delete',
          before: row.before === null ? null : sourceRow(row.before, columns, config.timeZone),
          after: row.after === null ? null : sourceRow(row.after, columns, config.timeZone),
        };
        return [{ commit: String(row.seq), transaction: String(row.seq), committedMs: Date.parse(row.at), first: 0, rows: [change] }];
      }),
    };
  }

  const lost = (what: string): HubError => new HubError('EVENT_GAP', `source "${source}" lost changes: ${what}`, { source, department });
  return { [Symbol.asyncIterator]: batches, confirm: () => undefined };
}

async function schemaVersion(pool: WorkerPool, call: CallOptions): Promise<number> {
  const [row] = await pool.run('pragma schema_version', [], call);
  return Number(row?.[0]);
}

/**
 * @returns for each table what differs once it or its triggers are made anew
 * @throws {HubError} EVENT_GAP: a table that was read has none any more | SOURCE_CAPABILITY_MISSING
 */
async function checkTriggers(
  pool: WorkerPool,
  { tables, position, fresh }: ChangeStart,
  { source, department }: SourceConfig,
  call: CallOptions,
): Promise<string[]> {
  const found = await pool.run(`select name, sql, tbl_name, rowid, rootpage from sqlite_master where type in ('table', 'trigger')`, [], call);
  const known = new Map(found.map(([name, sql]) => [String(name), String(sql)]));
  const isMissing = (table: CapturedTable): boolean => !triggerNames(table.table).every((name) => tellsAll(known.get(name), table));
  const missing = tables.filter(isMissing).map(({ table }) => table);
  if (known.has(OUTBOX) && missing.length === 0)
    return tables.map(({ table }) => JSON.stringify(found.filter(([, , on]) => String(on).toLowerCase() === table.toLowerCase())));
  const gone = tables.filter(({ table }, place) => !fresh.includes(place) && !triggerNames(table).every((name) => known.has(name))).map(({ table }) => table);
  if (position !== null && known.has(OUTBOX) && gone.length > 0)
    throw new HubError('EVENT_GAP', `source "${source}" lost changes: triggers are gone from ${gone.join(', ')}`, { source, department });
  throw new HubError(
    'SOURCE_CAPABILITY_MISSING',
    `source "${source}" has no triggers that tell changes${known.has(OUTBOX) ? ` of ${missing.join(', ')}` : ''}; its DBA runs what \`yiwang changes ddl ${source}\` prints`,
    { source, department },
  );
}

/** All fresh tables as of one moment, and the outbox's place at that moment. */
async function* snapshot(config: SourceConfig, path: string, start: ChangeStart, signal: AbortSignal): AsyncGenerator<ChangeBatch | Position> {
  // One process keeps one connection, so what is begun there lasts from statement to statement.
  const pool = createWorkerPool({ ...config, pool: { ...config.pool, max: 1 } }, path);
  const call = { signal, timeoutMs: SNAPSHOT_MS };
  try {
    await pool.run('begin', [], call);
    const [newest] = await pool.run(`select seq, at from ${OUTBOX} order by seq desc limit 1`, [], call);
    const [counted] = newest === undefined ? await pool.run('select seq from sqlite_sequence where name = ?', [OUTBOX], call) : [];
    for (const table of start.fresh) {
      const { columns, ...name } = start.tables[table]!;
      const rows: RowSet = { kind: 'table', table: name.table, columns };
      for (let offset = 0; ; offset += SNAPSHOT_ROWS) {
        const compiled = compileRequest(
          {
            kind: 'rows',
            query: {
              rows,
              columns: columns.map((column) => ({ kind: 'column', column: column.name, type: column.type })),
              orderBy: name.key.map((column) => ({
                value: { kind: 'column', column, type: columns.find((each) => each.name === column)!.type },
                direction: 'asc',
                nulls: 'first',
              })),
              limit: SNAPSHOT_ROWS,
              offset,
              children: [],
            },
          },
          sqliteDialect,
        );
        const parameters = compiled.slots.map((slot) => slot.bind({ bindings: {}, maxRows: SNAPSHOT_ROWS })) as (string | number)[];
        const found = compiled.decode(
          await pool.run(
            statementText(compiled, () => '?'),
            parameters,
            call,
          ),
          {},
        );
        const done = found.length < SNAPSHOT_ROWS;
        yield {
          kind: 'snapshot',
          table,
          done,
          rows: found.map((row) => Object.fromEntries(columns.map((column, place) => [column.name, row[place] as WireValue]))),
        };
        if (done) break;
      }
    }
    await pool.run('commit', [], call);
    yield { seq: Number(newest?.[0] ?? counted?.[0] ?? 0), at: newest === undefined ? null : String(newest[1]) };
  } finally {
    await pool.close();
  }
}

function sourceRow(json: string, columns: CapturedTable['columns'], timeZone: string): SourceRow {
  const literals = JSON.parse(json) as Readonly<Record<string, string>>;
  return Object.fromEntries(
    columns.flatMap(({ name, type }) => {
      const literal = literals[name];
      return literal === undefined ? [] : [[name, wireOfStored(readLiteral(literal), type, timeZone)]];
    }),
  );
}

/** Differs when the file or its write-ahead log may hold something new; undefined when that cannot be told. */
async function fingerprint(path: string): Promise<string | undefined> {
  const parts = await Promise.all(
    [path, `${path}-wal`].map((file) =>
      stat(file, { bigint: true }).then(
        ({ ino, size, mtimeNs }) => `${ino}:${size}:${mtimeNs}`,
        () => '-',
      ),
    ),
  );
  return parts[0] === '-' ? undefined : parts.join(' ');
}
