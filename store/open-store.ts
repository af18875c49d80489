import { migrate } from './migrate.ts';
import type { SqlClient } from './sql-session.ts';
import { storeCannotOpen } from './store-error.ts';
import type { Store } from './store.ts';
import { createTables } from './tables.ts';

/**
 * Opens the hub's own store, creating or migrating it as needed.
 * @param url `sqlite:path` (its folder is made), `sqlite::memory:` (lost at the end) or `postgres://…`.
 * @throws {HubError} INTERNAL_SERVER_ERROR: unusable URL, unreachable, or made by a newer version. The message is for the operator and holds no password.
 */
export async function openStore(url: string): Promise<Store> {
  const client = await openClient(url);
  try {
    await migrate(client);
  } catch (error) {
    await client.close();
    throw error;
  }
  return {
    ...createTables(client),
    transaction: (work) => client.transaction((session) => work(createTables(session))),
    ping: async () => void (await client.all('select 1 as one')),
    close: () => client.close(),
    [Symbol.asyncDispose]: () => client.close(),
  };
}

/** Of the two clients a hub loads its own. */
async function openClient(url: string): Promise<SqlClient> {
  if (/^postgres(ql)?:\/\//.test(url)) return (await import('./postgres-client.ts')).openPostgresClient(url);
  const path = /^sqlite:(?<path>.+)$/.exec(url)?.groups?.path;
  if (path !== undefined) return (await import('./sqlite-client.ts')).openSqliteClient(path);
  const scheme = /^[a-z][a-z0-9+]*(?=:)/i.exec(url)?.[0];
  throw storeCannotOpen(
    `${scheme === undefined ? 'its URL has no scheme' : `it cannot live in "${scheme}:"`}; use sqlite:path, sqlite::memory: or postgres://…`,
  );
}
