import { decimalOfNumber, normalizeDecimal } from '../../schema/model/decimal.ts';
import { fitsInteger } from './integer-bounds.ts';
import { numberOf } from './number.ts';
import { loosely, NEVER } from './predicates.ts';
import { DECIMAL, exprFrom, MappingFault, TEXT, type Value } from './value.ts';

/** A number as an exact decimal. */
export function toDecimal(input: Value): Value {
  const source = numberOf(input);
  if (source.type.kind === 'decimal') return source;
  const decimal: Value = {
    type: DECIMAL,
    rawText: source.rawText,
    decode: (raw, issues) => {
      const value = source.decode(raw, issues);
      if (value === null) return null;
      const digits = typeof value === 'number' ? decimalOfNumber(value) : (value as string);
      if (digits === null) issues('BAD_NUMBER', source.rawText(raw));
      return digits;
    },
  };
  if (source.type.kind === 'float') return { ...decimal, reason: 'databases turn approximate numbers into exact ones differently' };
  return {
    ...decimal,
    ...exprFrom(source, (value) => ({ kind: 'scale', value, factor: '1' })),
    ...(source.sargable === undefined ? {} : { sargable: source.sargable }),
  };
}

/** A whole number that fits; fractions and greater ones are null and BAD_NUMBER. */
export function toInteger(input: Value, bits: 32 | 64): Value {
  const source = numberOf(input);
  const from = source.type;
  if (from.kind === 'integer' && (from.bits === 64) === (bits === 64)) return source;
  if (from.kind === 'float') throw new MappingFault('the column holds approximate numbers, the field whole ones', 'make the field a Float');
  const { sargable } = source;
  return {
    type: { kind: 'integer', bits },
    rawText: source.rawText,
    decode: (raw, issues) => {
      const value = source.decode(raw, issues);
      if (value === null) return null;
      const digits = normalizeDecimal(String(value));
      if (digits !== null && !digits.includes('.') && fitsInteger(digits, bits)) return bits === 64 ? digits : Number(digits);
      issues('BAD_NUMBER', source.rawText(raw));
      return null;
    },
    // By way of text, whose reading as a whole number every engine does alike.
    ...exprFrom(source, (value) => ({ kind: 'cast', value: { kind: 'cast', value, type: TEXT }, type: { kind: 'integer', bits } })),
    ...(sargable === undefined
      ? {}
      : { sargable: (op, constant) => (op !== 'eq' ? loosely(sargable(op, constant)) : fitsInteger(String(constant), bits) ? sargable(op, constant) : NEVER) }),
  };
}

/** The widest range of a double that is a number; engines that know NaN and infinities sort them outside of it. */
const GREATEST = Number.MAX_VALUE;

/** A number for a Float field: approximate columns as they are, all others exactly, so that comparing is the same on every engine. */
export function toFloat(input: Value): Value {
  if (input.type.kind !== 'float') return toDecimal(input);
  const { type } = input;
  const limit = (value: number) => ({ kind: 'literal', value, type }) as const;
  const { sargable } = input;
  return {
    type,
    rawText: input.rawText,
    decode: (raw, issues) => {
      const value = input.decode(raw, issues);
      if (value === null || Number.isFinite(value)) return value;
      issues('BAD_NUMBER', input.rawText(raw));
      return null;
    },
    ...exprFrom(input, (value) => ({
      kind: 'case',
      branches: [
        {
          if: {
            kind: 'and',
            predicates: [
              { kind: 'compare', op: 'gte', left: value, right: limit(-GREATEST) },
              { kind: 'compare', op: 'lte', left: value, right: limit(GREATEST) },
            ],
          },
          then: value,
        },
      ],
    })),
    ...(sargable === undefined ? {} : { sargable: (op, constant) => (op === 'eq' ? sargable(op, constant) : loosely(sargable(op, constant))) }),
  };
}
