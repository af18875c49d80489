import type { Predicate } from '../../connectors/spi/ir.ts';
import { measureFunction, type MeasureFunction } from './measure-function.ts';
import { asList, badInput, type Input } from './operators.ts';
import { always, combine } from './predicates.ts';

/** One measure with what it must meet; without `path` the count. */
export interface AskedMeasure {
  /** As the API has it: `count`, `sum.amount`. */
  readonly name: string;
  readonly fn: MeasureFunction;
  readonly path: string | undefined;
  readonly ops: Input;
}

/** @param nested whether it stands within `and`, `or` or `not`, and so by itself */
export type MeasurePredicate = (asked: AskedMeasure, negated: boolean, nested: boolean) => Predicate[];

/** A condition on measures, of groups or of related rows: `{ count: …, sum: { amount: … }, and, or, not }`. */
export function havingParts(input: Input, negated: boolean, measured: MeasurePredicate, nested = false): Predicate[] {
  const inner = (value: unknown, isNegated: boolean): Predicate =>
    combine(havingParts(value as Input, isNegated, measured, true), isNegated) ?? always(!isNegated);
  return Object.entries(input).flatMap(([name, value]): Predicate[] => {
    if (value === undefined) return [];
    if (value === null) throw badInput(`${name} is null; leave it out, or use isNull`);
    if (name === 'and' || name === 'or') {
      const predicates = asList(value).map((part) => inner(part, negated));
      return [{ kind: (name === 'and') === negated ? 'or' : 'and', predicates }];
    }
    if (name === 'not') return [inner(value, !negated)];
    const fn = measureFunction(name);
    if (!fn) throw badInput(`${name} is no measure`);
    const leaves = fn === 'COUNT' ? [{ path: undefined, ops: value as Input }] : leavesOf(value as Input);
    return leaves.flatMap(({ path, ops }) => measured({ name: path === undefined ? name : `${name}.${path}`, fn, path, ops }, negated, nested));
  });
}

/** Fields with their operators; those of an embedded value by `value.leaf`. */
function leavesOf(input: Input, prefix = ''): { readonly path: string; readonly ops: Input }[] {
  return Object.entries(input).flatMap(([name, value]) => {
    if (value === undefined) return [];
    if (value === null) throw badInput(`${prefix}${name} is null; leave it out, or use isNull`);
    const inner = Object.values(value as Input);
    // A value type's leaves hold inputs, a leaf's operators hold values and lists.
    const nested = inner.length > 0 && inner.every((v) => typeof v === 'object' && v !== null && !Array.isArray(v) && !('kind' in v));
    return nested ? leavesOf(value as Input, `${prefix}${name}.`) : [{ path: `${prefix}${name}`, ops: value as Input }];
  });
}
