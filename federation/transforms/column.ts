import type { CompareOp, Expr } from '../../connectors/spi/ir.ts';
import { isMoment, type PhysicalType, type WireValue } from '../../schema/model/physical-type.ts';
import type { SargablePredicate } from '../supergraph/binding.ts';
import { integerBound } from './integer-bounds.ts';
import { nativeMoment } from './native-moment.ts';
import { compare, exactly, isPresent, NEVER } from './predicates.ts';
import { DECIMAL, INT32, INT64, literal, type Sargable, TEXT, type Value } from './value.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Columns of one field, each read once, in the order in which they were first asked for. */
export interface Reads {
  readonly exprs: readonly Expr[];
  indexOf(expr: Expr): number;
}

export function createReads(): Reads {
  const exprs: Expr[] = [];
  const places = new Map<string, number>();
  return {
    exprs,
    indexOf(expr) {
      const text = JSON.stringify(expr);
      let place = places.get(text);
      if (place === undefined) places.set(text, (place = exprs.push(expr) - 1));
      return place;
    },
  };
}

/** What a number ends with that is one has at most this code; `NaN` and infinities end with a letter. */
const NINE = 57;

/** What the source holds, as it is; a date that is none is null. `width`: characters that it holds at most. */
export function rawValue(expr: Expr, type: PhysicalType, reads: Reads, width?: number): Value {
  const index = reads.indexOf(expr);
  const rawText = (raw: readonly WireValue[]): string => String(raw[index] ?? '');
  if (isMoment(type)) {
    const { isReal, ...computed } = nativeMoment(expr, type);
    return {
      type,
      decode: (raw, issues) => {
        const value = raw[index] ?? null;
        if (value === null || isReal(value as string)) return value;
        issues('BAD_DATE', rawText(raw));
        return null;
      },
      rawText,
      verbatim: true,
      ...computed,
    };
  }
  const sargable = sargableOf(expr, type);
  /** PostgreSQL keeps `NaN` and infinities among its exact numbers too. */
  const finite: Value['decode'] = (raw, issues) => {
    const value = raw[index] ?? null;
    if (typeof value !== 'string' || !(value.charCodeAt(value.length - 1) > NINE)) return value;
    issues('BAD_NUMBER', rawText(raw));
    return null;
  };
  return {
    type,
    decode: type.kind === 'decimal' ? finite : (raw) => raw[index] ?? null,
    rawText,
    verbatim: true,
    expr,
    ...(sargable === undefined ? {} : { sargable }),
    ...(width === undefined ? {} : { width }),
  };
}

function sargableOf(expr: Expr, type: PhysicalType): Sargable | undefined {
  switch (type.kind) {
    case 'text':
      return (op, constant) => exactly(compare(op, expr, literal(String(constant), TEXT)));
    case 'integer':
      return (op, constant) => integerPredicate(expr, type.bits, op, String(constant));
    case 'decimal':
      return (op, constant) => exactly(compare(op, expr, literal(String(constant), DECIMAL)));
    case 'float':
      return (op, constant) => exactly(compare(op, expr, literal(Number(constant), type)));
    case 'boolean':
      return (op, constant) => exactly(compare(op, expr, literal(constant, type)));
    case 'uuid':
      return (op, constant) => (op !== 'eq' ? undefined : UUID.test(String(constant)) ? exactly(compare(op, expr, literal(constant, type))) : NEVER);
    default:
      return undefined;
  }
}

function integerPredicate(expr: Expr, bits: 16 | 32 | 64, op: CompareOp, constant: string): SargablePredicate {
  const bound = integerBound(op, constant, bits);
  if (bound === 'none') return NEVER;
  if (bound === 'all') return exactly(isPresent(expr));
  return exactly(compare(bound.op, expr, integerLiteral(bound.digits, bits)));
}

export function integerLiteral(digits: string, bits: 16 | 32 | 64): Expr {
  return bits === 64 ? literal(digits, INT64) : literal(Number(digits), INT32);
}

/** A value that no row changes. */
export function constantValue(constant: WireValue, type: PhysicalType): Value {
  return { type, decode: () => constant, rawText: () => String(constant ?? ''), expr: literal(constant, type) };
}
