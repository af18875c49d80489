import type { Request, Row } from '../spi/ir.ts';
import { runChild } from './query.ts';
import type { MemoryRow, Scope } from './scope.ts';

/** One row per ordinal, ascending: its children over all rows that any of its key tuples relates to, each such row once. */
export function runBatch(request: Request & { readonly kind: 'batch' }, scope: Scope): Row[] {
  const tuples = new Map<number, MemoryRow[]>();
  for (const [ordinal, ...keys] of scope.bindings.keys ?? []) {
    const outer: MemoryRow = new Map(request.keys.map((column, index) => [column.name, keys[index] ?? null]));
    const known = tuples.get(ordinal);
    if (known === undefined) tuples.set(ordinal, [outer]);
    else known.push(outer);
  }
  return [...tuples.entries()].sort(([a], [b]) => a - b).map(([, outers]) => request.children.map((child) => runChild(child, outers, scope)));
}
