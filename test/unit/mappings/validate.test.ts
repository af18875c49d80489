import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { validateFiles } from '../../../mappings/validate.ts';
import { createSmallHub, SMALL_MAPPING, SMALL_SDL, type RunningHub, type SmallHub } from '../../helpers/small-hub.ts';

let small: SmallHub;
let running: RunningHub;
beforeAll(async () => {
  small = createSmallHub();
  running = await small.start();
});
afterAll(async () => {
  await running[Symbol.asyncDispose]();
  await small[Symbol.asyncDispose]();
});

async function problemsOf(fields: string, more = ''): Promise<string[]> {
  const { federation, configuration } = running.hub;
  const files = [
    { part: 'schema', path: 'schema.graphql', text: SMALL_SDL },
    { part: 'mappings', path: 'm.yaml', text: SMALL_MAPPING.replace(/fields: .*\n/, `fields: ${fields}\n${more}`) },
  ] as const;
  const { release, problems } = await validateFiles(files, { federation, configuration, sample: 0, signal: AbortSignal.timeout(20_000) });
  expect(release).toBeUndefined();
  return problems.map(({ severity, message }) => `${severity}: ${message}`);
}

it('tells an error of shape and what does not fit the source at once, and warns of nothing that is mapped', async () => {
  expect(await problemsOf('{ isbn: isbn, title: titel, author: author, pages: { column: pages, scal: "0.01" } }')).toEqual([
    'error: unknown column "titel" in table "book"',
    'error: unknown key "scal" in types.Book.fields.pages',
  ]);
});

it('does not miss a key field, or a crosswalk, whose shape is wrong', async () => {
  expect(
    await problemsOf(
      '{ isbn: { colum: isbn }, title: titel, author: { column: author, crosswalk: Book }, pages: pages }',
      'crosswalks: { Book: { of: Book, locl: isbn } }\n',
    ),
  ).toEqual([
    'error: unknown key "colum" in types.Book.fields.isbn',
    'error: unknown column "titel" in table "book"',
    'error: crosswalks.Book has no "local"',
    'error: unknown key "locl" in crosswalks.Book',
  ]);
});

it('warns of a key that does not tell the rows of a sample apart, of the source or of the type', async () => {
  const { federation, configuration } = running.hub;
  const warnings = async (key: string, sdl = SMALL_SDL): Promise<string[]> => {
    const files = [
      { part: 'schema', path: 'schema.graphql', text: sdl },
      { part: 'mappings', path: 'm.yaml', text: SMALL_MAPPING.replace('key: isbn', key) },
    ] as const;
    const { problems } = await validateFiles(files, { federation, configuration, sample: 10, signal: AbortSignal.timeout(20_000) });
    return problems.map(({ file, line, column, severity, message }) => `${file}:${line}:${column} ${severity}: ${message}`);
  };
  const database = new DatabaseSync(path.join(small.folder, 'library.sqlite'));
  database.exec("insert into book values ('978-4', '围城', '另一', 1)");
  database.close();
  expect(await warnings('key: isbn')).toEqual([]);
  const message = '1 of 4 rows have the key of another row, and clients find one of them alone (DUPLICATE_KEY, e.g. "围城")';
  expect(await warnings('key: title')).toEqual([`m.yaml:5:5 warning: ${message}`]);
  expect(
    await warnings(
      'key: isbn',
      SMALL_SDL.replace('@key(fields: "isbn")', '@key(fields: "title")').replace('isbn: String!\n  title: String', 'isbn: String\n  title: String!'),
    ),
  ).toEqual([`m.yaml:5:5 warning: ${message.replace('围城', '978-4')}`]);
});
