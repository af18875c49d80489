import type { Row } from '../../connectors/spi/ir.ts';
import type { Canonical } from '../../schema/model/canonical.ts';
import type { HubOrder, HubOrderValue, RowShape } from '../plan/plan.ts';
import { compareCanonical } from '../values/compare-canonical.ts';
import { compileValue, type ReadValue } from './compile-value.ts';
import type { Execution } from './execution.ts';
import { FetchFailure } from './fetch-failure.ts';

interface CompiledOrder {
  readonly read: readonly ReadValue[];
  readonly compare: (a: readonly Canonical[], b: readonly Canonical[]) => number;
}

const compiled = new WeakMap<HubOrder, CompiledOrder>();

/**
 * The page of a list by values that only the hub has. Rows that are equal in everything keep their order, which the key makes impossible.
 * @throws {HubError} of the source that failed to give a value: a list in a wrong order is none
 */
export function pageByHubOrder(execution: Execution, shape: RowShape, order: HubOrder, rows: readonly Row[]): Row[] {
  const { read, compare } = compiledOrder(execution, shape, order);
  const ranked = rows.map((row) => ({ row, values: read.map((value) => valueOf(value(row, execution))) }));
  const kept = ranked.filter(({ values }) => (!order.after || compare(values, order.after) > 0) && (!order.before || compare(values, order.before) < 0));
  kept.sort((a, b) => (order.reversed ? compare(b.values, a.values) : compare(a.values, b.values)));
  return kept.slice(order.offset, order.limit === undefined ? undefined : order.offset + order.limit).map(({ row }) => row);
}

function valueOf(value: Canonical | FetchFailure): Canonical {
  if (value instanceof FetchFailure) throw value.error;
  return value;
}

function compiledOrder(execution: Execution, shape: RowShape, order: HubOrder): CompiledOrder {
  const known = compiled.get(order);
  if (known) return known;
  const steps = order.items.map(comparator);
  const made: CompiledOrder = {
    read: order.items.map((item) => compileValue(execution.supergraph, { kind: 'row', shape }, item.value)),
    compare: (a, b) => {
      for (let i = 0; i < steps.length; i++) {
        const result = (steps[i] as (typeof steps)[number])(a[i] ?? null, b[i] ?? null);
        if (result !== 0) return result;
      }
      return 0;
    },
  };
  compiled.set(order, made);
  return made;
}

function comparator({ scalar, direction, nulls }: HubOrderValue): (a: Canonical, b: Canonical) => number {
  const compare = compareCanonical(scalar);
  const sign = direction === 'asc' ? 1 : -1;
  const nullFirst = nulls === 'first' ? -1 : 1;
  return (a, b) => {
    if (a === null || b === null) return a === b ? 0 : a === null ? nullFirst : -nullFirst;
    return sign * compare(a, b);
  };
}
