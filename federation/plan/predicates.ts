import type { CompareOp, Predicate } from '../../connectors/spi/ir.ts';

export const always = (value: boolean): Predicate => ({ kind: value ? 'and' : 'or', predicates: [] });

export function both(a: Predicate | undefined, b: Predicate | undefined): Predicate | undefined {
  if (!a) return b;
  return b ? { kind: 'and', predicates: [a, b] } : a;
}

/** All of them, or, where they are negated, any; undefined where there are none. */
export function combine(predicates: readonly Predicate[], negated: boolean): Predicate | undefined {
  if (predicates.length === 0) return undefined;
  if (predicates.length === 1) return predicates[0];
  return { kind: negated ? 'or' : 'and', predicates };
}

/** What holds where the comparison does not, null apart. */
export const COMPLEMENT: Record<CompareOp, CompareOp> = { eq: 'ne', ne: 'eq', lt: 'gte', lte: 'gt', gt: 'lte', gte: 'lt' };

/** True for exactly the rows for which the predicate is not: false or unknown. */
export function notTrue(predicate: Predicate): Predicate {
  switch (predicate.kind) {
    case 'and':
      return { kind: 'or', predicates: predicate.predicates.map(notTrue) };
    case 'or':
      return { kind: 'and', predicates: predicate.predicates.map(notTrue) };
    case 'isNull':
    case 'exists':
      return { ...predicate, negated: !predicate.negated };
    case 'compare':
      return {
        kind: 'or',
        predicates: [
          { kind: 'isNull', value: predicate.left, negated: false },
          { ...predicate, op: COMPLEMENT[predicate.op] },
        ],
      };
    case 'in':
    case 'inList':
    case 'text':
      return {
        kind: 'or',
        predicates: [
          { kind: 'isNull', value: predicate.value, negated: false },
          { ...predicate, negated: !predicate.negated },
        ],
      };
  }
}
