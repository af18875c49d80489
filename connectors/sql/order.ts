import type { Order } from '../spi/ir.ts';
import { compileExpr } from './expression.ts';
import type { Fragment } from './fragment.ts';
import type { Context, Scope } from './scope.ts';

/** Sort items; constants, which order nothing and which an engine may take for column numbers, are left out. */
export function compileOrderItems(orders: readonly Order[], scope: Scope, context: Context, inAggregate = false): Fragment[] {
  return orders.flatMap(({ value, direction, nulls, present }) => {
    const operand = compileExpr(value, scope, context);
    return operand.constant === undefined
      ? [context.dialect.order(operand.value, operand.type, direction, nulls, operand.nullable !== false && present !== true, inAggregate)]
      : [];
  });
}

/** ` order by …`, or nothing. */
export function compileOrders(orders: readonly Order[], scope: Scope, context: Context): Fragment {
  return orderBy(compileOrderItems(orders, scope, context), context);
}

export function orderBy(items: readonly Fragment[], { dialect: { sql } }: Context): Fragment {
  return items.length === 0 ? sql`` : sql` order by ${items}`;
}
