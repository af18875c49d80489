import type { Predicate } from '../../connectors/spi/ir.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { RelationField } from '../../schema/model/unified.ts';
import { hubColumn } from '../engine/hub-column.ts';
import type { TypeBinding } from '../supergraph/binding.ts';
import { entityExists } from './entity-exists.ts';
import { fieldExpr, measureOf } from './field-expr.ts';
import { hubStage } from './hub-stage.ts';
import { hubValue } from './hub-value.ts';
import { relationSite } from './key-access.ts';
import { measureScalar, type MeasureFunction } from './measure-function.ts';
import type { PlanContext } from './plan-context.ts';
import type { ValuePlan } from './output.ts';
import type { HubColumn } from './plan.ts';
import { both } from './predicates.ts';
import { createRowScope, measure, type PendingAggregate, type RowScope } from './row-scope.ts';

/**
 * A measure over the related entities as a value of the row: taken by their source, or, of a field that it cannot compute, by the hub.
 * @param where which of them, beside being entities
 */
export function relatedMeasure(
  context: PlanContext,
  scope: RowScope,
  relation: RelationField,
  fn: MeasureFunction,
  path?: string,
  where: (target: TypeBinding) => Predicate | undefined = () => undefined,
): HubColumn {
  const site = relationSite(context.supergraph, scope, relation);
  if (!site)
    throw new HubError('SOURCE_CAPABILITY_MISSING', `${scope.binding.type}.${relation.name} cannot be followed`, {
      source: scope.binding.source,
      department: scope.binding.department,
    });
  const { target } = site;
  const rows = both(entityExists(context, target), where(target));
  const filter = rows ? { where: rows } : {};
  const scalar = measureScalar(context, target, fn, path);
  const expr = path === undefined ? undefined : fieldExpr(context, target, path);
  if (path === undefined || expr) {
    const wanted = measureOf(fn, expr);
    if (!wanted) throw new HubError('SOURCE_CAPABILITY_MISSING', `${target.type}.${path ?? ''} cannot be measured`);
    const { ref, child } = site.add((on) => ({ kind: 'aggregate', on, rows: target.rows, ...filter, measures: [] }));
    const column = measure(child as PendingAggregate, wanted);
    const value: ValuePlan =
      fn === 'AVG' && expr
        ? { kind: 'average', sum: column, count: measure(child as PendingAggregate, { fn: 'count', value: expr }) }
        : { kind: 'wire', column, scalar };
    return { value: { kind: 'via', ref, value }, scalar };
  }
  const related = createRowScope(target);
  const measured = hubValue(context, related, path);
  const value = hubColumn(0, measured.scalar);
  const wanted = measureOf(fn, value);
  if (!wanted) throw new HubError('SOURCE_CAPABILITY_MISSING', `${target.type}.${path} cannot be measured`);
  const measures = fn === 'AVG' ? [wanted, { fn: 'count' as const, value }] : [wanted];
  const stages = [hubStage([measured], { kind: 'groups', by: [], measures })];
  const { ref } = site.add((on) => ({ kind: 'many', on, scope: related, ...filter, orderBy: [], stages }));
  return { value: { kind: 'via', ref, only: true, value: fn === 'AVG' ? { kind: 'average', sum: 0, count: 1 } : { kind: 'wire', column: 0, scalar } }, scalar };
}
