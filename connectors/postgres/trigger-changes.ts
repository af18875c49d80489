import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { PhysicalType, WireValue } from '../../schema/model/physical-type.ts';
import type { CapturedTable, ChangeBatch, ChangeStart, ChangeStream, RowChange, SourceRow, SourceTransaction } from '../spi/changes.ts';
import type { SourceConfig } from '../spi/connector.ts';
import { qualifiedName, quoteName } from './change-setup.ts';
import { connect, failure } from './changes.ts';
import { postgresDialect } from './dialect.ts';
import { connectionConfig, RAW } from './session.ts';
import { snapshotTables } from './snapshot.ts';
import { OUTBOX, outboxName, ROW_TRIGGER } from './trigger-setup.ts';

/**
 * What a snapshot of the server shows (`xmin:xmax:xip…`) has been taken: the next rows are those of transactions that committed since, in whatever order
 * they began. Numbers of rows would not do: a transaction that commits late has low ones.
 */
interface Position {
  readonly seen: string;
  /** While a long list is read in pages: the snapshot that it ends with, and the last row taken, by the last row of its transaction and itself. */
  readonly upTo?: string;
  readonly after?: readonly [string, string];
}

interface Listed {
  readonly seq: string;
  readonly xid: string;
  readonly ms: number;
  readonly table: string;
  readonly op: string;
  /** The transaction's last row: of two that touch the same row, the one that committed first has the lower. */
  readonly last: string;
  readonly ordinal: number;
}

const ROWS = 2_000;
/** How often it is looked whether the triggers are still there. */
const WATCH_MS = 2_000;

export function postgresTriggerChanges(config: SourceConfig, start: ChangeStart, signal: AbortSignal): ChangeStream {
  const { source, department } = config;
  const lose = (what: string): never => {
    throw new HubError('EVENT_GAP', `source "${source}" lost changes: ${what}`, { source, department });
  };
  const places = new Map(start.tables.map((table, place) => [outboxName(table), place]));

  async function* batches(): AsyncGenerator<ChangeBatch> {
    const client = new pg.Client(connectionConfig(config));
    client.on('error', () => undefined);
    try {
      await connect(client, config);
      let position = start.position === null ? undefined : (JSON.parse(start.position) as Position);
      await checkTriggers(client, config, start);
      let checkedAt = performance.now();
      if (position !== undefined) await checkPosition(client, position, lose);
      if (start.fresh.length > 0) {
        let mark = '';
        yield* snapshotTables(config, start, undefined, signal, async (reader) => {
          mark = await currentSnapshot(reader);
        });
        // The other tables go on from their own place to the moment of the snapshot.
        if (position !== undefined) {
          position = { ...position, upTo: position.upTo ?? mark };
          for (;;) {
            const upTo: string = position.upTo ?? mark;
            const step = await next(client, { ...position, upTo }, new Set(start.fresh));
            yield step.batch;
            position = step.position;
            if (position.upTo === undefined) {
              if (upTo === mark) break;
              position = { ...position, upTo: mark };
            }
          }
        }
        position = { seen: mark };
        yield { kind: 'changes', transactions: [], position: JSON.stringify(position) };
      }
      let place: Position = position ?? { seen: '1:1:' };
      for (;;) {
        const step = await next(client, place, new Set());
        if (performance.now() - checkedAt > WATCH_MS) {
          await checkTriggers(client, config, { ...start, position: '', fresh: [] });
          checkedAt = performance.now();
        }
        place = step.position;
        yield step.batch;
        if (place.upTo === undefined) await sleep(start.pollMs, undefined, { signal, ref: false });
      }
    } catch (error) {
      throw signal.aborted ? signal.reason : failure(error, config);
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  async function next(client: pg.Client, position: Position, left: ReadonlySet<number>): Promise<{ readonly batch: ChangeBatch; readonly position: Position }> {
    await client.query('begin isolation level repeatable read read only');
    try {
      const upTo = position.upTo ?? (await currentSnapshot(client));
      const listed = await list(client, position, upTo);
      const isLast = listed.length <= ROWS;
      const taken = listed.slice(0, ROWS);
      const last = taken.at(-1);
      const following: Position = isLast || last === undefined ? { seen: upTo } : { seen: position.seen, upTo, after: [last.last, last.seq] };
      const transactions = await read(client, taken, left);
      return { position: following, batch: { kind: 'changes', transactions, position: JSON.stringify(following) } };
    } finally {
      await client.query('commit');
    }
  }

  async function list(client: pg.Client, { seen, after }: Position, upTo: string): Promise<Listed[]> {
    const { rows } = await client.query<{ seq: string; xid: string; ms: string; tab: string; op: string; last: string; ordinal: string }>(
      `select * from (
         select seq, xid::text, extract(epoch from at) * 1000 as ms, tab, op, max(seq) over (partition by xid) as last, row_number() over (partition by xid order by seq) - 1 as ordinal
         from ${OUTBOX} where xid >= pg_snapshot_xmin($1::pg_snapshot) and not pg_visible_in_snapshot(xid, $1::pg_snapshot) and pg_visible_in_snapshot(xid, $2::pg_snapshot)
       ) listed where $3::bigint is null or (last, seq) > ($3::bigint, $4::bigint) order by last, seq limit ${ROWS + 1}`,
      [seen, upTo, after?.[0] ?? null, after?.[1] ?? null],
    );
    return rows.map(({ seq, xid, ms, tab, op, last, ordinal }) => ({ seq, xid, ms: Number(ms), table: tab, op, last, ordinal: Number(ordinal) }));
  }

  async function read(client: pg.Client, listed: readonly Listed[], left: ReadonlySet<number>): Promise<SourceTransaction[]> {
    const values = new Map<string, readonly [SourceRow, SourceRow]>();
    for (const [name, rows] of Map.groupBy(listed, (row) => row.table)) {
      const place = places.get(name);
      if (place === undefined || left.has(place)) continue;
      for (const [seq, row] of await rowsOf(
        client,
        start.tables[place]!,
        rows.map(({ seq }) => seq),
      ))
        values.set(seq, row);
    }
    const transactions: { commit: string; transaction: string; committedMs: number; first: number; rows: RowChange[] }[] = [];
    for (const { seq, xid, ms, table: name, op, ordinal } of listed) {
      const table = places.get(name);
      if (table === undefined || left.has(table)) continue;
      const [before, after] = values.get(seq) ?? [null, null];
      const change: RowChange =
        op === 'T'
          ? { table, op: 'truncate', before: null, after: null }
          : { table, op: op === 'I' ? 'insert' : op === 'U' ? 'update' : 'delete', before: op === 'I' ? null : before, after: op === 'D' ? null : after };
      const current = transactions.at(-1);
      // What is told of a transaction follows without a break, so that each row's number in it is the same whoever reads it.
      if (current?.transaction === xid && current.first + current.rows.length === ordinal) current.rows.push(change);
      else transactions.push({ commit: xid.padStart(20, '0'), transaction: xid, committedMs: ms, first: ordinal, rows: [change] });
      if (current !== undefined && current.transaction === xid) current.committedMs = ms;
    }
    return transactions;
  }

  return { [Symbol.asyncIterator]: batches, confirm: () => undefined };
}

async function currentSnapshot(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ now: string }>('select pg_current_snapshot()::text as now');
  return rows[0]?.now ?? '';
}

/** @throws {HubError} EVENT_GAP: a table that was read has none any more | SOURCE_CAPABILITY_MISSING */
async function checkTriggers(client: pg.Client, { source, department }: SourceConfig, { tables, position, fresh }: ChangeStart): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select n.nspname || '.' || c.relname as name from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
     where t.tgname = $1 and t.tgenabled <> 'D' and to_regclass('${OUTBOX}') is not null
       and (t.tgnargs = 0 and c.relkind <> 'p' or pg_get_triggerdef(t.oid) like '%(' || quote_literal(n.nspname || '.' || c.relname) || ')')`,
    [ROW_TRIGGER],
  );
  const has = new Set(rows.map(({ name }) => name));
  const without = tables.map(outboxName).filter((name) => !has.has(name));
  if (without.length === 0) return;
  if (position !== null && tables.some((table, place) => !fresh.includes(place) && !has.has(outboxName(table))))
    throw new HubError('EVENT_GAP', `source "${source}" lost changes: triggers are gone from ${without.join(', ')}`, { source, department });
  throw new HubError(
    'SOURCE_CAPABILITY_MISSING',
    `source "${source}" has no triggers that tell changes of ${without.join(', ')}; its DBA runs what \`yiwang changes ddl ${source}\` prints`,
    { source, department },
  );
}

async function checkPosition(client: pg.Client, { seen, upTo }: Position, lose: (what: string) => never): Promise<void> {
  const { rows } = await client.query<{ back: boolean; forgotten: boolean }>(
    `select pg_snapshot_xmax($1::pg_snapshot) > pg_snapshot_xmax(pg_current_snapshot()) as back,
       exists (select from yiwang.forgotten where not pg_visible_in_snapshot(xid, $2::pg_snapshot)) as forgotten`,
    [upTo ?? seen, seen],
  );
  if (rows[0]?.back === true) lose('the server is behind what was read, as after restoring a copy');
  if (rows[0]?.forgotten === true) lose('its outbox was cleared of changes that had not been read');
}

/** Rows before and after by their number, in wire form: the server itself turns the outbox's JSON into the table's types again. */
async function rowsOf(client: pg.Client, table: CapturedTable, seqs: readonly string[]): Promise<Map<string, readonly [SourceRow, SourceRow]>> {
  const { columns } = table;
  const select = (side: string): string => columns.map(({ name, type }) => `, ${outputOf(`${side}.${quoteName(name)}`, type)}`).join('');
  const record = (side: string): string => `lateral jsonb_populate_record(null::${qualifiedName(table)}, c.${side})`;
  const { rows } = await client.query<unknown[], unknown[]>({
    text: `select c.seq${select('o')}${select('n')} from ${OUTBOX} c, ${record('old')} o, ${record('new')} n where c.seq = any($1::bigint[])`,
    values: [seqs],
    rowMode: 'array',
    types: RAW,
  });
  const decoders = columns.map(({ type }) => (postgresDialect.decode(type) as ((raw: string) => WireValue) | undefined) ?? ((raw: string) => raw));
  const side = (row: readonly unknown[], from: number): SourceRow =>
    Object.fromEntries(columns.map(({ name }, place) => [name, row[from + place] === null ? null : decoders[place]!(row[from + place] as string)]));
  return new Map(rows.map((row) => [String(row[0]), [side(row, 1), side(row, 1 + columns.length)]]));
}

function outputOf(column: string, type: PhysicalType): string {
  switch (type.kind) {
    case 'text':
    case 'other':
      return `${column}::text`;
    case 'decimal':
      return `${column}::numeric`;
    case 'json':
      return `${column}::jsonb`;
    case 'binary':
      return `encode(${column}, 'hex')`;
    default:
      return column;
  }
}
