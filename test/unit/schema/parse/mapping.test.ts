import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Mapping, ValueMapping } from '../../../../schema/model/mapping.ts';
import { parseMapping } from '../../../../schema/parse/mapping.ts';
import { parseNormalizers } from '../../../../schema/parse/normalizers.ts';
import { parseChecks } from '../../../../schema/parse/checks.ts';
import { dateFormatFault } from '../../../../schema/parse/mapping-check-value.ts';
import { inspectPattern } from '../../../../schema/parse/portable-pattern.ts';

const print = (problems: ReturnType<typeof parseMapping>['problems']): string[] =>
  problems.map((p) => `${p.file}:${p.line}:${p.column} ${p.message}; ${p.remedy}`);

function mapped(text: string): Mapping {
  const { mapping, problems } = parseMapping(text, 'm.yaml');
  expect(print(problems)).toEqual([]);
  if (mapping === undefined) throw new TypeError('expected a mapping');
  return mapping;
}

/** Fields begin in line 7, column 7. */
const withFields = (fields: string): string =>
  `source: finance\ntypes:\n  Payment:\n    rows: zf_zfpz\n    key: pzh\n    fields:\n${fields.replaceAll(/^(?=.)/gm, '      ')}\n`;
/** Rows begin in line 4, column 5. */
const withRows = (rows: string, key = 'pzh'): string =>
  `source: finance\ntypes:\n  Payment:\n${rows.replaceAll(/^(?=.)/gm, '    ')}\n    key: ${key}\n    fields: { voucherNo: ${key} }\n`;
const withCrosswalk = (crosswalk: string): string =>
  `source: finance\ntypes: { Project: { rows: xm, key: id, fields: { code: id } } }\ncrosswalks:\n  Project: ${crosswalk}\n`;

const fieldOf = (field: string): ValueMapping => {
  const value = mapped(withFields(`f: ${field}`))
    .types.get('Payment')
    ?.fields.get('f');
  if (value === undefined) throw new TypeError('expected a field');
  const { place: _, ...rest } = value;
  return rest as ValueMapping;
};

describe('parseMapping', () => {
  it('reads a whole mapping with its short forms written out', () => {
    const mapping = mapped(`source: finance
types:
  Payment:
    rows: { tables: "zf_zfpz_{year}", where: { zt: { ne: "9" }, dm: null, nd: 2023, bz: 01 } }
    key: pzh
    fields:
      voucherNo: pzh
      amount: { column: zje, scale: 0.01 }
crosswalks:
  Project: { table: dev.xm_xxb, deleted: { xmzt: "9" }, local: xmdm, canonical: tydm, split: "、", evidence: { name: xmmc } }
`);
    const type = mapping.types.get('Payment');
    expect([mapping.file, mapping.source, type?.key, type?.place]).toEqual(['m.yaml', 'finance', ['pzh'], { file: 'm.yaml', line: 3, column: 3 }]);
    expect(type?.rows).toEqual({
      tables: { name: 'zf_zfpz_{year}' },
      where: { zt: { ne: '9' }, dm: { isNull: true }, nd: { eq: 2023 }, bz: { eq: '01' } },
      place: { file: 'm.yaml', line: 4, column: 5 },
    });
    expect(type?.fields.get('amount')).toEqual({ column: 'zje', scale: '0.01', place: { file: 'm.yaml', line: 8, column: 7 } });
    expect(mapping.crosswalks.get('Project')).toEqual({
      rows: { table: { schema: 'dev', name: 'xm_xxb' }, deleted: { xmzt: { eq: '9' } }, place: { file: 'm.yaml', line: 10, column: 3 } },
      local: 'xmdm',
      canonical: { column: 'tydm', place: { file: 'm.yaml', line: 10, column: 70 } },
      split: ['、'],
      evidence: { name: 'xmmc' },
      place: { file: 'm.yaml', line: 10, column: 3 },
    });
  });

  it.each<[string, object]>([
    ['项目名称', { column: '项目名称' }],
    ['{ constant: 2024 }', { constant: 2024 }],
    ['{ json: ext, path: fund.0.src }', { json: 'ext', path: ['fund', '0', 'src'] }],
    ['{ json: ext, path: ["a.b", 0] }', { json: 'ext', path: ['a.b', '0'] }],
    ['{ column: a, date: yyyyMMdd }', { column: 'a', date: ['yyyyMMdd'] }],
    ['{ column: a, codes: { 0: A, 01: B, true: C } }', { column: 'a', codes: { '0': 'A', '01': 'B', true: 'C' } }],
    ['{ column: a, extract: "([0-9]+)元" }', { column: 'a', extract: { pattern: '([0-9]+)元', group: 1 } }],
    [
      '{ column: a, replace: { x: y, 1: "" } }',
      {
        column: 'a',
        replace: [
          { from: 'x', to: 'y' },
          { from: '1', to: '' },
        ],
      },
    ],
    ['{ column: a, boolean: { true: [是, 1], false: 否 } }', { column: 'a', boolean: { true: ['是', '1'], false: ['否'] } }],
    ['{ column: a, number: plain, scale: 10000 }', { column: 'a', number: 'plain', scale: '10000' }],
    ['{ column: a, amount: { 万元: 10000, "": 1 } }', { column: 'a', amount: { 万元: '10000', '': '1' } }],
  ])('reads the field %s', (text, value) => {
    expect(fieldOf(text)).toEqual(value);
  });

  it('gives maps that are looked up with data no prototype', () => {
    const codes = fieldOf('{ column: a, codes: { x: A } }').codes ?? {};
    expect(codes['toString']).toBeUndefined();
    expect(codes['hasOwnProperty']).toBeUndefined();
  });

  it.each([
    ['inv_project', { name: 'inv_project' }],
    ['dev.inv_project', { schema: 'dev', name: 'inv_project' }],
    [`'"a.b"'`, { name: 'a.b' }],
    [`'zjj."现场 ""问题"""'`, { schema: 'zjj', name: '现场 "问题"' }],
  ])('reads the table name %s', (name, table) => {
    expect(mapped(withRows(`rows: { table: ${name} }`)).types.get('Payment')?.rows.table).toEqual(table);
  });

  it('lets a branch of unpivot yield no row where its own columns are blank, unless it says otherwise', () => {
    const { unpivot } =
      mapped(
        withRows(
          'rows: { table: t, unpivot: { branches: [{ values: { a: x, b: { constant: "" } } }, { values: { a: { column: y }, b: z }, unlessBlank: [] }] } }',
        ),
      ).types.get('Payment')?.rows ?? {};
    expect(unpivot?.branches.map((branch) => branch.unlessBlank)).toEqual([['x'], []]);
  });

  it.each(
    [
      // Shape.
      ['', 'm.yaml:1:1 the file cannot be nothing; write a mapping: the source and its types, e.g. source: finance, then types: …'],
      ['types: {}', 'm.yaml:1:1 the file has no "source"; add "source": the name of a source in hub.yaml, e.g. source: finance'],
      ['source: a\nsorce: b', 'm.yaml:2:1 unknown key "sorce" in the file; did you mean "source"?'],
      [
        'source: a\ntypes: { payment: { rows: a, key: b, fields: { c: d } } }',
        'm.yaml:2:10 "payment" in types is no usable name; write the name of a unified type, e.g. Payment',
      ],
      [withFields('amount: { column: a, scal: "1" }'), 'm.yaml:7:28 unknown key "scal" in types.Payment.fields.amount; did you mean "scale"?'],
      [
        withFields('amount: 5'),
        'm.yaml:7:15 types.Payment.fields.amount cannot be the number 5; write a column, or a map with one origin (column, constant, json, concat, firstValid, expression) and its steps, e.g. pzh or { column: zje, scale: "0.01" }',
      ],
      [
        withFields('amount:'),
        'm.yaml:7:14 types.Payment.fields.amount cannot be nothing; write a column, or a map with one origin (column, constant, json, concat, firstValid, expression) and its steps, e.g. pzh or { column: zje, scale: "0.01" }',
      ],
      [
        withFields('amount: { column: a, scale: zehn }'),
        'm.yaml:7:35 types.Payment.fields.amount.scale cannot be "zehn"; write the factor from stored to canonical, an exact decimal, e.g. scale: "0.01" or scale: "10000"',
      ],
      [withFields('rate: { column: a, number: percnt }'), 'm.yaml:7:34 types.Payment.fields.rate.number cannot be "percnt"; did you mean "percent"?'],
      [
        withFields('lng: { column: a, part: { separator: "," } }'),
        'm.yaml:7:25 types.Payment.fields.lng.part has no "index"; add "index": which piece, from 0, e.g. index: 0',
      ],
      [
        withFields('Amount: a'),
        'm.yaml:7:7 "Amount" in types.Payment.fields is no usable name; write a field, or field.leaf of an embedded value type, e.g. amount or location.longitude',
      ],
      [
        withCrosswalk('{ table: t, local: a, canonical: b, evidence: [c] }'),
        'm.yaml:4:58 crosswalks.Project.evidence cannot be a list; write unified field of the entity → column to compare by, e.g. evidence: { name: xmmc }',
      ],
      [
        withRows('rows: { table: t, where: { a: { in: [null] } } }'),
        'm.yaml:4:42 types.Payment.rows.where.a.in[0] cannot be nothing; write a value as the column holds it, e.g. "9" or 2023',
      ],
      [
        withRows('rows: { table: t, split: { column: a, separators: ["、、"], as: b } }'),
        'm.yaml:4:56 types.Payment.rows.split.separators[0] is too long (at most 1); write a single character, e.g. "、"',
      ],
      // Rows.
      [withRows('rows: { where: { a: 1 } }'), 'm.yaml:4:5 types.Payment.rows names no table; add "table", "tables" or "union"'],
      [
        withRows('rows: { table: a, tables: "a_{y}" }'),
        'm.yaml:4:23 types.Payment.rows has both "table" and "tables"; remove one of them; "union" takes any number of tables',
      ],
      [
        withRows('rows: { table: t, split: { column: a, separators: [","], as: b }, jsonRows: { column: a, as: c } }'),
        'm.yaml:4:71 types.Payment.rows has both "split" and "jsonRows"; keep one; map the other to a type of its own',
      ],
      [
        withRows('rows: { tables: zf_2023 }'),
        'm.yaml:4:13 "zf_2023" of types.Payment.rows has no placeholder; write "table" for one table, or put {year} (any name) where the tables differ',
      ],
      [withRows('rows: "zf_{year}"'), 'm.yaml:4:5 table "zf_{year}" of types.Payment.rows holds a placeholder; write "tables" in place of "table"'],
      [
        withRows('rows: { tables: "zf_{year" }'),
        'm.yaml:4:13 "zf_{year" of types.Payment.rows has no placeholder; write "table" for one table, or put {year} (any name) where the tables differ',
      ],
      [
        withRows('rows: { tables: "zf_{年}" }'),
        'm.yaml:4:13 "{年}" in types.Payment.rows is no usable placeholder; name it with letters, digits and _, e.g. {year}',
      ],
      [withRows('rows: { tables: "{a}_{a}" }'), 'm.yaml:4:13 the placeholder "{a}" stands twice in types.Payment.rows; give each its own name'],
      [
        withRows('rows: a.b.c'),
        'm.yaml:4:11 "a.b.c" is no table name; write table or schema.table; put a name that holds a dot or a quote in double quotes inside single ones: \'"a.b"\'',
      ],
      [
        withRows('rows: { union: [{ table: a, values: { y: 1 } }, { table: b }] }'),
        'm.yaml:4:53 table 2 of types.Payment.rows.union has other "values" than table 1 ("y"); give every table of the union the same value names',
      ],
      [
        withRows('rows: { table: a, where: { b: { isNull: true, eq: 1 } } }'),
        'm.yaml:4:32 "b" in types.Payment.rows.where must be null and compares as well, so it is never true; remove "isNull" or the comparison',
      ],
      [
        withRows('rows: { table: a, unpivot: { branches: [{ values: { x: a } }, { values: { y: b } }] } }'),
        'm.yaml:4:67 branch 2 of types.Payment.rows.unpivot has other "values" than branch 1 ("x"); give every branch the same new columns',
      ],
      [
        withRows('rows: { table: a, grouped: { by: b, measures: { c: { fn: sum } } } }', 'b'),
        'm.yaml:4:53 measure "c" of types.Payment.rows.grouped has no column; add what "sum" is taken over, e.g. { fn: sum, column: je }',
      ],
      [
        withRows('rows: { table: a, grouped: { by: xmdm, measures: { c: { fn: count } } } }', 'xmdn'),
        'm.yaml:5:5 key column "xmdn" of "Payment" is no longer there after "grouped"; did you mean "xmdm"?',
      ],
      // Values.
      [
        withFields('a: { scale: "1" }'),
        'm.yaml:7:7 types.Payment.fields.a does not say where the value comes from; add one of column, constant, json, concat, firstValid, expression',
      ],
      [
        withFields('a: { column: b, constant: c }'),
        'm.yaml:7:23 types.Payment.fields.a has both "column" and "constant"; keep one origin; "firstValid" or "concat" take several values',
      ],
      [withFields('a: { column: b, path: c }'), 'm.yaml:7:23 types.Payment.fields.a has "path" but no "json"; name the JSON column with "json"'],
      [
        withFields('a: { constant: b, fold: true }'),
        'm.yaml:7:25 types.Payment.fields.a is a constant and has the step "fold"; write the constant as clients shall see it, without steps',
      ],
      [
        withFields('a: { column: b, date: yyyyMMdd, codes: { "1": A } }'),
        'm.yaml:7:39 types.Payment.fields.a has both "date" and "codes"; remove one of them; a value is converted once',
      ],
      [
        withFields('a: { column: b, scale: "10", amount: { 元: 1 } }'),
        'm.yaml:7:36 types.Payment.fields.a has both "scale" and "amount"; remove one of them; the factors of "amount" already scale',
      ],
      [
        withFields('a: { column: b, scale: "0.0" }'),
        'm.yaml:7:23 types.Payment.fields.a is scaled by zero; write the factor from stored to canonical, e.g. "0.01"',
      ],
      [
        withFields('a: { column: b, extract: "(a" }'),
        'm.yaml:7:23 the pattern of types.Payment.fields.a is malformed: a bracket or group is not closed, or a repetition stands alone; use literals, [classes], \\d, (groups), (?:groups), |, ? * + {n} {n,m}; the whole text is matched, without ^ and $',
      ],
      [
        withFields('a: { column: b, extract: "(a.*)" }'),
        'm.yaml:7:23 the pattern of types.Payment.fields.a uses ".*)", which not every database understands; use literals, [classes], \\d, (groups), (?:groups), |, ? * + {n} {n,m}; the whole text is matched, without ^ and $',
      ],
      [
        withFields('a: { column: b, extract: { pattern: "(a)(b)", group: 3 } }'),
        'm.yaml:7:23 types.Payment.fields.a takes group 3 of a pattern with 2 groups; use a group from 1 to 2',
      ],
      [
        withFields('a: { column: b, extract: "[0-9]+" }'),
        'm.yaml:7:23 types.Payment.fields.a takes group 1 of a pattern with no group; put what is wanted in ( )',
      ],
      [
        withFields('a: { column: b, date: [yyyyMMdd, jjjj] }'),
        'm.yaml:7:40 the date format "jjjj" of types.Payment.fields.a holds "j", which stands for nothing; use yyyy, MM or M, dd or d, once each, e.g. yyyyMMdd, yyyy-M-d, yyyy年M月d日',
      ],
      [
        withFields('a: { column: b, codes: { "x ": A } }'),
        'm.yaml:7:32 the code "x " of types.Payment.fields.a begins or ends with a blank; write "x"; stored codes are trimmed before they are compared',
      ],
      [
        withFields('a: { column: b, boolean: { true: [" 是", Y], false: 否 } }'),
        'm.yaml:7:41 the text " 是" of types.Payment.fields.a begins or ends with a blank; write "是"; stored texts are trimmed before they are compared',
      ],
      [
        withFields('a: { json: b, path: "a..b" }'),
        'm.yaml:7:21 the path of types.Payment.fields.a has an empty step; remove the dot that nothing stands before or behind, e.g. a.b',
      ],
      [
        withFields('a: { json: b, path: ".x." }'),
        'm.yaml:7:21 the path of types.Payment.fields.a has an empty step; remove the dot that nothing stands before or behind, e.g. x',
      ],
      [
        withFields('a: { json: b, path: "." }'),
        'm.yaml:7:21 the path of types.Payment.fields.a has an empty step; remove the dot that nothing stands before or behind',
      ],
      [
        withRows('rows: { table: t, jsonRows: { column: a, path: "b.", as: c } }'),
        'm.yaml:4:46 the path of types.Payment.rows.jsonRows has an empty step; remove the dot that nothing stands before or behind, e.g. b',
      ],
      [
        withFields('a: { column: b, boolean: { true: [Y, 1], false: [N, 1] } }'),
        'm.yaml:7:23 "1" means both true and false in types.Payment.fields.a; remove it from one of the lists',
      ],
      [
        withFields('a: { concat: [b, { column: c, crosswalk: Project }] }'),
        'm.yaml:7:37 types.Payment.fields.a.concat.1 cannot go through a crosswalk; only a field as a whole can: { column: …, crosswalk: … }',
      ],
      [
        withFields('a: { expression: "b +" }'),
        'm.yaml:7:12 the expression of types.Payment.fields.a is not valid CEL: Unexpected token: EOF, at character 4; check brackets, quotes and operators; columns whose name is no identifier are written cols["…"]',
      ],
      // Crosswalks.
      [
        withCrosswalk('{ local: a, canonical: b }'),
        'm.yaml:4:3 crosswalks.Project does not say which rows hold the keys; add "table: …" (or "rows: …"), or "of: …" for the rows of a type of this mapping',
      ],
      [
        withCrosswalk('{ table: a, of: Project, local: a }'),
        'm.yaml:4:14 "table" stands beside "of"; remove one of them: "of" takes the rows of a type as they are',
      ],
      [withCrosswalk('{ rows: a, where: { b: 1 }, local: a, canonical: b }'), 'm.yaml:4:23 "where" stands beside "rows"; move it into "rows"'],
      [
        withCrosswalk('{ of: Projekt, local: a }'),
        'm.yaml:4:14 crosswalks.Project takes the rows of "Projekt", which this mapping does not have; did you mean "Project"?',
      ],
      [
        withCrosswalk('{ table: a, local: b }'),
        'm.yaml:4:3 crosswalks.Project has no "canonical"; add what holds the key of Project as this source writes it, e.g. canonical: { column: tydm, normalize: projectCode }',
      ],
      [withCrosswalk('{ of: Project, local: b, split: "," }'), 'm.yaml:4:37 crosswalks.Project has "split" but no "canonical"; add "canonical"'],
    ].map(([text, problem]) => ({ text: text ?? '', problem: problem ?? '' })),
  )('reports $problem', ({ text, problem }) => {
    expect(print(parseMapping(text, 'm.yaml').problems)).toContain(problem);
  });

  it('reports every mistake at once, of shape and of sense, in the order of the file', () => {
    const { mapping, problems } = parseMapping(
      withFields('a: { column: b, scal: 1 }\nb: { column: c, json: d }\nc: { column: e, scale: x }\nd: { constant: A, fold: true }') +
        'crosswalks: { Project: { local: a } }\nx: 1\n',
      'm.yaml',
    );
    expect(problems.map((problem) => problem.line)).toEqual([7, 8, 9, 10, 11, 12]);
    expect(mapping).toBeUndefined();
  });

  it('still gives a mapping that has the right shape but makes no sense, so that other checks can go on', () => {
    const { mapping, problems } = parseMapping(withFields('a: { column: b, json: c }'), 'm.yaml');
    expect(problems).toHaveLength(1);
    expect(mapping?.types.get('Payment')?.fields.has('a')).toBe(true);
  });

  it('gives what is left without the faulty parts, in place of the mapping, when the shape is wrong', () => {
    const { mapping, partial } = parseMapping(
      withFields('a: { column: b, scal: 1 }\nb: c\nBad: d') + '  Broken: { rows: t }\ncrosswalks: { Project: { local: a }, Payment: { tabel: t } }\nx: 1\n',
      'm.yaml',
    );
    expect(mapping).toBeUndefined();
    expect([
      partial?.source,
      [...(partial?.types ?? [])].map(([name, { fields }]) => [name, ...fields.keys()]),
      [...(partial?.crosswalks.keys() ?? [])],
    ]).toEqual(['finance', [['Payment', 'b']], ['Project']]);
    expect(parseMapping('- a', 'm.yaml').partial).toBeUndefined();
    expect(parseMapping('source: [a]\ntypes: {}', 'm.yaml').partial?.source).toBe('');
  });

  it('does not show the password of a URL that slipped into a key', () => {
    expect(print(parseMapping('source: a\n"mysql://u:s3cret@h/db": 1', 'm').problems).join()).not.toContain('s3cret');
  });
});

describe('the parsers of mappings, normalisers and checks', () => {
  const words = [
    'source',
    'types',
    'Payment',
    'rows',
    'table',
    'tables',
    'key',
    'fields',
    'column',
    'codes',
    'date',
    'where',
    'crosswalks',
    'Project',
    'local',
    'canonical',
    'of',
    'split',
    'concat',
    'extract',
    'pattern',
    'match',
    'format',
    'fold',
    'check',
    'subject',
    'select',
    'when',
    'title',
    'zh',
    'a',
    '01',
    '"',
    '{',
    '}',
    '[',
    ']',
    ': ',
    ', ',
    '\n',
    '\n  ',
    '\n    ',
    '- ',
    '~',
    'true',
    '(',
    ')',
    '{1}',
    '.',
    '*',
  ];
  const tree = fc.letrec((tie) => ({
    node: fc.oneof({ depthSize: 'small' }, fc.constantFrom(...words, 1, true, null, 'zf_{year}', 'yyyyMMdd', '0.01'), tie('map'), tie('list')),
    map: fc.dictionary(
      fc.constantFrom(
        ...words.slice(0, 33),
        'union',
        'unpivot',
        'branches',
        'values',
        'grouped',
        'by',
        'measures',
        'latest',
        'order',
        'evidence',
        'firstValid',
        'json',
        'path',
        'amount',
        'boolean',
      ),
      tie('node'),
    ),
    list: fc.array(tie('node'), { maxLength: 4 }),
  }));

  const seed = Date.now();
  it(`never throw (seed ${seed})`, { timeout: 120_000 }, () => {
    const text = fc.oneof(
      fc.array(fc.constantFrom(...words), { maxLength: 80 }).map((parts) => parts.join('')),
      tree.node.map((value) => JSON.stringify(value)),
      fc
        .tuple(tree.node, tree.node)
        .map(([rows, fields]) => JSON.stringify({ source: 'a', types: { Payment: { rows, key: 'k', fields: { f: fields } } }, crosswalks: { Project: rows } })),
      tree.node.map((value) => JSON.stringify({ a: value })),
      tree.node.map((value) => JSON.stringify([value])),
    );
    fc.assert(
      fc.property(text, (source) => {
        for (const parse of [parseMapping, parseNormalizers, parseChecks]) {
          for (const problem of parse(source, 'f').problems) {
            expect(problem.line >= 1 && problem.column >= 1 && problem.message !== '' && problem.remedy !== '').toBe(true);
          }
        }
      }),
      { seed, numRuns: 1_500 },
    );
  });
});

describe('parseNormalizers', () => {
  it('knows the name of a normaliser that is wrong, which then does nothing', () => {
    const { normalizers } = parseNormalizers('a: { fold: 1, trim: true }\nb: { match: "(a" }\nc: { upper: true }\n1d: { trim: true }', 'n.yaml');
    expect([...(normalizers ?? [])].map(([name, { trim, upper, match }]) => [name, trim, upper, match])).toEqual([
      ['a', false, false, undefined],
      ['b', false, false, undefined],
      ['c', false, true, undefined],
      ['1d', false, false, undefined],
    ]);
    expect(parseNormalizers('a: {', 'n.yaml').normalizers).toBeUndefined();
  });

  it('reads switches that are absent as off, and one text as a list', () => {
    const { normalizers, problems } = parseNormalizers('uscc: { fold: true, remove: "-" }', 'n.yaml');
    expect(problems).toEqual([]);
    expect(normalizers?.get('uscc')).toEqual({ fold: true, trim: false, upper: false, remove: ['-'] });
  });

  it('takes an empty file as none', () => {
    expect(parseNormalizers('# none yet', 'n.yaml')).toEqual({ normalizers: new Map(), problems: [] });
  });

  it.each([
    ['a: { keep: digitz }', 'n.yaml:1:12 a.keep cannot be "digitz"; did you mean "digits"?'],
    ['a: { mach: x }', 'n.yaml:1:6 unknown key "mach" in a; did you mean "match"?'],
    ['a: { format: "{1}" }', 'n.yaml:1:6 normaliser "a" has "format" but no "match"; add "match" with the groups that "format" puts together'],
    ['a: { match: "(a)", format: "{2}" }', 'n.yaml:1:20 "{2}" in the format of normaliser "a" is no group of its pattern; use {1} to {1}'],
    [
      'a: { match: "^a$" }',
      'n.yaml:1:6 the pattern of normaliser "a" uses "^a$", which not every database understands; use literals, [classes], \\d, (groups), (?:groups), |, ? * + {n} {n,m}; the whole text is matched, without ^ and $',
    ],
  ])('reports what is wrong in %s', (text, problem) => {
    expect(print(parseNormalizers(text, 'n.yaml').problems)).toEqual([problem]);
  });
});

describe('parseChecks', () => {
  const check = (change: object): string =>
    JSON.stringify([{ check: 'LATE', subject: 'Project', select: '{ code }', when: 'true', severity: 'WARNING', title: { zh: '迟', en: 'Late' }, ...change }]);

  it('reads a list of checks', () => {
    expect(parseChecks(check({ value: '1' }), 'c.yaml')).toEqual({
      checks: [
        {
          check: 'LATE',
          subject: 'Project',
          select: '{ code }',
          when: 'true',
          value: '1',
          severity: 'WARNING',
          title: { zh: '迟', en: 'Late' },
          place: { file: 'c.yaml', line: 1, column: 2 },
        },
      ],
      problems: [],
    });
  });

  it.each([
    [check({ severity: 'WARNIN' }), '[0].severity cannot be "WARNIN"; did you mean "WARNING"?'],
    [check({ check: 'late' }), '[0].check cannot be "late"; write the check\'s code, in capitals, e.g. check: PAID_AHEAD_OF_PROGRESS'],
    [
      check({ select: '{ code' }),
      '"select" of check LATE is no GraphQL selection: Expected Name, found <EOF>; write fields in braces, e.g. "{ paidTotal contractTotal }"',
    ],
    [
      check({ select: 'mutation { code }' }),
      '"select" of check LATE is no GraphQL selection: it must be one selection in braces; write fields in braces, e.g. "{ paidTotal contractTotal }"',
    ],
    [check({ when: 'a &&' }), '"when" of check LATE is not valid CEL: Unexpected token: EOF, at character 5; check brackets, quotes and operators'],
  ])('reports what is wrong', (text, problem) => {
    expect(print(parseChecks(text, 'c.yaml').problems).map((line) => line.replace(/^\S+ /, ''))).toEqual([problem]);
  });
});

describe('dateFormatFault', () => {
  it.each(['yyyyMMdd', 'yyyyMM', 'yyyy', 'yyyy-M-d', 'yyyy年M月d日', 'dd.MM.yyyy', 'M/d/yyyy', 'yyyy年第M月'])('takes %s', (format) => {
    expect(dateFormatFault(format)).toBeUndefined();
  });

  it.each(['', 'MMdd', 'yyyydd', 'yyyyMd', 'yyMMdd', 'YYYYMMDD', 'yyyyMMddHH', 'yyyyMMyyyy', 'yyyy-MM-M'])('refuses %s', (format) => {
    expect(dateFormatFault(format)).toBeDefined();
  });
});

describe('inspectPattern', () => {
  it.each([
    ['(\\d{4})-(\\d{2})', 2],
    ['(?:a|b)+[A-Z一-龥]{1,3}', 0],
    ['[^、，]*', 0],
    ['\\(([0-9]+)\\)', 1],
  ])('counts the groups of %s', (pattern, groups) => {
    expect(inspectPattern(pattern)).toEqual({ groups });
  });

  it.each(['a.b', '^a', 'a$', '\\w+', '\\s', 'a*?', 'a++', '(?=a)', '(?<n>a)', '\\1', '(a', 'a)', '*a', '[a', 'a{2,1}', '[z-a]'])('refuses %s', (pattern) => {
    expect(inspectPattern(pattern).fault).toBeDefined();
  });
});
