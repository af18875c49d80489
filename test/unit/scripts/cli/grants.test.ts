import { DatabaseSync } from 'node:sqlite';
import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { runCommand } from '../../../helpers/run-command.ts';
import { createSmallHub, SMALL_MAPPING } from '../../../helpers/small-hub.ts';

const environment = { ...process.env };
afterEach(() => {
  process.env = { ...environment };
});

const MAPPING = `${SMALL_MAPPING.replace('rows: book', 'rows:\n      union: [{ table: book, values: {} }, { table: stock.old_book, values: {} }]\n      lookups: { kind: { table: kind, on: { pages: no } } }')}crosswalks:
  Book: { tables: "xref_{year}", local: no, canonical: isbn }
`;

it.each([
  [
    'postgres',
    ['grant usage on schema "public" to "hub";', 'grant usage on schema "stock" to "hub";', 'grant select on "book", "stock"."old_book", "kind" to "hub";'],
  ],
  ['mysql', ["grant select on `d`.`book` to 'hub'@'%';", "grant select on `d`.`old_book` to 'hub'@'%';", "grant select on `d`.`kind` to 'hub'@'%';"]],
])('prints what a mapping needs while the account sees no table of %s', async (kind, statements) => {
  await using small = createSmallHub();
  small.write('library/mapping.yaml', MAPPING);
  Object.assign(process.env, { LIBRARY_KIND: kind, LIBRARY_URL: `${kind}://hub:secret@127.0.0.1:1/d` });
  expect((await runCommand(`yiwang grants library --config ${small.file}`)).split('\n')).toEqual([
    '-- The hub reads these tables and nothing else.',
    ...statements,
    "-- and the like on each table that is called xref_{year}, of which the hub's account sees none yet",
  ]);
});

it('asks for no trigger where only reading is wanted of SQLite', async () => {
  await using small = createSmallHub();
  expect(await runCommand(`yiwang grants library --config ${small.file}`)).toMatch(/^-- SQLite keeps no rights: [^\n]*$/);
});

it('prints no triggers that a view cannot have', async () => {
  await using small = createSmallHub();
  new DatabaseSync(path.join(small.folder, 'library.sqlite')).exec('create view thick as select * from book where pages > 400');
  const run = (mode: string): Promise<string> => runCommand(`yiwang changes ddl library --mode ${mode} --config ${small.file}`);
  expect(await run('trigger')).toContain('create trigger "yiwang_book_insert"');
  small.write('library/mapping.yaml', SMALL_MAPPING.replace('rows: book', 'rows: thick'));
  await expect(run('trigger')).rejects.toThrow(
    'changes of views can only be polled: thick; map the tables that they read, or read "library" by `changes: poll`',
  );
  expect(await run('poll')).toContain('must be able to read the file');
});
