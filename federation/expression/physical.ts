/** How the hub's kinds of values look in a source. */
import type { Expr } from '../../connectors/spi/ir.ts';
import { typeOfExpr } from '../../connectors/spi/type-of.ts';
import { rfc3339ToZoned } from '../../schema/model/date.ts';
import type { Expression } from './expression.ts';
import { isFloat, kindOf, type ExpressionType } from './types.ts';

/** The value in the natural type of its scalar, so that it filters, orders and aggregates like a mapped one; undefined when it has no exact form there. */
export function formOfScalar(expr: Expr, scalar: string): Expr | undefined {
  const type = typeOfExpr(expr);
  const isNumber = type.kind === 'integer' || type.kind === 'decimal';
  switch (scalar) {
    case 'Decimal':
      if (type.kind === 'decimal') return expr;
      return isNumber ? { kind: 'scale', value: expr, factor: '1' } : undefined;
    case 'Int':
      if (type.kind === 'integer' && type.bits !== 64) return expr;
      return isNumber ? wholeNumber(expr, 32) : undefined;
    case 'BigInt':
      if (type.kind === 'integer' && type.bits === 64) return expr;
      return isNumber ? wholeNumber(expr, 64) : undefined;
    case 'Float':
      return type.kind === 'float' ? expr : undefined;
    default:
      return expr;
  }
}

/** By its digits: what is not whole, or too large, has no integer form and is null. */
function wholeNumber(expr: Expr, bits: 32 | 64): Expr {
  return { kind: 'cast', value: { kind: 'cast', value: expr, type: { kind: 'text' } }, type: { kind: 'integer', bits } };
}

/** A month, which is text, has its first day. */
export function day(expr: Expr): Expr {
  const { kind } = typeOfExpr(expr);
  if (kind === 'text') return { kind: 'parseDate', value: expr, formats: ['yyyy-MM'] };
  return kind === 'date' ? expr : { kind: 'truncate', value: expr, unit: 'DAY' };
}

/** Does the source's value have the physical kind that the hub's kind stands for? */
export function fits(expr: Expr, type: ExpressionType): boolean {
  const physical = typeOfExpr(expr);
  switch (kindOf(type)) {
    case 'number':
      return isFloat(type) ? physical.kind === 'float' : physical.kind === 'integer' || physical.kind === 'decimal';
    case 'moment':
    case 'naive':
      return physical.kind === 'timestamp' && physical.zoned === (kindOf(type) === 'moment');
    case 'month':
      return physical.kind === 'text';
    case 'json':
    case 'object':
    case 'list':
    case 'null':
      return false;
    default:
      return physical.kind === kindOf(type);
  }
}

/** A written value; undefined for a time that the hub's zone cannot write. */
export function literal({ value }: Extract<Expression, { op: 'literal' }>, type: ExpressionType, timeZone: string): Expr | undefined {
  switch (kindOf(type)) {
    case 'null':
      return { kind: 'literal', value: null, type: { kind: 'text' } };
    case 'boolean':
      return { kind: 'literal', value, type: { kind: 'boolean' } };
    case 'number':
      if (type.kind === 'scalar' && type.scalar === 'Int') return { kind: 'literal', value: Number(value), type: { kind: 'integer', bits: 32 } };
      return { kind: 'literal', value, type: { kind: 'decimal' } };
    case 'date':
      return { kind: 'literal', value, type: { kind: 'date' } };
    case 'naive':
      return { kind: 'literal', value, type: { kind: 'timestamp', zoned: false } };
    case 'moment': {
      const zoned = rfc3339ToZoned(String(value), timeZone);
      return zoned === null ? undefined : { kind: 'literal', value: zoned, type: { kind: 'timestamp', zoned: true } };
    }
    default:
      return { kind: 'literal', value, type: { kind: 'text' } };
  }
}
