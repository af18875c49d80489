/** What the tests of the two server connectors share: how to make a source on each, and a wire between hub and server that can be cut. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import { createMysqlConnector } from '../../../connectors/mysql/connector.ts';
import { createPostgresConnector } from '../../../connectors/postgres/connector.ts';
import type { Connector, SourceConfig } from '../../../connectors/spi/connector.ts';
import { createDatabase } from '../../helpers/services.ts';

export interface Engine {
  readonly kind: 'postgres' | 'mysql';
  readonly create: () => Promise<{ readonly url: string; drop(): Promise<void> }>;
  readonly execute: (url: string, statements: readonly string[]) => Promise<unknown[]>;
  readonly open: (config: SourceConfig) => Connector;
  /** The server writes down what it is asked. */
  readonly logStatements: (url: string, on: boolean) => Promise<void>;
  /** What it has written that contains this. */
  readonly logged: (url: string, part: string) => Promise<string[]>;
  readonly sleepView: string;
  /** Statements that end everybody else's sessions in the database. */
  readonly killOthers: (url: string) => Promise<void>;
  /** How many sessions but our own are at work on `view`. */
  readonly countRunning: (url: string) => Promise<number>;
}

async function executePostgres(url: string, statements: readonly string[]): Promise<unknown[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    let rows: unknown[] = [];
    for (const statement of statements) rows = (await client.query(statement)).rows as unknown[];
    return rows;
  } finally {
    await client.end();
  }
}

async function executeMysql(url: string, statements: readonly string[]): Promise<unknown[]> {
  const client = await createConnection({ uri: url, charset: 'utf8mb4' });
  try {
    let rows: unknown = [];
    for (const statement of statements) [rows] = await client.query(statement);
    return Array.isArray(rows) ? rows : [];
  } finally {
    await client.end();
  }
}

export const ENGINES: readonly Engine[] = [
  {
    kind: 'postgres',
    create: () => createDatabase('postgres', 'server'),
    execute: executePostgres,
    open: createPostgresConnector,
    // It shows the last statement of each session in any case.
    logStatements: () => Promise.resolve(),
    logged: async (url, part) => {
      const rows = await executePostgres(url, ['select query from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()']);
      return (rows as { query: string }[]).map(({ query }) => query).filter((query) => query.includes(part));
    },
    sleepView: 'create view slow as select 1 as id, pg_sleep(20)::text as pause',
    killOthers: async (url) => {
      await executePostgres(url, ['select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()']);
    },
    countRunning: async (url) => {
      const rows = await executePostgres(url, [
        "select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state = 'active' and query like '%slow%'",
      ]);
      return rows.length;
    },
  },
  {
    kind: 'mysql',
    create: () => createDatabase('mariadb', 'server'),
    execute: executeMysql,
    open: createMysqlConnector,
    logStatements: async (url, on) => {
      await executeMysql(url, on ? ["set global log_output = 'TABLE'", 'set global general_log = 1'] : ['set global general_log = 0']);
    },
    logged: async (url, part) => {
      const rows = await executeMysql(url, ['select convert(argument using utf8mb4) as query from mysql.general_log']);
      return (rows as { query: string }[]).map(({ query }) => query).filter((query) => query.includes(part));
    },
    sleepView: 'create view slow as select 1 as id, sleep(20) as pause',
    killOthers: async (url) => {
      const rows = (await executeMysql(url, ['select id from information_schema.processlist where db = database() and id <> connection_id()'])) as {
        readonly id: number;
      }[];
      await executeMysql(
        url,
        rows.map(({ id }) => `kill ${id}`),
      ).catch(() => undefined);
    },
    countRunning: async (url) => {
      const rows = await executeMysql(url, [
        "select 1 from information_schema.processlist where db = database() and id <> connection_id() and command = 'Query' and info like '%slow%'",
      ]);
      return rows.length;
    },
  },
];

export interface Wire {
  /** The database's URL through the wire. */
  readonly url: string;
  /** Ends all connections and refuses new ones. */
  cut(): Promise<void>;
  /** Accepts connections again at the same place. */
  mend(): Promise<void>;
  /** Breaks each connection once the server has sent this many more bytes on it. */
  breakAfter(bytes: number): void;
  close(): Promise<void>;
}

export async function openWire(target: string): Promise<Wire> {
  const { hostname, port, protocol } = new URL(target);
  const sockets = new Set<Socket>();
  let budget = Number.POSITIVE_INFINITY;
  let server: Server;
  let place = 0;
  const listen = async (): Promise<void> => {
    server = createServer((client) => {
      const upstream = connect(Number(port) || (protocol === 'mysql:' ? 3306 : 5432), hostname);
      for (const socket of [client, upstream]) {
        sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => {
          client.destroy();
          upstream.destroy();
          sockets.delete(socket);
        });
      }
      client.pipe(upstream);
      upstream.on('data', (chunk: Buffer) => {
        budget -= chunk.length;
        if (budget < 0) client.end(chunk.subarray(0, Math.max(0, chunk.length + budget)), () => client.destroy());
        else client.write(chunk);
      });
    });
    await new Promise<void>((resolve) => server.listen(place, '127.0.0.1', resolve));
    place = (server.address() as { readonly port: number }).port;
  };
  const cut = async (): Promise<void> => {
    sockets.forEach((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  await listen();
  const url = new URL(target);
  url.hostname = '127.0.0.1';
  url.port = String(place);
  return {
    url: url.href,
    cut,
    mend: async () => {
      budget = Number.POSITIVE_INFINITY;
      await listen();
    },
    breakAfter: (bytes) => {
      budget = bytes;
    },
    close: () => cut().catch(() => undefined),
  };
}
