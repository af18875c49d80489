import type { CompareOp, Expr, Predicate, TextOp } from '../spi/ir.ts';
import { typeOfExpr } from '../spi/type-of.ts';
import { compareValues, identityOf } from './compare.ts';
import { evaluate, evaluateText } from './expression.ts';
import { relatedRows } from './related.ts';
import type { MemoryRow, Scope } from './scope.ts';
import { foldCase } from '../values/text.ts';

/** True when the predicate holds for the row. There is no third value: a comparison with null does not hold, negated or not. */
export function holds(predicate: Predicate, row: MemoryRow, scope: Scope): boolean {
  switch (predicate.kind) {
    case 'and':
      return predicate.predicates.every((part) => holds(part, row, scope));
    case 'or':
      return predicate.predicates.some((part) => holds(part, row, scope));
    case 'isNull':
      return (evaluate(predicate.value, row, scope) === null) !== predicate.negated;
    case 'compare': {
      const order = compareExprs(predicate.left, predicate.right, row, scope);
      return order !== null && COMPARE[predicate.op](order);
    }
    case 'in': {
      if (evaluate(predicate.value, row, scope) === null) return false;
      return predicate.values.some((value) => compareExprs(predicate.value, value, row, scope) === 0) !== predicate.negated;
    }
    case 'inList': {
      const value = evaluate(predicate.value, row, scope);
      return value !== null && listOf(predicate, scope).has(identityOf(value, typeOfExpr(predicate.value))) !== predicate.negated;
    }
    case 'text': {
      const text = evaluateText(predicate.value, row, scope);
      const pattern = evaluateText(predicate.pattern, row, scope);
      return text !== null && pattern !== null && TEXT[predicate.op](text, pattern) !== predicate.negated;
    }
    case 'exists':
      return relatedRows(predicate, [row], scope).length > 0 !== predicate.negated;
  }
}

const COMPARE: Record<CompareOp, (order: number) => boolean> = {
  eq: (order) => order === 0,
  ne: (order) => order !== 0,
  lt: (order) => order < 0,
  lte: (order) => order <= 0,
  gt: (order) => order > 0,
  gte: (order) => order >= 0,
};

const TEXT: Record<TextOp, (text: string, pattern: string) => boolean> = {
  contains: (text, pattern) => text.includes(pattern),
  startsWith: (text, pattern) => text.startsWith(pattern),
  endsWith: (text, pattern) => text.endsWith(pattern),
  iContains: (text, pattern) => foldCase(text).includes(foldCase(pattern)),
};

/** Null when either side is. */
function compareExprs(left: Expr, right: Expr, row: MemoryRow, scope: Scope): number | null {
  const a = evaluate(left, row, scope);
  const b = evaluate(right, row, scope);
  return a === null || b === null ? null : compareValues(a, typeOfExpr(left), b, typeOfExpr(right), scope.timeZone);
}

/** Identities of a bound list, whose values have the wire form of the expression they are compared with. */
function listOf(predicate: Predicate & { readonly kind: 'inList' }, scope: Scope): ReadonlySet<string> {
  const type = typeOfExpr(predicate.value);
  const cacheKey = JSON.stringify([predicate.list, type]);
  let identities = scope.lists.get(cacheKey);
  if (identities === undefined) {
    const values = scope.bindings.lists?.[predicate.list] ?? [];
    identities = new Set(values.filter((value) => value !== null).map((value) => identityOf(value, type)));
    scope.lists.set(cacheKey, identities);
  }
  return identities;
}
