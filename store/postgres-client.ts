import pg from 'pg';
import type { SqlClient, SqlRow, SqlSession, SqlValue } from './sql-session.ts';
import { storeCannotOpen, storeFailed } from './store-error.ts';

const INT8 = 20;
const CONNECTIONS = 5;
const CONNECT_MS = 5000;

type Runner = Pick<pg.Pool, 'query'> | Pick<pg.PoolClient, 'query'>;

/**
 * The store in a Postgres database, which several instances of the hub may share.
 * @throws {HubError} INTERNAL_SERVER_ERROR when it cannot be reached; the message holds neither host nor password.
 */
export async function openPostgresClient(url: string): Promise<SqlClient> {
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MS,
    application_name: 'yiwang',
    allowExitOnIdle: true,
    types: { getTypeParser: (oid, format) => (oid === INT8 ? Number : pg.types.getTypeParser(oid, format)) },
  });
  pool.on('error', () => undefined); // an idle connection that breaks is replaced at the next use
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
        await connection.query('begin');
        const result = await work(sessionOver(connection));
        await connection.query('commit');
        return result;
      } catch (error) {
        await connection.query('rollback').catch(() => (broken = true));
        throw error instanceof pg.DatabaseError ? storeFailed(error) : error;
      } finally {
        connection.release(broken);
      }
    },
    close: () => (closing ??= pool.end()),
  };
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
