import { parseDateByFormat } from '../../schema/model/date.ts';
import { decimalOfNumber, normalizeDecimal } from '../../schema/model/decimal.ts';
import type { WireValue } from '../../schema/model/physical-type.ts';
import { NEVER } from './predicates.ts';
import { exprFrom, type Sargable, TEXT, textLiteral, type Value } from './value.ts';

/** The value as text: decimals without superfluous zeros, moments without those of a fraction, everything else in its wire form. Text is itself. */
export function asText(input: Value): Value {
  const { type } = input;
  if (type.kind === 'text') return input;
  const sargable = sargableOf(input);
  const print = printerOf(type.kind);
  const base: Value = {
    type: TEXT,
    rawText: input.rawText,
    decode: (raw, issues) => {
      const value = input.decode(raw, issues);
      return value === null ? null : print(value);
    },
    ...(type.kind === 'other' ? {} : { neverEmpty: true as const }),
  };
  if (type.kind === 'float') return { ...base, reason: 'databases print approximate numbers differently' };
  if (type.kind === 'json') return { ...base, reason: 'databases print JSON differently' };
  if (type.kind === 'timestamp' || type.kind === 'time') return { ...base, reason: 'databases print fractions of seconds differently' };
  const expr = type.kind === 'boolean' ? exprFrom(input, booleanText) : exprFrom(input, (value) => ({ kind: 'cast', value, type: TEXT }));
  return { ...base, ...expr, ...(sargable === undefined ? {} : { sargable }) };
}

function booleanText(value: Parameters<Parameters<typeof exprFrom>[1]>[0]): ReturnType<Parameters<typeof exprFrom>[1]> {
  const branch = (truth: boolean) => ({
    if: { kind: 'compare' as const, op: 'eq' as const, left: value, right: { kind: 'literal' as const, value: truth, type: { kind: 'boolean' as const } } },
    then: textLiteral(String(truth)),
  });
  return { kind: 'case', branches: [branch(true), branch(false)] };
}

function printerOf(kind: Value['type']['kind']): (value: NonNullable<WireValue>) => string | null {
  if (kind === 'decimal') return (value) => normalizeDecimal(String(value));
  if (kind === 'timestamp' || kind === 'time') return (value) => withoutZeroFraction(String(value));
  if (kind === 'float') return (value) => decimalOfNumber(Number(value));
  return String;
}

function withoutZeroFraction(text: string): string {
  return text.includes('.') ? text.replace(/(\.\d*?)0+(?=[+-]|$)/, '$1').replace(/\.(?=[+-]|$)/, '') : text;
}

/** Only equality survives: numbers and their digits have different orders. */
function sargableOf(input: Value): Sargable | undefined {
  const { sargable, type } = input;
  if (sargable === undefined) return undefined;
  const invert = inverseOf(type.kind);
  if (invert === undefined) return undefined;
  return (op, constant) => {
    if (op !== 'eq') return undefined;
    const value = invert(String(constant));
    return value === null ? NEVER : sargable('eq', value);
  };
}

function inverseOf(kind: Value['type']['kind']): ((text: string) => WireValue) | undefined {
  switch (kind) {
    case 'integer':
      return (text) => (/^(0|-?[1-9][0-9]*)$/.test(text) ? text : null);
    case 'decimal':
      return (text) => (normalizeDecimal(text) === text ? text : null);
    case 'boolean':
      return (text) => (text === 'true' ? true : text === 'false' ? false : null);
    case 'date':
      return (text) => (parseDateByFormat(text, 'yyyy-MM-dd') === text ? text : null);
    case 'uuid':
      return (text) => text;
    default:
      return undefined;
  }
}
