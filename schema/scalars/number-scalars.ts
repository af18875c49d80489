import { isDecimal, normalizeDecimal } from '../model/decimal.ts';
import { createTextScalar } from './text-scalar.ts';

/** What the narrowest exact type of a source holds. */
const MAX_DIGITS = 65;
const MAX_PLACES = 30;
const MIN_BIG_INT = -(2n ** 63n);
const MAX_BIG_INT = 2n ** 64n - 1n;

/** Exact decimals; what goes out keeps its fraction digits, as money is written with two. */
export function createDecimalScalar(): ReturnType<typeof createTextScalar> {
  return createTextScalar({
    name: 'Decimal',
    description: '精确小数 An exact decimal, as text in plain notation: "1234.50". Never a float.',
    expected: `a decimal in plain notation of at most ${MAX_DIGITS} digits, ${MAX_PLACES} of them places, such as "1234.50" (numbers of more than 15 digits only as text)`,
    numbers: true,
    read: (text) => {
      const normal = text.length <= 2 * MAX_DIGITS ? normalizeDecimal(text) : null;
      if (normal === null || normal.replaceAll(/[-.]/g, '').length > MAX_DIGITS) return null;
      return (normal.split('.')[1] ?? '').length > MAX_PLACES ? null : normal;
    },
    write: (text) => (isDecimal(text) ? text : null),
  });
}

/** Whole numbers of 64 bits, signed or not. */
export function createBigIntScalar(): ReturnType<typeof createTextScalar> {
  return createTextScalar({
    name: 'BigInt',
    description: '大整数 A whole number of up to 64 bits, as text: "9007199254740993".',
    expected: 'a whole number of up to 64 bits, such as "9007199254740993" (beyond 2^53 only as text)',
    numbers: true,
    read: (text) => {
      if (!/^-?[0-9]{1,20}$/.test(text)) return null;
      const value = BigInt(text);
      return value >= MIN_BIG_INT && value <= MAX_BIG_INT ? value.toString() : null;
    },
    write: (text) => (/^-?[0-9]+$/.test(text) ? text : null),
  });
}
