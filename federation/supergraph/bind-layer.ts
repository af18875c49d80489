import type { Order, Predicate, RowSet } from '../../connectors/spi/ir.ts';
import type { FindColumn } from './bind-filter.ts';
import type { BoundColumn } from './bind-tables.ts';

/** Rows made of the rows below, remembering which columns are asked for; what nobody asks for is not read. */
export interface Layer {
  find(name: string): BoundColumn | undefined;
  /** It is read. */
  mark(name: string): void;
  names(): readonly string[];
  build(): RowSet;
}

export function withFilter(under: Layer, where: Predicate): Layer {
  return { ...under, build: () => ({ kind: 'filter', rows: under.build(), where }) };
}

/** The first row by `order` of each key. */
export function withLatest(under: Layer, { by, order }: { readonly by: readonly string[]; readonly order: readonly string[] }, find: FindColumn): Layer {
  const keys = by.map(find);
  const orderBy = orderOf(order, find);
  return { ...under, build: () => ({ kind: 'latest', rows: under.build(), by: keys, orderBy }) };
}

/** `-name` is descending. Nulls are smallest. */
export function orderOf(order: readonly string[], find: FindColumn): Order[] {
  return order.map((name) => {
    const isDescending = name.startsWith('-');
    return { value: find(isDescending ? name.slice(1) : name), direction: isDescending ? 'desc' : 'asc', nulls: isDescending ? 'last' : 'first' };
  });
}
