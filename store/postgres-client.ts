import pg from 'pg';
import type { SqlClient, SqlRow, SqlSession, SqlValue } from './sql-session.ts';
import { storeCannotOpen, storeFailed } from './store-error.ts';

const INT8 = 20;
const CONNECTIONS = 5;
const CONNECT_MS = 5000;
/** After which a connection that does not answer counts as lost: one that a firewall forgot would be waited for as long as the network keeps trying. */
const SILENCE_MS = 60_000;
/** How long others may wait for a transaction whose instance has stopped in the middle of it, or was cut off: its locks are everybody's. */
const IDLE_MS = 10_000;

type Runner = Pick<pg.Pool, 'query'> | Pick<pg.PoolClient, 'query'>;

export interface PostgresClientOptions {
  /** Default: a minute. */
  readonly silenceMs?: number;
  /** Default: ten seconds. */
  readonly idleMs?: number;
}

/**
 * The store in a Postgres database, which several instances of the hub may share. A transaction of an instance that says nothing more is ended by the server.
 * @throws {HubError} INTERNAL_SERVER_ERROR when it cannot be reached; the message holds neither host nor password.
 */
export async function openPostgresClient(url: string, { silenceMs = SILENCE_MS, idleMs = IDLE_MS }: PostgresClientOptions = {}): Promise<SqlClient> {
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: silenceMs,
    application_name: 'yiwang',
    allowExitOnIdle: true,
    types: { getTypeParser: (oid, format) => (oid === INT8 ? Number : pg.types.getTypeParser(oid, format)) },
  });
  pool.on('error', () => undefined); // an idle connection that breaks is replaced at the next use
  pool.on('connect', (client) => client.on('error', () => undefined)); // the next statement reports it
  const session = sessionOver(pool);
  try {
    await pool.query('select 1');
  } catch (error) {
    await pool.end();
    const { code } = error as { code?: unknown };
    throw storeCannotOpen(`the Postgres database of \`store.url\` does not answer (${typeof code === 'string' ? code : 'connection failed'})`, error);
  }
  let closing: Promise<void> | undefined;
  return {
    ...session,
    transaction: async (work) => {
      const connection = await pool.connect().catch((error: unknown) => {
        throw storeFailed(error);
      });
      let broken = false;
      try {
        // Not when connecting: a pooler between would pass it on to others, or refuse it.
        await connection.query(`begin; set local idle_in_transaction_session_timeout = ${idleMs}`);
        const result = await work(sessionOver(connection));
        await connection.query('commit');
        return result;
      } catch (error) {
        broken = isSilence(error);
        if (!broken) await connection.query('rollback').catch(() => (broken = true));
        throw error instanceof pg.DatabaseError ? storeFailed(error) : error;
      } finally {
        connection.release(broken);
      }
    },
    close: () => (closing ??= pool.end()),
  };
}

/** A connection that did not answer will not answer a `rollback` either. */
function isSilence(error: unknown): boolean {
  const { message, cause } = error as Error;
  return message === 'Query read timeout' || (cause instanceof Error && isSilence(cause));
}

function sessionOver(runner: Runner): SqlSession {
  const query = async (sql: string, params: readonly SqlValue[] = []): Promise<pg.QueryResult<SqlRow>> => {
    let index = 0;
    try {
      return await runner.query<SqlRow>(
        sql.replaceAll('?', () => `$${++index}`),
        [...params],
      );
    } catch (error) {
      throw storeFailed(error);
    }
  };
  return {
    dialect: 'postgres',
    all: async (sql, params) => (await query(sql, params)).rows,
    run: async (sql, params) => (await query(sql, params)).rowCount ?? 0,
  };
}
