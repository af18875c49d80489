import { compareText } from '../../schema/model/compare-text.ts';
import { zonedInZone, zonedKey } from '../../schema/model/date.ts';
import { compareDecimal, normalizeDecimal } from '../../schema/model/decimal.ts';
import type { PhysicalType, WireValue } from '../../schema/model/physical-type.ts';

export type Known = NonNullable<WireValue>;

/** Order of two values of a type, neither of them null. Timestamps are compared in their plain form. */
export function comparisonOf(type: PhysicalType): (a: Known, b: Known) => number {
  switch (type.kind) {
    case 'float':
      return (a, b) => Number(a) - Number(b);
    case 'integer':
      return type.bits === 64 ? (a, b) => compareDecimal(String(a), String(b)) : (a, b) => Number(a) - Number(b);
    case 'decimal':
      return (a, b) => compareDecimal(String(a), String(b));
    case 'boolean':
      return (a, b) => Number(a) - Number(b);
    default:
      return (a, b) => compareText(String(a), String(b));
  }
}

/** A value in a form whose text is equal for equal values: amounts without superfluous zeros, instants in UTC (which also sort as text). */
export function plainForm(type: PhysicalType): (value: WireValue) => WireValue {
  if (type.kind === 'timestamp') return (value) => (value === null ? null : zonedKey(String(value)));
  if (type.kind === 'decimal' || (type.kind === 'integer' && type.bits === 64)) return (value) => (value === null ? null : normalizeDecimal(String(value)));
  return (value) => value;
}

/** Back from the plain form. */
export function wireForm(type: PhysicalType, timeZone: string): (value: WireValue) => WireValue {
  if (type.kind !== 'timestamp') return (value) => value;
  return (value) => (value === null ? null : zonedInZone(`${String(value)}+00:00`, timeZone));
}
