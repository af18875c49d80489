import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import type { Editor } from '../../../mappings/editor.ts';
import { createSmallHub, SMALL_SDL } from '../../helpers/small-hub.ts';

const developer: Editor = { subject: '王', roles: [], unverified: 'developer' };
const SOURCES = `departments:
  museum: { zh: 博物馆, en: Museum }
sources:
  museum: { department: museum, kind: sqlite, url: "\${MUSEUM_URL}" }
`;
const SDL = `type Exhibit @key(fields: "number") @authority(department: "museum") {
  number: String!
  name: String
  isbn: String
  book: Book @relation(fields: ["isbn"], references: ["isbn"])
}
`;
const MAPPING = `source: museum
types:
  Exhibit:
    rows: zp
    key: bh
    fields: { number: bh, name: mc, isbn: { column: sh } }
`;

it('takes in a source and a type that nobody foresaw while it runs: queried and filtered across at once', async () => {
  await using small = createSmallHub();
  const database = new DatabaseSync(path.join(small.folder, 'museum.sqlite'));
  database.exec("create table zp (bh text primary key, mc text, sh text); insert into zp values ('一', '石头', '978-2'), ('二', '鼎', null)");
  database.close();
  await using running = await small.start();
  const { drafts, bench } = running.hub.mappings;
  const made = await drafts.create({ title: '第五家', editor: developer });
  const files = [
    { part: 'sources', path: 'sources.yaml', text: SOURCES },
    { part: 'schema', path: 'schema/exhibit.graphql', text: SDL },
    {
      part: 'schema',
      path: 'schema/book.graphql',
      text: SMALL_SDL.replace('pages: Int', 'pages: Int\n  exhibits: [Exhibit!] @relation(fields: ["isbn"], references: ["isbn"])'),
    },
    { part: 'mappings', path: 'museum/mapping.yaml', text: MAPPING },
  ] as const;
  let draft = await drafts.save({ id: made.id, revision: made.revision, editor: developer, files });
  const signal = AbortSignal.timeout(20_000);
  const unset = await bench.validate(draft.id, 0, signal);
  expect(unset.problems.map(({ file, line, message, remedy }) => `${file}:${line} ${message}; ${remedy}`)).toContain(
    'sources.yaml:4 the environment variable MUSEUM_URL is not set; set MUSEUM_URL in the hub’s environment, or as a file in its folder of secrets',
  );
  mkdirSync(path.join(small.folder, 'secrets'));
  writeFileSync(path.join(small.folder, 'secrets/MUSEUM_URL'), 'sqlite:museum.sqlite\n');
  // The draft is read anew once it changes; nothing of it was kept.
  draft = await drafts.save({ id: draft.id, revision: draft.revision, editor: developer, files });
  expect((await bench.validate(draft.id, 10, signal)).problems).toEqual([]);
  expect(await bench.preview({ id: draft.id, type: 'Exhibit', first: 1, editor: developer }, signal)).toMatchObject([
    { source: 'museum', rows: [{ unified: { number: '一', name: '石头', isbn: '978-2' } }] },
  ]);
  await drafts.publish({ id: draft.id, revision: draft.revision, editor: developer, why: '并网' });
  expect(
    await running.data(
      '{ exhibits(where: { book: { pages: { gt: 1000 } } }) { nodes { name book { title exhibits { nodes { number } } } } } sources { name department { zh } ok } }',
    ),
  ).toEqual({
    exhibits: { nodes: [{ name: '石头', book: { title: '红楼梦', exhibits: { nodes: [{ number: '一' }] } } }] },
    sources: [
      { name: 'museum', department: { zh: '博物馆' }, ok: true },
      { name: 'library', department: { zh: '图书馆' }, ok: true },
    ],
  });
  await running.hub.mappings.releases.restore({ number: 1, by: '王', why: '退网' });
  expect((await running.data('{ sources { name } }')).sources).toEqual([{ name: 'library' }]);
});

it('keeps secrets and foreign addresses out of a release', async () => {
  await using small = createSmallHub();
  await using running = await small.start();
  const { drafts, bench } = running.hub.mappings;
  const problemsOf = async (text: string): Promise<string[]> => {
    const made = await drafts.create({ title: '试', editor: developer });
    await drafts.save({ id: made.id, revision: made.revision, editor: developer, files: [{ part: 'sources', path: 'sources.yaml', text }] });
    return (await bench.validate(made.id, 0, AbortSignal.timeout(20_000))).problems.map(({ message, remedy }) => `${message}; ${remedy}`);
  };
  const source = (fields: string) => `sources: { x: { department: library, kind: sqlite, ${fields} } }`;
  const oneVariable = ['the address of "x" is not one variable; let the operator set it, and write e.g. url: ${ARCHIVE_URL}; the name ends in _URL'];
  expect(await problemsOf(source('url: "sqlite:/etc/passwd"'))).toEqual(oneVariable);
  expect(await problemsOf(source('url: "postgres://evil/${HUB_SECRET_URL}"'))).toEqual(oneVariable);
  expect(await problemsOf(source('url: "${HOME}"'))).toEqual(oneVariable);
  // The hub's own store, and another department's database.
  for (const variable of ['STORE_URL', 'LIBRARY_URL'])
    expect(await problemsOf(source(`url: "\${${variable}}"`))).toEqual([
      `${variable} is used in hub.yaml; let the operator set a variable for this source alone`,
    ]);
  const two = 'sources: { x: { department: library, kind: sqlite, url: "${A_URL}" }, y: { department: archive, kind: sqlite, url: "${A_URL}" } }';
  expect(await problemsOf(two)).toEqual(['A_URL is used by library; let the operator set a variable for this source alone']);
  expect(await problemsOf(source('url: "${A_URL}", flavor: "${PATH}"'))).toEqual([
    'flavor of "x" holds a variable; write the value itself; only url is a variable',
  ]);
  expect(await problemsOf('sources: { library: { department: library, kind: sqlite, url: "${A_URL}" } }')).toEqual([
    'hub.yaml has a source "library"; choose another name',
  ]);
  expect(await problemsOf('store: { url: "sqlite:x" }')).toEqual([
    '"store" is not for a release; write departments and sources; all else belongs into hub.yaml',
  ]);
  expect((await problemsOf('sources: { x: { department: library, kind: oracle, url: "${A_URL}" } }')).join()).toContain('there is no connector for');
});

it('previews and validates keys through a crosswalk that only the draft has', async () => {
  await using small = createSmallHub();
  const database = new DatabaseSync(path.join(small.folder, 'museum.sqlite'));
  database.exec(`create table zp (bh text primary key, sh text); insert into zp values ('一', 'S1'), ('二', 'S2'), ('三', 'S3'), ('四', null);
    create table sm (sh text primary key, isbn text, ok integer); insert into sm values ('S1', '978-2', 1), ('S2', '978-404', 1), ('S3', '978-3', 0)`);
  database.close();
  mkdirSync(path.join(small.folder, 'secrets'));
  writeFileSync(path.join(small.folder, 'secrets/MUSEUM_URL'), 'sqlite:museum.sqlite\n');
  await using running = await small.start();
  const { drafts, bench } = running.hub.mappings;
  const made = await drafts.create({ title: '对照', editor: developer });
  const mapping = `source: museum
types:
  Exhibit: { rows: zp, key: bh, fields: { number: bh, isbn: { column: sh, crosswalk: Book } } }
crosswalks:
  Book: { table: sm, local: sh, canonical: { column: isbn }, confirmed: { ok: 1 } }
`;
  const files = [
    { part: 'sources', path: 'sources.yaml', text: SOURCES },
    { part: 'schema', path: 'schema/exhibit.graphql', text: SDL.replace('  name: String\n', '') },
    { part: 'mappings', path: 'museum/mapping.yaml', text: mapping },
  ] as const;
  const draft = await drafts.save({ id: made.id, revision: made.revision, editor: developer, files });
  const signal = AbortSignal.timeout(20_000);
  const [preview] = await bench.preview({ id: draft.id, type: 'Exhibit', first: 10, editor: developer }, signal);
  const issue = (rawValue: string) => ({ field: 'isbn', code: 'UNRESOLVED_KEY', rawValue });
  expect(Object.fromEntries(preview!.rows.map(({ key, unified, issues }) => [key, [unified['isbn'], ...issues]]))).toEqual({
    一: ['978-2'],
    二: ['978-404'], // nobody has read the authority's keys before a release needs them
    三: [null, issue('S3')],
    四: [null],
  });
  expect((await bench.validate(draft.id, 10, signal)).problems.map(({ message }) => message)).toEqual([
    '1 of 4 rows have a Exhibit.isbn that cannot be read (UNRESOLVED_KEY, e.g. "S3")',
  ]);
});
