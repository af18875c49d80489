import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isBankCard, isIdNumber, isPhone, maskPersonal, personalKind } from '../../../mappings/personal-data.ts';
import type { Editor } from '../../../mappings/editor.ts';
import { ENGINES } from '../../helpers/library-engines.ts';
import { createSmallHub, type RunningHub, type SmallHub } from '../../helpers/small-hub.ts';

const developer: Editor = { subject: '王', roles: [], unverified: 'developer' };
const signal = AbortSignal.timeout(60_000);
let small: SmallHub;
let running: RunningHub;

beforeAll(async () => {
  small = createSmallHub();
  const database = new DatabaseSync(path.join(small.folder, 'library.sqlite'));
  database.exec(`
    create table dm_zt (dm text primary key, mc text);
    insert into dm_zt values ('1', '在架'), ('2', '借出'), ('9', '报废');
    create table reader (reader_id integer primary key, full_name text, sfzh text, phone text);
    insert into reader values (1, '王小明', '11010519491231002X', '13812345678'), (2, '李四', '440524188001010014', '13987654321');
    create table loan_2022 (loan_no text primary key, reader_id integer references reader (reader_id), isbn text references book (isbn), zt text, jyrq text, fee decimal(10, 2));
    create table loan_2023 (loan_no text primary key, reader_id integer references reader (reader_id), isbn text references book (isbn), zt text, jyrq text, fee decimal(10, 2));
    insert into loan_2022 values ('a', 1, '978-1', '1', '20220301', 1.5), ('b', 2, '978-2', '2', '20220930', null);
    insert into loan_2023 values ('c', 1, '978-3', '9', '20230228', 2.25), ('d', 2, '978-1', '1', '20231231', 0);
    create table heap (a text, b text);
    insert into heap values ('x', 'y'), ('x', 'y');
  `);
  database.close();
  running = await small.start();
});
afterAll(async () => {
  await running[Symbol.asyncDispose]();
  await small[Symbol.asyncDispose]();
});

describe('personal data', () => {
  it('is told by check digits', () => {
    expect(['11010519491231002X', '440524188001010014', '110105194912310021', '110105194913310025'].map(isIdNumber)).toEqual([true, true, false, false]);
    expect(['13812345678', '+86 13812345678', '12812345678'].map(isPhone)).toEqual([true, true, false]);
    expect(['6222 0202 0000 0000 008', '4111111111111111', '4111111111111112'].map(isBankCard).slice(1)).toEqual([true, false]);
  });
  it('is masked so that its form remains and its person does not', () => {
    expect([maskPersonal('ID_NUMBER', '11010519491231002X'), maskPersonal('PHONE', '13812345678'), maskPersonal('NAME', '王小明')]).toEqual([
      '1101************2X',
      '138******78',
      '王**',
    ]);
    expect(personalKind('xm', '项目', ['智慧城市照明提升工程'])).toBeUndefined();
    expect(personalKind('firstName', undefined, ['Luís', 'François'])).toBe('NAME');
  });
});

it('profiles tables and shows no personal data', async () => {
  const { sourceProfile } = await running.data(
    '{ sourceProfile(source: "library", tables: ["reader"]) { table rows columns { name nulls distinct min max samples patterns personal } } }',
  );
  const columns = new Map<string, { personal: string | null; samples: unknown[] }>(
    sourceProfile[0].columns.map((column: { name: string }) => [column.name, column]),
  );
  expect([...columns].map(([name, { personal }]) => `${name} ${personal}`)).toEqual(['reader_id null', 'full_name NAME', 'sfzh ID_NUMBER', 'phone PHONE']);
  expect(JSON.stringify(sourceProfile)).not.toMatch(/王小明|李四|19491231|12345678/);
});

it('proposes types, fields, transforms, keys, relations, yearly tables and dictionaries, which validate and answer as they are', async () => {
  const { study, drafts, bench } = running.hub.mappings;
  const { sdl, mapping, reasons } = await study.suggest(
    { source: 'library', tables: ['reader', 'loan_2022', 'loan_2023', 'dm_zt', 'heap'], editor: developer },
    signal,
  );
  expect(mapping).toContain('tables: "loan_{year}"');
  // A number that is unique in each year's table may stand in two of them.
  expect(mapping).toContain('key: [loan_no, year]');
  expect(mapping).toContain('      year: year\n');
  expect(sdl).toContain('type Loan @key(fields: "loanNo year")');
  expect(reasons.find(({ about, says }) => about === 'Loan' && says === 'key loan_no, year')).toMatchObject({
    evidence: 'its primary key; each of the 2 tables may use it anew, so the year is part of it',
    confidence: 0.8,
  });
  expect(mapping).toContain('jyrq: { column: jyrq, date: "yyyyMMdd" }');
  expect(sdl).toContain('book: Book @relation(fields: ["isbn"], references: ["isbn"])');
  expect(sdl).toContain('sfzh: String @personal(kind: ID_NUMBER)');
  expect(reasons.map(({ about, says }) => `${about}: ${says}`)).toEqual(
    expect.arrayContaining([
      'Loan: rows of loan_{year}',
      'Loan.reader: relation to Reader',
      'Loan.ztLabel: text from dm_zt',
      'heap: left out',
      'Loan.jyrq: Date by date: "yyyyMMdd"',
    ]),
  );
  expect(reasons.every(({ evidence, confidence }) => evidence !== '' && confidence > 0 && confidence <= 1)).toBe(true);
  const made = await drafts.create({ title: '建议', editor: developer });
  const live = await running.hub.mappings.releases.files(1);
  const own = live.find(({ part }) => part === 'mappings')!.text;
  const draft = await drafts.save({
    id: made.id,
    revision: made.revision,
    editor: developer,
    files: [
      { part: 'schema', path: 'schema/library.graphql', text: sdl },
      { part: 'mappings', path: 'library/mapping.yaml', text: `${own}${mapping.slice(mapping.indexOf('types:\n') + 'types:\n'.length)}` },
    ],
  });
  expect((await bench.validate(draft.id, 50, signal)).problems).toEqual([]);
  // What was asked before is asked of the draft: nothing differs.
  await running.data('query Titles { books { nodes { title } } }');
  const { draft: tried } = await running.data('query ($id: Int!) { draft(id: $id) { lab { name outcome liveRows draftRows values changed errors } } }', {
    id: draft.id,
  });
  expect(tried.lab).toContainEqual({ name: 'Titles', outcome: 'same', liveRows: 3, draftRows: 3, values: 3, changed: 0, errors: [] });
  await drafts.publish({ id: draft.id, revision: draft.revision, editor: developer, why: '建议' });
  expect(
    await running.data(
      '{ loans(where: { book: { title: { eq: "山海经" } } }, orderBy: [{ loanNo: ASC }]) { nodes { loanNo jyrq ztLabel reader { fullName } } } }',
    ),
  ).toEqual({
    loans: {
      nodes: [
        { loanNo: 'a', jyrq: '2022-03-01', ztLabel: '在架', reader: { fullName: '王小明' } },
        { loanNo: 'd', jyrq: '2023-12-31', ztLabel: '在架', reader: { fullName: '李四' } },
      ],
    },
  });
});

it('catalogues what there is: where each value comes from, and who asks for it', async () => {
  await running.data('query Pages { books(where: { pages: { gt: 1 } }) { nodes { isbn } } }');
  const { catalogue, catalogueCsv } = await running.data(
    '{ catalogue(types: ["Book"]) { name authority fields { name type lineage { source tables columns transform } usedBy { operation count } } } catalogueCsv }',
  );
  const pages = catalogue[0].fields.find(({ name }: { name: string }) => name === 'pages');
  expect(pages).toEqual({
    name: 'pages',
    type: 'Int',
    lineage: [{ source: 'library', tables: ['book'], columns: ['pages'], transform: 'as it is' }],
    usedBy: [{ operation: 'Pages', count: 1 }],
  });
  expect(catalogueCsv.split('\r\n')[0]).toContain('信息资源名称');
  const { catalogueRows } = await running.data('{ catalogueRows }');
  const core = ['分类', '代码', '名称', '提供方', '提供方代码', '摘要', '格式'].map((name) => `信息资源${name}`);
  const required = [...core, '信息项名称', '数据类型', '共享类型', '共享方式', '是否向社会开放', '更新周期', '发布日期', '来源'];
  for (const row of catalogueRows as Record<string, string>[]) expect(required.filter((name) => !row[name])).toEqual([]);
  expect(catalogueRows).toContainEqual(
    expect.objectContaining({
      信息资源代码: 'Book',
      信息资源提供方: '图书馆',
      信息资源提供方代码: 'library',
      信息项名称: 'pages',
      数据类型: '整型 I',
      信息资源格式: '数据库（sqlite）',
    }),
  );
  expect(catalogueCsv.split('\r\n')[0].slice(1).split(',')).toEqual(
    Object.keys(catalogueRows[0]).toSorted((a, b) => catalogueCsv.indexOf(a) - catalogueCsv.indexOf(b)),
  );
});

it('says how good values are: in the catalogue as shares, in a preview with examples', async () => {
  const { mappings } = running.hub;
  const live = await mappings.releases.live();
  const library = (await mappings.releases.files(live.number)).find(({ path: name }) => name === 'library/mapping.yaml')!;
  const text = library.text.replace('title: title,', 'title: { column: title, codes: { "山海经": A, "围城": B } },');
  const made = await mappings.drafts.create({ title: '代码', editor: developer });
  const draft = await mappings.drafts.save({ id: made.id, revision: made.revision, editor: developer, files: [{ ...library, text }] });
  const { draft: seen } = await running.data(
    'query ($id: Int!) { draft(id: $id) { preview(type: "Book") { quality { field rows nulls issues { code count example } } } } }',
    {
      id: draft.id,
    },
  );
  expect(seen.preview[0].quality).toContainEqual({
    field: 'title',
    rows: 3,
    nulls: 1,
    issues: [{ code: 'UNKNOWN_CODE', count: 1, example: '红楼梦' }],
  });
  await mappings.drafts.publish({ id: draft.id, revision: draft.revision, editor: developer, why: '代码' });
  const { catalogue } = await running.data(
    '{ catalogue(types: ["Book"]) { quality { source field rows nulls unknownCodes badDates unmatchedKeys otherIssues } } }',
  );
  expect(catalogue[0].quality).toContainEqual({
    source: 'library',
    field: 'title',
    rows: 3,
    nulls: 0.3333,
    unknownCodes: 0.3333,
    badDates: 0,
    unmatchedKeys: 0,
    otherIssues: 0,
  });
});

describe.each([
  [
    'postgres',
    [
      "create type grade as enum ('low', 'very high')",
      'create table permit (permit_no varchar(20) primary key, zt varchar(2), stage int, grade grade)',
      "comment on column permit.zt is '许可状态（1=在办，2=办结；9=作废）'",
      "comment on column permit.stage is '1=Planned, 2=Under construction'",
    ],
  ],
  [
    'mariadb',
    [
      `create table permit (permit_no varchar(20) primary key, zt varchar(2) comment '许可状态（1=在办，2=办结；9=作废）',
        stage int comment '1=Planned, 2=Under construction', grade enum('low', 'very high'))`,
    ],
  ],
] as const)('on %s', (kind, setup) => {
  it('proposes code lists with their labels, from comments and from what a type allows', async () => {
    const engine = await ENGINES[kind]!();
    try {
      await engine.run(...setup, "insert into permit values ('a', '1', 1, 'low'), ('b', '2', 2, 'very high'), ('c', '7', 2, null)");
      await using hub = await engine.small.start();
      const { study, releases } = hub.hub.mappings;
      const { sdl, mapping, reasons } = await study.suggest({ source: 'library', tables: ['permit'], editor: developer }, signal);
      const lists = reasons.filter(({ says }) => says.startsWith('code list'));
      expect(lists).toEqual([
        {
          about: 'Permit.zt',
          says: 'code list PermitZt',
          evidence: 'its comment says 1 = 在办, 2 = 办结, 9 = 作废; 7 is not explained',
          confidence: 0.6,
        },
        {
          about: 'Permit.stage',
          says: 'code list PermitStage',
          evidence: 'its comment says 1 = Planned, 2 = Under construction; all values that were seen are among them',
          confidence: 0.9,
        },
        { about: 'Permit.grade', says: 'code list PermitGrade', evidence: 'its type allows low, very high alone', confidence: 0.95 },
      ]);
      expect(sdl).toContain('enum PermitZt @label(zh: "许可状态") {\n  CODE_1 @label(zh: "在办")\n  CODE_2 @label(zh: "办结")\n  CODE_9 @label(zh: "作废")\n}');
      const files = (await releases.files(1)).map((file) =>
        file.part === 'schema' ? { ...file, text: sdl } : file.part === 'mappings' ? { ...file, text: mapping } : file,
      );
      await releases.publish({ base: 1, files, by: '王', why: '许可' });
      const { permits: found } = await hub.data('{ permits(orderBy: [{ permitNo: ASC }]) { nodes { zt stage grade } } }');
      expect(found.nodes).toEqual([
        { zt: 'CODE_1', stage: 'PLANNED', grade: 'LOW' },
        { zt: 'CODE_2', stage: 'UNDER_CONSTRUCTION', grade: 'VERY_HIGH' },
        { zt: null, stage: 'UNDER_CONSTRUCTION', grade: null }, // 7, an issue
      ]);
    } finally {
      await engine.small[Symbol.asyncDispose]();
      await engine.drop();
    }
  });
});
