import { decimalOfNumber, divideDecimal, multiplyDecimal, normalizeDecimal } from '../../schema/model/decimal.ts';
import type { CompareOp } from '../../connectors/spi/ir.ts';
import { numberOf } from './number.ts';
import { loosely, NEVER } from './predicates.ts';
import { DECIMAL, exprFrom, MappingFault, type Sargable, type Value } from './value.ts';

const MIRROR: Record<CompareOp, CompareOp> = { eq: 'eq', ne: 'ne', lt: 'gt', lte: 'gte', gt: 'lt', gte: 'lte' };
/** Digits to which a quotient without end is cut; the predicate is then only a bound. */
const CUT = 40;

/** Stored × factor, exactly. */
export function scale(input: Value, factor: string): Value {
  const normal = normalizeDecimal(factor);
  if (normal === null || normal === '0') throw new MappingFault(`"${factor}" is no factor`, 'write a plain decimal such as "10000" or "0.01"');
  const source = numberOf(input);
  const multiply = createScaler(normal);
  const decimal: Value = {
    type: DECIMAL,
    rawText: source.rawText,
    decode: (raw, issues) => {
      const value = source.decode(raw, issues);
      if (value === null) return null;
      const digits = typeof value === 'number' ? decimalOfNumber(value) : (value as string);
      if (digits !== null) return multiply(digits);
      issues('BAD_NUMBER', source.rawText(raw));
      return null;
    },
  };
  if (source.type.kind === 'float') return { ...decimal, reason: 'databases turn approximate numbers into exact ones differently' };
  const { sargable } = source;
  return {
    ...decimal,
    ...exprFrom(source, (value) => ({ kind: 'scale', value, factor: normal })),
    ...(sargable === undefined ? {} : { sargable: unscaled(sargable, normal) }),
  };
}

/** The constant divided by the factor, on the stored number. */
function unscaled(sargable: Sargable, factor: string): Sargable {
  return (asked, constant) => {
    const text = normalizeDecimal(String(constant));
    if (text === null) return undefined;
    const op = factor.startsWith('-') ? MIRROR[asked] : asked;
    const quotient = divideDecimal(text, factor, CUT);
    if (quotient === null) return undefined;
    if (multiplyDecimal(quotient, factor) === text) return sargable(op, quotient);
    if (op === 'eq') return NEVER;
    // Rounding moved the bound by at most half a unit of the last digit: widen it by a whole one.
    const unit = `0.${'0'.repeat(CUT - 1)}1`;
    const isUpper = op === 'lt' || op === 'lte';
    return loosely(sargable(op, widen(quotient, unit, isUpper)));
  };
}

function widen(quotient: string, unit: string, up: boolean): string {
  const scaled = BigInt(multiplyDecimal(quotient, `1${'0'.repeat(CUT)}`)) + (up ? 1n : -1n);
  return multiplyDecimal(scaled.toString(), unit);
}

const POWER = /^(?:1(0*)|0\.(0*)1)$/;

/** Multiplies plain decimals by a constant; powers of ten only move the point. */
export function createScaler(factor: string): (digits: string) => string {
  const normal = normalizeDecimal(factor) ?? '1';
  const power = POWER.exec(normal);
  if (power === null) return (digits) => multiplyDecimal(digits, normal);
  const shift = power[1] === undefined ? -(power[2]?.length ?? 0) - 1 : power[1].length;
  if (shift === 0) return (digits) => normalizeDecimal(digits) ?? digits;
  return (digits) => shiftPoint(digits, shift);
}

function shiftPoint(digits: string, shift: number): string {
  if (shift < 0 && digits.length > 1 - shift && !digits.includes('.')) return shiftWhole(digits, digits.length + shift);
  const negative = digits.charCodeAt(0) === 45;
  const start = negative ? 1 : 0;
  const found = digits.indexOf('.');
  const point = (found < 0 ? digits.length : found) - start + shift;
  let all = found < 0 ? digits.slice(start) : digits.slice(start, found) + digits.slice(found + 1);
  if (point <= 0) all = '0'.repeat(1 - point) + all;
  else if (point > all.length) all += '0'.repeat(point - all.length);
  const at = point <= 0 ? 1 : point;
  const plain = at >= all.length ? all : `${all.slice(0, at)}.${all.slice(at)}`;
  return normalizeDecimal(negative ? `-${plain}` : plain) ?? digits;
}

/** A whole number with its point before `at`; the common case of small units. */
function shiftWhole(digits: string, at: number): string {
  let end = digits.length;
  while (end > at && digits.charCodeAt(end - 1) === 48) end -= 1;
  return end === at ? digits.slice(0, at) : `${digits.slice(0, at)}.${digits.slice(at, end)}`;
}
