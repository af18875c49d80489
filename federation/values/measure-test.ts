import { HubError } from '../../schema/errors/hub-error.ts';
import type { Canonical } from '../../schema/model/canonical.ts';
import { addDecimal, compareDecimal, decimalOfNumber } from '../../schema/model/decimal.ts';
import type { WireValue } from '../../schema/model/physical-type.ts';
import type { MeasureTest } from '../plan/plan.ts';
import { compareText } from '../../schema/model/compare-text.ts';
import { upperText } from '../transforms/text.ts';
import { averageOf } from './average.ts';
import { decodeWire } from './decode-wire.ts';

const NUMERIC: ReadonlySet<string> = new Set(['Int', 'Float', 'Decimal', 'BigInt']);

function order(scalar: string, a: Canonical, b: Canonical): number {
  if (NUMERIC.has(scalar)) return compareDecimal(plain(a), plain(b));
  return compareText(String(a as string), String(b as string));
}

/** A float may be written with an exponent. */
const plain = (value: Canonical | Known): string => (typeof value === 'number' ? decimalOfNumber(value) : null) ?? String(value as string);

type Known = NonNullable<WireValue>;

/** One entity's measure from those of its several keys, rows of a key and what was measured; of `countDistinct` from the values themselves. */
export function combineMeasures(test: MeasureTest, rows: readonly (readonly WireValue[])[]): WireValue {
  const known = (column: number): Known[] => rows.map((row) => row[column] ?? null).filter((value): value is Known => value !== null);
  if (test.fn === 'countDistinct') return new Set(known(1)).size;
  const total = combineAll(test, known(1));
  return test.fn === 'avg' ? averageOf(total, combineAll({ ...test, fn: 'count' }, known(2))) : total;
}

const combineAll = (test: MeasureTest, known: readonly Known[]): WireValue => (known.length === 0 ? null : known.reduce((a, b) => combineTwo(test, a, b)));

function combineTwo({ fn, scalar }: MeasureTest, a: Known, b: Known): Known {
  switch (fn) {
    case 'count':
      return Number(a) + Number(b);
    case 'sum':
    case 'avg':
      return addDecimal(plain(a), plain(b));
    case 'min':
      return order(scalar, a, b) <= 0 ? a : b;
    default:
      return order(scalar, a, b) >= 0 ? a : b;
  }
}

/** Does a measure pass the comparisons? Null passes none but `isNull`. */
export function measureTest({ scalar, ops, negated, empty, fails }: MeasureTest): (value: WireValue) => boolean {
  const decode = decodeWire(scalar);
  const tests = Object.entries(ops).map(([op, operand]) => operatorTest(scalar, op, operand));
  return (wire) => {
    const value = decode(wire ?? empty ?? null);
    const results = tests.map((test) => test(value));
    const met = negated ? results.includes(false) : results.every((result) => result === true);
    return met !== (fails === true);
  };
}

/** Whether a canonical value meets one comparison; null where that cannot be said, since the value is null. */
export function operatorTest(scalar: string, op: string, operand: unknown): (value: Canonical) => boolean | null {
  if (op === 'isNull') return (value) => (value === null) === operand;
  const list = (Array.isArray(operand) ? operand : [operand]) as Canonical[];
  const known =
    (test: (value: Canonical) => boolean) =>
    (value: Canonical): boolean | null =>
      value === null ? null : test(value);
  const compare = (value: Canonical, i = 0): number => order(scalar, value, list[i] ?? null);
  switch (op) {
    case 'eq':
      return known((v) => compare(v) === 0);
    case 'ne':
      return known((v) => compare(v) !== 0);
    case 'lt':
      return known((v) => compare(v) < 0);
    case 'lte':
      return known((v) => compare(v) <= 0);
    case 'gt':
      return known((v) => compare(v) > 0);
    case 'gte':
      return known((v) => compare(v) >= 0);
    case 'between':
      return known((v) => compare(v) >= 0 && compare(v, 1) <= 0);
    case 'in':
      return known((v) => list.some((_, i) => compare(v, i) === 0));
    case 'notIn':
      return known((v) => list.every((_, i) => compare(v, i) !== 0));
    case 'contains':
      return known((v) => String(v).includes(String(list[0])));
    case 'startsWith':
      return known((v) => String(v).startsWith(String(list[0])));
    case 'endsWith':
      return known((v) => String(v).endsWith(String(list[0])));
    case 'iContains':
      return known((v) => upperText(String(v)).includes(upperText(String(list[0]))));
    default:
      throw new HubError('BAD_USER_INPUT', `unknown operator ${op}`);
  }
}
