import fc from 'fast-check';
import type { PhysicalType, WireValue } from '../../../../schema/model/physical-type.ts';
import type { Column, Written } from './binding-kit.ts';

/** What clerks and old systems write, near misses above all. */
const PIECES = [
  '',
  ' ',
  '\t',
  '\r\n',
  '　',
  '\u00a0',
  '0',
  '1',
  '2',
  '9',
  '20230401',
  '20230231',
  '00000000',
  '２０２３０４０１',
  '202413',
  '202404',
  '2024',
  '12',
  '31',
  '-',
  '+',
  '.',
  ',',
  '，',
  '/',
  '年',
  '月',
  '日',
  '2024年3月5日',
  '2024.03.05',
  '2024-3-5',
  '58',
  '58%',
  '％',
  '1,234.50',
  '1,23',
  '１，２３４',
  '约',
  '300万',
  '万',
  '元',
  '亿元',
  '¥',
  '￥',
  '123.45万元',
  '2-3万元',
  '已整改',
  '未整改',
  '是',
  '否',
  'Y',
  'n',
  '2301',
  '320500',
  '04',
  '01',
  '123456',
  '2301-320500-04-01-123456',
  '23013205000401123456',
  '2301320500040112345',
  '、',
  '；',
  'ABC',
  'abc',
  '91320500MA99X001X7',
  '😀',
  'ﬁ',
  '\u0000'.slice(1),
  'true',
  'false',
  'PAID',
  'paid',
  ':',
  ';',
  '!',
  '/',
  '１',
  '９',
  '：',
];

const nastyText = fc.oneof(
  { weight: 6, arbitrary: fc.array(fc.constantFrom(...PIECES), { maxLength: 4 }).map((pieces) => pieces.join('')) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom(' ', '', '\t', '　'), fc.constantFrom(...PIECES), fc.constantFrom(' ', '', '\n', '\u00a0'))
      .map((parts) => parts.join('')),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 8 }).filter((text) => !text.includes('\u0000')) },
);
const digits = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }).chain((units) => fc.nat(6).map((scale) => shift(units, scale)));
const shift = (units: bigint, scale: number): string => {
  const text = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  return `${units < 0n ? '-' : ''}${scale === 0 ? text : `${text.slice(0, -scale)}.${text.slice(-scale)}`}`;
};
const day = fc.date({ min: new Date('1900-01-01'), max: new Date('2100-12-31'), noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10));
const near = fc.constantFrom('1986-05-03', '1986-05-04', '1986-09-14', '1991-09-15', '2023-03-31', '2023-04-01', '2023-12-31', '2024-01-01', '2024-02-29');
const time = fc
  .tuple(fc.nat(23), fc.nat(59), fc.nat(59), fc.constantFrom('', '.5', '.120', '.000001'))
  .map(([h, m, s, f]) => `${[h, m, s].map((n) => String(n).padStart(2, '0')).join(':')}${f}`);
const anyDay = fc.oneof(day, near);
const naive = fc.tuple(anyDay, fc.oneof(time, fc.constant('00:00:00'), fc.constant('23:59:59.999999'))).map((parts) => parts.join(' '));
const millis = fc.oneof(
  fc.integer({ min: -5, max: 5 }),
  fc.maxSafeInteger(),
  fc.constantFrom(1699142400000, 1699142400500, 253402127999999, 253402128000000),
  fc.integer({ min: 1_600_000_000, max: 1_800_000_000 }).map((seconds) => seconds * 1000),
);

export const WIRE: Record<string, fc.Arbitrary<WireValue>> = {
  text: nastyText,
  padded: nastyText.map((text) => text.replace(/ +$/, '').slice(0, 8).replace(/ +$/, '')),
  int: fc.oneof(fc.integer({ min: -12, max: 12 }), fc.integer()),
  bigint: fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.integer({ min: -200, max: 200 }).map(BigInt), millis.map(BigInt)).map(String),
  decimal: fc.oneof(
    digits,
    fc.integer({ min: -200, max: 200 }).map((n) => shift(BigInt(n), 2)),
    fc.constantFrom('1', '1.00', '0.00', '2147483648', '-0.5'),
  ),
  float: fc.oneof(fc.double(), fc.integer({ min: -3, max: 3 })),
  bool: fc.boolean(),
  date: anyDay,
  naive,
  zoned: naive.map((text) => `${text.replace(/19\d\d|20[3-9]\d|21\d\d/, '2023').replace('02-29', '02-28')}+08:00`),
  uuid: fc.uuid(),
  json: fc.oneof(
    fc.json(),
    fc.constantFrom(
      '{"site":{"lng":120.5853,"lat":31.2990,"crs":"WGS84"},"is_key":true,"n":[1.0,2]}',
      '{"site":{"lng":"120.6"}}',
      '{"site":null}',
      '{"site":{"lng":1e3}}',
    ),
  ),
  other: nastyText,
};

export const TYPES: Record<keyof typeof WIRE, Column> = {
  text: { type: { kind: 'text' } },
  padded: { type: { kind: 'text', padded: true, maxLength: 8 }, nativeType: 'char(8)' },
  int: { type: { kind: 'integer', bits: 32 } },
  bigint: { type: { kind: 'integer', bits: 64 } },
  decimal: { type: { kind: 'decimal' } },
  float: { type: { kind: 'float' } },
  bool: { type: { kind: 'boolean' } },
  date: { type: { kind: 'date' } },
  naive: { type: { kind: 'timestamp', zoned: false } },
  zoned: { type: { kind: 'timestamp', zoned: true } },
  uuid: { type: { kind: 'uuid' } },
  json: { type: { kind: 'json' } },
  other: { type: { kind: 'other', native: 'inet' } satisfies PhysicalType },
};

/** Rows with the columns that a value reads. */
export function rowsFor(written: Written): fc.Arbitrary<Record<string, WireValue>> {
  const text = JSON.stringify(written);
  const used = Object.entries(WIRE).filter(([name]) => text.includes(`"${name}"`));
  return fc.record(Object.fromEntries(used.map(([name, values]) => [name, fc.option(values, { freq: 12 })])));
}

const SCALES = ['0.01', '10000', '-0.01', '0.3', '7', '1', '100000000', '0.000001'];
const STATUS = { '0': 'ENTERED', '1': 'APPROVED', '2': 'PAID', '9': 'PAID' };
/** Name, scalar, value. */
export const CASES: [string, string, Written][] = [
  ...Object.keys(WIRE)
    .filter((name) => !['json', 'float', 'naive', 'zoned'].includes(name))
    .map((name): [string, string, Written] => [`${name} onto String`, 'String', { column: name }]),
  ...Object.keys(WIRE)
    .filter((name) => !['json', 'float', 'naive', 'zoned'].includes(name))
    .map((name): [string, string, Written] => [`${name} onto ID`, 'ID', { column: name }]),
  ...['text', 'padded', 'int', 'bigint', 'decimal'].flatMap((name) =>
    ['Int', 'BigInt', 'Decimal', 'Float'].map((scalar): [string, string, Written] => [`${name} onto ${scalar}`, scalar, { column: name }]),
  ),
  ['float onto Float', 'Float', { column: 'float' }],
  ...['text', 'padded', 'int', 'bigint', 'decimal'].flatMap((name) =>
    SCALES.map((scale): [string, string, Written] => [`${name} × ${scale}`, 'Decimal', { column: name, scale }]),
  ),
  ['bigint × 0.01 onto Int', 'Int', { column: 'bigint', scale: '0.01' }],
  ...['date', 'naive', 'zoned'].flatMap((name) =>
    ['Date', 'YearMonth', 'DateTime'].map((scalar): [string, string, Written] => [`${name} onto ${scalar}`, scalar, { column: name }]),
  ),
  ...['text', 'padded', 'int', 'bigint'].flatMap((name) =>
    ['yyyyMMdd', 'yyyyMM', 'yyyy'].flatMap((format) =>
      ['Date', 'YearMonth', 'DateTime'].map((scalar): [string, string, Written] => [
        `${name} as ${format} onto ${scalar}`,
        scalar,
        { column: name, date: [format] },
      ]),
    ),
  ),
  ['mixed dates', 'Date', { column: 'text', date: ['yyyyMMdd', 'yyyy.M.d', 'yyyy年M月d日', 'yyyy-M-d', 'yyyy/MM/dd'] }],
  ['a full-width date format', 'Date', { column: 'text', date: ['yyyy－M－d'] }],
  ...['bigint', 'text', 'int'].flatMap((name) =>
    ['DateTime', 'Date', 'YearMonth'].map((scalar): [string, string, Written] => [
      `${name} as milliseconds onto ${scalar}`,
      scalar,
      { column: name, time: 'epochMillis' },
    ]),
  ),
  ...['text', 'padded', 'int', 'bigint', 'decimal', 'other'].map((name): [string, string, Written] => [
    `codes of ${name}`,
    'Status',
    { column: name, codes: STATUS },
  ]),
  ['codes with a default', 'Status', { column: 'text', codes: { '2': 'PAID', '*': 'ENTERED' } }],
  ['codes of numbers with a default', 'Status', { column: 'int', codes: { '2': 'PAID', '*': 'ENTERED' } }],
  ['codes onto String', 'String', { column: 'int', codes: { '1': '巡查', '2': '移动端' } }],
  ['codes onto Decimal', 'Decimal', { column: 'int', codes: { '1': '0.30', '2': '1' } }],
  ['codes of a boolean', 'Status', { column: 'bool', codes: { true: 'PAID', false: 'ENTERED' } }],
  ['wide codes of fixed-length text', 'Status', { column: 'padded', codes: { '20230401': 'PAID', '00000000': 'ENTERED' } }],
  ['an enum by its names', 'Status', { column: 'text' }],
  ['boolean text', 'Boolean', { column: 'text', boolean: { true: ['是', 'Y', '1'], false: ['否', 'n', '0'] } }],
  ['boolean number', 'Boolean', { column: 'int', boolean: { true: ['1'], false: ['0', '2'] } }],
  ['a native boolean', 'Boolean', { column: 'bool' }],
  ['a boolean in text', 'Boolean', { column: 'text' }],
  ['plain number', 'Decimal', { column: 'text', number: 'plain' }],
  ['percent', 'Decimal', { column: 'text', number: 'percent' }],
  ['percent of a number', 'Decimal', { column: 'decimal', number: 'percent' }],
  ['percent, scaled', 'Decimal', { column: 'text', number: 'percent', scale: '0.01' }],
  ['amount', 'Decimal', { column: 'text', amount: { 亿元: '100000000', 万元: '10000', 万: '10000', 元: '1', '': '1' } }],
  ['project code', 'String', { column: 'text', normalize: 'projectCode' }],
  ['a key without pattern', 'String', { column: 'text', normalize: 'loose' }],
  ['a format', 'RegionCode', { column: 'text' }],
  ['a format of a number', 'RegionCode', { column: 'int' }],
  ['a format with normaliser', 'Uscc', { column: 'text' }],
  ['JSON path', 'String', { json: 'json', path: ['site', 'crs'] }],
  ['JSON number', 'Float', { json: 'json', path: ['site', 'lng'] }],
  ['JSON boolean', 'Boolean', { json: 'json', path: ['is_key'] }],
  ['JSON array', 'Decimal', { json: 'json', path: ['n', '0'] }],
  ['split scalar', 'Float', { column: 'text', fold: true, part: { separator: ',', index: 1 } }],
  [
    'replace',
    'String',
    {
      column: 'text',
      replace: [
        { from: '-', to: '' },
        { from: '０', to: '0' },
      ],
    },
  ],
  ['extract', 'String', { column: 'text', extract: { pattern: '[^0-9]*(\\d{4})[^0-9]*.*'.replace('.*', '[^a]*'), group: 1 } }],
  ['concat', 'ID', { concat: [{ column: 'padded' }, { constant: '-' }, { column: 'int' }] }],
  [
    'concat of three',
    'String',
    { concat: [{ constant: 'HT-' }, { column: 'text' }, { constant: '-' }, { column: 'decimal' }, { constant: '.' }, { column: 'bool' }] },
  ],
  ['concat side by side', 'String', { concat: [{ column: 'text' }, { column: 'uuid' }] }],
  ['first valid number', 'Float', { firstValid: [{ column: 'text', part: { separator: ',', index: 0 } }, { column: 'decimal' }] }],
  ['first valid text', 'String', { firstValid: [{ column: 'padded' }, { column: 'text' }] }],
  ['first valid date', 'Date', { firstValid: [{ column: 'padded', date: ['yyyyMMdd'] }, { column: 'date' }, { column: 'naive' }] }],
  ['first valid, then codes', 'Status', { firstValid: [{ column: 'int' }, { column: 'text' }], codes: STATUS }],
  ['constant text', 'Status', { constant: 'PAID' }],
  ['constant number', 'Decimal', { constant: 2.5 }],
  ['constant date', 'String', { constant: '2023' }],
];
