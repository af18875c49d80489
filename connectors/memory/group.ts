import type { WireValue } from '../../schema/model/physical-type.ts';
import type { Expr } from '../spi/ir.ts';
import { typeOfExpr } from '../spi/type-of.ts';
import { identityOf } from './compare.ts';
import { evaluate } from './expression.ts';
import type { MemoryRow, Scope } from './scope.ts';

export interface Group {
  readonly keys: readonly WireValue[];
  readonly rows: MemoryRow[];
}

/** Rows gathered by equal values of `by`, nulls together, groups in order of their first row. */
export function groupRows(rows: readonly MemoryRow[], by: readonly Expr[], scope: Scope): Group[] {
  const groups = new Map<string, Group>();
  for (const row of rows) {
    const keys = by.map((expr) => evaluate(expr, row, scope));
    const identity = JSON.stringify(keys.map((key, index) => identityOf(key, typeOfExpr(by[index]!))));
    const group = groups.get(identity);
    if (group === undefined) groups.set(identity, { keys, rows: [row] });
    else group.rows.push(row);
  }
  return [...groups.values()];
}
