import type { On, Predicate, RowSet } from '../spi/ir.ts';
import { typeOfExpr } from '../spi/type-of.ts';
import { identityOf } from './compare.ts';
import { evaluate } from './expression.ts';
import { holds } from './predicate.ts';
import { rowsOf } from './row-set.ts';
import type { MemoryRow, Scope } from './scope.ts';

/** A relation from enclosing rows to the rows of a row set. */
export interface Relation {
  readonly on: On;
  readonly rows: RowSet;
  readonly where?: Predicate;
}

/** Rows related to any of the outer rows, each once, in the order of the row set. A null on either side relates to nothing. */
export function relatedRows(relation: Relation, outers: readonly MemoryRow[], scope: Scope): readonly MemoryRow[] {
  const rows = rowsOf(relation.rows, scope);
  const index = indexOf(relation, rows, scope);
  const found = new Set<number>();
  for (const outer of outers) {
    const key = identityOfAll(relation.on, 'outer', outer, scope);
    if (key !== null) for (const at of index.get(key) ?? []) if (differs(relation.on, outer, rows[at]!, scope)) found.add(at);
  }
  const related = [...found].sort((a, b) => a - b).map((at) => rows[at]!);
  const { where } = relation;
  return where === undefined ? related : related.filter((row) => holds(where, row, scope));
}

function indexOf(relation: Relation, rows: readonly MemoryRow[], scope: Scope): ReadonlyMap<string, readonly number[]> {
  let indexes = scope.indexes.get(relation.rows);
  if (indexes === undefined) scope.indexes.set(relation.rows, (indexes = new Map()));
  const known = indexes.get(relation.on);
  if (known !== undefined) return known;
  const index = new Map<string, number[]>();
  for (const [at, row] of rows.entries()) {
    const key = identityOfAll(relation.on, 'inner', row, scope);
    if (key === null) continue;
    const places = index.get(key);
    if (places === undefined) index.set(key, [at]);
    else places.push(at);
  }
  indexes.set(relation.on, index);
  return index;
}

/** All `distinct` pairs differ. */
function differs(on: On, outer: MemoryRow, inner: MemoryRow, scope: Scope): boolean {
  return on.every((pair) => {
    if (!pair.distinct) return true;
    const [a, b] = [evaluate(pair.outer, outer, scope), evaluate(pair.inner, inner, scope)];
    return a !== null && b !== null && identityOf(a, typeOfExpr(pair.outer)) !== identityOf(b, typeOfExpr(pair.inner));
  });
}

function identityOfAll(on: On, side: 'outer' | 'inner', row: MemoryRow, scope: Scope): string | null {
  const identities: string[] = [];
  for (const pair of on) {
    if (pair.distinct) continue;
    const value = evaluate(pair[side], row, scope);
    if (value === null) return null;
    identities.push(identityOf(value, typeOfExpr(pair[side])));
  }
  return JSON.stringify(identities);
}
