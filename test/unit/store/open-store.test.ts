import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../../store/migrate.ts';
import { MIGRATIONS } from '../../../store/migrations.ts';
import { openStore } from '../../../store/open-store.ts';
import { openSqliteClient } from '../../../store/sqlite-client.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'yiwang-open-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('openStore', () => {
  it.each([
    ['mysql://u:secret@host/db', 'it cannot live in "mysql:"; use sqlite:path, sqlite::memory: or postgres://…'],
    ['hub.db', 'its URL has no scheme; use sqlite:path, sqlite::memory: or postgres://…'],
    ['sqlite:', 'it cannot live in "sqlite:"; use sqlite:path, sqlite::memory: or postgres://…'],
    ['postgres://u:secret@127.0.0.1:1/db', 'the Postgres database of `store.url` does not answer (ECONNREFUSED)'],
  ])('says what is wrong with %s', async (url, reason) => {
    await expect(openStore(url)).rejects.toMatchObject({ code: 'INTERNAL_SERVER_ERROR', message: `The hub’s own store cannot be opened: ${reason}` });
  });

  it('leaves a file alone that is no SQLite database', async () => {
    const path = join(folder, 'notes.txt');
    await writeFile(path, 'not a database at all, only some text');
    await expect(openStore(`sqlite:${path}`)).rejects.toThrow(`SQLite file "${path}": file is not a database`);
  });

  it('refuses a store made by a newer version', async () => {
    const url = `sqlite:${join(folder, 'newer.db')}`;
    const client = await openSqliteClient(join(folder, 'newer.db'));
    await migrate(client, [...MIGRATIONS, { number: MIGRATIONS.length + 1, name: 'future', statements: () => [] }]);
    await client.close();
    await expect(openStore(url)).rejects.toThrow(/made by a newer version \(migration \d+; this version knows \d+\)/);
  });
});

describe('migrate', () => {
  it('numbers migrations from 1 without gaps', () => {
    expect(MIGRATIONS.map((migration) => migration.number)).toEqual(MIGRATIONS.map((_, index) => index + 1));
  });

  it('applies a failing migration not at all', async () => {
    const client = await openSqliteClient(':memory:');
    const broken = { number: 1, name: 'broken', statements: () => ['create table a (b text)', 'create nonsense'] };
    await expect(migrate(client, [broken])).rejects.toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
    expect(await client.all("select name from sqlite_master where name in ('a', 'schema_migration')")).toEqual([]);
    await client.close();
  });

  it('keeps the consumers of an older store, who know of no loss', async () => {
    const path = join(folder, 'consumers.db');
    const client = await openSqliteClient(path);
    await migrate(client, MIGRATIONS.slice(0, 13));
    await client.run("insert into change_consumer (subject, consumer, sequence, seen_at) values ('a', 'one', 7, '')");
    await client.close();
    await using store = await openStore(`sqlite:${path}`);
    expect(await store.consumers.position('a', 'one')).toEqual({ sequence: 7, gap: 0 });
  });

  it('lets several instances start at once', async () => {
    const url = `sqlite:${join(folder, 'many.db')}`;
    const stores = await Promise.all([1, 2, 3].map(() => openStore(url)));
    await Promise.all(stores.map((store) => store.ping().then(() => store.close())));
    expect(stores).toHaveLength(3);
  });
});
