import { compareText } from '../../schema/model/compare-text.ts';
import type { Canonical } from '../../schema/model/canonical.ts';
import { compareDecimal } from '../../schema/model/decimal.ts';

const NUMERIC: ReadonlySet<string> = new Set(['Decimal', 'BigInt', 'Int', 'Float']);

/** The hub's order of a scalar's values, neither of them null: numbers by value, false before true, text by code point (which is also the order of dates and instants). */
export function compareCanonical(scalar: string): (a: Canonical, b: Canonical) => number {
  if (scalar === 'Int' || scalar === 'Float') return (a, b) => Number(a) - Number(b);
  if (NUMERIC.has(scalar)) return (a, b) => compareDecimal(String(a as string), String(b as string));
  return (a, b) => compareText(String(a as string), String(b as string));
}
