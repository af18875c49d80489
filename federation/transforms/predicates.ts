import type { CompareOp, Expr, Predicate } from '../../connectors/spi/ir.ts';
import type { SargablePredicate } from '../supergraph/binding.ts';

/** No row can meet it, so that a branch or a whole fetch may be left out. */
export const NEVER: SargablePredicate = { predicate: { kind: 'or', predicates: [] }, exact: true };
export const ALWAYS: SargablePredicate = { predicate: { kind: 'and', predicates: [] }, exact: true };

export const compare = (op: CompareOp, left: Expr, right: Expr): Predicate => ({ kind: 'compare', op, left, right });
export const isPresent = (value: Expr): Predicate => ({ kind: 'isNull', value, negated: true });
export const exactly = (predicate: Predicate): SargablePredicate => ({ predicate, exact: true });
export const loosely = (sargable: SargablePredicate | undefined): SargablePredicate | undefined => sargable && { ...sargable, exact: false };

/** Both must hold. A part that is unknown widens the whole. */
export function both(a: SargablePredicate | undefined, b: SargablePredicate | undefined): SargablePredicate | undefined {
  if (a === undefined || b === undefined) return loosely(a ?? b);
  if (isNever(a.predicate) && a.exact) return NEVER;
  if (isNever(b.predicate) && b.exact) return NEVER;
  return { predicate: { kind: 'and', predicates: [...partsOf('and', a.predicate), ...partsOf('and', b.predicate)] }, exact: a.exact && b.exact };
}

/** All must hold; undefined when nothing is known of any. */
export function allOf(parts: readonly (SargablePredicate | undefined)[]): SargablePredicate | undefined {
  const [first, ...rest] = parts;
  return rest.reduce(both, first);
}

/** Any may hold; undefined when one of them is unknown. Equalities of one column become a list. */
export function anyOf(parts: readonly (SargablePredicate | undefined)[]): SargablePredicate | undefined {
  const known: SargablePredicate[] = [];
  for (const part of parts) {
    if (part === undefined) return undefined;
    if (!isNever(part.predicate)) known.push(part);
  }
  const exact = parts.every((part) => part?.exact === true);
  const [first] = known;
  if (first === undefined) return { ...NEVER, exact };
  if (known.length === 1) return { predicate: first.predicate, exact };
  return {
    predicate: asList(known.map((part) => part.predicate)) ?? { kind: 'or', predicates: known.flatMap((part) => partsOf('or', part.predicate)) },
    exact,
  };
}

function asList(predicates: readonly Predicate[]): Predicate | undefined {
  const values: Expr[] = [];
  let column: Expr | undefined;
  for (const predicate of predicates) {
    if (predicate.kind === 'in' && !predicate.negated) {
      if (column !== undefined && !isSameColumn(column, predicate.value)) return undefined;
      column ??= predicate.value;
      values.push(...predicate.values);
    } else if (predicate.kind === 'compare' && predicate.op === 'eq') {
      if (column !== undefined && !isSameColumn(column, predicate.left)) return undefined;
      column ??= predicate.left;
      values.push(predicate.right);
    } else return undefined;
  }
  return column?.kind === 'column' ? { kind: 'in', value: column, values, negated: false } : undefined;
}

const isSameColumn = (a: Expr, b: Expr): boolean => a.kind === 'column' && b.kind === 'column' && a.column === b.column;
const isNever = (predicate: Predicate): boolean => predicate.kind === 'or' && predicate.predicates.length === 0;

function partsOf(kind: 'and' | 'or', predicate: Predicate): readonly Predicate[] {
  return predicate.kind === kind ? predicate.predicates : [predicate];
}
