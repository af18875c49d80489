import fc from 'fast-check';
import type { PhysicalType, WireValue } from '../../../../schema/model/physical-type.ts';

/** Two columns of every scalar, as a source holds them. */
export interface TestColumn {
  readonly scalar: string;
  readonly type: PhysicalType;
  readonly values: fc.Arbitrary<WireValue>;
}

const SMALL = fc.integer({ min: -3, max: 3 });
const digits = fc.tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.nat(6)).map(([units, scale]) => {
  const text = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  return `${units < 0n ? '-' : ''}${scale === 0 ? text : `${text.slice(0, -scale)}.${text.slice(-scale)}`}`;
});
const TEXTS = ['', 'a', 'A', 'ab', 'b ', ' b', '0', '1', '1.5', 'PAID', '2024-01-01', '2024-02', '项目', '😀', 'ﬁ', '%', '_', '\\', "'", '"', 'true'];
const DATES = ['0001-01-01', '1999-12-31', '2024-01-01', '2024-02-29', '2024-03-01', '9999-12-31'];
const MONTHS = ['1999-12', '2024-01', '2024-02', '2024-03'];
const MOMENTS = [
  '2024-01-01 00:00:00+08:00',
  '2023-12-31 23:59:59.500+08:00',
  '2024-02-29 08:00:00.000+08:00',
  '2024-02-29 08:00:00+08:00',
  '1999-12-31 16:00:00+08:00',
];
const WRITTEN_MOMENTS = [
  '2024-01-01T00:00:00+08:00',
  '2023-12-31T16:00:00Z',
  '2023-12-31T15:59:59.5Z',
  '2024-02-28T19:00:00-05:00',
  '2024-02-29T08:00:00.000+08:00',
];

const kind = (scalar: string, type: PhysicalType, values: fc.Arbitrary<WireValue>): TestColumn => ({ scalar, type, values });
const KINDS = {
  i: kind('Int', { kind: 'integer', bits: 32 }, fc.oneof(SMALL, fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }))),
  n: kind('BigInt', { kind: 'integer', bits: 64 }, fc.oneof(SMALL.map(String), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String))),
  d: kind(
    'Decimal',
    { kind: 'decimal' },
    fc.oneof(
      SMALL.map(String),
      SMALL.map((v) => `${v}.50`),
      SMALL.map((v) => `${v}.00`),
      digits,
    ),
  ),
  f: kind(
    'Float',
    { kind: 'float' },
    fc.oneof(
      SMALL,
      SMALL.map((v) => v / 2),
      fc.double({ noNaN: true, noDefaultInfinity: true }).filter((v) => !Object.is(v, -0)),
    ),
  ),
  t: kind('String', { kind: 'text' }, fc.constantFrom(...TEXTS)),
  p: kind('Boolean', { kind: 'boolean' }, fc.boolean()),
  y: kind('Date', { kind: 'date' }, fc.constantFrom(...DATES)),
  m: kind('YearMonth', { kind: 'text' }, fc.constantFrom(...MONTHS)),
  w: kind('DateTime', { kind: 'timestamp', zoned: true }, fc.constantFrom(...MOMENTS)),
} as const;

export const COLUMNS: ReadonlyMap<string, TestColumn> = new Map(
  Object.entries(KINDS).flatMap(
    ([name, column]) =>
      [
        [`${name}1`, column],
        [`${name}2`, column],
      ] as const,
  ),
);

export const rowArbitrary = fc.record(Object.fromEntries([...COLUMNS].map(([name, column]) => [name, fc.option(column.values, { freq: 4 })])));

const column = (...letters: string[]): fc.Arbitrary<string> => fc.constantFrom(...letters.flatMap((letter) => [`${letter}1`, `${letter}2`]));
const written = (...texts: string[]): fc.Arbitrary<string> => fc.constantFrom(...texts).map((text) => JSON.stringify(text));

const { bool, number, text, date, month, moment } = fc.letrec<Record<'bool' | 'number' | 'text' | 'date' | 'month' | 'moment', string>>((tie) => {
  const pick = (value: fc.Arbitrary<string>): fc.Arbitrary<string> => {
    const branch = fc.oneof({ weight: 6, arbitrary: value }, { weight: 1, arbitrary: fc.constant('null') });
    return fc.tuple(tie('bool'), value, branch, fc.boolean()).map(([test, a, b, swap]) => (swap ? `(${test} ? ${b} : ${a})` : `(${test} ? ${a} : ${b})`));
  };
  const compare = (value: fc.Arbitrary<string>, literal: fc.Arbitrary<string>): fc.Arbitrary<string> =>
    fc.oneof(
      fc.tuple(value, fc.constantFrom('==', '!=', '<', '<=', '>', '>='), fc.oneof(value, literal)).map(([a, op, b]) => `(${a} ${op} ${b})`),
      fc.tuple(fc.oneof(literal), fc.constantFrom('==', '<', '>='), value).map(([a, op, b]) => `(${a} ${op} ${b})`),
      fc
        .tuple(value, fc.array(fc.oneof(value, literal, fc.constant('null')), { minLength: 0, maxLength: 3 }))
        .map(([a, items]) => `(${a} in [${items.join(', ')}])`),
      fc.tuple(value, fc.constantFrom('== null', '!= null')).map(([a, test]) => `(${a} ${test})`),
      value.map((a) => `has(${a})`),
    );
  const numbers = fc.oneof(fc.constantFrom('0', '1', '2.50', '100000000', '-1', '0.1', '12345678901234567890.123'));
  return {
    bool: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      column('p'),
      fc.constantFrom('true', 'false'),
      compare(tie('number'), numbers),
      compare(tie('text'), written(...TEXTS)),
      compare(tie('date'), written(...DATES)),
      compare(tie('month'), written(...MONTHS)),
      compare(tie('moment'), written(...WRITTEN_MOMENTS)),
      fc.tuple(tie('bool'), fc.constantFrom('&&', '||'), tie('bool')).map(([a, op, b]) => `(${a} ${op} ${b})`),
      tie('bool').map((a) => `!${a}`),
      fc.tuple(tie('bool'), fc.constantFrom('==', '!='), tie('bool')).map(([a, op, b]) => `(${a} ${op} ${b})`),
      fc.tuple(tie('text'), fc.constantFrom('contains', 'startsWith', 'endsWith'), tie('text')).map(([a, test, b]) => `${a}.${test}(${b})`),
      pick(tie('bool')),
    ),
    number: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      column('i', 'n', 'd', 'f'),
      numbers,
      fc.tuple(tie('number'), fc.constantFrom('+', '-', '*'), tie('number')).map(([a, op, b]) => `(${a} ${op} ${b})`),
      tie('number').map((a) => `(-${a})`),
      pick(tie('number')),
      {
        weight: 1,
        arbitrary: fc.oneof(
          fc.tuple(tie('number'), tie('number')).map(([a, b]) => `(${a} / ${b})`),
          tie('number').map((a) => `round(${a}, 2)`),
          fc.tuple(tie('date'), tie('date')).map(([a, b]) => `days(${a}, ${b})`),
          tie('text').map((a) => `size(${a})`),
        ),
      },
    ),
    text: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      column('t'),
      written(...TEXTS),
      fc.tuple(tie('text'), tie('text')).map(([a, b]) => `(${a} + ${b})`),
      fc.oneof(tie('text'), tie('number'), tie('bool'), tie('date'), tie('month')).map((a) => `string(${a})`),
      tie('text').map((a) => `${a}.upperAscii()`),
      { weight: 1, arbitrary: tie('text').map((a) => `${a}.lowerAscii()`) },
      pick(tie('text')),
    ),
    date: fc.oneof(
      { maxDepth: 4 },
      column('y'),
      fc.constant('asOf'),
      fc.oneof(tie('moment'), tie('month'), tie('date')).map((a) => `date(${a})`),
      pick(column('y')),
      fc.tuple(tie('bool'), column('y'), written(...DATES)).map(([test, a, b]) => `(${test} ? ${a} : ${b})`),
    ),
    month: fc.oneof({ maxDepth: 4 }, column('m'), pick(column('m'))),
    moment: fc.oneof(
      { maxDepth: 4 },
      column('w'),
      pick(column('w')),
      fc.tuple(tie('bool'), column('w'), written(...WRITTEN_MOMENTS)).map(([test, a, b]) => `(${test} ? ${a} : ${b})`),
    ),
  };
});

/** A well-typed expression over `COLUMNS`, with the scalar of a field that it could be computed for. */
export const expressionArbitrary: fc.Arbitrary<{ readonly text: string; readonly scalar: string }> = fc.oneof(
  fc.record({ text: bool, scalar: fc.constant('Boolean') }),
  fc.record({ text: number, scalar: fc.constantFrom('Decimal', 'Int', 'BigInt', 'Float') }),
  fc.record({ text, scalar: fc.constantFrom('String', 'Status') }),
  fc.record({ text: date, scalar: fc.constant('Date') }),
  fc.record({ text: month, scalar: fc.constant('YearMonth') }),
  fc.record({ text: moment, scalar: fc.constant('DateTime') }),
);
