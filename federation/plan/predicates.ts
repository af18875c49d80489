import type { Predicate } from '../../connectors/spi/ir.ts';

export const always = (value: boolean): Predicate => ({ kind: value ? 'and' : 'or', predicates: [] });

export function both(a: Predicate | undefined, b: Predicate | undefined): Predicate | undefined {
  if (!a) return b;
  return b ? { kind: 'and', predicates: [a, b] } : a;
}
