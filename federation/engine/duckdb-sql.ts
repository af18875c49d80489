import type { Expr, Measure, Order, Predicate } from '../../connectors/spi/ir.ts';
import type { PhysicalType, WireValue } from '../../schema/model/physical-type.ts';
import { plainForm } from './comparison.ts';

/** A column's type in the embedded engine. Days, months and instants are text there, in a form that sorts as they do. */
export type EngineType = 'VARCHAR' | 'INTEGER' | 'BOOLEAN' | 'DOUBLE' | `DECIMAL(${number},${number})`;

/** The operands that have been bound so far. */
export interface SqlContext {
  readonly operands: string[];
}

export function predicateSql(predicate: Predicate, context: SqlContext): string {
  switch (predicate.kind) {
    case 'and':
    case 'or':
      if (predicate.predicates.length === 0) return predicate.kind === 'and' ? 'true' : 'false';
      return `(${predicate.predicates.map((p) => predicateSql(p, context)).join(predicate.kind === 'and' ? ' and ' : ' or ')})`;
    case 'isNull':
      return `${exprSql(predicate.value, context)} is ${predicate.negated ? 'not ' : ''}null`;
    case 'compare':
      return `${exprSql(predicate.left, context)} ${COMPARE[predicate.op]} ${exprSql(predicate.right, context)}`;
    case 'in': {
      const known = predicate.values.filter((value) => value.kind !== 'literal' || value.value !== null);
      const value = exprSql(predicate.value, context);
      if (known.length === 0) return `(${value} is not null and ${predicate.negated ? 'true' : 'false'})`;
      return `${value} ${predicate.negated ? 'not ' : ''}in (${known.map((v) => exprSql(v, context)).join(', ')})`;
    }
    case 'text': {
      const [value, pattern] = [exprSql(predicate.value, context), exprSql(predicate.pattern, context)];
      return `${predicate.negated ? 'not ' : ''}${TEXT[predicate.op](value, pattern)}`;
    }
    default:
      throw new Error(`the hub does not evaluate ${predicate.kind}`);
  }
}

const COMPARE = { eq: '=', ne: '<>', lt: '<', lte: '<=', gt: '>', gte: '>=' } as const;

const upper = (value: string): string => `translate(${value}, 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')`;
const TEXT = {
  contains: (value: string, pattern: string) => `contains(${value}, ${pattern})`,
  startsWith: (value: string, pattern: string) => `starts_with(${value}, ${pattern})`,
  endsWith: (value: string, pattern: string) => `ends_with(${value}, ${pattern})`,
  iContains: (value: string, pattern: string) => `contains(${upper(value)}, ${upper(pattern)})`,
} as const;

export function orderSql(orderBy: readonly Order[], context: SqlContext): string[] {
  return orderBy.map(({ value, direction, nulls }) => `${exprSql(value, context)} ${direction} nulls ${nulls}`);
}

/** A sum of decimals is one, exact; all else than floats and truths comes out as text. */
export function measureSql(measure: Measure, context: SqlContext): string {
  if (measure.value === undefined) return 'count(*)::varchar';
  const value = exprSql(measure.value, context);
  if (measure.fn === 'count') return `count(${value})::varchar`;
  return measure.fn === 'countDistinct' ? `count(distinct ${value})::varchar` : `${measure.fn}(${value})::varchar`;
}

/** A column, or an operand that is bound as text and cast: no value is ever part of the statement. */
export function exprSql(expr: Expr, { operands }: SqlContext): string {
  if (expr.kind === 'column') return expr.column;
  if (expr.kind !== 'literal') throw new Error(`the hub does not evaluate ${expr.kind}`);
  const value = plainForm(expr.type)(expr.value);
  if (value === null) return 'null';
  operands.push(String(value));
  return `cast($${operands.length} as ${engineType(expr.type, [value])})`;
}

/** Digits before and behind the point that a list of numbers needs. */
export interface Digits {
  readonly whole: number;
  readonly scale: number;
}

export function digitsOf(values: Iterable<WireValue>): Digits {
  let [whole, scale] = [1, 0];
  for (const value of values) {
    if (value === null) continue;
    const text = String(value);
    const point = text.indexOf('.');
    const before = (point < 0 ? text.length : point) - (text.startsWith('-') ? 1 : 0);
    whole = Math.max(whole, before);
    scale = Math.max(scale, point < 0 ? 0 : text.length - point - 1);
  }
  return { whole, scale };
}

/** Widest decimal of the engine. */
export const DIGITS_MAX = 38;

export function engineType(type: PhysicalType, values: Iterable<WireValue>, room = 0): EngineType {
  if (type.kind === 'boolean') return 'BOOLEAN';
  if (type.kind === 'float') return 'DOUBLE';
  if (type.kind !== 'decimal' && type.kind !== 'integer') return 'VARCHAR';
  const { whole, scale } = digitsOf(values);
  return `DECIMAL(${Math.min(DIGITS_MAX, whole + scale + room)},${scale})`;
}
