import type { CompareOp, Expr } from '../../connectors/spi/ir.ts';
import type { DataIssue } from '../../schema/model/canonical.ts';
import type { PhysicalType, WireValue } from '../../schema/model/physical-type.ts';
import type { IssueSink, SargablePredicate } from '../supergraph/binding.ts';

/**
 * A value of a row on its way from columns to a unified field. A transform takes one and gives the next; what it says about decoding (in the hub)
 * and about `expr` (in the source) is the same for every row.
 */
export interface Value {
  readonly type: PhysicalType;
  /** Raw values in the order of the field's `reads` → the wire form of `type`. */
  readonly decode: DecodeWire;
  /** What the source wrote, for issues. */
  readonly rawText: (raw: readonly WireValue[]) => string;
  /** The same value computed by the source; absent with a `reason` when engines would not agree on it. */
  readonly expr?: Expr;
  readonly reason?: string;
  readonly sargable?: Sargable;
  /** Text that is never empty: it need not be tested for it. */
  readonly neverEmpty?: true;
  /** No text is longer than so many characters. */
  readonly width?: number;
  /** What is read of one column, unchanged; of text, the empty one may be missing. */
  readonly verbatim?: true;
  /** Already in the natural form of the target, e.g. by a code list made for it. */
  readonly finished?: true;
}

export type DecodeWire = (raw: readonly WireValue[], issues: IssueSink) => WireValue;

/** A predicate on raw columns that is true whenever `value op constant` is; `constant` has the wire form of the value's type, any decimal text for numbers. */
export type Sargable = (op: CompareOp, constant: NonNullable<WireValue>) => SargablePredicate | undefined;

export const TEXT: PhysicalType = { kind: 'text' };
export const DECIMAL: PhysicalType = { kind: 'decimal' };
export const BOOLEAN: PhysicalType = { kind: 'boolean' };
export const DATE: PhysicalType = { kind: 'date' };
export const ZONED: PhysicalType = { kind: 'timestamp', zoned: true };
export const INT32: PhysicalType = { kind: 'integer', bits: 32 };
export const INT64: PhysicalType = { kind: 'integer', bits: 64 };

/** A mapping that can never work; becomes a problem at the place of the value that is being bound. */
export class MappingFault extends Error {
  readonly remedy: string;
  /** Where in the part that is being bound, as keys of its YAML. */
  path: readonly (string | number)[] = [];

  constructor(message: string, remedy: string) {
    super(message);
    this.name = 'MappingFault';
    this.remedy = remedy;
  }
}

/** Says of a fault in `bind` that it stands under a key. */
export function within<T>(key: string | number, bind: () => T): T {
  try {
    return bind();
  } catch (error) {
    if (error instanceof MappingFault) error.path = [key, ...error.path];
    throw error;
  }
}

/** What a transform may know of its surroundings. */
export interface TransformContext {
  readonly timeZone: string;
}

/** `expr` of the next value, or the reason why there is none. */
export function exprFrom(input: Value, make: (expr: Expr) => Expr): Pick<Value, 'expr' | 'reason'> {
  if (input.expr !== undefined) return { expr: make(input.expr) };
  return input.reason === undefined ? {} : { reason: input.reason };
}

/** A transform of text by a pure function; no constant can be inverted through it. */
export function mapText(input: Value, change: (text: string) => string | null, make: (expr: Expr) => Expr): Value {
  return {
    type: TEXT,
    rawText: input.rawText,
    decode: (raw, issues) => {
      const value = input.decode(raw, issues);
      return value === null ? null : change(value as string);
    },
    ...exprFrom(input, make),
  };
}

/** A transform that can fail: `read` gives null for text that it cannot read, which is reported as `code`; empty text is missing. */
export function readText(
  input: Value,
  type: PhysicalType,
  code: DataIssue['code'],
  read: (text: string) => WireValue | undefined,
  make: (expr: Expr) => Expr,
): Value {
  return {
    type,
    rawText: input.rawText,
    decode: (raw, issues) => {
      const value = input.decode(raw, issues);
      if (value === null || value === '') return null;
      const result = read(value as string);
      if (result !== undefined) return result;
      issues(code, input.rawText(raw));
      return null;
    },
    ...exprFrom(input, make),
  };
}

export function literal(value: WireValue, type: PhysicalType): Expr {
  return { kind: 'literal', value, type };
}

export const textLiteral = (text: string): Expr => literal(text, TEXT);

/** The same value without a form that the source could compute. */
export function hubOnly(value: Value, reason: string): Value {
  const { expr: _expr, sargable: _sargable, ...rest } = value;
  return { ...rest, reason };
}

/** How mapping authors know a type. */
export function typeName(type: PhysicalType): string {
  switch (type.kind) {
    case 'integer':
    case 'float':
    case 'decimal':
      return 'numbers';
    case 'boolean':
      return 'true or false';
    case 'date':
      return 'dates';
    case 'timestamp':
      return 'timestamps';
    case 'time':
      return 'times of day';
    case 'json':
      return 'JSON';
    case 'binary':
      return 'binary data';
    case 'other':
      return type.native;
    default:
      return type.kind;
  }
}

export const isNumber = (type: PhysicalType): boolean => type.kind === 'integer' || type.kind === 'decimal' || type.kind === 'float';
