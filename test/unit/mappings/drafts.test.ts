import { afterAll, beforeAll, expect, it } from 'vitest';
import { apiDiff } from '../../../mappings/api-diff.ts';
import type { Editor } from '../../../mappings/editor.ts';
import { codes } from '../../helpers/hub.ts';
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

const developer: Editor = { subject: '王', roles: [], unverified: 'developer' };
const signal = AbortSignal.timeout(60_000);
const MAPPING = { part: 'mappings', path: 'library/mapping.yaml' } as const;

async function draftWith(text: string, title = '试'): Promise<number> {
  const { drafts } = running.hub.mappings;
  const { id, revision } = await drafts.create({ title, editor: developer });
  await drafts.save({ id, revision, editor: developer, files: [{ ...MAPPING, text }] });
  return id;
}

it('goes from draft to live by GraphQL alone', async () => {
  const { createDraft } = await running.data('mutation { createDraft(title: "字数") { id revision base changes { path } } }');
  expect(createDraft.changes).toEqual([]);
  const sdl = SMALL_SDL.replace('pages: Int', 'pages: Int\n  pageCount: Int');
  const mapping = SMALL_MAPPING.replace('pages: pages }', 'pages: pages, pageCount: pages }');
  const { saveDraft } = await running.data(
    `mutation ($id: Int!, $revision: Int!, $files: [DraftFileInput!]!) {
      saveDraft(id: $id, revision: $revision, files: $files) {
        revision changes { path kind lines }
        validation { ok problems { file line message } }
        preview(type: "Book", first: 1) { source rows { key raw unified issues { code } } }
        comparison { changes { level path message } impacts { name } }
      } }`,
    {
      id: createDraft.id,
      revision: createDraft.revision,
      files: [
        { part: 'SCHEMA', path: 'schema/book.graphql', text: sdl },
        { part: 'MAPPINGS', path: 'library/mapping.yaml', text: mapping },
      ],
    },
  );
  expect(saveDraft).toMatchObject({
    changes: [
      { path: 'library/mapping.yaml', kind: 'CHANGED' },
      { path: 'schema/book.graphql', lines: ['+   pageCount: Int'] },
    ],
    validation: { ok: true, problems: [] },
    preview: [
      {
        source: 'library',
        rows: [{ key: '978-1', raw: { isbn: '978-1', title: '山海经', author: '佚名', pages: '312' }, unified: { isbn: '978-1', pages: 312, pageCount: 312 } }],
      },
    ],
  });
  expect(saveDraft.comparison.changes).toContainEqual({ level: 'SAFE', path: 'Book.pageCount', message: 'library gives it too: {"column":"pages"}' });
  const publish = 'mutation ($id: Int!, $revision: Int!) { publishDraft(id: $id, revision: $revision, why: "馆长要看") { number by why } }';
  const { publishDraft } = await running.data(publish, { id: createDraft.id, revision: saveDraft.revision });
  expect(publishDraft).toMatchObject({ by: 'developer', why: '馆长要看' });
  expect((await running.data('{ books { nodes { pageCount } } }')).books.nodes[0]).toEqual({ pageCount: 312 });
  expect(codes(await running.post(publish, { id: createDraft.id, revision: saveDraft.revision + 1 }))).toEqual(['BAD_USER_INPUT']);
});

it('says every error at once, in the files and against the source, each with its place and remedy', async () => {
  const id = await draftWith(`source: library
types:
  Book:
    rows: book
    key: isbn
    fields: { isbn: isbn, title: titel, autor: author, pages: { column: pages, date: yyyyMMdd } }
  Shelf: { rows: shelf, key: id, fields: { id: id } }
`);
  const { problems } = await running.hub.mappings.bench.validate(id, 10, signal);
  expect(problems.map(({ file, line, column, message, remedy }) => `${file}:${line}:${column} ${message}; ${remedy}`)).toEqual([
    'library/mapping.yaml:6:27 unknown column "titel" in table "book"; did you mean "title"?',
    'library/mapping.yaml:6:41 "Book" has no field "autor"; did you mean "author"?',
    expect.stringMatching(/^library\/mapping\.yaml:6:56 .*; /),
    expect.stringMatching(/^library\/mapping\.yaml:6:80 "date" makes no Int/),
    expect.stringMatching(/^library\/mapping\.yaml:7:3 there is no unified type "Shelf"/),
    expect.stringMatching(/^schema\/book\.graphql:5:3 no source gives "Book\.author" a value/),
    expect.stringMatching(/^schema\/book\.graphql:7:3 no source gives "Book\.pageCount" a value/),
  ]);
});

it('finds values that cannot be read in real rows', async () => {
  const text = (await running.hub.mappings.releases.files((await running.hub.mappings.releases.live()).number)).find((file) => file.part === 'mappings')!.text;
  const id = await draftWith(
    text.replace('title: title', 'title: { column: title }').replace('author: author', 'author: { column: author, codes: { 佚名: 无名 } }'),
  );
  const { problems, quality } = await running.hub.mappings.bench.validate(id, 10, signal);
  expect(problems.map(({ severity, message }) => `${severity} ${message}`)).toContain(
    'warning 2 of 3 rows have a Book.author that cannot be read (UNKNOWN_CODE, e.g. "曹雪芹")',
  );
  expect(quality.find(({ field }) => field === 'author')).toMatchObject({ rows: 3, nulls: 2, issues: [{ code: 'UNKNOWN_CODE', count: 2 }] });
});

it('tells whoever saves a draft that another has saved meanwhile, and loses nothing', async () => {
  const { drafts } = running.hub.mappings;
  const { id, revision } = await drafts.create({ title: '两人', editor: developer });
  const save = (by: string) =>
    drafts.save({ id, revision, editor: { ...developer, subject: by }, files: [{ part: 'mappings', path: `${by}/mapping.yaml`, text: 'source: library\n' }] });
  const results = await Promise.allSettled([save('甲'), save('乙'), save('丙'), save('丁')]);
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(results.find((result) => result.status === 'rejected')).toMatchObject({ reason: { code: 'MAPPING_CONFLICT' } });
  expect(await drafts.changedFiles(id)).toHaveLength(1);
});

it('keeps officers to their own department’s files', async () => {
  const { drafts } = running.hub.mappings;
  const archive: Editor = { subject: '李', roles: ['officer'], department: 'archive' };
  const { id, revision } = await drafts.create({ title: '别人的', editor: archive });
  const attempt = (part: 'mappings' | 'schema', path: string, text: string | null) =>
    drafts.save({ id, revision, editor: archive, files: [{ part, path, text }] });
  for (const [part, path, text] of [
    ['mappings', 'library/mapping.yaml', SMALL_MAPPING],
    ['mappings', 'library/mapping.yaml', null],
    ['mappings', 'library/mapping.yaml', 'source: archive'],
    ['mappings', 'archive/mapping.yaml', SMALL_MAPPING],
    ['schema', 'schema/book.graphql', SMALL_SDL],
  ] as const)
    await expect(attempt(part, path, text)).rejects.toMatchObject({ code: 'FORBIDDEN_FIELD' });
  await expect(running.hub.mappings.bench.preview({ id, type: 'Book', first: 1, editor: archive }, signal)).rejects.toMatchObject({ code: 'FORBIDDEN_FIELD' });
  for (const path of ['../../etc/passwd', 'library/mapping.yaml/../../x', '/etc/mapping.yaml', 'a\0/mapping.yaml', 'deep/er/mapping.yaml'])
    await expect(attempt('mappings', path, 'source: archive')).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
});

it('asks for a second pair of eyes where hub.yaml does', async () => {
  await using strict = createSmallHub();
  strict.write('hub.yaml', `${(await import('node:fs')).readFileSync(strict.file, 'utf8')}publishing: { fourEyes: true }\n`);
  await using hub = await strict.start();
  const { drafts } = hub.hub.mappings;
  let draft = await drafts.create({ title: '四眼', editor: developer });
  draft = await drafts.save({
    id: draft.id,
    revision: draft.revision,
    editor: developer,
    files: [{ ...MAPPING, text: SMALL_MAPPING.replace('title: title', 'title: author') }],
  });
  const step = (editor: Editor) => ({ id: draft.id, revision: draft.revision, editor });
  await expect(drafts.publish({ ...step(developer), why: '试' })).rejects.toMatchObject({ code: 'APPROVAL_REQUIRED' });
  await expect(drafts.approve(step(developer))).rejects.toMatchObject({ code: 'FORBIDDEN_FIELD' });
  draft = await drafts.approve(step({ ...developer, subject: '赵' }));
  draft = await drafts.save({ ...step(developer), files: [{ ...MAPPING, text: SMALL_MAPPING.replace('author: author', 'author: title') }] });
  await expect(drafts.publish({ ...step(developer), why: '试' })).rejects.toMatchObject({ code: 'APPROVAL_REQUIRED' });
  draft = await drafts.approve(step({ ...developer, subject: '赵' }));
  expect(await drafts.publish({ ...step(developer), why: '试' })).toMatchObject({ number: 2, by: '王', approvedBy: '赵' });
});

it('bases a draft on what is live, and says which lines both have changed when it cannot', async () => {
  const { drafts, releases } = running.hub.mappings;
  const live = await releases.live();
  const text = (await releases.files(live.number)).find((file) => file.part === 'mappings')!.text;
  const id = await draftWith(text.replace('title: title', 'title: author'));
  const other = await draftWith(text.replace('author: author', 'author: title'));
  const at = async (draft: number) => ({ id: draft, revision: (await drafts.get(draft)).revision, editor: developer });
  await drafts.publish({ ...(await at(other)), why: '先' });
  await expect(drafts.publish({ ...(await at(id)), why: '后' })).rejects.toMatchObject({ code: 'MAPPING_CONFLICT', message: expect.stringContaining('+ ') });
  await expect(drafts.rebase(await at(id))).rejects.toMatchObject({ code: 'MAPPING_CONFLICT', message: expect.stringContaining('author: title') });
  await drafts.save({ ...(await at(id)), files: [{ ...MAPPING, text }] });
  await drafts.save({ ...(await at(id)), files: [{ part: 'checks', path: 'checks.yaml', text: '# none\n' }] });
  expect((await drafts.rebase(await at(id))).base).toBe(live.number + 1);
  await drafts.publish({ ...(await at(id)), why: '后' });
  await releases.restore({ number: live.number, by: '王', why: '还原' });
});

it('tells a breaking change from a dangerous and a safe one, and whom it touches', async () => {
  const { releases, drafts } = running.hub.mappings;
  const files = await releases.files((await releases.live()).number);
  const text = files.find((file) => file.part === 'mappings')!.text;
  const made = await drafts.create({ title: '比较', editor: developer });
  await drafts.save({
    id: made.id,
    revision: made.revision,
    editor: developer,
    files: [
      { ...MAPPING, text: text.replace('title: title, ', '').replace('author: author', 'author: { column: author, fold: true }') },
      {
        part: 'checks',
        path: 'checks.yaml',
        text: '- { check: THIN, subject: Book, select: "{ pages author }", when: "pages < 100", severity: INFO, title: { zh: 薄, en: thin } }\n',
      },
    ],
  });
  const { changes } = await running.hub.mappings.bench.compare(made.id, signal);
  expect(changes.filter(({ of }) => of !== 'schema').map(({ level, path }) => `${level} ${path}`)).toEqual([
    'BREAKING Book.title',
    'DANGEROUS Book.author',
    'SAFE THIN',
  ]);
  expect(changes.filter(({ of }) => of === 'schema').map(({ level, path }) => `${level} ${path}`)).toContain('BREAKING Book.title');
});

it('shows before it is published who may see what otherwise', async () => {
  const { drafts } = running.hub.mappings;
  const files = await running.hub.mappings.releases.files((await running.hub.mappings.releases.live()).number);
  const sdl = files.find((file) => file.part === 'schema')!;
  const policy = { part: 'policy', path: 'policy.yaml' } as const;
  const hide = 'department: library\nrules: [{ for: everyone, types: { Book: { fields: { author: absent } } } }]\n';
  const open = hide.replace('everyone', '{ roles: [auditor], departments: [archive] }').replace('absent', 'visible');
  const compare = async (...changed: { part: 'schema' | 'policy'; path: string; text: string }[]) => {
    const made = await drafts.create({ title: '共享', editor: developer });
    await drafts.save({ id: made.id, revision: made.revision, editor: developer, files: changed });
    const { changes } = await running.hub.mappings.bench.compare(made.id, signal);
    return { made, changes: changes.filter(({ level }) => level !== 'SAFE').map(({ level, path, message }) => `${level} ${path}: ${message}`) };
  };
  expect((await compare({ ...sdl, part: 'schema', text: sdl.text.replace('author: String', 'author: String @personal(kind: NAME)') })).changes).toEqual([
    'DANGEROUS Book.author: its sharing: nothing → personal NAME',
  ]);
  const first = await compare({ ...policy, text: hide });
  expect(first.changes).toEqual(['DANGEROUS Book: library to everyone: nothing → {"fields":{"author":"absent"},"purposeRequired":false}']);
  const { id, revision } = await drafts.get(first.made.id);
  await drafts.publish({ id, revision, editor: developer, why: '试' });
  expect((await compare({ ...policy, text: open })).changes).toEqual([
    'DANGEROUS Book: library to everyone: {"fields":{"author":"absent"},"purposeRequired":false} → nothing',
    'DANGEROUS Book: library to departments archive with roles auditor: nothing → {"fields":{"author":"visible"},"purposeRequired":false}',
  ]);
});

it('tells of a new type once, not of all that it is made of', async () => {
  const before = 'type Query { a: Int }';
  const after =
    'type Query { a: Int books(first: Int): [Book!]! } "A book." type Book { isbn: ISBN! pages(unit: Int): Int } scalar ISBN @specifiedBy(url: "https://example.com/isbn")';
  const found = (await apiDiff(before, after)).map(({ level, path }) => `${level} ${path}`);
  expect(found.toSorted()).toEqual(['NON_BREAKING Book', 'NON_BREAKING ISBN', 'NON_BREAKING Query.books']);
  expect((await apiDiff(after, before)).filter(({ level }) => level === 'BREAKING')).toHaveLength(3);
});
