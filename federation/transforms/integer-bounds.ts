import type { CompareOp } from '../../connectors/spi/ir.ts';
import { compareDecimal } from '../../schema/model/decimal.ts';

export const INTEGER_LIMITS = { 16: '32768', 32: '2147483648', 64: '9223372036854775808' } as const;

export function fitsInteger(digits: string, bits: 16 | 32 | 64): boolean {
  const limit = INTEGER_LIMITS[bits];
  return compareDecimal(digits, limit) < 0 && compareDecimal(digits, `-${limit}`) >= 0;
}

/** `column op constant` on a column of whole numbers, as a comparison with a whole number that fits it; `none` and `all` where the constant decides it alone. */
export function integerBound(op: CompareOp, constant: string, bits: 16 | 32 | 64): { readonly op: CompareOp; readonly digits: string } | 'none' | 'all' {
  const whole = floorOf(constant);
  const isWhole = compareDecimal(whole, constant) === 0;
  if (op === 'eq' || op === 'ne') {
    if (!isWhole || !fitsInteger(whole, bits)) return op === 'eq' ? 'none' : 'all';
    return { op, digits: whole };
  }
  if (!fitsInteger(whole, bits)) {
    const above = compareDecimal(constant, '0') > 0;
    return (op === 'lt' || op === 'lte') === above ? 'all' : 'none';
  }
  if (isWhole) return { op, digits: whole };
  // Between `whole` and the next number: below the constant is up to `whole`, above it is beyond `whole`.
  return { op: op === 'lt' || op === 'lte' ? 'lte' : 'gt', digits: whole };
}

/** Greatest whole number not above a plain decimal. */
export function floorOf(text: string): string {
  const point = text.indexOf('.');
  if (point < 0) return BigInt(text).toString();
  const truncated = BigInt(text.slice(0, point));
  const hasFraction = /[1-9]/.test(text.slice(point + 1));
  return (hasFraction && text.startsWith('-') ? truncated - 1n : truncated).toString();
}
