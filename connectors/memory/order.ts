import type { Order } from '../spi/ir.ts';
import { typeOfExpr } from '../spi/type-of.ts';
import { compareValues } from './compare.ts';
import { evaluate } from './expression.ts';
import type { MemoryRow, Scope } from './scope.ts';

/** The rows in the order asked for; ties keep the order they came in. */
export function orderRows(rows: readonly MemoryRow[], orders: readonly Order[], scope: Scope): readonly MemoryRow[] {
  if (orders.length === 0) return rows;
  return rows
    .map((row) => ({ row, values: orders.map((order) => evaluate(order.value, row, scope)) }))
    .sort((a, b) => {
      for (const [index, order] of orders.entries()) {
        const compared = compareBy(order, a.values[index] ?? null, b.values[index] ?? null, scope.timeZone);
        if (compared !== 0) return compared;
      }
      return 0;
    })
    .map(({ row }) => row);
}

function compareBy(order: Order, a: ReturnType<typeof evaluate>, b: ReturnType<typeof evaluate>, timeZone: string): number {
  if (a === null || b === null) return a === b ? 0 : (a === null) === (order.nulls === 'first') ? -1 : 1;
  const type = typeOfExpr(order.value);
  return compareValues(a, type, b, type, timeZone) * (order.direction === 'asc' ? 1 : -1);
}
