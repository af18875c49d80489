import type { Socket } from 'node:net';
import { createConnection, createPool, escape, type Connection, type ConnectionOptions, type PoolConnection } from 'mysql2';
import { zoneOffset } from '../../schema/model/date.ts';
import type { Connector, SourceConfig } from '../spi/connector.ts';
import { statementText, type Rendered } from '../sql/fragment.ts';
import { createServerConnector, type Driver, type Prepared, type Session } from '../sql/server-connector.ts';
import { createMysqlDialect, LiteralList } from './dialect.ts';
import { introspectMysql } from './introspect.ts';
import { Literal } from './literal.ts';

const IDLE_MS = 60_000;
/** 1 GiB, the highest MariaDB takes: a shorter limit would cut lists without an error. */
const LIST_BYTES = 1_073_741_824;
/** TEXT is ordered by this many bytes. */
const SORT_BYTES = 65_536;
/** Room for a handful of the longest keys at once; taken only as far as needed. */
const SORT_BUFFER_BYTES = 16 * 1024 * 1024;

/** A read-only connection pool to MariaDB, for the database that the URL names. Opens even while the server is down. */
export function createMysqlConnector(config: SourceConfig): Connector {
  return createServerConnector(config, createDriver(config));
}

function createDriver(config: SourceConfig): Driver {
  // The offset of today: zones with summer time have no fixed one, and a server need not know their names.
  const offset = zoneOffset(new Date().toISOString().slice(0, 19).replace('T', ' '), config.timeZone);
  const options: ConnectionOptions = {
    uri: config.url,
    charset: 'utf8mb4',
    connectTimeout: config.pool.connectMs,
    enableKeepAlive: true,
    rowsAsArray: true,
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    multipleStatements: false,
    flags: ['-LOCAL_FILES'],
    connectAttributes: { program_name: 'yiwang' },
  };
  const pool = createPool({ ...options, connectionLimit: config.pool.max, maxIdle: config.pool.max, idleTimeout: IDLE_MS, queueLimit: 0 });
  // A connection that breaks while idle is dropped by the pool; without a listener it would end the process.
  pool.on('connection', (connection) => connection.on('error', () => undefined));
  const ready = new WeakSet<object>();
  // The cache of subqueries compares what they depend on by the column's collation and so takes `a` for `A`.
  const setup = `set character_set_client = utf8mb4, character_set_results = utf8mb4, collation_connection = utf8mb4_nopad_bin, time_zone = ${escape(offset)},
    sql_mode = 'STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,NO_ENGINE_SUBSTITUTION', group_concat_max_len = ${LIST_BYTES}, max_sort_length = ${SORT_BYTES}, sort_buffer_size = ${SORT_BUFFER_BYTES}, optimizer_switch = 'subquery_cache=off', tx_read_only = 1`;

  function connect(): Promise<PoolConnection> {
    return new Promise((resolve, reject) => {
      pool.getConnection((error, connection) => {
        if (error) return reject(error);
        if (ready.has(connection)) return resolve(connection);
        connection.query({ sql: setup, timeout: config.pool.connectMs }, (failed) => {
          if (failed) {
            close(connection);
            return reject(failed);
          }
          ready.add(connection);
          resolve(connection);
        });
      });
    });
  }

  function kill(threadId: number): Promise<void> {
    return new Promise((resolve) => {
      const connection = createConnection(options);
      connection.on('error', () => resolve());
      connection.query({ sql: `kill query ${Number(threadId)}`, timeout: config.pool.connectMs }, () => {
        close(connection);
        resolve();
      });
    });
  }

  return {
    dialect: createMysqlDialect({ timeZone: config.timeZone, offset }),
    prepare,
    connect: async () => openSession(await connect(), kill),
    failureOf,
    breaks: (error) => failureOf(error) === 'SOURCE_UNAVAILABLE',
    isStale: (error) => numberOf(error) === 1412,
    introspect: (query) => introspectMysql(query),
    versionQuery: 'select version()',
    close: () => new Promise((resolve) => pool.end(() => resolve())),
  };
}

/** Also where the server no longer listens: the driver alone would wait for it to close its end. */
function close(connection: Connection): void {
  connection.destroy();
  (connection as unknown as { readonly stream: Socket }).stream.destroy();
}

function openSession(connection: PoolConnection, kill: (threadId: number) => Promise<void>): Session {
  let released = false;
  /** The driver forgets what runs on a connection that is closed. */
  let abandon: ((error: Error) => void) | undefined;
  return {
    query: ({ text, values }, timeoutMs) =>
      new Promise((resolve, reject) => {
        abandon = reject;
        const seconds = Math.ceil(timeoutMs) / 1000;
        connection.query(
          { sql: `set statement max_statement_time = ${seconds} for ${text}`, ...(values.length === 0 ? {} : { values: [...values] }) },
          (error, rows) => (error ? reject(error) : resolve(rows as unknown as unknown[][])),
        );
      }),
    cancel: () => kill(connection.threadId),
    release: (broken) => {
      if (released) return;
      released = true;
      if (!broken) return connection.release();
      close(connection);
      abandon?.(new Error('the connection was closed'));
    },
  };
}

/** Values are written into the statement by their checked literal forms and the driver's escaping: the text protocol carries no parameters. */
function prepare({ texts, slots }: Rendered): Prepared {
  return {
    text: statementText({ texts, slots }, () => '?'),
    bind: (context) => ({ text: statementText({ texts, slots }, (index) => literalText(slots[index]!.bind(context))), values: [] }),
  };
}

function literalText(value: unknown): string {
  if (value instanceof Literal) return value.text;
  if (value instanceof LiteralList) return value.rows.map((row) => `(${row.map(literalText).join(',')})`).join(',');
  return escape(String(value));
}

function numberOf(error: unknown): number | undefined {
  const number = typeof error === 'object' && error !== null && 'errno' in error ? error.errno : undefined;
  return typeof number === 'number' && number >= 1000 ? number : undefined;
}

/** Access denied, too many connections, shutting down, killed, gone: the source cannot serve. */
const UNAVAILABLE = new Set([
  1040, 1042, 1043, 1044, 1045, 1049, 1053, 1077, 1079, 1129, 1130, 1142, 1143, 1152, 1158, 1159, 1160, 1161, 1184, 1203, 1226, 1290, 1836, 1927, 2013,
]);

function failureOf(error: unknown): ReturnType<Driver['failureOf']> {
  const number = numberOf(error);
  if (number === 1317 || number === 1969 || number === 1205 || number === 3024) return 'SOURCE_TIMEOUT';
  if (number === 1146 || number === 1054 || number === 1356) return 'SOURCE_DRIFT';
  if (number === 1038 || number === 1153 || number === 1301 || number === 1041 || number === 1037) return 'JOIN_TOO_LARGE';
  // What has no number of the server's comes from the network or the driver.
  return number === undefined || UNAVAILABLE.has(number) ? 'SOURCE_UNAVAILABLE' : undefined;
}
