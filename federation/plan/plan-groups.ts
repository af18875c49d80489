import type { SelectionSetNode } from 'graphql';
import type { Expr, Order, Predicate } from '../../connectors/spi/ir.ts';
import { leafAt } from '../../schema/api/leaves.ts';
import { groupKeyName, groupLeavesName, groupName } from '../../schema/api/names.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { RelationField } from '../../schema/model/unified.ts';
import type { TypeBinding } from '../supergraph/binding.ts';
import { entityExists } from './entity-exists.ts';
import { fieldExpr } from './field-expr.ts';
import { havingParts } from './having.ts';
import { groupRows, type GroupKey, type GroupRows } from './group-rows.ts';
import { hubValue } from './hub-value.ts';
import { relationJoin, relationSite, sameSourceOn, type Site } from './key-access.ts';
import { measureFunction, measureScalar, type MeasureFunction } from './measure-function.ts';
import { aggregateFields, measuredPaths } from './plan-aggregate.ts';
import { concrete, type PlanContext } from './plan-context.ts';
import { printOf } from './plan-leaf.ts';
import { direct, flattenOrder, onlyEntry } from './plan-order.ts';
import { badInput, operators, type Input } from './operators.ts';
import { leafScalar, planWhere, relatedValue } from './plan-where.ts';
import type { OutputField, Ref } from './output.ts';
import type { HubColumn } from './plan.ts';
import { always, both, combine } from './predicates.ts';
import { createRowScope, rowOrder, type RowScope } from './row-scope.ts';
import { selectFields, type Selected } from './selection.ts';

/**
 * `groups(by:, where:, having:, orderBy:, first:)`; without an order, by the keys. The list's source groups them where it knows all that they are made of;
 * else the hub does.
 */
export function planGroups(
  context: PlanContext,
  site: Site,
  base: Predicate | undefined,
  selected: Selected,
): { readonly ref: Ref; readonly fields: OutputField[] } {
  const { target } = site;
  const by = groupItems(context, selected).map((item) => groupKey(context, target, item));
  const where = selected.args['where'] === undefined ? base : both(base, planWhere(context, target, selected.args['where'], false, base));
  const { paths, averaged } = measuredBy(context, target.type, selected);
  const groups = groupRows(context, site, {
    ...(where ? { where } : {}),
    by,
    measurable: paths.every((path) => fieldExpr(context, target, path)),
    averaged,
    limit: groupsLimit(context, selected),
  });
  return writeGroups(context, target, selected, by, groups);
}

/** Fields that a `groups` selection measures, shown or compared. */
export function measuredBy(context: PlanContext, type: string, { args, sets }: Selected): { readonly paths: string[]; readonly averaged: boolean } {
  const compared = [...havingMeasures(args['having']), ...((args['orderBy'] as Input[] | undefined) ?? []).flatMap(orderMeasure)];
  const shown = selectFields(context, groupName(type), sets).flatMap((f) => (f.name === 'aggregate' ? measuredPaths(context, type, f.sets) : []));
  return { paths: [...shown, ...compared.flatMap(({ path }) => path ?? [])], averaged: compared.some(({ fn }) => fn === 'AVG') };
}

/** What `by` lists. @throws {HubError} BAD_USER_INPUT when it lists nothing, or one field twice in different ways: a key has one name */
export function groupItems(context: PlanContext, { args }: Selected): readonly Input[] {
  const items = (args['by'] as Input[] | undefined) ?? [];
  if (items.length === 0) throw badInput('groups needs at least one field in by; use aggregate for one total');
  const ways = new Map<unknown, unknown>();
  for (const { field, truncate } of items) {
    const [name, unit] = [concrete(context, field), concrete(context, truncate) ?? null];
    if (ways.has(name) && ways.get(name) !== unit)
      throw badInput(`${String(name)} stands in by twice, cut in different ways; ask for each by groups of its own`);
    ways.set(name, unit);
  }
  return items;
}

/** Without `first` all groups are meant: one too many shows that they are not all here. @throws {HubError} LIMIT_PAGE | BAD_USER_INPUT */
export function groupsLimit(context: PlanContext, { args }: Selected): number {
  const first = concrete(context, args['first']);
  const { pageMax } = context.supergraph.limits;
  if (typeof first === 'number' && first > pageMax) throw new HubError('LIMIT_PAGE', `first is ${first}; at most ${pageMax} groups are allowed`);
  if (typeof first === 'number' && first < 0) throw new HubError('BAD_USER_INPUT', 'first must not be negative');
  return typeof first === 'number' ? first : pageMax + 1;
}

/** What is shown of groups, with their condition and order; they are complete with it. */
export function writeGroups(
  context: PlanContext,
  target: TypeBinding,
  selected: Selected,
  by: readonly Pick<GroupKey, 'path' | 'scalar'>[],
  groups: GroupRows,
): { readonly ref: Ref; readonly fields: OutputField[] } {
  const { having, orderBy } = selected.args;
  const asked = (orderBy as Input[] | undefined) ?? [];
  const fields = selectFields(context, groupName(target.type), selected.sets).map((f): OutputField => {
    if (f.name === 'key') return { key: f.key, output: { kind: 'object', fields: keyFields(context, target, by, '', groupKeyName(target.type), f.sets) } };
    if (f.name === 'aggregate') return { key: f.key, output: { kind: 'object', fields: aggregateFields(context, target, groups.take, f.sets) } };
    return { key: f.key, output: { kind: 'text', json: JSON.stringify(groupName(target.type)) } };
  });
  const kept = havingPredicate(context, target, groups, having);
  const order: Order[] = [
    ...asked.map((item) => groupOrder(context, groups, by, item)),
    ...by.map((_, i): Order => ({ value: groups.keyExpr(i), direction: 'asc', nulls: 'first' })),
  ];
  return { ref: groups.add(kept, order), fields };
}

/** One way to group: by a field, a leaf of an embedded value, or a leaf of what a to-one relation leads to. */
export function groupKey(context: PlanContext, target: TypeBinding, item: Input): GroupKey {
  const path = String(concrete(context, item['field']));
  const unit = concrete(context, item['truncate']);
  const truncate = typeof unit === 'string' ? (unit as 'DAY') : undefined;
  const [head = '', ...rest] = path.split('.');
  const relation = context.supergraph.model.types.get(target.type)?.fields.get(head);
  if (relation?.kind !== 'relation') {
    const expr = fieldExpr(context, target, path);
    return keyOf(path, leafScalar(context, target, path), expr, (scope) => hubValue(context, scope, path), truncate);
  }
  const leaf = rest.join('.');
  const related = relationJoin(context.supergraph, target, relation)?.target;
  if (!related) throw new HubError('SOURCE_CAPABILITY_MISSING', `${target.type}.${head} cannot be followed`, { source: target.source });
  const join = sameSourceOn(context.supergraph, target, relation);
  const inner = join && fieldExpr(context, join.target, leaf);
  const expr = join && inner ? relatedValue(context, join, inner) : undefined;
  return keyOf(path, leafScalar(context, related, leaf), expr, (scope) => relatedLeaf(context, scope, relation, leaf), truncate);
}

function keyOf(path: string, scalar: string, expr: Expr | undefined, value: (scope: RowScope) => HubColumn, truncate: 'DAY' | undefined): GroupKey {
  if (!truncate) return { path, scalar, value: (scope) => (expr ? wireColumn(scope, expr, scalar) : value(scope)), ...(expr ? { expr } : {}) };
  if (!TIMES.has(scalar)) throw new HubError('BAD_USER_INPUT', `${path} is no day, month or time, so it cannot be truncated`);
  // A month is text for a source.
  const day: Expr | undefined = expr && scalar === 'YearMonth' ? { kind: 'parseDate', value: expr, formats: ['yyyy-MM'] } : expr;
  const truncated: Expr | undefined = day && { kind: 'truncate', value: day, unit: truncate };
  return {
    path,
    scalar: 'Date',
    value: (scope) => (truncated ? wireColumn(scope, truncated, 'Date') : { ...value(scope), truncate }),
    ...(truncated ? { expr: truncated } : {}),
  };
}

const TIMES: ReadonlySet<string> = new Set(['Date', 'DateTime', 'YearMonth']);

const wireColumn = (scope: RowScope, expr: Expr, scalar: string): HubColumn => ({ value: { kind: 'wire', column: scope.column(expr), scalar }, scalar });

/** A leaf of what a to-one relation leads to, in another source or computed by the hub. */
function relatedLeaf(context: PlanContext, scope: RowScope, relation: RelationField, leaf: string): HubColumn {
  const site = relationSite(context.supergraph, scope, relation);
  if (!site) throw new HubError('SOURCE_CAPABILITY_MISSING', `${scope.binding.type}.${relation.name} cannot be followed`, { source: scope.binding.source });
  const related = createRowScope(site.target);
  const { value, scalar } = hubValue(context, related, leaf);
  const where = entityExists(context, site.target);
  const { ref } = site.add((on) => ({ kind: 'one', on, scope: related, ...(where ? { where } : {}), orderBy: rowOrder(site.target) }));
  return { value: { kind: 'via', ref, value }, scalar };
}

function keyFields(
  context: PlanContext,
  target: TypeBinding,
  by: readonly Pick<GroupKey, 'path' | 'scalar'>[],
  prefix: string,
  typeName: string,
  sets: readonly SelectionSetNode[],
): OutputField[] {
  return selectFields(context, typeName, sets).map((f): OutputField => {
    if (f.name === '__typename') return { key: f.key, output: { kind: 'text', json: JSON.stringify(typeName) } };
    const path = `${prefix}${f.name}`;
    if (f.sets.length > 0) {
      const field = context.supergraph.model.types.get(target.type)?.fields.get(f.name);
      const inner = field?.kind === 'relation' ? field.target : field?.kind === 'value' ? field.type : '';
      return { key: f.key, output: { kind: 'object', fields: keyFields(context, target, by, `${path}.`, groupLeavesName(inner), f.sets) } };
    }
    const column = by.findIndex((b) => b.path === path);
    const item = by[column];
    if (!item) throw new HubError('BAD_USER_INPUT', `key.${path} is not among the fields grouped by; add it to by`);
    const leaf = leafAt(context.supergraph.model, target.type, path);
    const print = leaf && item.scalar === leaf.type.name ? printOf(context, leaf, f.args) : { scalar: item.scalar };
    return { key: f.key, output: { kind: 'value', value: { kind: 'wire', column, scalar: item.scalar }, print } };
  });
}

interface Asked {
  readonly fn: MeasureFunction;
  readonly path: string | undefined;
}

/** The measures that a `having` compares. */
function havingMeasures(having: unknown): Asked[] {
  const asked: Asked[] = [];
  havingParts((having ?? {}) as Input, false, (measure) => {
    asked.push(measure);
    return [];
  });
  return asked;
}

function orderMeasure(item: Input): Asked[] {
  const [name, value] = onlyEntry(item);
  const fn = measureFunction(name);
  if (!fn) return [];
  return [{ fn, path: fn === 'COUNT' ? undefined : flattenOrder(value)[0] }];
}

function havingPredicate(context: PlanContext, target: TypeBinding, groups: GroupRows, having: unknown): Predicate | undefined {
  const parts = havingParts((having ?? {}) as Input, false, ({ name, fn, path, ops }, negated) => {
    const scalar = measureScalar(context, target, fn, path);
    const all = combine(operators(context, { path: `having.${name}`, expr: groups.measureExpr(fn, path), scalar }, ops, negated), negated);
    return [all ?? always(!negated)];
  });
  return combine(parts, false);
}

function groupOrder(context: PlanContext, groups: GroupRows, by: readonly Pick<GroupKey, 'path'>[], item: Input): Order {
  const [name, value] = onlyEntry(item);
  const fn = measureFunction(name);
  if (fn === 'COUNT') return direct(groups.measureExpr(fn, undefined), String(concrete(context, value)));
  const [path, direction] = flattenOrder(value);
  if (fn) return direct(groups.measureExpr(fn, path), String(concrete(context, direction)));
  const index = by.findIndex((b) => b.path === path);
  if (index < 0) throw new HubError('BAD_USER_INPUT', `orderBy.key.${path} is not among the fields grouped by; add it to by`);
  return direct(groups.keyExpr(index), String(concrete(context, direction)));
}
