import { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import pg from 'pg';
import type { StormConnection } from './writer.ts';

const CONNECT_MS = 5_000;

export async function openPostgres(url: string): Promise<StormConnection> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS });
  client.on('error', () => undefined);
  await client.connect();
  return {
    run: async (statement) => void (await client.query(statement)),
    put: async (row, token) =>
      void (await client.query('insert into entry (id, token) values ($1, $2) on conflict (id) do update set token = excluded.token', [row, token])),
    remove: async (row) => (await client.query<{ token: string }>('delete from entry where id = $1 returning token', [row])).rows[0]?.token,
    receipts: async () => (await client.query<{ id: string }>('select id from receipt')).rows.map(({ id }) => id),
    close: () => client.end(),
  };
}

export async function openMariadb(url: string): Promise<StormConnection> {
  const connection = await createConnection({ uri: url, connectTimeout: CONNECT_MS });
  connection.on('error', () => undefined);
  return {
    run: async (statement) => void (await connection.query(statement)),
    put: async (row, token) =>
      void (await connection.query('insert into entry (id, token) values (?, ?) on duplicate key update token = values(token)', [row, token])),
    remove: async (row) => {
      const [rows] = await connection.query<RowDataPacket[]>('delete from entry where id = ? returning token', [row]);
      return rows[0]?.['token'] as string | undefined;
    },
    receipts: async () => (await connection.query<RowDataPacket[]>('select id from receipt'))[0].map((row) => String(row['id'])),
    close: () => connection.end(),
  };
}

export async function openSqlite(path: string): Promise<StormConnection> {
  const database = new DatabaseSync(path, { timeout: CONNECT_MS });
  const put = database.prepare('insert into entry (id, token) values (?, ?) on conflict (id) do update set token = excluded.token');
  const remove = database.prepare('delete from entry where id = ? returning token');
  return {
    run: async (statement) => {
      database.exec(statement === 'begin' ? 'begin immediate' : statement);
      await setImmediate();
    },
    put: async (row, token) => void put.run(row, token),
    remove: async (row) => remove.all(row)[0]?.['token'] as string | undefined,
    receipts: async () =>
      database
        .prepare('select id from receipt')
        .all()
        .map((row) => String(row['id'])),
    close: async () => database.close(),
  };
}
