/** Requests whose answers are written down by hand: the traps that engines fall into. */
import type { PhysicalType } from '../../schema/model/physical-type.ts';
import type { Bindings, Expr, Predicate, Request, RowSet } from '../../connectors/spi/ir.ts';
import { ODD_COLUMNS, ODD_TABLE } from './fixture.ts';
import {
  aggregateRequest,
  asc,
  col,
  compare,
  DATE,
  DECIMAL,
  desc,
  INT,
  isNull,
  JSON_TYPE,
  lit,
  LONG,
  named,
  on,
  rowsRequest,
  TEXT,
  text,
  ZONED,
  type Tables,
} from './builders.ts';

export interface Case {
  readonly title: string;
  readonly request: (tables: Tables) => Request;
  readonly bindings?: Bindings;
  readonly expected: readonly unknown[];
}

/** Ids of people for whom a predicate holds. */
function peopleWhere(title: string, where: (person: (column: string) => Expr) => Predicate, expected: readonly number[], bindings?: Bindings): Case {
  return {
    title,
    request: (t) =>
      rowsRequest(t.rows('people'), [t.column('people', 'id')], { where: where((name) => t.column('people', name)), orderBy: [asc(t.column('people', 'id'))] }),
    expected: expected.map((id) => [id]),
    ...(bindings === undefined ? {} : { bindings }),
  };
}

/** An expression over the people of given ids, in their order. */
function peopleValues(title: string, ids: readonly number[], value: (person: (column: string) => Expr) => Expr, expected: readonly unknown[]): Case {
  return {
    title,
    request: (t) => {
      const id = t.column('people', 'id');
      return rowsRequest(t.rows('people'), [value((name) => t.column('people', name))], {
        where: { kind: 'in', value: id, values: ids.map((i) => lit(i)), negated: false },
        orderBy: [asc(id)],
      });
    },
    expected: expected.map((cell) => [cell]),
  };
}

/** An expression of constants alone. */
function constant(title: string, value: Expr, expected: unknown): Case {
  return peopleValues(title, [1], () => value, [expected]);
}

const eq = (left: Expr, right: Expr): Predicate => compare('eq', left, right);
const cast = (value: Expr, type: PhysicalType): Expr => ({ kind: 'cast', value, type });

/** The rows of `orders` without what engines type differently. */
const ORDERS: RowSet = {
  kind: 'table',
  table: 'orders',
  columns: [
    { name: 'id', type: INT },
    { name: 'person_id', type: INT },
    { name: 'tag', type: TEXT },
  ],
};

export const PREDICATE_CASES: readonly Case[] = [
  peopleWhere('equality of text minds case, trailing blanks and leading blanks', (p) => eq(p('name'), lit('Alice')), [1]),
  peopleWhere('a trailing blank makes another text', (p) => eq(p('name'), lit('Alice ')), [3]),
  peopleWhere('inequality leaves null out', (p) => compare('ne', p('kind'), lit('N')), [1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 20, 21, 22, 23, 24]),
  peopleWhere('the empty text is not null', (p) => eq(p('name'), lit('')), [5]),
  peopleWhere('sharp s is not ss, ligatures are not letters', (p) => ({ kind: 'in', value: p('raw'), values: [lit('ss'), lit('ﬀ')], negated: false }), []),
  peopleWhere('a letter with a combining accent is not the precomposed letter', (p) => eq(p('raw'), lit('é')), []),
  peopleWhere('an emoji equals only itself', (p) => eq(p('code'), lit('😀')), [8]),
  peopleWhere('padding of fixed-length text is no part of the value', (p) => eq(p('code'), lit('AB')), [1, 3]),
  peopleWhere('fixed-length text minds case', (p) => eq(p('code'), lit('ab')), [2]),
  peopleWhere('text is ordered by code point: full-width before emoji', (p) => compare('gt', p('kind'), lit('\uff5d')), [8, 23]),
  peopleWhere(
    'upper case comes before lower case',
    (p) => ({ kind: 'and', predicates: [compare('gte', p('kind'), lit('Z')), compare('lt', p('kind'), lit('b'))] }),
    [2, 12, 24],
  ),
  peopleWhere('64-bit integers compare exactly', (p) => eq(p('serial'), lit('9007199254740993', LONG)), [3]),
  peopleWhere(
    'the largest and smallest integers are themselves',
    (p) => ({ kind: 'in', value: p('serial'), values: [lit('9223372036854775807', LONG), lit('-9223372036854775808', LONG)], negated: false }),
    [1, 2],
  ),
  peopleWhere('30-digit decimals compare exactly', (p) => compare('gt', p('wealth'), lit('123456789012345678901234567890.12345677', DECIMAL)), [1]),
  peopleWhere('decimals are equal whatever their trailing zeros', (p) => eq(p('wealth'), lit('0.100', DECIMAL)), [7, 8]),
  peopleWhere('decimals are ordered as numbers, negative ones too', (p) => compare('lt', p('fee'), lit('-0.005', DECIMAL)), [2, 8, 24]),
  peopleWhere('a decimal is compared with an integer', (p) => eq(p('fee'), lit(10)), [9, 17]),
  peopleWhere('booleans are values', (p) => eq(p('active'), lit(false)), [2, 5, 8, 12, 24]),
  peopleWhere(
    'a negated list leaves null out and ignores null inside',
    (p) => ({ kind: 'in', value: p('rank'), values: [lit(1), lit(null, INT), lit(2)], negated: true }),
    [4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24],
  ),
  peopleWhere('an empty list holds nobody', (p) => ({ kind: 'in', value: p('rank'), values: [], negated: false }), []),
  peopleWhere(
    'not in an empty list holds for every value but null',
    (p) => ({ kind: 'in', value: p('fee'), values: [], negated: true }),
    [1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24],
  ),
  peopleWhere('a bound list is compared exactly', (p) => ({ kind: 'inList', value: p('name'), list: 'names', negated: false }), [1, 8], {
    lists: { names: ['Alice', '😀 smile', null, 'nobody'] },
  }),
  peopleWhere('a bound list may hold many thousands', (p) => ({ kind: 'inList', value: p('serial'), list: 'serials', negated: false }), [7, 8, 9], {
    lists: { serials: ['2', '3', '10', ...Array.from({ length: 20_000 }, (_, i) => String(i + 1_000_000))] },
  }),
  peopleWhere('not in a bound list leaves null out', (p) => ({ kind: 'inList', value: p('rank'), list: 'ranks', negated: true }), [4, 24], {
    lists: { ranks: [1, 2, 32767, 0, ...Array.from({ length: 15 }, (_, i) => i + 3), null].filter((rank) => rank !== 18) },
  }),
  peopleWhere('an empty bound list holds nobody', (p) => ({ kind: 'inList', value: p('rank'), list: 'ranks', negated: false }), [], { lists: { ranks: [] } }),
  peopleWhere(
    'not in an empty bound list holds for every value but null',
    (p) => ({ kind: 'inList', value: p('code'), list: 'codes', negated: true }),
    [1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24],
    { lists: { codes: [] } },
  ),
  peopleWhere('a bound list of decimals ignores trailing zeros', (p) => ({ kind: 'inList', value: p('fee'), list: 'fees', negated: false }), [1, 9, 17], {
    lists: { fees: ['12.5', '10'] },
  }),
  peopleWhere('a bound list of dates', (p) => ({ kind: 'inList', value: p('born'), list: 'days', negated: false }), [1, 5, 7], {
    lists: { days: ['2024-03-05', '2024-02-29'] },
  }),
  peopleWhere('a variable is a value', (p) => eq(p('name'), { kind: 'variable', name: 'name', type: TEXT }), [11], {
    variables: { name: "O'Brien; DROP TABLE people; --" },
  }),
  peopleWhere('a variable that is null equals nothing', (p) => eq(p('name'), { kind: 'variable', name: 'name', type: TEXT }), [], {
    variables: { name: null },
  }),
  peopleWhere(
    'the same variable may stand twice',
    (p) => ({ kind: 'or', predicates: [eq(p('rank'), { kind: 'variable', name: 'n', type: INT }), eq(p('id'), { kind: 'variable', name: 'n', type: INT })] }),
    [7, 8],
    { variables: { n: 7 } },
  ),
  peopleWhere('contains minds case', (p) => text('contains', p('name'), 'lice'), [1, 2, 3, 4]),
  peopleWhere(
    'per cent, underscore and backslash stand for themselves',
    (p) => ({ kind: 'or', predicates: [text('contains', p('name'), '0%_'), text('endsWith', p('raw'), '\\d+')] }),
    [12],
  ),
  peopleWhere('startsWith minds case and blanks', (p) => text('startsWith', p('name'), 'A'), [1, 3]),
  peopleWhere('endsWith minds trailing blanks', (p) => text('endsWith', p('name'), 'e'), [1, 2, 4, 8, 10]),
  peopleWhere('iContains folds ASCII letters only', (p) => text('iContains', p('name'), 'ALICE'), [1, 2, 3, 4]),
  peopleWhere('iContains does not fold other letters', (p) => text('iContains', p('name'), 'É'), []),
  peopleWhere('every text contains the empty text', (p) => text('contains', p('name'), ''), [1, 2, 3, 4, 5, ...Array.from({ length: 18 }, (_, i) => i + 7)]),
  peopleWhere(
    'a negated text test leaves null out',
    (p) => text('contains', p('kind'), 'N', true),
    [1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 20, 21, 22, 23, 24],
  ),
  peopleWhere(
    'a text test with a null pattern never holds',
    (p) => ({ kind: 'or', predicates: [text('contains', p('name'), lit(null, TEXT)), text('contains', p('name'), lit(null, TEXT), true)] }),
    [],
  ),
  peopleWhere(
    'null does not end with the empty text',
    (p) => ({ kind: 'or', predicates: [text('endsWith', p('code'), ''), text('startsWith', p('code'), '', true)] }),
    [1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24],
  ),
  peopleWhere('null is found by isNull alone', (p) => isNull(p('kind')), [6]),
  peopleWhere(
    'an empty and holds, an empty or does not',
    (p) => ({
      kind: 'and',
      predicates: [{ kind: 'and', predicates: [] }, eq(p('id'), lit(1)), { kind: 'or', predicates: [{ kind: 'or', predicates: [] }, eq(p('id'), lit(1))] }],
    }),
    [1],
  ),
  peopleWhere(
    'naive timestamps compare with microseconds',
    (p) => compare('gte', p('seen'), lit('2023-12-31 23:59:59.999999', { kind: 'timestamp', zoned: false })),
    [1, 2, 5, 7, 8],
  ),
  peopleWhere('zoned timestamps compare as instants', (p) => eq(p('synced'), lit('2024-03-05 02:11:12+00:00', ZONED)), [1, 7]),
  peopleWhere('dates compare', (p) => compare('lt', p('born'), lit('1992-01-01', DATE)), [4, 6]),
  peopleWhere(
    'exists finds related rows',
    (p) => ({ kind: 'exists', on: on(p('id'), col('person_id', INT)), rows: ORDERS, negated: false }),
    [1, 2, 3, 4, 5, 6, 7],
  ),
];

export const EXPRESSION_CASES: readonly Case[] = [
  peopleValues('fold turns full-width forms to ASCII', [9, 14], (p) => ({ kind: 'fold', value: p('name') }), ['ABC123', ' 全角 空格 ']),
  peopleValues('trim takes blanks, tabs and line ends, not full-width blanks', [3, 4, 13, 14], (p) => ({ kind: 'trim', value: p('name') }), [
    'Alice',
    'Alice',
    'tab\tnew\nline',
    '\u3000全角\u00a0空格\u3000',
  ]),
  peopleValues('upper changes ASCII letters only', [2, 10, 21], (p) => ({ kind: 'upper', value: p('name') }), ['ALICE', 'ﬀ LIGATURE', 'é']),
  peopleValues('keep digits leaves full-width digits out', [7, 9, 16], (p) => ({ kind: 'keep', value: p('raw'), set: 'digits' }), ['202435', '', '00123400']),
  peopleValues('keep alphanumerics', [12, 22], (p) => ({ kind: 'keep', value: { kind: 'concat', values: [p('name'), p('raw')] }, set: 'alphanumerics' }), [
    '100xd',
    'ZHANGsanSZ20240007',
  ]),
  peopleValues('replace minds case and takes every occurrence', [20, 22, 23], (p) => ({ kind: 'replace', value: p('raw'), from: 'S', to: '$&' }), [
    'a,b;c,,d',
    '$&Z-2024-0007',
    'sz-2024-0007',
  ]),
  peopleValues('replace by nothing', [20], (p) => ({ kind: 'replace', value: p('raw'), from: ',', to: '' }), ['ab;cd']),
  peopleValues('slice counts code points', [7, 8], (p) => ({ kind: 'slice', value: p('name'), start: 1, length: 3 }), ['州工业', ' sm']),
  peopleValues('slice past the end is empty', [8], (p) => ({ kind: 'slice', value: p('code'), start: 5, length: 2 }), ['']),
  peopleValues('part finds pieces, empty ones too', [20], (p) => ({ kind: 'part', value: p('raw'), separator: ',', index: 2 }), ['']),
  peopleValues('part past the end is null', [20, 1], (p) => ({ kind: 'part', value: p('raw'), separator: ',', index: 4 }), [null, null]),
  peopleValues('the first part of a text without the separator is the text', [1], (p) => ({ kind: 'part', value: p('raw'), separator: ',', index: 0 }), [
    '20240305',
  ]),
  peopleValues('part takes separators that are metacharacters', [7, 8], (p) => ({ kind: 'part', value: p('raw'), separator: '.', index: 1 }), [null, '3']),
  peopleValues('matching is of the whole text', [5, 22, 23], (p) => ({ kind: 'matching', value: p('raw'), pattern: '[A-Z]+-\\d{4}-\\d+' }), [
    null,
    'SZ-2024-0007',
    null,
  ]),
  peopleValues('a digit is an ASCII digit', [9, 18], (p) => ({ kind: 'matching', value: p('raw'), pattern: '\\d+' }), [null, '007']),
  peopleValues('line ends do not end the text', [13], (p) => ({ kind: 'matching', value: p('name'), pattern: 'tab' }), [null]),
  peopleValues('extract gives a group', [22], (p) => ({ kind: 'extract', value: p('raw'), pattern: '([A-Z]+)-(\\d{4})-(\\d+)', group: 2 }), ['2024']),
  peopleValues(
    'groups of alternatives that do not take part are null',
    [1, 22],
    (p) => ({ kind: 'extract', value: p('raw'), pattern: '(?:(\\d+)|([A-Z]{2})-[-\\d]+)', group: 2 }),
    [null, 'SZ'],
  ),
  peopleValues('escaped metacharacters stand for themselves', [20, 24], (p) => ({ kind: 'matching', value: p('raw'), pattern: '\\?\\$1:x|\\(a\\)' }), [
    null,
    '?$1:x',
  ]),
  peopleValues('classes may hold Chinese, dashes and blanks', [7], (p) => ({ kind: 'matching', value: p('raw'), pattern: '[0-9年月日-]+' }), ['2024年3月5日']),
  peopleValues('concat is null when a part is', [1, 4], (p) => ({ kind: 'concat', values: [p('code'), lit('-'), p('name')] }), ['AB-Alice', null]),
  peopleValues('concat prints integers and booleans', [1, 2], (p) => ({ kind: 'concat', values: [p('id'), lit('/'), p('serial'), lit('/'), p('active')] }), [
    '1/9223372036854775807/true',
    '2/-9223372036854775808/false',
  ]),
  peopleValues('concat prints dates', [1], (p) => ({ kind: 'concat', values: [p('born'), lit(' ')] }), ['2024-03-05 ']),
  peopleValues('coalesce takes the first that is not null', [4, 5, 6], (p) => ({ kind: 'coalesce', values: [p('code'), p('name'), lit('?')] }), [
    ' Alice',
    '',
    'X Y',
  ]),
  peopleValues(
    'case takes the first branch that holds',
    [1, 2, 6],
    (p) => ({
      kind: 'case',
      branches: [
        { if: eq(p('kind'), lit('A')), then: lit('one') },
        { if: isNull(p('kind')), then: lit(null, TEXT) },
      ],
      else: lit('other'),
    }),
    ['one', 'other', null],
  ),
  peopleValues('case without else is null', [1, 2], (p) => ({ kind: 'case', branches: [{ if: compare('gt', p('rank'), lit(1)), then: p('serial') }] }), [
    null,
    '-9223372036854775808',
  ]),
  peopleValues('text that is no number casts to null', [4, 5, 15, 16, 19], (p) => cast(p('raw'), DECIMAL), [null, null, null, '-12.34', null]),
  peopleValues('full-width digits and separators are no number', [7, 9, 15], (p) => cast(p('raw'), INT), [null, null, null]),
  peopleValues('text casts to integer when it is one and in range', [1, 16, 17, 18, 19], (p) => cast(p('raw'), LONG), ['20240305', null, null, '7', null]),
  peopleValues('text out of a smaller range is null', [1, 18], (p) => cast({ kind: 'concat', values: [p('raw'), lit('000')] }, INT), [null, 7000]),
  peopleValues('blanks around digits are not part of a number', [13], (p) => cast(p('raw'), INT), [null]),
  peopleValues('casting to text prints decimals without superfluous zeros', [1, 3, 5], (p) => cast(p('fee'), TEXT), ['12.5', '0', '100.1']),
  peopleValues('casting integers to text', [2], (p) => cast(p('serial'), TEXT), ['-9223372036854775808']),
  peopleValues('scale is exact on 30 digits', [1, 3], (p) => ({ kind: 'scale', value: p('wealth'), factor: '0.0001' }), [
    '12345678901234567890123456.789012345678',
    '0.000000000001',
  ]),
  peopleValues('scale makes decimals of integers', [1, 2], (p) => ({ kind: 'scale', value: p('serial'), factor: '0.01' }), [
    '92233720368547758.07',
    '-92233720368547758.08',
  ]),
  peopleValues('sums of decimals are exact', [7, 8], (p) => ({ kind: 'arithmetic', op: '+', left: p('wealth'), right: lit('0.2', DECIMAL) }), ['0.3', '0.3']),
  peopleValues('integers do not overflow in sums', [1], (p) => ({ kind: 'arithmetic', op: '+', left: p('serial'), right: p('serial') }), [
    '18446744073709551614',
  ]),
  peopleValues('products are exact', [2], (p) => ({ kind: 'arithmetic', op: '*', left: p('fee'), right: p('fee') }), ['156.25']),
  peopleValues('arithmetic with null is null', [3, 4], (p) => ({ kind: 'arithmetic', op: '-', left: p('rank'), right: p('fee') }), [null, null]),
  peopleValues('impossible dates are null', [1, 2, 3, 4], (p) => ({ kind: 'parseDate', value: p('raw'), formats: ['yyyyMMdd'] }), [
    '2024-03-05',
    null,
    null,
    null,
  ]),
  peopleValues(
    'the first format that fits counts',
    [5, 7, 8],
    (p) => ({ kind: 'parseDate', value: { kind: 'trim', value: p('raw') }, formats: ['yyyy年M月d日', 'yyyy.M.d', 'yyyyMMdd'] }),
    ['2024-01-01', '2024-03-05', '2024-03-05'],
  ),
  constant('a leap day exists only in leap years', { kind: 'parseDate', value: lit('29.2.1900'), formats: ['d.M.yyyy'] }, null),
  constant('a format without day means the first', { kind: 'parseDate', value: lit('202402'), formats: ['yyyyMM'] }, '2024-02-01'),
  constant('two-digit parts take no single digit', { kind: 'parseDate', value: lit('2024-3-05'), formats: ['yyyy-MM-dd'] }, null),
  constant('year 0 does not exist', { kind: 'parseDate', value: lit('00000101'), formats: ['yyyyMMdd'] }, null),
  peopleValues('epoch milliseconds become zoned timestamps, past 2038 too', [1, 2, 3, 4, 5, 7], (p) => ({ kind: 'epochMillis', value: p('stamp') }), [
    '2024-01-01 02:00:00.12 +08:00',
    '1970-01-01 00:00:00 +08:00',
    null,
    null,
    '2099-01-01 00:00:00 +08:00',
    '2024-01-01 01:59:59.999 +08:00',
  ]),
  peopleValues('truncating a timestamp to a day gives the local day', [2, 5], (p) => ({ kind: 'truncate', value: p('synced'), unit: 'DAY' }), [
    '2023-12-31',
    '2024-02-29',
  ]),
  peopleValues('truncating dates to month, quarter and year', [5, 9], (p) => ({ kind: 'truncate', value: p('born'), unit: 'QUARTER' }), [
    '2024-01-01',
    '2024-10-01',
  ]),
  peopleValues('truncating a naive timestamp', [2, 3], (p) => ({ kind: 'truncate', value: p('seen'), unit: 'MONTH' }), ['2023-12-01', null]),
  peopleValues('JSON numbers keep their digits', [1, 9], (p) => ({ kind: 'jsonText', value: p('extra'), path: ['site', 'lng'] }), ['120.50', '1.50']),
  peopleValues('JSON integers beyond 64 bits keep their digits', [1], (p) => ({ kind: 'jsonText', value: p('extra'), path: ['n'] }), ['12345678901234567890']),
  peopleValues('JSON text is unquoted and unescaped', [1, 7, 12], (p) => ({ kind: 'jsonText', value: p('extra'), path: ['site', 'name'] }), [
    '苏州 "园区"',
    '😀',
    'a\\b\nc\td',
  ]),
  peopleValues('JSON booleans are true and false', [1, 7], (p) => ({ kind: 'jsonText', value: p('extra'), path: ['site', 'ok'] }), ['true', 'false']),
  peopleValues('JSON null, objects, arrays and absence are null', [1, 2, 3, 4, 6], (p) => ({ kind: 'jsonText', value: p('extra'), path: ['site'] }), [
    null,
    null,
    null,
    null,
    'flat',
  ]),
  peopleValues('JSON null at a path is null', [2], (p) => ({ kind: 'jsonText', value: p('extra'), path: ['site', 'lng'] }), [null]),
  peopleValues('a number in a path is an array index', [1, 5, 6], (p) => ({ kind: 'jsonText', value: p('extra'), path: ['tags', 1] }), ['b', null, null]),
  peopleValues('arrays of objects are walked', [5], (p) => ({ kind: 'jsonText', value: p('extra'), path: [0, 'v'] }), ['x']),
  peopleValues(
    'JSON keys with quotes, blanks, dots and dollar signs',
    [11],
    (p) => ({
      kind: 'concat',
      values: [
        { kind: 'jsonText', value: p('extra'), path: ['q\'uo"te', 'a b'] },
        { kind: 'jsonText', value: p('extra'), path: ['$'] },
        { kind: 'jsonText', value: p('extra'), path: ['a.b'] },
        { kind: 'jsonText', value: p('extra'), path: ['0'] },
      ],
    }),
    ['1dollardotzero'],
  ),
];

export const ROW_SET_CASES: readonly Case[] = [
  {
    title: 'odd names are only names',
    request: (t) => {
      const c = (name: string): Expr => t.column(ODD_TABLE, name);
      return rowsRequest(t.rows(ODD_TABLE), Object.values(ODD_COLUMNS).map(c), {
        where: compare('ne', c(ODD_COLUMNS.code), lit('?')),
        orderBy: [asc(c(ODD_COLUMNS.mixed))],
      });
    },
    expected: [
      ['丙?3', null, null, 30, null],
      ['甲-1', 1, 'a', 10, '1.1'],
      ['乙-2', 2, '?', null, '2.2'],
    ],
  },
  {
    title: 'computed columns may have odd names too',
    request: (t) => {
      const rows = { kind: 'extend' as const, rows: t.rows('nothing'), values: [named('a"b`c?d :e', lit('v'))] };
      return aggregateRequest(rows, [{ fn: 'count', value: col('a"b`c?d :e', TEXT) }]);
    },
    expected: [[0]],
  },
  {
    title: 'GBK text comes as Unicode',
    request: (t) => rowsRequest(t.rows('gbk_names'), [t.column('gbk_names', 'name')], { orderBy: [asc(t.column('gbk_names', 'id'))] }),
    expected: [['镕 堃 喆'], ['住建局　'], [null], ['abc ']],
  },
  {
    title: 'GBK text is compared exactly, with texts it cannot hold as well',
    request: (t) =>
      rowsRequest(t.rows('gbk_names'), [t.column('gbk_names', 'id')], {
        where: { kind: 'in', value: t.column('gbk_names', 'name'), values: [lit('镕 堃 喆'), lit('😀'), lit('abc'), lit('ABC ')], negated: false },
      }),
    expected: [[1]],
  },
  {
    title: 'binary comes as lower-case hex',
    request: (t) => rowsRequest(t.rows('blobs'), [t.column('blobs', 'content')], { orderBy: [asc(t.column('blobs', 'id'))] }),
    expected: [['00ff10'], [''], [null]],
  },
  {
    title: 'the latest row of each group counts, nulls being one group and no version the oldest',
    request: (t) => {
      const c = (name: string): Expr => t.column('versions', name);
      return rowsRequest(
        { kind: 'latest', rows: t.rows('versions'), by: [c('item')], orderBy: [desc(c('version')), asc(c('row'))] },
        [c('item'), c('version')],
        { orderBy: [asc(c('item'))] },
      );
    },
    expected: [
      [null, 6],
      ['X', 1],
      ['x', 3],
      ['x ', 1],
      ['y', 1],
    ],
  },
  {
    title: 'a filter after latest sees only the latest',
    request: (t) => {
      const c = (name: string): Expr => t.column('versions', name);
      const latest = { kind: 'latest' as const, rows: t.rows('versions'), by: [c('item')], orderBy: [desc(c('version')), asc(c('row'))] };
      return rowsRequest({ kind: 'filter', rows: latest, where: compare('ne', c('deleted'), lit(true)) }, [c('item')], { orderBy: [asc(c('item'))] });
    },
    expected: [['X'], ['x '], ['y']],
  },
  {
    title: 'a filter before latest takes part in choosing',
    request: (t) => {
      const c = (name: string): Expr => t.column('versions', name);
      const kept = { kind: 'filter' as const, rows: t.rows('versions'), where: compare('eq', c('deleted'), lit(false)) };
      return rowsRequest({ kind: 'latest', rows: kept, by: [c('item')], orderBy: [desc(c('version'))] }, [c('item'), c('version')], {
        where: compare('eq', c('item'), lit('x')),
      });
    },
    expected: [['x', 2]],
  },
  {
    title: 'a lookup adds one row’s columns, exactly matched, or nulls',
    request: (t) => {
      const p = (name: string): Expr => t.column('people', name);
      const d = (name: string): Expr => t.column('dictionary', name);
      const rows = {
        kind: 'lookup' as const,
        rows: t.rows('people'),
        table: t.rows('dictionary'),
        on: on(p('kind'), d('word')),
        values: [named('label', d('label')), named('entry', d('entry'))],
        orderBy: [desc(d('entry'))],
      };
      return rowsRequest(rows, [p('id'), col('label', TEXT), col('entry', INT)], { where: compare('lte', p('id'), lit(7)), orderBy: [asc(p('id'))] });
    },
    expected: [
      [1, 'upper again', 2],
      [2, 'lower', 3],
      [3, 'blank', 4],
      [4, 'upper again', 2],
      [5, null, null],
      [6, null, null],
      [7, 'first', 5],
    ],
  },
  {
    title: 'a union keeps duplicates and adds discriminators',
    request: (t) =>
      rowsRequest(payments(t), [col('year', TEXT), col('pay', INT), col('amount', DECIMAL), col('state', TEXT)], {
        orderBy: [desc(col('year', TEXT)), asc(col('pay', INT))],
      }),
    expected: [
      ['2024', 1, '7.25', '1'],
      ['2024', 4, '0.1', null],
      ['2023', 1, '10', '9'],
      ['2023', 2, '-3.5', '1'],
      ['2023', 3, null, '2'],
    ],
  },
  {
    title: 'unpivot gives a row per branch that applies',
    request: (t) => {
      const p = (name: string): Expr => t.column('people', name);
      const rows = {
        kind: 'unpivot' as const,
        rows: t.rows('people'),
        branches: [
          { where: isNull(p('rank'), true), values: [named('what', lit('rank')), named('amount', cast(p('rank'), DECIMAL))] },
          { values: [named('what', lit('fee')), named('amount', p('fee'))] },
        ],
      };
      return rowsRequest(rows, [p('id'), col('what', TEXT), col('amount', DECIMAL)], {
        where: compare('lte', p('id'), lit(3)),
        orderBy: [asc(p('id')), asc(col('what', TEXT))],
      });
    },
    expected: [
      [1, 'fee', '12.5'],
      [1, 'rank', '1'],
      [2, 'fee', '-12.5'],
      [2, 'rank', '2'],
      [3, 'fee', '0'],
    ],
  },
  {
    title: 'jsonRows gives a row per element with its place; what is no array gives none',
    request: (t) => {
      const p = (name: string): Expr => t.column('people', name);
      const rows = { kind: 'jsonRows' as const, rows: t.rows('people'), value: p('extra'), path: ['tags'], element: 'tag', ordinal: 'place' };
      return rowsRequest(rows, [p('id'), col('place', INT), { kind: 'jsonText', value: col('tag', JSON_TYPE), path: [] }], {
        orderBy: [asc(p('id')), asc(col('place', INT))],
      });
    },
    expected: [
      [1, 0, 'a'],
      [1, 1, 'b'],
      [7, 0, '甲'],
      [7, 1, '乙'],
      [7, 2, '甲'],
      [8, 0, ' x '],
      [8, 1, ''],
      [8, 2, 'y,z'],
    ],
  },
  {
    title: 'jsonRows reads objects, nulls and numbers of a top-level array',
    request: (t) => {
      const p = (name: string): Expr => t.column('people', name);
      const rows = { kind: 'jsonRows' as const, rows: t.rows('people'), value: p('extra'), path: [], element: 'item', ordinal: 'place' };
      const item = col('item', JSON_TYPE);
      return rowsRequest(rows, [col('place', INT), { kind: 'jsonText', value: item, path: ['v'] }, { kind: 'jsonText', value: item, path: [] }], {
        orderBy: [asc(col('place', INT))],
      });
    },
    expected: [
      [0, 'x', null],
      [1, null, null],
      [2, null, 'loose'],
      [3, null, '3.50'],
      [4, null, 'true'],
    ],
  },
  {
    title: 'splitRows gives a row per non-blank part; places count every part',
    request: (t) => {
      const p = (name: string): Expr => t.column('people', name);
      const rows = { kind: 'splitRows' as const, rows: t.rows('people'), value: p('raw'), separators: [',', ';', '，', '；'], part: 'piece', ordinal: 'place' };
      return rowsRequest(rows, [p('id'), col('place', INT), col('piece', TEXT)], {
        where: { kind: 'in', value: p('id'), values: [4, 5, 6, 14, 20].map((id) => lit(id)), negated: false },
        orderBy: [asc(p('id')), asc(col('place', INT))],
      });
    },
    expected: [
      [5, 0, ' 20240101 '],
      [14, 0, '一'],
      [14, 1, '二'],
      [14, 2, '三'],
      [20, 0, 'a'],
      [20, 1, 'b'],
      [20, 2, 'c'],
      [20, 4, 'd'],
    ],
  },
  {
    title: 'grouped rows have keys and measures as columns',
    request: (t) => {
      const o = (name: string): Expr => t.column('orders', name);
      const rows = {
        kind: 'grouped' as const,
        rows: t.rows('orders'),
        by: [named('who', o('person_id'))],
        measures: [
          { fn: 'count' as const, as: 'n' },
          { fn: 'sum' as const, value: o('amount'), as: 'total' },
        ],
      };
      return rowsRequest(rows, [col('who', INT), col('n', INT)], { where: compare('gte', col('n', INT), lit(6)), orderBy: [asc(col('who', INT))] });
    },
    expected: [
      [3, 6],
      [4, 6],
    ],
  },
];

/** Both years' payments with the year as discriminator. */
export function payments(t: Tables): RowSet {
  return {
    kind: 'union',
    branches: [
      { rows: t.rows('pay_2023'), values: [named('year', lit('2023'))] },
      { rows: t.rows('pay_2024'), values: [named('year', lit('2024'))] },
    ],
    columns: [
      { name: 'pay', type: t.column('pay_2023', 'pay').type },
      { name: 'amount', type: t.column('pay_2023', 'amount').type },
      { name: 'state', type: t.column('pay_2023', 'state').type },
      { name: 'year', type: TEXT },
    ],
  };
}

export const AGGREGATE_CASES: readonly Case[] = [
  {
    title: 'over no rows counts are 0 and all else is null',
    request: (t) => {
      const id = t.column('nothing', 'id');
      return aggregateRequest(t.rows('nothing'), [
        { fn: 'count' },
        { fn: 'countDistinct', value: id },
        { fn: 'sum', value: id },
        { fn: 'min', value: id },
        { fn: 'max', value: id },
      ]);
    },
    expected: [[0, 0, null, null, null]],
  },
  {
    title: 'groups over no rows are none',
    request: (t) => aggregateRequest(t.rows('nothing'), [{ fn: 'count' }], { by: [t.column('nothing', 'name')] }),
    expected: [],
  },
  {
    title: 'sums are exact beyond doubles and 64 bits',
    request: (t) => {
      const p = (name: string): Expr => t.column('people', name);
      return aggregateRequest(
        t.rows('people'),
        [{ fn: 'sum', value: p('wealth') }, { fn: 'sum', value: p('serial') }, { fn: 'count', value: p('name') }, { fn: 'count' }],
        { where: compare('lte', p('id'), lit(3)) },
      );
    },
    expected: [['0.00000001', '9007199254740992', 3, 3]],
  },
  {
    title: 'sums of integers may leave 64 bits',
    request: (t) =>
      aggregateRequest(t.rows('people'), [{ fn: 'sum', value: t.column('people', 'serial') }], {
        where: { kind: 'in', value: t.column('people', 'id'), values: [lit(1), lit(3)], negated: false },
      }),
    expected: [['9232379236109516800']],
  },
  {
    title: 'distinct texts differ by case and trailing blanks',
    request: (t) =>
      aggregateRequest(t.rows('orders'), [
        { fn: 'countDistinct', value: t.column('orders', 'tag') },
        { fn: 'min', value: t.column('orders', 'tag') },
        { fn: 'max', value: t.column('orders', 'tag') },
      ]),
    expected: [[4, 'Red', 'red ']],
  },
  {
    title: 'decimals that differ in trailing zeros are one',
    request: (t) =>
      aggregateRequest(
        t.rows('people'),
        [
          { fn: 'countDistinct', value: t.column('people', 'wealth') },
          { fn: 'min', value: t.column('people', 'wealth') },
          { fn: 'max', value: t.column('people', 'fee') },
        ],
        { where: { kind: 'in', value: t.column('people', 'id'), values: [7, 8, 11, 12].map((id) => lit(id)), negated: false } },
      ),
    expected: [[2, '0.1', '99999999.99']],
  },
  {
    title: 'groups keep case and trailing blanks apart and nulls together',
    request: (t) => aggregateRequest(t.rows('orders'), [{ fn: 'count' }], { by: [t.column('orders', 'tag')], orderBy: [asc(col('k0', TEXT))] }),
    expected: [
      [null, 8],
      ['Red', 8],
      ['blue', 8],
      ['red', 8],
      ['red ', 8],
    ],
  },
  {
    title: 'groups of fixed-length text ignore padding only',
    request: (t) =>
      aggregateRequest(t.rows('people'), [{ fn: 'count' }], {
        by: [t.column('people', 'code')],
        having: compare('gt', col('m0', INT), lit(1)),
        orderBy: [asc(col('k0', TEXT))],
      }),
    expected: [
      ['AB', 2],
      ['zs', 2],
    ],
  },
  {
    title: 'having and order may use measures, paging applies to groups',
    request: (t) =>
      aggregateRequest(t.rows('people'), [{ fn: 'sum', value: t.column('people', 'fee') }, { fn: 'count' }], {
        by: [t.column('people', 'active')],
        having: compare('gt', col('m1', INT), lit(0)),
        orderBy: [desc(col('m0', DECIMAL))],
        offset: 1,
        limit: 1,
      }),
    expected: [[false, '78.59', 5]],
  },
  {
    title: 'groups by an expression',
    request: (t) =>
      aggregateRequest(t.rows('people'), [{ fn: 'count' }], {
        by: [{ kind: 'truncate', value: t.column('people', 'born'), unit: 'YEAR' }],
        where: compare('gte', t.column('people', 'born'), lit('2022-01-01', DATE)),
        orderBy: [asc(col('k0', DATE))],
      }),
    expected: [
      ['2022-01-01', 5],
      ['2023-01-01', 2],
      ['2024-01-01', 5],
    ],
  },
  {
    title: 'nulls go first or last as asked, ascending or descending',
    request: (t) =>
      rowsRequest(t.rows('versions'), [t.column('versions', 'row')], {
        orderBy: [
          { value: t.column('versions', 'deleted'), direction: 'desc', nulls: 'first' },
          { value: t.column('versions', 'version'), direction: 'asc', nulls: 'last' },
          desc(t.column('versions', 'row')),
        ],
      }),
    expected: [[7], [2], [9], [5], [4], [1], [3], [6], [8]],
  },
  {
    title: 'false sorts before true',
    request: (t) =>
      rowsRequest(t.rows('versions'), [t.column('versions', 'deleted')], {
        where: isNull(t.column('versions', 'deleted'), true),
        orderBy: [desc(t.column('versions', 'deleted'))],
        limit: 2,
      }),
    expected: [[true], [false]],
  },
  {
    title: 'limit 0 is no rows, offset past the end neither',
    request: (t) => rowsRequest(t.rows('lines'), [t.column('lines', 'id')], { orderBy: [asc(t.column('lines', 'id'))], limit: 5, offset: 58 }),
    expected: [[59], [60]],
  },
  { title: 'limit 0', request: (t) => rowsRequest(t.rows('lines'), [t.column('lines', 'id')], { limit: 0 }), expected: [] },
];
