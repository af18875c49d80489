/** Random expressions and predicates over the columns of a row set, typed, and within what every engine's numbers can hold. */
import fc from 'fast-check';
import type { Expr, Predicate, RowSet } from '../../connectors/spi/ir.ts';
import { BOOLEAN, DATE, DECIMAL, INT, lit, LONG, NAIVE, TEXT, ZONED } from './builders.ts';

type Column = Expr & { readonly kind: 'column' };

/** What random expressions may mention: visible columns, and rows of the same source that a condition may reach. */
export interface Surroundings {
  readonly columns: readonly Column[];
  readonly related?: readonly { readonly outer: Expr; readonly inner: Expr; readonly rows: RowSet; readonly columns: readonly Column[] }[];
}

const TEXTS = ['', 'A', 'a', 'A ', 'Alice', 'N', '甲', '😀', '\uff5e', '0', '%', '\\', "'", ' ', ',', '-', '2024', 'red', 'red ', '\t'];
const PATTERNS = [
  '\\d+',
  '[A-Za-z]+',
  '([A-Z]{2})-(\\d{4})-(\\d+)',
  '(\\d{4})年(\\d{1,2})月\\d{1,2}日',
  '[^,;]+',
  '(-?\\d+)(?:\\.(\\d+))?',
  '([a-z])?[a-z ]*',
  'ab?c*|x+',
];
const FORMATS = ['yyyyMMdd', 'yyyy年M月d日', 'yyyy.M.d', 'yyyy-MM-dd', 'yyyyMM'];
const PATHS: readonly (readonly (string | number)[])[] = [
  ['site'],
  ['site', 'lng'],
  ['site', 'name'],
  ['site', 'ok'],
  ['tags', 0],
  ['tags', 1],
  [0, 'v'],
  [2],
  ['n'],
  ['missing', 'x'],
];

const pick = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const literalText = pick(TEXTS).map((value) => lit(value));

function columnsOf(around: Surroundings, test: (column: Column) => boolean): Column[] {
  return around.columns.filter(test);
}

/** A column of the kind, or else a literal. */
function columnOr(around: Surroundings, test: (column: Column) => boolean, otherwise: fc.Arbitrary<Expr>): fc.Arbitrary<Expr> {
  const found = columnsOf(around, test);
  return found.length === 0 ? otherwise : fc.oneof({ weight: 5, arbitrary: pick<Expr>(found) }, { weight: 1, arbitrary: otherwise });
}

export function arbitraryText(around: Surroundings, depth: number): fc.Arbitrary<Expr> {
  const leaf = columnOr(around, (column) => column.type.kind === 'text', literalText);
  if (depth === 0) return leaf;
  const inner = fc.oneof({ weight: 2, arbitrary: leaf }, { weight: 1, arbitrary: arbitraryText(around, depth - 1) });
  const json = columnsOf(around, (column) => column.type.kind === 'json');
  return fc.oneof(
    leaf,
    fc.tuple(pick(['fold', 'trim', 'upper'] as const), inner).map(([kind, value]): Expr => ({ kind, value })),
    fc.tuple(pick(['digits', 'alphanumerics'] as const), inner).map(([set, value]): Expr => ({ kind: 'keep', value, set })),
    fc
      .tuple(inner, pick(['a', 'A', ',', '😀', 'li', '-', '\\', '00']), pick(['', 'x', "'", '\\1', '$&']))
      .map(([value, from, to]): Expr => ({ kind: 'replace', value, from, to })),
    fc.tuple(inner, fc.nat(4), fc.nat(4)).map(([value, start, length]): Expr => ({ kind: 'slice', value, start, length })),
    fc
      .tuple(inner, pick([',', ' ', '-', '.', ';', '月', '1']), fc.nat(3))
      .map(([value, separator, index]): Expr => ({ kind: 'part', value, separator, index })),
    fc.tuple(inner, pick(PATTERNS)).map(([value, pattern]): Expr => ({ kind: 'matching', value, pattern })),
    fc
      .tuple(inner, pick(PATTERNS.slice(2, 4)), fc.integer({ min: 1, max: 2 }))
      .map(([value, pattern, group]): Expr => ({ kind: 'extract', value, pattern, group })),
    fc
      .array(fc.oneof(inner, arbitraryInteger(around, 0), arbitraryDate(around, 0)), { minLength: 1, maxLength: 3 })
      .map((values): Expr => ({ kind: 'concat', values })),
    fc.array(inner, { minLength: 1, maxLength: 3 }).map((values): Expr => ({ kind: 'coalesce', values })),
    fc
      .tuple(arbitraryPredicate(around, depth - 1), inner, fc.option(inner, { nil: undefined }))
      .map(([test, then, otherwise]): Expr => ({ kind: 'case', branches: [{ if: test, then }], ...(otherwise === undefined ? {} : { else: otherwise }) })),
    fc
      .oneof(arbitraryInteger(around, 0), arbitraryDecimal(around, depth - 1), arbitraryBoolean(around))
      .map((value): Expr => ({ kind: 'cast', value, type: TEXT })),
    ...(json.length === 0 ? [] : [fc.tuple(pick(json), pick(PATHS)).map(([value, path]): Expr => ({ kind: 'jsonText', value, path }))]),
  );
}

function arbitraryInteger(around: Surroundings, depth: number): fc.Arbitrary<Expr> {
  const leaf = columnOr(
    around,
    (column) => column.type.kind === 'integer',
    fc.integer({ min: -3, max: 20 }).map((value) => lit(value)),
  );
  if (depth === 0) return leaf;
  return fc.oneof(
    leaf,
    fc.tuple(arbitraryText(around, depth - 1), pick([INT, LONG])).map(([value, type]): Expr => ({ kind: 'cast', value, type })),
  );
}

/** Products only by small constants: three engines must hold every digit. */
export function arbitraryDecimal(around: Surroundings, depth: number): fc.Arbitrary<Expr> {
  const leaf = columnOr(
    around,
    (column) => column.type.kind === 'decimal',
    pick(['0', '0.1', '-12.5', '10.00', '99999999.99']).map((value) => lit(value, DECIMAL)),
  );
  if (depth === 0) return leaf;
  const operand = fc.oneof(leaf, arbitraryInteger(around, 0));
  return fc.oneof(
    leaf,
    fc
      .tuple(fc.oneof(leaf, arbitraryInteger(around, 0)), pick(['0.01', '10000', '1', '-1', '0.0001']))
      .map(([value, factor]): Expr => ({ kind: 'scale', value, factor })),
    fc.tuple(pick(['+', '-'] as const), operand, operand).map(([op, left, right]): Expr => ({ kind: 'arithmetic', op, left, right })),
    fc.tuple(operand, pick(['2', '-0.5'])).map(([left, right]): Expr => ({ kind: 'arithmetic', op: '*', left, right: lit(right, DECIMAL) })),
    arbitraryText(around, depth - 1).map((value): Expr => ({ kind: 'cast', value, type: DECIMAL })),
    fc.tuple(leaf, leaf).map((values): Expr => ({ kind: 'coalesce', values })),
  );
}

function arbitraryDate(around: Surroundings, depth: number): fc.Arbitrary<Expr> {
  const leaf = columnOr(
    around,
    (column) => column.type.kind === 'date',
    pick(['2024-03-05', '2022-06-30', '1991-12-31']).map((value) => lit(value, DATE)),
  );
  if (depth === 0) return leaf;
  return fc.oneof(
    leaf,
    fc
      .tuple(arbitraryText(around, depth - 1), fc.subarray(FORMATS, { minLength: 1, maxLength: 3 }))
      .map(([value, formats]): Expr => ({ kind: 'parseDate', value, formats })),
    fc
      .tuple(fc.oneof(leaf, arbitraryNaive(around), arbitraryZoned(around)), pick(['DAY', 'MONTH', 'QUARTER', 'YEAR'] as const))
      .map(([value, unit]): Expr => ({ kind: 'truncate', value, unit })),
  );
}

function arbitraryNaive(around: Surroundings): fc.Arbitrary<Expr> {
  return columnOr(around, (column) => column.type.kind === 'timestamp' && !column.type.zoned, fc.constant(lit('2024-03-05 10:11:12', NAIVE)));
}

function arbitraryZoned(around: Surroundings): fc.Arbitrary<Expr> {
  const stamps = columnsOf(around, (column) => column.column === 'stamp');
  return fc.oneof(
    columnOr(around, (column) => column.type.kind === 'timestamp' && column.type.zoned, fc.constant(lit('2024-03-05 10:11:12+08:00', ZONED))),
    arbitraryNaive(around).map((value): Expr => ({ kind: 'cast', value, type: ZONED })),
    ...(stamps.length === 0 ? [] : [pick(stamps).map((value): Expr => ({ kind: 'epochMillis', value }))]),
  );
}

function arbitraryBoolean(around: Surroundings): fc.Arbitrary<Expr> {
  return columnOr(
    around,
    (column) => column.type.kind === 'boolean',
    fc.boolean().map((value) => lit(value, BOOLEAN)),
  );
}

/** Two expressions of one comparable type. */
function arbitraryPair(around: Surroundings, depth: number): fc.Arbitrary<readonly [Expr, Expr]> {
  const number = fc.oneof(arbitraryInteger(around, depth), arbitraryDecimal(around, depth));
  return fc.oneof(
    fc.tuple(arbitraryText(around, depth), arbitraryText(around, Math.max(0, depth - 1))),
    fc.tuple(number, number),
    fc.tuple(arbitraryDate(around, depth), arbitraryDate(around, depth)),
    fc.tuple(arbitraryNaive(around), arbitraryNaive(around)),
    fc.tuple(arbitraryZoned(around), arbitraryZoned(around)),
    fc.tuple(arbitraryBoolean(around), arbitraryBoolean(around)),
  );
}

/** Anything that may be ordered, grouped and selected. */
export function arbitraryValue(around: Surroundings, depth: number): fc.Arbitrary<Expr> {
  return fc.oneof(
    { weight: 3, arbitrary: arbitraryText(around, depth) },
    { weight: 1, arbitrary: arbitraryInteger(around, depth) },
    { weight: 2, arbitrary: arbitraryDecimal(around, depth) },
    { weight: 2, arbitrary: arbitraryDate(around, depth) },
    { weight: 1, arbitrary: arbitraryNaive(around) },
    { weight: 1, arbitrary: arbitraryZoned(around) },
    { weight: 1, arbitrary: arbitraryBoolean(around) },
  );
}

export function arbitraryPredicate(around: Surroundings, depth: number): fc.Arbitrary<Predicate> {
  const leaves: fc.Arbitrary<Predicate>[] = [
    fc
      .tuple(pick(['eq', 'ne', 'lt', 'lte', 'gt', 'gte'] as const), arbitraryPair(around, depth))
      .map(([op, [left, right]]): Predicate => ({ kind: 'compare', op, left, right })),
    fc.tuple(arbitraryValue(around, depth), fc.boolean()).map(([value, negated]): Predicate => ({ kind: 'isNull', value, negated })),
    fc
      .tuple(arbitraryText(around, depth), fc.array(fc.oneof(literalText, fc.constant(lit(null, TEXT))), { maxLength: 4 }), fc.boolean())
      .map(([value, values, negated]): Predicate => ({ kind: 'in', value, values, negated })),
    fc
      .tuple(arbitraryDecimal(around, depth), fc.array(pick(['0', '15.00', '-12.5']), { maxLength: 3 }), fc.boolean())
      .map(([value, values, negated]): Predicate => ({ kind: 'in', value, values: values.map((item) => lit(item, DECIMAL)), negated })),
    fc.tuple(arbitraryText(around, depth), fc.boolean()).map(([value, negated]): Predicate => ({ kind: 'inList', value, list: 'texts', negated })),
    fc
      .tuple(
        arbitraryInteger(around, 0).filter((value) => value.kind === 'column' && value.type.kind === 'integer' && value.type.bits !== 64),
        fc.boolean(),
      )
      .map(([value, negated]): Predicate => ({ kind: 'inList', value, list: 'integers', negated })),
    fc
      .tuple(pick(['contains', 'startsWith', 'endsWith', 'iContains'] as const), arbitraryText(around, depth), arbitraryText(around, 0), fc.boolean())
      .map(([op, value, pattern, negated]): Predicate => ({ kind: 'text', op, value, pattern, negated })),
  ];
  const hasIntegers = around.columns.some((column) => column.type.kind === 'integer' && column.type.bits !== 64);
  const usable = hasIntegers ? leaves : leaves.filter((_, index) => index !== 5);
  if (depth === 0) return fc.oneof(...usable);
  const nested = fc.array(arbitraryPredicate(around, depth - 1), { maxLength: 3 });
  const branch = fc.tuple(pick(['and', 'or'] as const), nested).map(([kind, predicates]): Predicate => ({ kind, predicates }));
  const exists = (around.related ?? []).map((relation) =>
    fc.tuple(fc.option(arbitraryPredicate({ columns: relation.columns }, depth - 1), { nil: undefined }), fc.boolean()).map(([where, negated]): Predicate => ({
      kind: 'exists',
      on: [{ outer: relation.outer, inner: relation.inner }],
      rows: relation.rows,
      ...(where === undefined ? {} : { where }),
      negated,
    })),
  );
  return fc.oneof(...usable, branch, branch, ...exists);
}

/** Bindings for the lists that random predicates name. */
export const LISTS = { texts: ['A', '', '甲', 'Alice', null, '2024', 'red '], integers: [1, 2, 7, null, 12] } as const;
