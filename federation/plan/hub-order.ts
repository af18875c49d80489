import { hubColumn } from '../engine/hub-column.ts';
import { isSourceOrder, type OrderItem, type SourceOrder } from './plan-order.ts';
import type { HubColumn } from './plan.ts';
import type { RowScope } from './row-scope.ts';

/** An order that the hub takes itself: its values as columns of a step, and the order over these. What its rows must bring is added to `scope`. */
export function hubOrder(scope: RowScope, order: readonly OrderItem[]): { readonly columns: readonly HubColumn[]; readonly items: readonly SourceOrder[] } {
  const columns = order.map((item): HubColumn =>
    isSourceOrder(item)
      ? { value: { kind: 'wire', column: scope.column(item.order.value), scalar: item.scalar }, scalar: item.scalar }
      : { value: item.value(scope), scalar: item.scalar },
  );
  const items = order.map((item, i): SourceOrder => {
    const { direction, nulls } = isSourceOrder(item) ? item.order : item;
    return { kind: 'source', order: { value: hubColumn(i, item.scalar), direction, nulls }, scalar: item.scalar };
  });
  return { columns, items };
}
