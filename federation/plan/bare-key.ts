import type { Expr } from '../../connectors/spi/ir.ts';

/**
 * What rows may be found by in place of a value of theirs, as long as no empty text is sought: mapped text is `case when x <> '' then x end`, and testing
 * that for each row found by an index costs as much as finding it.
 */
export function bareKey(key: Expr): Expr | undefined {
  const known = found.get(key);
  if (known !== undefined) return known ?? undefined; // null: there is none
  const bare = findBare(key);
  found.set(key, bare ?? null);
  return bare;
}

/** It is asked for whenever a key is written. */
const found = new WeakMap<Expr, Expr | null>();

function findBare(key: Expr): Expr | undefined {
  if (key.kind !== 'case' || key.else !== undefined) return undefined;
  const [branch, ...more] = key.branches;
  if (!branch || more.length > 0 || branch.if.kind !== 'compare' || branch.if.op !== 'ne') return undefined;
  const { left, right } = branch.if;
  const blank = right.kind === 'literal' && right.value === '' && right.type.kind === 'text';
  return blank && JSON.stringify(left) === JSON.stringify(branch.then) ? branch.then : undefined;
}
