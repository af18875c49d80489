import type { On, Predicate, RowSet } from '../spi/ir.ts';
import { conditionOf, conditionOfOn } from './predicate.ts';
import type { Relation } from './relation.ts';
import { compileRows } from './row-set.ts';
import type { Context, Scope } from './scope.ts';

/** The rows of a row set that are related to the row of `outer` and meet `where`. */
export function relate(related: { readonly on: On; readonly rows: RowSet; readonly where?: Predicate }, outer: Scope, context: Context): Relation {
  const rows = compileRows(related.rows, context);
  rows.filter(conditionOfOn(related.on, outer, context));
  if (related.where !== undefined) rows.filter(conditionOf(related.where, context));
  return rows;
}
