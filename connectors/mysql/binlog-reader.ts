import { createHash } from 'node:crypto';
import ZongJi from '@vlasky/zongji';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { WireValue } from '../../schema/model/physical-type.ts';
import { createChangeQueue } from '../spi/change-queue.ts';
import { SILENCE_MS, type CapturedTable, type ChangeBatch, type ChangeStart, type RowChange, type SourceRow } from '../spi/changes.ts';
import type { SourceConfig } from '../spi/connector.ts';
import type { Cascades } from './cascades.ts';
import { failure } from './changes.ts';
import { alteredTable, createsTable, truncatedTable, writesRows } from './log-statement.ts';
import { logValue } from './log-value.ts';

/** Every transaction up to these numbers (one for each domain) has been taken, and so many rows of the one called `commit`. */
export interface BinlogPosition {
  readonly gtid: string;
  readonly commit?: string;
  readonly rows?: number;
}

export const readBinlogPosition = (text: string): BinlogPosition => JSON.parse(text) as BinlogPosition;

export interface BinlogReader {
  readonly started: Promise<void>;
  readonly failed: boolean;
  fail(error: unknown): void;
  batches(signal: AbortSignal): AsyncGenerator<ChangeBatch>;
  close(): Promise<void>;
}

/** What the library emits, as far as it is used. */
interface Event {
  getEventName(): string;
  readonly timestamp: number;
  readonly gtid?: string;
  readonly standalone?: boolean;
  readonly preparedXa?: boolean;
  readonly completedXa?: boolean;
  readonly xidFormatId?: number;
  readonly xidGtrid?: Buffer;
  readonly xidBqual?: Buffer;
  readonly query?: string;
  readonly schema?: string;
  readonly tableId?: number;
  readonly tableMap?: Readonly<
    Record<number, { readonly parentSchema: string; readonly tableName: string; readonly columns?: readonly { readonly name: string }[] }>
  >;
  readonly rows?: readonly unknown[];
  readonly numberOfColumns?: number;
  readonly columns_present_bitmap?: Buffer;
  readonly columns_present_bitmap2?: Buffer;
}

const EVENTS = ['mariadbgtid', 'query', 'xid', 'tablemap', 'writerows', 'updaterows', 'deleterows', 'heartbeat', 'unknown'];
const START_MS = 15_000;
const TABLES_MS = 1_000;
/** How often in `silenceMs` a server without news gives a sign of life. */
const SIGNS = 6;

/** @param mark what is up to here is in the snapshot of the fresh tables already */
export async function createBinlogReader(
  config: SourceConfig,
  start: ChangeStart,
  from: BinlogPosition,
  mark: string | undefined,
  cascades: Cascades,
): Promise<BinlogReader> {
  const database = decodeURIComponent(new URL(config.url).pathname.slice(1));
  const queue = createChangeQueue(JSON.stringify(from), (after, commit, rows) =>
    JSON.stringify({ gtid: readBinlogPosition(after).gtid, commit, rows } satisfies BinlogPosition),
  );
  const taken = domains(from.gtid);
  const covered = domains(mark ?? '');
  const tables = new Map(start.tables.map((table, place) => [table.table, place]));
  const fresh = new Set(start.fresh);
  const readers = start.tables.map((table) => rowReader(table, config.timeZone));
  const started = Promise.withResolvers<void>();
  const zongji = new ZongJi({ ...connection(config) });
  let failed = false;
  let heardAt = performance.now();
  let current:
    { readonly gtid: string; readonly isCovered: boolean; readonly standalone: boolean; readonly xa?: string; readonly prepared?: RowChange[] } | undefined;

  const lost = (what: string): HubError =>
    new HubError('EVENT_GAP', `source "${config.source}" lost changes: ${what}`, { source: config.source, department: config.department });
  const fail = (error: unknown): void => {
    failed = true;
    queue.fail(failure(error, config));
    started.resolve();
  };
  const placeOf = (name: string | undefined): number | undefined => {
    const place = name === undefined ? undefined : tables.get(name);
    return place === undefined || (current?.isCovered === true && fresh.has(place)) ? undefined : place;
  };
  const finish = (): void => {
    if (current === undefined) return;
    const { xa, prepared: waits } = current;
    const [domain = '0'] = current.gtid.split('-');
    taken.set(domain, current.gtid);
    queue.end(JSON.stringify({ gtid: [...taken.values()].join(',') }));
    current = undefined;
    if (waits !== undefined && xa !== undefined) pulledByXa.set(xa, pulled);
    else if (pulled.size > 0) queue.altered([...pulled]);
    pulled = new Set();
  };
  /** Tables in which foreign keys alter rows in the transaction under way, and in prepared ones. */
  let pulled = new Set<number>();
  const pulledByXa = new Map<string, ReadonlySet<number>>();
  const pull = (places: readonly number[]): void => {
    for (const place of places) if (current?.prepared !== undefined || current?.isCovered !== true || !fresh.has(place)) pulled.add(place);
  };

  let coming: NodeJS.Timeout | undefined;
  /** Once for many that come together. */
  const tablesCame = (): void => void (coming ??= setTimeout(() => queue.altered([]), TABLES_MS).unref());

  /** The log holds rows of an XA transaction where it was prepared; whether it is committed follows later, in a group of its own. */
  const prepared = new Map<string, RowChange[]>();
  const onXa = (statement: string): void => {
    const xid = current?.xa;
    if (xid === undefined) return;
    if (/^xa\s+commit\b/i.test(statement)) {
      const rows = prepared.get(xid);
      if (rows === undefined) return fail(lost('an XA transaction was committed that had been prepared before the position, where the log holds its rows'));
      for (const row of rows) queue.row(current?.isCovered === true && fresh.has(row.table) ? null : row);
      pull([...(pulledByXa.get(xid) ?? [])]);
    }
    if (!/^xa\s+end\b/i.test(statement)) {
      prepared.delete(xid);
      pulledByXa.delete(xid);
    }
    finish();
  };

  const onQuery = ({ query = '', schema = '' }: Event): void => {
    const statement = query.trim();
    if (/^(begin|savepoint|rollback to|release savepoint)\b/i.test(statement)) return;
    if (/^(commit|rollback)\b/i.test(statement)) return finish();
    if (/^xa\b/i.test(statement)) return onXa(statement);
    const truncated = truncatedTable(statement, schema, database);
    const altered = alteredTable(statement, schema, database, [...tables.keys()]);
    if ((schema === database || statement.includes(database)) && writesRows(statement, current?.standalone === true))
      return fail(lost('a session wrote with binlog_format = STATEMENT, so the log holds no rows of it'));
    const emptied = placeOf(truncated);
    if (emptied !== undefined) queue.row({ table: emptied, op: 'truncate', before: null, after: null });
    const changed = placeOf(altered);
    if (current?.standalone === true) finish();
    if (changed !== undefined) queue.altered([changed]);
    else if (schema === database && createsTable(statement)) tablesCame();
  };

  const onRows = (event: Event, op: RowChange['op']): void => {
    const add = (row: RowChange | null): void => {
      if (current?.prepared === undefined) queue.row(row);
      else if (row !== null) current.prepared.push(row);
    };
    const map = event.tableMap?.[event.tableId ?? -1];
    if (map !== undefined && op !== 'insert')
      for (const row of event.rows ?? [])
        pull(cascades.altered(map.parentSchema, map.tableName, op === 'delete' ? 'gone' : (row as { before: Values; after: Values })));
    const table = map?.parentSchema === database ? placeOf(map.tableName) : undefined;
    if (map === undefined || table === undefined) return event.rows?.forEach(() => add(null));
    const read = readers[table]!;
    const columns = map.columns?.map(({ name }) => name) ?? [];
    const absent = (bitmap: Buffer | undefined): ReadonlySet<string> => absentColumns(columns, bitmap);
    const [first, second] = [absent(event.columns_present_bitmap), absent(event.columns_present_bitmap2)];
    for (const row of event.rows ?? []) {
      if (op === 'update') {
        const { before, after } = row as { readonly before: Values; readonly after: Values };
        add({ table, op, before: read(before, first), after: read(after, second) });
      } else add({ table, op, before: op === 'delete' ? read(row as Values, first) : null, after: op === 'insert' ? read(row as Values, first) : null });
    }
  };

  zongji.on('binlog', (raw: unknown) => {
    const event = raw as Event;
    heardAt = performance.now();
    try {
      switch (event.getEventName()) {
        case 'mariadbgtid': {
          finish();
          const gtid = event.gtid ?? '';
          current = { gtid, isCovered: isUpTo(gtid, covered), standalone: event.standalone === true, ...xaOf(event) };
          if (current.xa !== undefined && current.prepared !== undefined) prepared.set(current.xa, current.prepared);
          queue.begin({ commit: gtid, transaction: gtid, committedMs: event.timestamp }, from.commit === gtid ? from.rows : 0);
          break;
        }
        case 'query':
          onQuery(event);
          break;
        case 'xid':
          finish();
          break;
        case 'writerows':
          onRows(event, 'insert');
          break;
        case 'updaterows':
          onRows(event, 'update');
          break;
        case 'deleterows':
          onRows(event, 'delete');
          break;
        case 'unknown': // a part of LOAD DATA, an incident of the server's, or what only a newer server writes
          if (current !== undefined) fail(lost('a session wrote with binlog_format = STATEMENT, or the log holds something that is no row'));
          break;
        default:
      }
    } catch (error) {
      fail(error);
    }
    if (queue.isFull) pause();
  });
  let isPaused = false;
  const pause = (): void => {
    isPaused = true;
    const stream = (zongji as unknown as { readonly connection?: { pause(): void; resume(): void } | null }).connection;
    stream?.pause();
    void queue.room().then(() => {
      isPaused = false;
      heardAt = performance.now();
      stream?.resume();
    });
  };
  zongji.on('error', fail);
  zongji.on('ready', () => started.resolve());
  zongji.start({ serverId: serverId(start.consumer, config), gtidSet: from.gtid, includeEvents: EVENTS });
  // Sent before the library asks for the log; in nanoseconds.
  const { silenceMs = SILENCE_MS } = start;
  const { connection: stream } = zongji as unknown as { readonly connection: { query(sql: string, done: (error: unknown) => void): void } };
  stream.query(`set @master_heartbeat_period = ${Math.round((silenceMs / SIGNS) * 1e6)}`, (error) => {
    if (error !== null) fail(error);
  });
  const listening = setInterval(() => {
    if (!isPaused && performance.now() - heardAt > silenceMs) fail(new Error(`nothing was heard of the server for ${silenceMs} ms`));
  }, silenceMs / SIGNS);
  listening.unref();
  // The library says it is ready before the server has looked for the position; what is wrong comes as an error a moment later.
  const late = setTimeout(() => fail(new Error('the server did not start the stream in time')), START_MS);
  void started.promise.then(() => clearTimeout(late));

  return {
    started: started.promise,
    get failed() {
      return failed;
    },
    fail,
    batches: (signal) => queue.batches(signal),
    close: () =>
      new Promise((resolve) => {
        clearInterval(listening);
        clearTimeout(coming);
        const done = setTimeout(resolve, 2_000);
        zongji.once('stopped', () => {
          clearTimeout(done);
          resolve();
        });
        zongji.on('error', () => undefined);
        zongji.stop();
      }),
  };
}

/** The name of the XA transaction that a group prepares or ends; rows of one that is prepared wait for its end. */
function xaOf({ preparedXa, completedXa, xidFormatId = 0, xidGtrid, xidBqual }: Event): { readonly xa?: string; readonly prepared?: RowChange[] } {
  if (preparedXa !== true && completedXa !== true) return {};
  const xa = [xidFormatId, xidGtrid?.toString('hex'), xidBqual?.toString('hex')].join('-');
  return preparedXa === true ? { xa, prepared: [] } : { xa };
}

type Values = Readonly<Record<string, unknown>>;

function rowReader({ columns }: CapturedTable, timeZone: string): (values: Values, absent: ReadonlySet<string>) => SourceRow {
  const readers = columns.map(({ name, type }) => ({ name, read: logValue(type, timeZone) }));
  return (values, absent) => {
    const row: Record<string, WireValue> = {};
    for (const { name, read } of readers) if (name in values && !absent.has(name)) row[name] = read(values[name]);
    return row;
  };
}

const NONE: ReadonlySet<string> = new Set();

/** Columns that a session with `binlog_row_image = MINIMAL` left out: the library gives null for them. */
function absentColumns(columns: readonly string[], bitmap: Buffer | undefined): ReadonlySet<string> {
  if (bitmap === undefined) return NONE;
  const absent = columns.filter((_, place) => ((bitmap[place >> 3] ?? 0) & (1 << (place & 7))) === 0);
  return absent.length === 0 ? NONE : new Set(absent);
}

/** `0-1-5,2-1-7` by domain. */
function domains(gtid: string): Map<string, string> {
  return new Map(gtid.split(',').flatMap((each) => (each.trim() === '' ? [] : [[each.trim().split('-')[0] ?? '', each.trim()] as const])));
}

function isUpTo(gtid: string, position: ReadonlyMap<string, string>): boolean {
  const [domain = '', , number = '0'] = gtid.split('-');
  const [, , last] = position.get(domain)?.split('-') ?? [];
  return last !== undefined && BigInt(number) <= BigInt(last);
}

/** The same for the same consumer of the same database: a reader that takes over ends the one that hangs, and no other hub's. */
function serverId(consumer: string, { url }: SourceConfig): number {
  const { pathname } = new URL(url);
  return 0x4000_0000 + (createHash('sha256').update(`${consumer}${pathname}`).digest().readUInt32BE(0) & 0x3fff_ffff);
}

function connection(config: SourceConfig) {
  const url = new URL(config.url);
  return {
    host: url.hostname,
    port: Number(url.port || 3306),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
    charset: 'utf8mb4',
    dateStrings: true,
    timezone: 'Z',
    supportBigNumbers: true,
    bigNumberStrings: true,
    jsonStrings: true,
    connectTimeout: config.pool.connectMs,
  };
}
