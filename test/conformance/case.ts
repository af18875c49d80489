/** A request whose answer is written down by hand, and short ways to spell one. */
import type { Bindings, Expr, Predicate, Request } from '../../connectors/spi/ir.ts';
import { asc, lit, rowsRequest, type Tables } from './builders.ts';

export interface Case {
  readonly title: string;
  readonly request: (tables: Tables) => Request;
  readonly bindings?: Bindings;
  readonly expected: readonly unknown[];
}

/** Ids of people for whom a predicate holds. */
export function peopleWhere(title: string, where: (person: (column: string) => Expr) => Predicate, expected: readonly number[], bindings?: Bindings): Case {
  return {
    title,
    request: (t) =>
      rowsRequest(t.rows('people'), [t.column('people', 'id')], { where: where((name) => t.column('people', name)), orderBy: [asc(t.column('people', 'id'))] }),
    expected: expected.map((id) => [id]),
    ...(bindings === undefined ? {} : { bindings }),
  };
}

/** An expression over the people of given ids, in their order. */
export function peopleValues(title: string, ids: readonly number[], value: (person: (column: string) => Expr) => Expr, expected: readonly unknown[]): Case {
  return {
    title,
    request: (t) => {
      const id = t.column('people', 'id');
      return rowsRequest(t.rows('people'), [value((name) => t.column('people', name))], {
        where: { kind: 'in', value: id, values: ids.map((i) => lit(i)), negated: false },
        orderBy: [asc(id)],
      });
    },
    expected: expected.map((cell) => [cell]),
  };
}
