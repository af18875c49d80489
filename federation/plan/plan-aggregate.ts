import type { SelectionSetNode } from 'graphql';
import type { Measure, Predicate } from '../../connectors/spi/ir.ts';
import { aggregateName, measureName, MEASURES } from '../../schema/api/names.ts';
import { leafAt } from '../../schema/api/leaves.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import { hubColumn } from '../engine/hub-column.ts';
import type { TypeBinding } from '../supergraph/binding.ts';
import { fieldExpr, measureOf } from './field-expr.ts';
import { hubStage } from './hub-stage.ts';
import { hubValue } from './hub-value.ts';
import type { Site } from './key-access.ts';
import { measureFunction, measureScalar, type MeasureFunction } from './measure-function.ts';
import type { PlanContext } from './plan-context.ts';
import { moneyPrint } from './plan-leaf.ts';
import type { OutputField, Ref, ValuePlan } from './output.ts';
import type { HubColumn } from './plan.ts';
import { createRowScope, measure, type PendingAggregate, type RowScope } from './row-scope.ts';
import { selectFields } from './selection.ts';

/** Takes a measure of a field (`path` absent: of rows); says where its value will stand in the row of measures. */
export type TakeMeasure = (fn: Exclude<MeasureFunction, 'AVG'>, path: string | undefined) => number;

/** `aggregate { count sum { amount } … }`: measures of the target's rows, and how they are written. */
export function planAggregate(
  context: PlanContext,
  site: Site,
  base: Predicate | undefined,
  sets: readonly SelectionSetNode[],
): { ref: Ref; fields: OutputField[] } {
  const { target } = site;
  const where = base ? { where: base } : {};
  if (measuredPaths(context, target.type, sets).every((path) => fieldExpr(context, target, path))) {
    const { ref, child } = site.add((on) => ({ kind: 'aggregate', on, rows: target.rows, ...where, measures: [] }));
    const take: TakeMeasure = (fn, path) => measure(child as PendingAggregate, sourceMeasure(context, target, fn, path));
    return { ref, fields: aggregateFields(context, target, take, sets) };
  }
  // Some field is not the source's own: the hub adds up the rows.
  const rows = createRowScope(target);
  const hub = hubMeasures(context, rows);
  const fields = aggregateFields(context, target, hub.take, sets);
  const stages = [hubStage(hub.columns, { kind: 'groups', by: [], measures: hub.measures })];
  const { ref } = site.add((on) => ({ kind: 'many', on, scope: rows, ...where, orderBy: [], stages }));
  return { ref, fields };
}

export function sourceMeasure(context: PlanContext, target: TypeBinding, fn: Exclude<MeasureFunction, 'AVG'>, path: string | undefined): Measure {
  const wanted = measureOf(fn, path === undefined ? undefined : fieldExpr(context, target, path));
  if (wanted) return wanted;
  throw new HubError('SOURCE_CAPABILITY_MISSING', `${target.type}.${path ?? ''} cannot be aggregated`, {
    source: target.source,
    department: target.department,
  });
}

/** Measures that the hub takes of rows: their fields as columns, and the measures over these. */
export function hubMeasures(
  context: PlanContext,
  rows: RowScope,
  columns: HubColumn[] = [],
  first = 0,
): { columns: HubColumn[]; measures: Measure[]; take: TakeMeasure } {
  const paths = new Map<string, number>();
  const measures: Measure[] = [];
  const columnOf = (path: string): ReturnType<typeof hubColumn> => {
    const index = paths.get(path) ?? columns.push(hubValue(context, rows, path)) - 1;
    paths.set(path, index);
    return hubColumn(index, columns[index]?.scalar ?? 'String');
  };
  return { columns, measures, take: (fn, path) => first + addMeasure(measures, measureOf(fn, path === undefined ? undefined : columnOf(path))) };
}

/** Position of a measure, added when new. */
export function addMeasure(measures: Measure[], wanted: Measure | undefined): number {
  if (!wanted) throw new HubError('INTERNAL_SERVER_ERROR', 'only counts are of rows');
  const text = JSON.stringify(wanted);
  const known = measures.findIndex((m) => JSON.stringify(m) === text);
  return known >= 0 ? known : measures.push(wanted) - 1;
}

/** Fields that an `aggregate` selection measures. */
export function measuredPaths(context: PlanContext, type: string, sets: readonly SelectionSetNode[]): string[] {
  const paths: string[] = [];
  const collect: TakeMeasure = (_fn, path) => {
    if (path !== undefined) paths.push(path);
    return 0;
  };
  const target = context.supergraph.bindings.get(type)?.[0];
  if (target) aggregateFields(context, target, collect, sets);
  return paths;
}

/** How the selected measures are written. */
export function aggregateFields(context: PlanContext, target: TypeBinding, take: TakeMeasure, sets: readonly SelectionSetNode[]): OutputField[] {
  return selectFields(context, aggregateName(target.type), sets).map(({ key, name, sets: inner }): OutputField => {
    if (name === '__typename') return { key, output: { kind: 'text', json: JSON.stringify(aggregateName(target.type)) } };
    const fn = measureFunction(name) ?? 'COUNT';
    if (fn === 'COUNT')
      return { key, output: { kind: 'value', value: { kind: 'wire', column: take(fn, undefined), scalar: 'Int' }, print: { scalar: 'Int' } } };
    const part = MEASURES[name as keyof typeof MEASURES];
    return { key, output: { kind: 'object', fields: measureFields(context, target, take, fn, (type) => measureName(type, part), target.type, '', inner) } };
  });
}

function measureFields(
  context: PlanContext,
  target: TypeBinding,
  take: TakeMeasure,
  fn: MeasureFunction,
  nameOf: (type: string) => string,
  type: string,
  prefix: string,
  sets: readonly SelectionSetNode[],
): OutputField[] {
  return selectFields(context, nameOf(type), sets).map((f): OutputField => {
    if (f.name === '__typename') return { key: f.key, output: { kind: 'text', json: JSON.stringify(nameOf(type)) } };
    const path = `${prefix}${f.name}`;
    const field = context.supergraph.model.types.get(type)?.fields.get(f.name);
    if (field?.kind === 'value')
      return { key: f.key, output: { kind: 'object', fields: measureFields(context, target, take, fn, nameOf, field.type, `${path}.`, f.sets) } };
    const scalar = measureScalar(context, target, fn, path);
    const unit = fn === 'COUNT_DISTINCT' ? undefined : leafAt(context.supergraph.model, target.type, path)?.unit;
    return {
      key: f.key,
      output: { kind: 'value', value: measureValue(take, fn, path, scalar), print: unit ? { scalar, money: moneyPrint(context, unit, f.args) } : { scalar } },
    };
  });
}

/** An average is a sum divided in the hub. */
export function measureValue(take: TakeMeasure, fn: MeasureFunction, path: string | undefined, scalar: string): ValuePlan {
  if (fn === 'AVG') return { kind: 'average', sum: take('SUM', path), count: take('COUNT', path) };
  return { kind: 'wire', column: take(fn, path), scalar };
}
