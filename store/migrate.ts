import { DIALECT_WORDS, MIGRATIONS, type Migration } from './migrations.ts';
import { lockInTransaction, numberOf, type SqlClient } from './sql-session.ts';
import { storeCannotOpen } from './store-error.ts';

/**
 * Brings the store to this version, each migration whole or not at all; several instances may start at once.
 * @throws {HubError} INTERNAL_SERVER_ERROR when the store was made by a newer version.
 */
export async function migrate(client: SqlClient, migrations: readonly Migration[] = MIGRATIONS): Promise<void> {
  const words = DIALECT_WORDS[client.dialect];
  await client.transaction(async (session) => {
    await lockInTransaction(session, 'migrate'); // also `create … if not exists` races in Postgres
    await session.run(
      `create table if not exists schema_migration (number bigint primary key, name ${words.text} not null, applied_at ${words.text} not null)`,
    );
    const [row] = await session.all('select coalesce(max(number), 0) as newest from schema_migration');
    const newest = row === undefined ? 0 : numberOf(row, 'newest');
    if (newest > migrations.length)
      throw storeCannotOpen(
        `it was made by a newer version (migration ${newest}; this version knows ${migrations.length}); start that version or restore a backup`,
      );
    for (const migration of migrations.slice(newest)) {
      for (const statement of migration.statements(words)) await session.run(statement);
      await session.run('insert into schema_migration (number, name, applied_at) values (?, ?, ?)', [
        migration.number,
        migration.name,
        new Date().toISOString(),
      ]);
    }
  });
}
