import type { Expr } from '../../connectors/spi/ir.ts';
import type { DataIssue } from '../../schema/model/canonical.ts';
import { normalizeDecimal } from '../../schema/model/decimal.ts';
import type { PhysicalType, WireValue } from '../../schema/model/physical-type.ts';
import { asText } from './as-text.ts';
import { fitsInteger } from './integer-bounds.ts';
import { integerLiteral } from './column.ts';
import { anyOf, compare, isPresent } from './predicates.ts';
import { trimText } from './text.ts';
import { trim } from './trim.ts';
import { exprFrom, literal, MappingFault, type Sargable, textLiteral, typeName, type Value } from './value.ts';

/** A finite list of stored values and what each means. */
export interface ValueList {
  readonly entries: ReadonlyMap<string, NonNullable<WireValue>>;
  /** For everything else that is not missing. */
  readonly otherwise?: NonNullable<WireValue>;
  readonly type: PhysicalType;
  /** Does the meaning `op` the constant? */
  readonly holds: (op: Parameters<Sargable>[0], meaning: NonNullable<WireValue>, constant: NonNullable<WireValue>) => boolean;
  readonly code: DataIssue['code'];
}

/** The meaning of a stored value: text compares without blanks around it, numbers by their digits. What is not listed is null and reported. */
export function lookupValue(input: Value, list: ValueList): Value {
  const { source, keys } = keysOf(input, list);
  const meanings = new Map([...keys].map(([key, { meaning }]) => [key, meaning]));
  const { otherwise, type, code } = list;
  const isNumeric = source.type.kind === 'decimal';
  const next: Value = {
    type,
    neverEmpty: true,
    rawText: input.rawText,
    decode: (raw, issues) => {
      const value = source.decode(raw, issues);
      if (value === null || value === '') return null;
      const meaning = meanings.get(isNumeric ? (normalizeDecimal(String(value)) ?? '') : value);
      if (meaning !== undefined) return meaning;
      if (otherwise !== undefined) return otherwise;
      issues(code, input.rawText(raw));
      return null;
    },
    ...exprFrom(source, (value) => meaningExpr(value, source, [...keys.values()], list)),
  };
  const { sargable } = source;
  if (sargable === undefined) return next;
  return {
    ...next,
    sargable: (op, constant) => {
      if (otherwise !== undefined && list.holds(op, otherwise, constant)) return undefined;
      return anyOf([...keys].filter(([, { meaning }]) => list.holds(op, meaning, constant)).map(([key]) => sargable('eq', key ?? '')));
    },
  };
}

interface Key {
  readonly literal: Expr;
  readonly meaning: NonNullable<WireValue>;
}

/** The listed values in the wire form of the column. */
function keysOf(input: Value, { entries }: ValueList): { source: Value; keys: Map<WireValue, Key> } {
  const keys = new Map<WireValue, Key>();
  const { type } = input;
  if (type.kind === 'float') throw new MappingFault('the column holds approximate numbers, which match no list', 'map it without a list');
  if (type.kind !== 'integer' && type.kind !== 'decimal' && type.kind !== 'boolean') {
    for (const [text, meaning] of entries) {
      const key = trimText(text);
      if (key === '') throw new MappingFault('empty text is always missing and cannot be listed', 'leave it out');
      keys.set(key, { literal: textLiteral(key), meaning });
    }
    return { source: type.kind === 'text' || type.kind === 'other' ? trim(asText(input)) : asText(input), keys };
  }
  for (const [text, meaning] of entries) {
    const key = keyOf(text.trim(), type);
    if (key === undefined) throw new MappingFault(`the column holds ${typeName(type)}; "${text}" never occurs`, remedyFor(type));
    keys.set(key.kind === 'literal' ? key.value : null, { literal: key, meaning });
  }
  return { source: input, keys };
}

const remedyFor = ({ kind }: PhysicalType): string =>
  kind === 'boolean' ? 'list true and false, or let hub.yaml say that such columns of the source hold numbers' : 'list values as the column holds them';

function keyOf(text: string, type: PhysicalType): Expr | undefined {
  if (type.kind === 'boolean') {
    const truth = ({ true: true, '1': true, false: false, '0': false } as const)[text.toLowerCase()];
    return truth === undefined ? undefined : literal(truth, type);
  }
  const digits = normalizeDecimal(text);
  if (digits === null) return undefined;
  if (type.kind !== 'integer') return literal(digits, type);
  return digits.includes('.') || !fitsInteger(digits, type.bits) ? undefined : integerLiteral(digits, type.bits);
}

/** One branch per meaning, in the order in which meanings first appear. */
function meaningExpr(value: Expr, source: Value, keys: readonly Key[], { otherwise, type }: ValueList): Expr {
  const byMeaning = new Map<WireValue, Expr[]>();
  for (const { literal: key, meaning } of keys) byMeaning.set(meaning, [...(byMeaning.get(meaning) ?? []), key]);
  const branches = [...byMeaning].map(([meaning, values]) => {
    const [first] = values;
    const condition = values.length === 1 && first !== undefined ? compare('eq', value, first) : ({ kind: 'in', value, values, negated: false } as const);
    return { if: condition, then: literal(meaning, type) };
  });
  if (otherwise === undefined) return { kind: 'case', branches };
  const present = source.type.kind === 'text' ? compare('ne', value, textLiteral('')) : isPresent(value);
  return { kind: 'case', branches: [...branches, { if: present, then: literal(otherwise, type) }] };
}
