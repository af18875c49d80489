import { compareZoned, naiveKey } from '../../schema/model/date.ts';
import { compareDecimal, decimalOfNumber, normalizeDecimal } from '../../schema/model/decimal.ts';
import { compareText } from '../../schema/model/compare-text.ts';
import type { Kind } from './types.ts';

/** A number in canonical or wire form as plain decimal text; null for anything else. */
export function decimalOf(value: unknown): string | null {
  return typeof value === 'number' ? decimalOfNumber(value) : typeof value === 'string' ? normalizeDecimal(value) : null;
}

/** Orders two present values of one kind: exact decimals, floats as floats, instants whatever their offsets, text by code point. */
export function comparatorOf(kind: Kind, floats: boolean): (a: unknown, b: unknown) => number {
  switch (kind) {
    case 'number':
      return floats ? (a, b) => Number(a) - Number(b) : (a, b) => compareDecimal(decimalOf(a) ?? '0', decimalOf(b) ?? '0');
    case 'moment':
      return (a, b) => compareZoned(a as string, b as string);
    case 'naive':
      return (a, b) => compareText(naiveKey(a as string), naiveKey(b as string));
    case 'boolean':
      return (a, b) => Number(a) - Number(b);
    default:
      return (a, b) => compareText(a as string, b as string);
  }
}
