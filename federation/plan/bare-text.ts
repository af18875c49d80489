import type { Expr } from '../../connectors/spi/ir.ts';

/**
 * What rows may be found by in place of mapped text, as long as no empty text is sought: that is `case when x <> '' then x end`, and testing
 * that for each row found by an index costs as much as finding it.
 */
export function bareText(text: Expr): Expr | undefined {
  const known = found.get(text);
  if (known !== undefined) return known ?? undefined; // null: there is none
  const bare = findBare(text);
  found.set(text, bare ?? null);
  return bare;
}

/** It is asked for whenever a key is written. */
const found = new WeakMap<Expr, Expr | null>();

function findBare(text: Expr): Expr | undefined {
  if (text.kind !== 'case' || text.else !== undefined) return undefined;
  const [branch, ...more] = text.branches;
  if (!branch || more.length > 0 || branch.if.kind !== 'compare' || branch.if.op !== 'ne') return undefined;
  const { left, right } = branch.if;
  const blank = right.kind === 'literal' && right.value === '' && right.type.kind === 'text';
  return blank && JSON.stringify(left) === JSON.stringify(branch.then) ? branch.then : undefined;
}
