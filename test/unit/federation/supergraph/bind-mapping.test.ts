import { describe, expect, it } from 'vitest';
import { createMemoryConnector, type MemoryTable } from '../../../../connectors/memory/connector.ts';
import type { Predicate, RowSet } from '../../../../connectors/spi/ir.ts';
import { bindMapping, type BoundMapping } from '../../../../federation/supergraph/bind-mapping.ts';
import type { CrosswalkBinding, TypeBinding } from '../../../../federation/supergraph/binding.ts';
import type { Canonical } from '../../../../schema/model/canonical.ts';
import type { Catalog, CatalogTable } from '../../../../schema/model/catalog.ts';
import type { PhysicalType, WireValue } from '../../../../schema/model/physical-type.ts';
import { parseMapping } from '../../../../schema/parse/mapping.ts';
import { parseSdl } from '../../../../schema/parse/sdl.ts';
import { NORMALIZERS, TIME_ZONE } from '../transforms/binding-kit.ts';

const SDL = /* GraphQL */ `
  scalar ProjectCode @format(pattern: "\\\\d{4}-\\\\d{6}-\\\\d{2}-\\\\d{2}-\\\\d{6}", normalize: "projectCode")
  enum Stage {
    PREPARATION
    IMPLEMENTATION
    COMPLETION
  }
  type Point {
    lng: Float
    lat: Float
  }
  type Project @key(fields: "code") @authority(department: "development") {
    code: ProjectCode!
    name: String
    stage: Stage
    investment: Decimal
    className: String
    location: Point
    payments: [Payment!] @relation(fields: ["code"], references: ["projectCode"])
    paymentCount: Int @aggregate(relation: "payments", function: COUNT)
  }
  type Payment @key(fields: "number") @authority(department: "finance") {
    number: ID!
    projectCode: ProjectCode
    amount: Decimal
    paidOn: Date
    fiscalYear: Int
    role: String
  }
`;

const text: PhysicalType = { kind: 'text' };
const int: PhysicalType = { kind: 'integer', bits: 32 };

function table(name: string, columns: Record<string, PhysicalType>, schema?: string): CatalogTable {
  return {
    name,
    ...(schema === undefined ? {} : { schema }),
    kind: 'table',
    columns: Object.entries(columns).map(([column, type]) => ({ name: column, type, nativeType: type.kind, nullable: true })),
    primaryKey: [],
    uniqueKeys: [],
    foreignKeys: [],
    indexedColumns: [Object.keys(columns)[0] ?? ''],
  };
}

const PAYMENTS = { pzh: text, xmdm: text, zje: { kind: 'integer', bits: 64 }, zfrq: { kind: 'text', padded: true }, zt: text, unused: text } as const;
const PROJECTS = {
  project_id: int,
  version_no: { kind: 'integer', bits: 16 },
  project_code: text,
  name: text,
  stage: text,
  class: text,
  wan: { kind: 'decimal', scale: 4 },
  is_deleted: { kind: 'boolean' },
  attrs: { kind: 'json' },
  note: text,
} as const;
const CATALOG: Catalog = {
  tables: [
    table('zf_zfpz_2023', PAYMENTS),
    table('zf_zfpz_2024', PAYMENTS),
    table('zf_zfpz_tmp', { ...PAYMENTS, zje: text }),
    table('inv_project', PROJECTS, 'dev'),
    table('dict', { code: text, item: text, label: text, valid_to: { kind: 'date' } }, 'dev'),
    table('twice', { id: int }, 'dev'),
    table('twice', { id: int }, 'other'),
    table('sj_xm', { id: int, 项目代码: text, 项目名称: text }),
    table('xref', { prj: text, raw: text, confirmed: { kind: 'boolean' }, valid_to: { kind: 'date' } }),
  ],
};

const { model, problems: faults } = parseSdl([{ file: 'schema.graphql', text: SDL }]);
if (model === undefined) throw new Error(faults.map((fault) => fault.message).join('\n'));

function bind(yaml: string, department = 'finance', catalog = CATALOG): BoundMapping {
  const { mapping, problems } = parseMapping(`source: ${department}\n${yaml}`, 'mapping.yaml');
  if (mapping === undefined) throw new Error(problems.map((problem) => `${problem.line}: ${problem.message}`).join('\n'));
  return bindMapping({ mapping, catalog, model: model!, normalizers: NORMALIZERS, department, timeZone: TIME_ZONE });
}

function bindType(yaml: string, department?: string): TypeBinding {
  const { types, problems } = bind(yaml, department);
  if (problems.length > 0 || types[0] === undefined)
    throw new Error(problems.map((problem) => `${problem.line}: ${problem.message}; ${problem.remedy}`).join('\n'));
  return types[0];
}

const messages = (bound: BoundMapping): string[] => bound.problems.map(({ line, column, message, remedy }) => `${line}:${column} ${message}; ${remedy}`);

/** Every field of every row, as the hub would give it. */
async function rowsOf(
  binding: Pick<TypeBinding, 'rows' | 'fields'>,
  tables: Record<string, MemoryTable>,
  where?: Predicate,
): Promise<Record<string, Canonical>[]> {
  const fields = [...binding.fields.values()];
  const columns = fields.flatMap((field) => field.reads);
  const rows = await run(binding.rows, columns, tables, where);
  return rows.map((row) => {
    let at = 0;
    return Object.fromEntries(fields.map((field) => [field.path, field.decode(row.slice(at, (at += field.reads.length)), () => undefined)]));
  });
}

async function run(rows: RowSet, columns: TypeBinding['key'], tables: Record<string, MemoryTable>, where?: Predicate): Promise<WireValue[][]> {
  const connector = createMemoryConnector({ source: 'finance', catalog: CATALOG, tables: new Map(Object.entries(tables)), timeZone: TIME_ZONE });
  const query = { rows, columns, orderBy: [], children: [], ...(where === undefined ? {} : { where }) };
  return (await connector.prepare({ kind: 'rows', query }).run({}, { signal: AbortSignal.timeout(5_000), timeoutMs: 5_000, maxRows: 1_000 })) as WireValue[][];
}

const PAYMENT = `
types:
  Payment:
    rows: { tables: 'zf_zfpz_{year}', where: { zt: { ne: 9 } } }
    key: pzh
    fields:
      number: pzh
      amount: { column: zje, scale: '0.01' }
      paidOn: { column: zfrq, date: yyyyMMdd }
      fiscalYear: { column: year, number: plain }
`;
const YEARLY: Record<string, MemoryTable> = {
  zf_zfpz_2023: [
    { pzh: 'a', zje: '1098000000', zfrq: '20230401', zt: '2' },
    { pzh: 'b', zje: '5000000', zfrq: '20231121', zt: '9' },
    { pzh: 'c', zje: '-100', zfrq: '00000000', zt: null },
  ],
  zf_zfpz_2024: [{ pzh: 'd', zje: '1', zfrq: '20240206', zt: '2' }],
};

describe('rows', () => {
  it('unites every table that fits a pattern, and keeps rows whose filtered column is null', async () => {
    const catalog = { tables: CATALOG.tables.filter((each) => each.name !== 'zf_zfpz_tmp') };
    const { types, problems } = bind(PAYMENT, 'finance', catalog);
    expect(problems).toEqual([]);
    expect(types[0]?.tables).toEqual(['zf_zfpz_2023', 'zf_zfpz_2024']);
    expect(await rowsOf(types[0]!, YEARLY)).toEqual([
      { number: 'a', amount: '10980000', paidOn: '2023-04-01', fiscalYear: 2023 },
      { number: 'c', amount: '-1', paidOn: null, fiscalYear: 2023 },
      { number: 'd', amount: '0.01', paidOn: '2024-02-06', fiscalYear: 2024 },
    ]);
    const fiscalYear = types[0]!.fields.get('fiscalYear')!;
    expect(fiscalYear.sargable?.('gte', [2024])).toMatchObject({ exact: true, predicate: { kind: 'compare', op: 'eq', right: { value: '2024' } } });
    expect(await run(types[0]!.rows, [types[0]!.table!], YEARLY, fiscalYear.sargable?.('gte', [2024])?.predicate)).toEqual([['zf_zfpz_2024']]);
  });

  it('reads no column that nothing asks for', () => {
    const { rows } = bindType(
      `
types:
  Project:
    rows: dev.inv_project
    key: project_id
    fields: { code: project_code, name: name }
`,
      'development',
    );
    expect(rows).toEqual({
      kind: 'table',
      schema: 'dev',
      table: 'inv_project',
      columns: [
        { name: 'project_id', type: int, indexed: true },
        { name: 'project_code', type: text },
        { name: 'name', type: text },
      ],
    });
  });

  it('picks the latest version before deleting and filtering', async () => {
    const binding = bindType(
      `
types:
  Project:
    rows:
      table: inv_project
      lookups: { kind: { table: dict, on: { class: item }, where: { code: CLASS }, order: [-valid_to] } }
      latest: { by: [project_id], order: [-version_no] }
      deleted: { is_deleted: 1 }
      where: { project_code: { isNull: false }, stage: { in: [IMPLEMENTATION] } }
    key: project_id
    fields: { code: project_code, stage: stage, investment: { column: wan, scale: 10000 }, className: kind.label }
`,
      'development',
    );
    const project = (project_id: number, version_no: number, stage: string, rest = {}) => ({
      project_id,
      version_no,
      stage,
      project_code: '2301-320500-04-01-123456',
      class: '01',
      wan: '1.5000',
      is_deleted: null,
      ...rest,
    });
    const tables = {
      'dev.inv_project': [
        project(1, 1, 'IMPLEMENTATION'),
        project(1, 2, 'COMPLETION'),
        project(2, 1, 'COMPLETION'),
        project(2, 2, 'IMPLEMENTATION'),
        project(3, 1, 'IMPLEMENTATION'),
        project(3, 2, 'IMPLEMENTATION', { is_deleted: true }),
        project(4, 1, 'IMPLEMENTATION', { project_code: null }),
      ],
      'dev.dict': [
        { code: 'CLASS', item: '01', label: '旧', valid_to: '2020-01-01' },
        { code: 'CLASS', item: '01', label: '基本建设', valid_to: '2030-01-01' },
        { code: 'OTHER', item: '01', label: '别的', valid_to: '2031-01-01' },
      ],
    };
    expect(await rowsOf(binding, tables)).toEqual([{ code: '2301-320500-04-01-123456', stage: 'IMPLEMENTATION', investment: '15000', className: '基本建设' }]);
  });

  it('splits a cell into rows', async () => {
    const binding = bindType(`
types:
  Payment:
    rows: { table: sj_xm, split: { column: 项目代码, separators: [、, ';'], as: code } }
    key: [id, code_ordinal]
    fields:
      number: { concat: [id, { constant: '-' }, code_ordinal] }
      projectCode: { column: code, normalize: projectCode }
`);
    const tables = { sj_xm: [{ id: 2, 项目代码: '22053205080401654321、 ;无', 项目名称: '' }] };
    expect(await rowsOf(binding, tables)).toEqual([
      { number: '2-0', projectCode: '2205-320508-04-01-654321' },
      { number: '2-2', projectCode: null },
    ]);
  });

  it('makes rows of JSON arrays and of columns, and one row of many', async () => {
    const tables = {
      'dev.inv_project': [
        { project_id: 1, name: '甲', note: ' ', wan: '2.0000', stage: 's', attrs: '{"fund":[{"src":"bond","wan":8000.10},{"src":"loan","wan":1}]}' },
        { project_id: 1, name: '乙', note: '丙', wan: '3.0000', stage: 't', attrs: null },
      ],
    };
    const json = bindType(`
types:
  Payment:
    rows: { table: inv_project, jsonRows: { column: attrs, path: fund, as: share } }
    key: [project_id, share_ordinal]
    fields: { number: share_ordinal, role: { json: share, path: src }, amount: { json: share, path: wan, scale: 10000 } }
`);
    expect(await rowsOf(json, tables)).toEqual([
      { number: '0', role: 'bond', amount: '80001000' },
      { number: '1', role: 'loan', amount: '10000' },
    ]);
    const unpivot = bindType(`
types:
  Payment:
    rows:
      table: inv_project
      unpivot:
        branches:
          - { values: { role: { constant: OWNER }, party: { column: name } }, unlessBlank: [name] }
          - { values: { role: { constant: NOTE }, party: { column: note } }, unlessBlank: [note] }
    key: [project_id, role]
    fields: { number: party, role: role }
`);
    expect(await rowsOf(unpivot, tables)).toEqual([
      { number: '甲', role: 'OWNER' },
      { number: '乙', role: 'OWNER' },
      { number: '丙', role: 'NOTE' },
    ]);
    const grouped = bindType(`
types:
  Payment:
    rows: { table: inv_project, grouped: { by: [project_id], measures: { total: { fn: sum, column: wan }, n: { fn: count }, last: { fn: max, column: stage } } } }
    key: project_id
    fields: { number: project_id, amount: total, fiscalYear: n, role: last }
`);
    expect(await rowsOf(grouped, tables)).toEqual([{ number: '1', amount: '5', fiscalYear: 2, role: 't' }]);
  });

  it('gives CEL over columns a value on both sides', async () => {
    const binding = bindType(`
types:
  Payment:
    rows: inv_project
    key: project_id
    fields: { number: project_id, amount: { expression: 'wan * 2' } }
`);
    expect(
      await rowsOf(binding, {
        'dev.inv_project': [
          { project_id: 1, wan: '1.5000' },
          { project_id: 2, wan: null },
        ],
      }),
    ).toEqual([
      { number: '1', amount: '3' },
      { number: '2', amount: null },
    ]);
    expect(await run(binding.rows, [binding.fields.get('amount')!.expr!], { 'dev.inv_project': [{ project_id: 1, wan: '1.5000' }] })).toEqual([['3']]);
  });
});

describe('crosswalks', () => {
  it('reads several keys from one cell, each once', async () => {
    const { crosswalks, problems } = bind(
      `
crosswalks:
  Project:
    table: sj_xm
    local: id
    canonical: { column: 项目代码, normalize: projectCode }
    split: ['、', '，']
    evidence: { name: 项目名称 }
`,
      'audit',
    );
    expect(problems).toEqual([]);
    const [crosswalk] = crosswalks as [CrosswalkBinding];
    expect(crosswalk).toMatchObject({ entity: 'Project', source: 'audit', authority: false, local: { column: 'id' } });
    const issues: string[] = [];
    expect(crosswalk.decode(['22053205080401654321、2205 3205080401654321，不详、 '], (code, raw) => issues.push(`${code} ${raw}`))).toEqual([
      '2205-320508-04-01-654321',
    ]);
    expect(issues).toEqual(['BAD_KEY 不详']);
    expect(crosswalk.decode([null], () => undefined)).toEqual([]);
    expect([...crosswalk.evidence.keys()]).toEqual(['name']);
  });

  it('takes the rows and the key of a type of its own, in its authority', () => {
    const { crosswalks, problems } = bind(
      `
types:
  Project:
    rows: inv_project
    key: project_id
    fields: { code: project_code }
crosswalks:
  Project: { of: Project, local: project_id, evidence: {} }
`,
      'development',
    );
    expect(problems).toEqual([]);
    expect(crosswalks[0]).toMatchObject({ authority: true, department: 'development', local: { column: 'project_id' } });
    expect(crosswalks[0]?.decode(['2301 320500 04 01 123456'], () => undefined)).toEqual(['2301-320500-04-01-123456']);
  });

  it('confirms by a filter, and ends by a date', () => {
    const { crosswalks, problems } = bind(
      `
crosswalks:
  Project: { table: xref, local: prj, canonical: raw, confirmed: { confirmed: true }, validTo: valid_to, evidence: {} }
`,
      'housing',
    );
    expect(problems).toEqual([]);
    expect(crosswalks[0]).toMatchObject({ confirmed: { kind: 'compare', op: 'eq', right: { value: true } }, validTo: { kind: 'column', column: 'valid_to' } });
  });

  it('marks a field that goes through a crosswalk as a local key', () => {
    const { types, problems } = bind(`
types:
  Payment:
    rows: zf_zfpz_2023
    key: pzh
    fields: { number: pzh, projectCode: { column: xmdm, crosswalk: Project } }
crosswalks:
  Project: { table: xref, local: prj, canonical: raw, evidence: {} }
`);
    expect(problems).toEqual([]);
    expect(types[0]?.fields.get('projectCode')).toMatchObject({
      scalar: 'ProjectCode',
      crosswalk: { entity: 'Project', local: { kind: 'column', column: 'xmdm' } },
    });
  });
});

describe('problems', () => {
  it('are all told at once, each at its place with the way out', () => {
    const bound = bind(`types:
  Payment:
    rows: { table: zf_zfpz_2023, where: { ztt: '9', zje: abc } }
    key: pzhh
    fields:
      number: pzh
      amount: { column: zjje, scale: '0.01' }
      paidOn: zfrq
      projectCode: { column: xmdm, crosswalk: Projekt }
      fiscalYear: { firstValid: [{ column: nope }, { column: zt, normalize: nothing }] }
      role: { column: zt, extract: 'a(b' }
      colour: zt
  Project:
    rows: inv_projekt
    key: project_id
    fields: { code: project_code }
  Point: { rows: sj_xm, key: id, fields: { lng: id } }
  Projct: { rows: sj_xm, key: id, fields: { code: id } }
`);
    expect(messages(bound)).toEqual([
      '4:43 unknown column "ztt" in table "zf_zfpz_2023"; did you mean "zt"?',
      '4:53 column "zje" holds numbers, not "abc"; compare it with a value of its own kind',
      '5:5 unknown column "pzhh" in table "zf_zfpz_2023"; did you mean "pzh"?',
      '8:17 unknown column "zjje" in table "zf_zfpz_2023"; did you mean "zje"?',
      '9:7 the value is no date; say how its text is written, e.g. `date: yyyyMMdd`',
      '10:36 this mapping has no crosswalk "Projekt"; define it under `crosswalks`',
      '11:36 unknown column "nope" in table "zf_zfpz_2023"; there are pzh, xmdm, zje, zfrq, zt, unused',
      '11:66 unknown normaliser "nothing"; there are projectCode, uscc, loose',
      expect.stringMatching(/^12:27 the pattern "a\(b" is malformed/) as unknown as string,
      '13:7 type Payment has no field "colour"; there are number, projectCode, amount, paidOn, fiscalYear, role',
      '15:5 unknown table "inv_projekt"; did you mean "inv_project"?',
      '18:3 "Point" is part of other types and has no rows of its own; map it as a field of the type that holds it, e.g. `location.longitude`',
      '19:3 the unified schema has no type "Projct"; did you mean "Project"?',
    ]);
  });

  it.each([
    ['a relation', 'payments: project_code', /is a relation/],
    ['a derived field', 'paymentCount: version_no', /derived \(@aggregate\)/],
    ['a part of a value as a whole', 'location: attrs', /its parts are mapped.*"location\.lng"/],
    ['a code that is no value of the enum', 'stage: { column: stage, codes: { a: PREPARATIN } }', /"PREPARATIN" is no value.*"PREPARATION"/],
    ['a code that a number cannot have', 'stage: { column: version_no, codes: { A: PREPARATION } }', /holds numbers; "A" never occurs/],
    ['an enum from numbers', 'stage: version_no', /enum; list what each means/],
    ['a constant that is no number', 'investment: { constant: abc }', /constant "abc" is no value/],
    ['a date for an amount', 'investment: { column: note, date: yyyyMMdd }', /holds dates, the field a number/],
  ])('name %s', (_what, line, expected) => {
    const bound = bind(`types:\n  Project:\n    rows: inv_project\n    key: project_id\n    fields:\n      code: project_code\n      ${line}\n`, 'development');
    expect(messages(bound)).toEqual([expect.stringMatching(expected)]);
  });

  it('name tables in several schemas, tables of a pattern that disagree, and missing keys', () => {
    expect(messages(bind('types:\n  Payment: { rows: twice, key: id, fields: { number: id } }\n'))).toEqual([
      '3:14 table "twice" is in several schemas; write one of dev.twice, other.twice',
    ]);
    expect(messages(bind(PAYMENT))).toEqual([expect.stringMatching(/column "zje" holds text in table "zf_zfpz_tmp" and numbers in its like/)]);
    expect(messages(bind("types:\n  Payment: { rows: { tables: 'zz_{year}' }, key: id, fields: { number: id } }\n"))).toEqual([
      expect.stringMatching(/no table fits "zz_\{year\}"/),
    ]);
    expect(messages(bind('types:\n  Payment: { rows: sj_xm, key: id, fields: { amount: id } }\n'))).toEqual([
      expect.stringMatching(/key field Payment\.number is not mapped/),
    ]);
  });

  it('name the schemas that there are', () => {
    const bound = (rows: string, catalog = CATALOG): string[] =>
      messages(bind(`types:\n  Payment: { rows: ${rows}, key: id, fields: { number: id } }\n`, 'finance', catalog));
    expect(bound('nope.inv_project')).toEqual(['3:14 unknown table "nope.inv_project"; the source has no schema "nope" with tables; there are dev, other']);
    expect(bound('{ tables: "det.zz_{year}" }')).toEqual([
      '3:14 no table fits "det.zz_{year}"; the source has no schema "det" with tables; did you mean "dev"?',
    ]);
    const plain = { tables: CATALOG.tables.filter(({ schema }) => schema === undefined) };
    expect(bound('dev.sj_xm', plain)).toEqual(['3:14 unknown table "dev.sj_xm"; the source has no schemas; write the name of the table alone: "sj_xm"']);
    expect(bound('dev.sj_xm', { tables: [] })).toEqual(['3:14 unknown table "dev.sj_xm"; the source has no tables']);
  });

  it.each([
    ['a union', '{ union: [{ table: sj_xm, values: { 项目名称: x } }, { table: zf_zfpz_2023, values: { 项目名称: y } }] }', '项目名称'],
    ['one table', '{ union: [{ table: sj_xm, values: { 项目名称: x } }] }', '项目名称'],
    ['a pattern', '{ tables: "zf_zfpz_{zt}" }', 'zt'],
  ])('refuse to hide a column behind a new one of %s', (_what, rows, column) => {
    const bound = bind(`types:\n  Payment:\n    rows: ${rows}\n    key: ${column}\n    fields: { number: ${column}, role: nope }\n`);
    const taken = `the new column "${column}" is also a column of the table; give it another name as the placeholder of \`tables\`, or under the \`values\` of \`union\``;
    expect(messages(bound)).toEqual([`5:5 ${taken}`, `6:15 ${taken}`, expect.stringMatching(/^6:.*unknown column "nope"/)]);
  });

  it('leave out only the field that they are about, and count what is mapped', () => {
    const { types, coverage } = bind('types:\n  Payment: { rows: sj_xm, key: id, fields: { number: id, amount: nope } }\n');
    expect([...types[0]!.fields.keys()]).toEqual(['number']);
    expect(coverage.get('Payment')).toEqual({ mapped: ['number', 'amount'], unmapped: ['projectCode', 'paidOn', 'fiscalYear', 'role'] });
  });
});
