import type { Expr } from '../../connectors/spi/ir.ts';

/**
 * What a key of rows may be joined by in place of itself, as long as no empty text is sought: mapped text is `case when x <> '' then x end`, and testing
 * that for each row found by an index costs as much as finding it.
 */
export function bareKey(key: Expr): Expr | undefined {
  if (key.kind !== 'case' || key.else !== undefined) return undefined;
  const [branch, ...more] = key.branches;
  if (!branch || more.length > 0 || branch.if.kind !== 'compare' || branch.if.op !== 'ne') return undefined;
  const { left, right } = branch.if;
  const blank = right.kind === 'literal' && right.value === '' && right.type.kind === 'text';
  return blank && JSON.stringify(left) === JSON.stringify(branch.then) ? branch.then : undefined;
}
