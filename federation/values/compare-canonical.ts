import type { Canonical } from '../../schema/model/canonical.ts';
import { compareDecimal } from '../../schema/model/decimal.ts';

const NUMERIC: ReadonlySet<string> = new Set(['Decimal', 'BigInt', 'Int', 'Float']);

/** The hub's order of a scalar's values, neither of them null: numbers by value, false before true, text by code point (which is also the order of dates and instants). */
export function compareCanonical(scalar: string): (a: Canonical, b: Canonical) => number {
  if (scalar === 'Int' || scalar === 'Float') return (a, b) => Number(a) - Number(b);
  if (NUMERIC.has(scalar)) return (a, b) => compareDecimal(String(a as string), String(b as string));
  return (a, b) => compareText(String(a as string), String(b as string));
}

/** JavaScript compares UTF-16 units, which puts characters beyond U+FFFF before some of those below. */
function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x === y) continue;
    const surrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;
    return surrogate(x) === surrogate(y) ? x - y : surrogate(x) ? 1 : -1;
  }
  return a.length - b.length;
}
