import type { PhysicalType } from '../../schema/model/physical-type.ts';
import type { Expr, Measure } from './ir.ts';

const TEXT: PhysicalType = { kind: 'text' };
const DECIMAL: PhysicalType = { kind: 'decimal' };
const DATE: PhysicalType = { kind: 'date' };
const ZONED: PhysicalType = { kind: 'timestamp', zoned: true };
/** Counts cross as JS numbers. */
const COUNT: PhysicalType = { kind: 'integer', bits: 32 };

/** The type of an expression's value, and so its wire form; the same on every engine. */
export function typeOfExpr(expr: Expr): PhysicalType {
  switch (expr.kind) {
    case 'column':
    case 'literal':
    case 'variable':
    case 'cast':
      return expr.type;
    case 'coalesce':
      return commonType(expr.values);
    case 'case':
      return commonType([...expr.branches.map((branch) => branch.then), ...(expr.else === undefined ? [] : [expr.else])]);
    case 'scale':
    case 'arithmetic':
      return DECIMAL;
    case 'parseDate':
    case 'truncate':
      return DATE;
    case 'epochMillis':
      return ZONED;
    case 'related':
      return 'fn' in expr.value ? typeOfMeasure(expr.value) : typeOfExpr(expr.value);
    default:
      return TEXT;
  }
}

/** Counts are numbers; a sum of floats is a float, any other sum a decimal; min and max have the type of their value. */
export function typeOfMeasure(measure: Measure): PhysicalType {
  if (measure.fn === 'count' || measure.fn === 'countDistinct') return COUNT;
  const type = typeOfExpr(measure.value);
  return measure.fn === 'sum' && type.kind !== 'float' ? DECIMAL : type;
}

/** Null literals fit any type; unlike number types meet as decimal; padding is gone once text is computed; otherwise the first value's type counts. */
function commonType(values: readonly Expr[]): PhysicalType {
  const types = values.filter((value) => value.kind !== 'literal' || value.value !== null).map(typeOfExpr);
  const first = types[0] ?? TEXT;
  if (first.kind === 'text') return TEXT;
  if (first.kind !== 'integer' && first.kind !== 'decimal') return first;
  const same = types.every((type) => type.kind === first.kind && (type.kind !== 'integer' || type.bits === (first as typeof type).bits));
  if (same) return first;
  if (types.some((type) => type.kind === 'float')) return { kind: 'float' };
  return types.every((type) => type.kind === 'integer') ? { kind: 'integer', bits: 64 } : DECIMAL;
}
