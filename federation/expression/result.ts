import type { Canonical } from '../../schema/model/canonical.ts';
import { compareDecimal, roundDecimal } from '../../schema/model/decimal.ts';
import { kindOf, type ExpressionType } from './types.ts';
import { decimalOf } from './values.ts';

/** Brings what an expression gave to its canonical form: Int and Float as numbers, Decimal and BigInt as plain text. */
export function resultOf(type: ExpressionType, scale: number | undefined): (value: unknown) => Canonical {
  if (type.kind === 'list') {
    const each = resultOf(type.of, scale);
    return (value) => (Array.isArray(value) ? value.map(each) : null);
  }
  if (type.kind !== 'scalar' || kindOf(type) !== 'number') return (value) => (value ?? null) as Canonical;
  const print = PRINT[type.scalar] ?? String;
  return (value) => {
    const decimal = decimalOf(value);
    if (decimal === null) return null;
    return print(scale === undefined ? decimal : roundDecimal(decimal, scale));
  };
}

const PRINT: Readonly<Record<string, (decimal: string) => Canonical>> = {
  Float: Number,
  Int: (decimal) => (isWhole(decimal, '2147483648') ? Number(decimal) : null),
  BigInt: (decimal) => (isWhole(decimal, '9223372036854775808') ? decimal : null),
};

function isWhole(decimal: string, limit: string): boolean {
  return !decimal.includes('.') && compareDecimal(decimal, limit) < 0 && compareDecimal(decimal, `-${limit}`) >= 0;
}
