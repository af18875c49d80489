import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection, type Connection } from 'mysql2/promise';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { ChangeBatch, ChangeGuarantees, ChangeMode, ChangeStart, ChangeStream } from '../spi/changes.ts';
import type { SourceConfig } from '../spi/connector.ts';
import { readCascades } from './cascades.ts';
import { createBinlogReader, readBinlogPosition } from './binlog-reader.ts';
import { connectionOptions, sessionOffset, sessionSetup } from './session.ts';
import { snapshotTables } from './snapshot.ts';
import { mysqlTriggerChanges } from './trigger-changes.ts';

export const MYSQL_CHANGES: Readonly<Partial<Record<ChangeMode, ChangeGuarantees>>> = {
  log: { everyChange: true, transactions: true, commitTime: true },
  // A trigger cannot tell which transaction it runs in.
  trigger: { everyChange: true, transactions: false, commitTime: false },
  poll: { everyChange: false, transactions: false, commitTime: false },
};

/** How often the server's settings are looked at: others make a log that does not tell everything. */
const WATCH_MS = 2_000;

export function mysqlChanges(config: SourceConfig, start: ChangeStart, signal: AbortSignal): ChangeStream {
  const batches = start.mode === 'log' ? () => logBatches(config, start, signal) : () => mysqlTriggerChanges(config, start, signal);
  return { [Symbol.asyncIterator]: batches, confirm: () => undefined };
}

/** The binary log, from a GTID position on. The server keeps it as long as it is told to, whether or not anybody reads. */
async function* logBatches(config: SourceConfig, start: ChangeStart, signal: AbortSignal): AsyncGenerator<ChangeBatch> {
  const admin = await openSession(config);
  try {
    await checkServer(admin, config);
    let position = start.position === null ? null : readBinlogPosition(start.position);
    let mark: string | undefined;
    if (start.fresh.length > 0) {
      for await (const batch of snapshotTables(config, start, signal, async (reader) => (mark = await snapshotGtid(reader)))) yield batch;
      position ??= { gtid: mark ?? '' };
    }
    const from = position ?? { gtid: '' };
    const reader = await createBinlogReader(config, start, from, mark, await readCascades(admin, start.tables));
    const ended = new AbortController();
    watch(admin, config, AbortSignal.any([signal, ended.signal])).catch((error: unknown) => reader.fail(error));
    try {
      await reader.started;
      if (!reader.failed) yield { kind: 'changes', transactions: [], position: JSON.stringify(from) };
      yield* reader.batches(signal);
    } finally {
      ended.abort();
      await reader.close();
    }
  } catch (error) {
    throw failure(error, config);
  } finally {
    admin.destroy();
  }
}

async function watch(admin: Connection, config: SourceConfig, signal: AbortSignal): Promise<void> {
  for (;;) {
    await sleep(WATCH_MS, undefined, { signal, ref: false }).catch(() => undefined);
    if (signal.aborted) return;
    await checkServer(admin, config);
  }
}

/** A session as the connector's own, for whoever needs one for longer. */
export async function openSession(config: SourceConfig): Promise<Connection> {
  const connection = await createConnection(connectionOptions(config)).catch((cause: unknown) => {
    throw new HubError('SOURCE_UNAVAILABLE', `source "${config.source}" cannot be reached`, { source: config.source, department: config.department, cause });
  });
  connection.on('error', () => undefined);
  await connection.query(sessionSetup(sessionOffset(config)));
  return connection;
}

/** @throws {HubError} SOURCE_CAPABILITY_MISSING, with everything that the DBA must set */
async function checkServer(connection: Connection, { source, department, url }: SourceConfig): Promise<void> {
  const names = ['log_bin', 'binlog_format', 'binlog_row_image', 'binlog_row_metadata'] as const;
  const wanted = ['1', 'ROW', 'FULL', 'FULL'];
  const [rows] = await connection.query(`select ${names.map((name) => `@@global.${name}`).join(', ')}`);
  const [values = []] = rows as unknown as unknown[][];
  const [[filter = []] = []] = (await connection.query('show master status')) as unknown as unknown[][][];
  const database = decodeURIComponent(new URL(url).pathname.slice(1));
  const listed = (place: number): string[] =>
    String(filter[place] ?? '')
      .split(',')
      .filter((name) => name !== '');
  const [only, without] = [listed(2), listed(3)];
  const filtered =
    (only.length > 0 && !only.includes(database)) || without.includes(database) ? [`no binlog_do_db or binlog_ignore_db that leaves out ${database}`] : [];
  const wrong = names.flatMap((name, place) => (String(values[place]) === wanted[place] ? [] : [`${name} = ${name === 'log_bin' ? 'ON' : wanted[place]}`]));
  wrong.push(...filtered);
  if (wrong.length === 0) return;
  throw new HubError(
    'SOURCE_CAPABILITY_MISSING',
    `source "${source}" cannot tell changes from its log; its DBA sets in my.cnf, and restarts the server: ${wrong.join(', ')}`,
    {
      source,
      department,
    },
  );
}

/** Where the log stands at the moment that this session's snapshot shows. */
async function snapshotGtid(connection: Connection): Promise<string> {
  const [rows] = await connection.query(`show status like 'binlog\\_snapshot\\_%'`);
  const status = new Map((rows as unknown as [string, string][]).map(([name, value]) => [name.toLowerCase(), value]));
  const [found] = await connection.query('select binlog_gtid_pos(?, ?)', [
    status.get('binlog_snapshot_file') ?? '',
    Number(status.get('binlog_snapshot_position') ?? 0),
  ]);
  const [[gtid] = []] = found as unknown as unknown[][];
  return typeof gtid === 'string' ? gtid : '';
}

/** What an error of the driver or of the server means for a reader of changes. */
export function failure(error: unknown, { source, department }: SourceConfig): unknown {
  if (error instanceof HubError) return error;
  const { errno } = error as { readonly errno?: number };
  const about = { source, department, cause: error };
  if (errno === 1236) return new HubError('EVENT_GAP', `source "${source}" lost changes: its binary log no longer holds what follows the position`, about);
  if (errno === 1227 || errno === 1045 || errno === 1142)
    return new HubError(
      'SOURCE_CAPABILITY_MISSING',
      `source "${source}" does not let the hub read its changes; its DBA runs what \`yiwang changes ddl ${source}\` prints`,
      about,
    );
  return new HubError('SOURCE_UNAVAILABLE', `source "${source}" broke off the stream of changes`, about);
}
