/**
 * Exact decimal arithmetic on plain text such as `-12.50`. Every function takes texts of the form `-?\d+(\.\d+)?` and gives normalised text:
 * no exponent, no superfluous zeros, never `-0`.
 */

const PLAIN = /^-?[0-9]+(\.[0-9]+)?$/;
/** Up to this many characters the digits fit a double without loss. */
const SHORT = 15;

/** True for text in plain notation. */
export function isDecimal(text: string): boolean {
  return PLAIN.test(text);
}

/** Plain notation without superfluous zeros, with at least `minScale` fraction digits (default 0); null when the text is no plain decimal. */
export function normalizeDecimal(text: string, minScale = 0): string | null {
  if (isNormal(text, minScale)) return text;
  if (!PLAIN.test(text)) return null;
  const negative = text.charCodeAt(0) === 45;
  const point = text.indexOf('.');
  const end = point < 0 ? text.length : point;
  let start = negative ? 1 : 0;
  while (start < end - 1 && text.charCodeAt(start) === 48) start += 1;
  let last = text.length;
  if (point >= 0) {
    while (text.charCodeAt(last - 1) === 48) last -= 1;
    if (last === point + 1) last = point;
  }
  let digits = text.slice(start, last);
  if (negative && digits !== '0') digits = `-${digits}`;
  return minScale === 0 ? digits : padScale(digits, minScale);
}

/** The usual form needs no rewriting: digits that begin with no superfluous zero and, after a point, `minScale` of them, or more that end in none. */
function isNormal(text: string, minScale: number): boolean {
  const { length } = text;
  let at = text.charCodeAt(0) === 45 ? 1 : 0;
  const first = text.charCodeAt(at);
  if (first === 48 && !(at === 0 && (length === 1 || text.charCodeAt(1) === 46))) return false;
  const start = at;
  while (at < length && isDigit(text.charCodeAt(at))) at += 1;
  if (at === start) return false;
  if (at === length) return minScale === 0;
  if (text.charCodeAt(at) !== 46) return false;
  const scale = length - at - 1;
  if (scale === 0 || scale < minScale) return false;
  for (let i = at + 1; i < length; i += 1) if (!isDigit(text.charCodeAt(i))) return false;
  return scale === minScale || text.charCodeAt(length - 1) !== 48;
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

function padScale(normal: string, minScale: number): string {
  const point = normal.indexOf('.');
  const scale = point < 0 ? 0 : normal.length - point - 1;
  if (scale >= minScale) return normal;
  return `${normal}${point < 0 ? '.' : ''}${'0'.repeat(minScale - scale)}`;
}

/** A finite number's shortest decimal text in plain notation; null for NaN and infinities. */
export function decimalOfNumber(value: number): string | null {
  if (!Number.isFinite(value)) return null;
  const text = String(value);
  const exponentAt = text.indexOf('e');
  if (exponentAt < 0) return text === '-0' ? '0' : text;
  const exponent = Number(text.slice(exponentAt + 1));
  const mantissa = parse(text.slice(0, exponentAt));
  const scale = mantissa.scale - exponent;
  return scale >= 0 ? print(mantissa.units, scale) : print(mantissa.units * 10n ** BigInt(-scale), 0);
}

/** Negative, zero or positive as `a` is less than, equal to or greater than `b`. */
export function compareDecimal(a: string, b: string): number {
  if (a === b) return 0;
  if (a.length <= SHORT && b.length <= SHORT) return Number(a) - Number(b);
  const x = parse(a);
  const y = parse(b);
  const scale = Math.max(x.scale, y.scale);
  const left = rescale(x, scale);
  const right = rescale(y, scale);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Exact sum. */
export function addDecimal(a: string, b: string): string {
  return combine(a, b, 1);
}

/** Exact difference. */
export function subtractDecimal(a: string, b: string): string {
  return combine(a, b, -1);
}

function combine(a: string, b: string, sign: 1 | -1): string {
  if (a.length <= SHORT && b.length <= SHORT && !a.includes('.') && !b.includes('.')) return String(Number(a) + sign * Number(b) + 0);
  const x = parse(a);
  const y = parse(b);
  const scale = Math.max(x.scale, y.scale);
  return print(rescale(x, scale) + BigInt(sign) * rescale(y, scale), scale);
}

/** Exact product. */
export function multiplyDecimal(a: string, b: string): string {
  if (b === '1') return normalizeDecimal(a) ?? malformed(a);
  if (a.length + b.length <= SHORT && !a.includes('.') && !b.includes('.')) return String(Number(a) * Number(b) + 0);
  const x = parse(a);
  const y = parse(b);
  return print(x.units * y.units, x.scale + y.scale);
}

/** Quotient to `scale` fraction digits, halves away from zero; null when `b` is zero. */
export function divideDecimal(a: string, b: string, scale: number): string | null {
  const x = parse(a);
  const y = parse(b);
  if (y.units === 0n) return null;
  const shift = scale + y.scale - x.scale;
  const dividend = shift >= 0 ? x.units * 10n ** BigInt(shift) : x.units;
  const divisor = shift >= 0 ? y.units : y.units * 10n ** BigInt(-shift);
  return print(divideHalfUp(dividend, divisor), scale);
}

/** Rounded to at most `scale` fraction digits, halves away from zero. */
export function roundDecimal(text: string, scale: number): string {
  const x = parse(text);
  if (x.scale <= scale) return print(x.units, x.scale);
  return print(divideHalfUp(x.units, 10n ** BigInt(x.scale - scale)), scale);
}

function divideHalfUp(dividend: bigint, divisor: bigint): bigint {
  const negative = dividend < 0n !== divisor < 0n;
  const n = dividend < 0n ? -dividend : dividend;
  const d = divisor < 0n ? -divisor : divisor;
  const quotient = (2n * n + d) / (2n * d);
  return negative ? -quotient : quotient;
}

interface Parts {
  readonly units: bigint;
  readonly scale: number;
}

function parse(text: string): Parts {
  if (!PLAIN.test(text)) return malformed(text);
  const point = text.indexOf('.');
  if (point < 0) return { units: BigInt(text), scale: 0 };
  return { units: BigInt(text.slice(0, point) + text.slice(point + 1)), scale: text.length - point - 1 };
}

function malformed(text: string): never {
  throw new RangeError(`expected a plain decimal, got ${JSON.stringify(text)}`);
}

function rescale(parts: Parts, scale: number): bigint {
  return scale === parts.scale ? parts.units : parts.units * 10n ** BigInt(scale - parts.scale);
}

function print(units: bigint, scale: number): string {
  if (scale === 0) return units.toString();
  const negative = units < 0n;
  const digits = (negative ? -units : units).toString().padStart(scale + 1, '0');
  const plain = `${negative ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return normalizeDecimal(plain) ?? malformed(plain);
}
