import type { PlanContext } from './plan-context.ts';
import { fieldExpr } from './field-expr.ts';
import { entityValue } from './plan-leaf.ts';
import { leafScalar } from './plan-where.ts';
import type { HubColumn } from './plan.ts';
import type { RowScope } from './row-scope.ts';

/** A leaf of a row as a column of the hub: computed by the row's source where it can, else read like any other field. */
export function hubValue(context: PlanContext, scope: RowScope, path: string): HubColumn {
  const scalar = leafScalar(context, scope.binding, path);
  const expr = fieldExpr(context, scope.binding, path);
  return { value: expr ? { kind: 'wire', column: scope.column(expr), scalar } : entityValue(context, scope, path), scalar };
}
