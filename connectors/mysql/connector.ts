import type { Socket } from 'node:net';
import { createConnection, createPool, type Connection, type FieldPacket, type PoolConnection } from 'mysql2';
import type { Connector, SourceConfig } from '../spi/connector.ts';
import { pollChanges } from '../spi/poll-changes.ts';
import { shownStatement, statementText, type Rendered } from '../sql/fragment.ts';
import { createServerConnector, type Driver, type Prepared, type Session } from '../sql/server-connector.ts';
import { createMysqlDialect } from './dialect.ts';
import { mysqlChanges, MYSQL_CHANGES } from './changes.ts';
import { mysqlChangeSetup } from './change-setup.ts';
import { fingerprintMysql } from './fingerprint.ts';
import { introspectMysql } from './introspect.ts';
import { literalText, type Literal } from './literal.ts';
import { connectionOptions, sessionOffset, sessionSetup } from './session.ts';

const IDLE_MS = 60_000;
/** A read-only connection pool to MariaDB, for the database that the URL names. Opens even while the server is down. */
export function createMysqlConnector(config: SourceConfig): Connector {
  const connector = createServerConnector(config, createDriver(config));
  return {
    ...connector,
    capabilities: { ...connector.capabilities, changes: MYSQL_CHANGES },
    changes: (start, signal) => (start.mode === 'poll' ? pollChanges(connector, start, signal) : mysqlChanges(config, start, signal)),
    changeSetup: (mode, tables) => mysqlChangeSetup(config, mode, tables),
  };
}

function createDriver(config: SourceConfig): Driver {
  const offset = sessionOffset(config);
  const options = connectionOptions(config);
  const pool = createPool({ ...options, connectionLimit: config.pool.max, maxIdle: config.pool.max, idleTimeout: IDLE_MS, queueLimit: 0 });
  // A connection that breaks while idle is dropped by the pool; without a listener it would end the process.
  pool.on('connection', (connection) => connection.on('error', () => undefined));
  const ready = new WeakSet<object>();
  const setup = sessionSetup(offset);

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
    introspect: (query) => introspectMysql(query, config.tinyint1),
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
  const ask = <T>(text: string, values: readonly unknown[], timeoutMs: number, answer: (rows: unknown[][], fields: FieldPacket[]) => T): Promise<T> =>
    new Promise((resolve, reject) => {
      abandon = reject;
      const seconds = Math.ceil(timeoutMs) / 1000;
      connection.query(
        { sql: `set statement max_statement_time = ${seconds} for ${text}`, ...(values.length === 0 ? {} : { values: [...values] }) },
        (error, rows, fields) => (error ? reject(error) : resolve(answer(rows as unknown as unknown[][], fields))),
      );
    });
  return {
    query: ({ text, values }, timeoutMs) => ask(text, values, timeoutMs, (rows) => rows),
    fingerprint: (tables, timeoutMs) => fingerprintMysql((text) => ask(text, [], timeoutMs, (rows, fields) => ({ rows, fields })), tables),
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
    text: shownStatement({ texts, slots }, () => '?'),
    bind: (context) => ({ text: statementText({ texts, slots }, (index) => literalText(slots[index]!.bind(context) as Literal | string)), values: [] }),
  };
}

function numberOf(error: unknown): number | undefined {
  const number = typeof error === 'object' && error !== null && 'errno' in error ? error.errno : undefined;
  return typeof number === 'number' && number >= 1000 ? number : undefined;
}

/** Access denied, too many connections, shutting down, killed, gone: the source cannot serve. */
const UNAVAILABLE = new Set([
  1040, 1042, 1043, 1044, 1045, 1049, 1053, 1077, 1079, 1129, 1130, 1152, 1158, 1159, 1160, 1161, 1184, 1203, 1226, 1290, 1836, 1927, 2013,
]);

function failureOf(error: unknown): ReturnType<Driver['failureOf']> {
  const number = numberOf(error);
  if (number === 1317 || number === 1969 || number === 1205 || number === 3024) return 'SOURCE_TIMEOUT';
  if (number === 1146 || number === 1054 || number === 1356 || number === 1142 || number === 1143) return 'SOURCE_DRIFT';
  if (number === 1038 || number === 1153 || number === 1301 || number === 1041 || number === 1037) return 'JOIN_TOO_LARGE';
  // What has no number of the server's comes from the network or the driver.
  return number === undefined || UNAVAILABLE.has(number) ? 'SOURCE_UNAVAILABLE' : undefined;
}
