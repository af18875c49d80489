import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mysql2/promise';
import { HubError } from '../../schema/errors/hub-error.ts';
import { epochMillisToZoned } from '../../schema/model/date.ts';
import type { PhysicalType, WireValue } from '../../schema/model/physical-type.ts';
import type { CapturedTable, ChangeBatch, ChangeStart, RowChange, SourceRow } from '../spi/changes.ts';
import type { SourceConfig } from '../spi/connector.ts';
import { readCascades } from './cascades.ts';
import { FORGOTTEN, OUTBOX, tellsAll, triggerNames } from './change-setup.ts';
import { failure, openSession } from './changes.ts';
import { snapshotTables } from './snapshot.ts';

/**
 * The outbox numbers rows as they are written, not as they are committed: below the highest number seen there are numbers of transactions that still run,
 * and numbers that were rolled back. A missing number is waited for as long as a transaction runs that ran when it was first missed.
 */
interface Position {
  readonly high: number;
  readonly missing: readonly number[];
}

interface Row {
  readonly seq: number;
  readonly ms: number;
  readonly table: string;
  readonly op: string;
  readonly before: string | null;
  readonly after: string | null;
}

const ROWS = 2_000;
/** How often it is looked whether the triggers are still there. */
const WATCH_MS = 2_000;
/** A little more than the server keeps its copy of what is running. */
const COPY_MS = 110;

export async function* mysqlTriggerChanges(config: SourceConfig, start: ChangeStart, signal: AbortSignal): AsyncGenerator<ChangeBatch> {
  const connection = await openSession(config);
  const tables = new Map(start.tables.map((table, place) => [table.table, place]));
  try {
    await connection.query('set session transaction isolation level read committed');
    await checkCascades(connection, config, start.tables);
    await checkTriggers(connection, config, start);
    let checkedAt = performance.now();
    let position = start.position === null ? null : (JSON.parse(start.position) as Position);
    if (position !== null) await checkPosition(connection, config, position);
    /** Missing number → transactions that ran when it was missed. */
    const waiting = new Map<number, ReadonlySet<string>>();
    const wait = async (missing: readonly number[]): Promise<void> => {
      if (missing.length === 0) return;
      const owners = await running(connection);
      for (const seq of missing) waiting.set(seq, owners);
    };
    await wait(position?.missing ?? []);

    const next = async (upTo: Position | undefined, left: ReadonlySet<number>): Promise<ChangeBatch> => {
      const { high } = position ?? { high: 0 };
      const before = waiting.size > 0 ? await running(connection) : new Set<string>();
      const rows = (await read(connection, high, [...waiting.keys()])).filter((row) => upTo === undefined || isIn(row.seq, upTo));
      for (const { seq } of rows) waiting.delete(seq);
      const top = rows.at(-1)?.seq ?? high;
      const seen = new Set(rows.map(({ seq }) => seq));
      const missed = range(Math.max(high, 0) + 1, top).filter((seq) => !seen.has(seq));
      for (const [seq, owners] of waiting) {
        const still = new Set([...owners].filter((owner) => before.has(owner)));
        if (still.size === 0) waiting.delete(seq);
        else waiting.set(seq, still);
      }
      // Whoever wrote a missing number was at work before the higher one was seen.
      await wait(missed);
      position = { high: Math.max(high, top), missing: [...waiting.keys()].sort((a, b) => a - b) };
      const transactions = rows.flatMap((row) => {
        const table = tables.get(row.table);
        if (table === undefined || left.has(table)) return [];
        const { columns } = start.tables[table]!;
        const change: RowChange = {
          table,
          op: row.op === 'I' ? 'insert' : row.op === 'U' ? 'update' : 'delete',
          before: row.before === null ? null : sourceRow(row.before, columns, config.timeZone),
          after: row.after === null ? null : sourceRow(row.after, columns, config.timeZone),
        };
        return [{ commit: String(row.seq), transaction: String(row.seq), committedMs: row.ms, first: 0, rows: [change] }];
      });
      return { kind: 'changes', transactions, position: JSON.stringify(position) };
    };

    if (start.fresh.length > 0) {
      let mark: Position = { high: 0, missing: [] };
      yield* snapshotTables(config, start, signal, async (reader) => (mark = await placeOf(reader)));
      const fresh = new Set(start.fresh);
      while (position !== null) {
        const batch = await next(mark, fresh);
        yield batch;
        if (batch.kind === 'changes' && batch.transactions.length < ROWS && (position.high >= mark.high || batch.transactions.length === 0)) break;
      }
      position = mark;
      waiting.clear();
      await wait(mark.missing);
      yield { kind: 'changes', transactions: [], position: JSON.stringify(position) };
    }
    while (!signal.aborted) {
      const batch = await next(undefined, new Set());
      if (performance.now() - checkedAt > WATCH_MS) {
        await checkTriggers(connection, config, { ...start, position: '', fresh: [] });
        checkedAt = performance.now();
      }
      yield batch;
      if (batch.kind === 'changes' && batch.transactions.length === 0) await sleep(start.pollMs, undefined, { signal, ref: false });
    }
  } catch (error) {
    throw signal.aborted ? signal.reason : failure(error, config);
  } finally {
    connection.destroy();
  }
}

const isIn = (seq: number, { high, missing }: Position): boolean => seq <= high && !missing.includes(seq);

const range = (from: number, to: number): number[] => Array.from({ length: Math.max(0, to - from) }, (_, place) => from + place);

async function read(connection: Connection, high: number, missing: readonly number[]): Promise<Row[]> {
  const [rows] = await connection.query(
    `select seq, unix_timestamp(at) * 1000, tab, op, old, new from ${OUTBOX} where seq > ?${missing.length === 0 ? '' : ' or seq in (?)'} order by seq limit ${ROWS}`,
    missing.length === 0 ? [high] : [high, missing],
  );
  return (rows as unknown as unknown[][]).map((row) => ({
    seq: Number(row[0]),
    ms: Number(row[1]),
    table: String(row[2]),
    op: String(row[3]),
    before: row[4] as string | null,
    after: row[5] as string | null,
  }));
}

/**
 * Transactions that are at work now. The server answers from a copy that it makes anew only when nobody has looked for a tenth of a second (a newer
 * transaction is then not in it): the copy is of now when it holds this very question.
 */
async function running(connection: Connection): Promise<Set<string>> {
  for (;;) {
    const question = `yiwang ${randomUUID()}`;
    await connection.query('start transaction with consistent snapshot');
    const [found] = await connection.query(
      `select /* ${question} */ trx_id, trx_mysql_thread_id = connection_id(), coalesce(trx_query, '') from information_schema.innodb_trx`,
    );
    await connection.query('commit');
    const rows = found as unknown as unknown[][];
    if (rows.some(([, isOwn, query]) => Number(isOwn) === 1 && String(query).includes(question)))
      return new Set(rows.flatMap(([id, isOwn]) => (Number(isOwn) === 1 ? [] : [String(id)])));
    await sleep(COPY_MS);
  }
}

/** Where the outbox stands in a snapshot: its highest number, and the numbers below that it does not show. */
async function placeOf(connection: Connection): Promise<Position> {
  const [rows] = await connection.query(
    `select seq + 1, following - 1 from (select seq, lead(seq) over (order by seq) as following from ${OUTBOX}) numbered where following > seq + 1`,
  );
  const [tops] = await connection.query(`select greatest(coalesce((select max(seq) from ${OUTBOX}), 0), coalesce((select seq from ${FORGOTTEN}), 0))`);
  const [[top] = []] = tops as unknown as unknown[][];
  return { high: Number(top ?? 0), missing: (rows as unknown as unknown[][]).flatMap(([from, to]) => range(Number(from), Number(to) + 1)) };
}

async function checkCascades(connection: Connection, { source, department }: SourceConfig, tables: readonly CapturedTable[]): Promise<void> {
  const { tables: pulled } = await readCascades(connection, tables);
  if (pulled.length > 0)
    throw new HubError(
      'SOURCE_CAPABILITY_MISSING',
      `source "${source}" cannot tell changes by triggers: foreign keys alter or delete rows of ${pulled.join(', ')} (on delete, on update), and no trigger runs for that; read it by \`changes: log\` or \`poll\``,
      { source, department },
    );
}

/** @throws {HubError} EVENT_GAP: a table that was read has none any more | SOURCE_CAPABILITY_MISSING */
async function checkTriggers(connection: Connection, { source, department }: SourceConfig, { tables, position, fresh }: ChangeStart): Promise<void> {
  const [rows] = await connection.query('select trigger_name, action_statement from information_schema.triggers where trigger_schema = database()');
  const known = new Map((rows as unknown as unknown[][]).map(([name, statement]) => [String(name), String(statement)]));
  const [outbox] = await connection.query('select 1 from information_schema.tables where table_schema = database() and table_name = ?', [OUTBOX]);
  const isMissing = (table: CapturedTable): boolean => !triggerNames(table.table).every((name) => tellsAll(known.get(name), table));
  const missing = tables.filter(isMissing).map(({ table }) => table);
  // Who may not see a table's triggers is told of none; the outbox alone then has to do.
  if ((outbox as unknown[]).length > 0 && (missing.length === 0 || known.size === 0)) return;
  if (position !== null && tables.some((table, place) => !fresh.includes(place) && isMissing(table)))
    throw new HubError('EVENT_GAP', `source "${source}" lost changes: triggers are gone from ${missing.join(', ')}, or do not tell all of their columns`, {
      source,
      department,
    });
  throw new HubError(
    'SOURCE_CAPABILITY_MISSING',
    `source "${source}" has no triggers that tell changes of ${missing.join(', ')}; its DBA runs what \`yiwang changes ddl ${source}\` prints`,
    { source, department },
  );
}

async function checkPosition(connection: Connection, { source, department }: SourceConfig, { high }: Position): Promise<void> {
  const [rows] = await connection.query(`select (select max(seq) from ${OUTBOX}), (select seq from ${FORGOTTEN})`);
  const [[top, forgotten] = []] = rows as unknown as unknown[][];
  const what =
    forgotten !== null && forgotten !== undefined && Number(forgotten) > high
      ? 'its outbox was cleared of changes that had not been read'
      : Number(top ?? 0) < high && Number(forgotten ?? 0) < high
        ? 'its outbox is another one than was read, as after restoring a copy'
        : undefined;
  if (what !== undefined) throw new HubError('EVENT_GAP', `source "${source}" lost changes: ${what}`, { source, department });
}

function sourceRow(json: string, columns: CapturedTable['columns'], timeZone: string): SourceRow {
  const values = JSON.parse(json) as Readonly<Record<string, string | null>>;
  return Object.fromEntries(
    columns.flatMap(({ name, type }) => {
      const hex = values[name];
      return hex === undefined ? [] : [[name, hex === null ? null : wireOf(hex, type, timeZone)]];
    }),
  );
}

function wireOf(hex: string, type: PhysicalType, timeZone: string): WireValue {
  if (type.kind === 'binary') return hex.toLowerCase();
  const text = Buffer.from(hex, 'hex').toString('utf8');
  switch (type.kind) {
    case 'integer':
      return type.bits === 64 ? text : Number(text);
    case 'float':
      return Number(text);
    case 'boolean':
      return text !== '0';
    case 'timestamp':
      return type.zoned ? instant(text, timeZone) : text;
    default:
      return type.kind === 'text' && type.padded === true ? text.replace(/ +$/, '') : text;
  }
}

/** Seconds since 1970, with their fraction. */
function instant(seconds: string, timeZone: string): string | null {
  const [whole = '0', fraction] = seconds.split('.');
  if (!/^-?\d+$/.test(whole))
    throw new HubError(
      'EVENT_GAP',
      'changes were lost: triggers of an older release tell timestamps that cannot be read; its DBA runs what `yiwang changes ddl` prints',
    );
  const zoned = epochMillisToZoned(Number(whole) * 1000, timeZone);
  return zoned === null || fraction === undefined ? zoned : `${zoned.slice(0, 19)}.${fraction}${zoned.slice(19)}`;
}
