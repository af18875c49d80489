import type { SelectionSetNode } from 'graphql';
import type { Expr, Measure, Order, Predicate } from '../../connectors/spi/ir.ts';
import { typeOfExpr, typeOfMeasure } from '../../connectors/spi/type-of.ts';
import { aggregateName, groupKeyName, groupLeavesName, groupName, measureName, MEASURES } from '../../schema/api/names.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { LeafField } from '../../schema/model/unified.ts';
import type { TypeBinding } from '../supergraph/binding.ts';
import { fieldExpr, measureOf } from './field-expr.ts';
import { sameSourceOn, type Site } from './key-access.ts';
import { concrete, type PlanContext } from './plan-context.ts';
import { moneyPrint, printOf } from './plan-leaf.ts';
import { direct } from './plan-order.ts';
import { both } from './predicates.ts';
import { leafScalar, operators, planWhere, relatedValue } from './plan-where.ts';
import type { OutputField, Ref, ValuePlan } from './plan.ts';
import { measure, type PendingAggregate } from './row-scope.ts';
import { selectFields, type Selected } from './selection.ts';

const FUNCTIONS = { countDistinct: 'COUNT_DISTINCT', sum: 'SUM', avg: 'AVG', min: 'MIN', max: 'MAX' } as const;
type FunctionName = keyof typeof FUNCTIONS;
type Input = Readonly<Record<string, unknown>>;

/** `aggregate { count sum { amount } … }`: measures added to `child`, written from its row. */
export function planAggregate(context: PlanContext, target: TypeBinding, child: PendingAggregate, sets: readonly SelectionSetNode[]): OutputField[] {
  return selectFields(context, aggregateName(target.type), sets).map((selected): OutputField => {
    if (selected.name === '__typename') return { key: selected.key, output: { kind: 'text', json: JSON.stringify(aggregateName(target.type)) } };
    if (selected.name === 'count')
      return {
        key: selected.key,
        output: { kind: 'value', value: { kind: 'wire', column: measure(child, { fn: 'count' }), scalar: 'Int' }, print: { scalar: 'Int' } },
      };
    const fn = selected.name as FunctionName;
    const typeName = measureName(target.type, MEASURES[fn]);
    const fields = selectFields(context, typeName, selected.sets).map((f): OutputField => {
      if (f.name === '__typename') return { key: f.key, output: { kind: 'text', json: JSON.stringify(typeName) } };
      return { key: f.key, output: measureOutput(context, target, child, fn, f) };
    });
    return { key: selected.key, output: { kind: 'object', fields } };
  });
}

function measureOutput(context: PlanContext, target: TypeBinding, child: PendingAggregate, fn: FunctionName, selected: Selected): OutputField['output'] {
  const expr = required(context, target, selected.name);
  const scalar = fn === 'countDistinct' ? 'Int' : fn === 'sum' || fn === 'avg' ? 'Decimal' : leafScalar(context, target, selected.name);
  const wanted = measureOf(FUNCTIONS[fn], expr) as Measure;
  const column = measure(child, wanted);
  const value: ValuePlan =
    fn === 'avg' ? { kind: 'average', sum: column, count: measure(child, { fn: 'count', value: expr }) } : { kind: 'wire', column, scalar };
  const leaf = context.supergraph.model.types.get(target.type)?.fields.get(selected.name);
  const unit = leaf?.kind === 'leaf' && fn !== 'countDistinct' ? leaf.unit : undefined;
  return { kind: 'value', value, print: unit ? { scalar, money: moneyPrint(context, unit, selected.args) } : { scalar } };
}

/** `groups(by:, where:, having:, orderBy:, first:)`; without an order, by the keys. */
export function planGroups(
  context: PlanContext,
  site: Site,
  base: Predicate | undefined,
  selected: Selected,
): { readonly ref: Ref; readonly fields: OutputField[] } {
  const { target } = site;
  const by = ((selected.args['by'] as Input[] | undefined) ?? []).map((item) => {
    const path = String(concrete(context, item['field']));
    const value = groupExpr(context, target, path);
    const unit = concrete(context, item['truncate']);
    const truncated: Expr = typeof unit === 'string' ? { kind: 'truncate', value, unit: unit as 'DAY' } : value;
    return { path, value: truncated, scalar: typeof unit === 'string' ? 'Date' : groupScalar(context, target, path) };
  });
  if (by.length === 0) throw new HubError('BAD_USER_INPUT', 'groups needs at least one field in by; use aggregate for one total');
  const where = selected.args['where'] === undefined ? base : both(base, planWhere(context, target, selected.args['where']));
  const { ref, child: added } = site.add((on) => ({
    kind: 'groups',
    on,
    rows: target.rows,
    ...(where ? { where } : {}),
    by: by.map((b) => b.value),
    measures: [],
  }));
  const child = added as PendingAggregate;
  const fields = selectFields(context, groupName(target.type), selected.sets).map((f): OutputField => {
    if (f.name === 'key') return { key: f.key, output: { kind: 'object', fields: groupKey(context, target, by, '', groupKeyName(target.type), f.sets) } };
    if (f.name === 'aggregate') return { key: f.key, output: { kind: 'object', fields: planAggregate(context, target, child, f.sets) } };
    return { key: f.key, output: { kind: 'text', json: JSON.stringify(groupName(target.type)) } };
  });
  const having = havingPredicate(context, target, child, selected.args['having'], false);
  if (having) child.having = having;
  const asked = ((selected.args['orderBy'] as Input[] | undefined) ?? []).map((item) => groupOrder(context, target, child, by, item));
  child.orderBy = [
    ...asked,
    ...by.map((b, i): Order => ({ value: { kind: 'column', column: `k${i}`, type: typeOfExpr(b.value) }, direction: 'asc', nulls: 'first' })),
  ];
  const first = concrete(context, selected.args['first']);
  const { pageMax } = context.supergraph.limits;
  if (typeof first === 'number' && first > pageMax) throw new HubError('LIMIT_PAGE', `first is ${first}; at most ${pageMax} groups are allowed`);
  if (typeof first === 'number' && first < 0) throw new HubError('BAD_USER_INPUT', 'first must not be negative');
  // Without `first` all groups are meant: one too many shows that they are not all here.
  child.limit = typeof first === 'number' ? first : pageMax + 1;
  return { ref, fields };
}

type By = readonly { readonly path: string; readonly value: Expr; readonly scalar: string }[];

function groupKey(context: PlanContext, target: TypeBinding, by: By, prefix: string, typeName: string, sets: readonly SelectionSetNode[]): OutputField[] {
  return selectFields(context, typeName, sets).map((f): OutputField => {
    if (f.name === '__typename') return { key: f.key, output: { kind: 'text', json: JSON.stringify(typeName) } };
    const path = `${prefix}${f.name}`;
    if (f.sets.length > 0) {
      const relation = context.supergraph.model.types.get(target.type)?.fields.get(f.name);
      const inner = relation?.kind === 'relation' ? relation.target : relation?.kind === 'value' ? relation.type : '';
      return { key: f.key, output: { kind: 'object', fields: groupKey(context, target, by, `${path}.`, groupLeavesName(inner), f.sets) } };
    }
    const column = by.findIndex((b) => b.path === path);
    if (column < 0) throw new HubError('BAD_USER_INPUT', `key.${path} is not among the fields grouped by; add it to by`);
    const item = by[column] as By[number];
    const leaf = context.supergraph.model.types.get(target.type)?.fields.get(path);
    const print = leaf?.kind === 'leaf' && item.scalar !== 'Date' ? printOf(context, leaf as LeafField, f.args) : { scalar: item.scalar };
    return { key: f.key, output: { kind: 'value', value: { kind: 'wire', column, scalar: item.scalar }, print } };
  });
}

function groupExpr(context: PlanContext, target: TypeBinding, path: string): Expr {
  const [head = '', ...rest] = path.split('.');
  const field = context.supergraph.model.types.get(target.type)?.fields.get(head);
  if (field?.kind === 'relation' && !field.many) {
    const join = sameSourceOn(context.supergraph, target, field);
    if (!join) throw new HubError('SOURCE_CAPABILITY_MISSING', `${target.type}.${path} is in another source and cannot be grouped by`);
    return relatedValue(context, join, required(context, join.target, rest.join('.')));
  }
  return required(context, target, path);
}

function groupScalar(context: PlanContext, target: TypeBinding, path: string): string {
  const [head = '', ...rest] = path.split('.');
  const field = context.supergraph.model.types.get(target.type)?.fields.get(head);
  const inner = field?.kind === 'relation' ? context.supergraph.bindings.get(field.target)?.[0] : undefined;
  return inner ? leafScalar(context, inner, rest.join('.')) : leafScalar(context, target, path);
}

function havingPredicate(context: PlanContext, target: TypeBinding, child: PendingAggregate, having: unknown, negated: boolean): Predicate | undefined {
  if (having === undefined || having === null) return undefined;
  const parts = Object.entries(having as Input).flatMap(([name, value]): Predicate[] => {
    if (value === undefined || value === null) return [];
    if (name === 'and' || name === 'or') {
      const inner = (Array.isArray(value) ? value : [value]).map(
        (v: unknown) => havingPredicate(context, target, child, v, negated) ?? ({ kind: negated ? 'or' : 'and', predicates: [] } as Predicate),
      );
      return [{ kind: (name === 'and') === negated ? 'or' : 'and', predicates: inner }];
    }
    if (name === 'not') return [havingPredicate(context, target, child, value, !negated) ?? { kind: negated ? 'and' : 'or', predicates: [] }];
    return measured(context, target, child, name, value as Input).flatMap(({ expr, scalar, path, ops }) =>
      operators(context, { path, expr, scalar }, ops, negated),
    );
  });
  return parts.length > 1 ? { kind: negated ? 'or' : 'and', predicates: parts } : parts[0];
}

function measured(
  context: PlanContext,
  target: TypeBinding,
  child: PendingAggregate,
  name: string,
  value: Input,
): { expr: Expr; scalar: string; path: string; ops: Input }[] {
  if (name === 'count') return [{ expr: measureColumn(child, { fn: 'count' }), scalar: 'Int', path: 'count', ops: value }];
  return Object.entries(value).flatMap(([path, ops]) => {
    if (ops === undefined) return [];
    const { expr, scalar } = measureExpr(context, target, child, name as FunctionName, path);
    return [{ expr, scalar, path: `${name}.${path}`, ops: ops as Input }];
  });
}

function measureExpr(context: PlanContext, target: TypeBinding, child: PendingAggregate, fn: FunctionName, path: string): { expr: Expr; scalar: string } {
  const value = required(context, target, path);
  if (fn === 'avg') throw new HubError('SOURCE_CAPABILITY_MISSING', 'groups cannot be filtered or ordered by avg; use sum and count');
  return {
    expr: measureColumn(child, measureOf(FUNCTIONS[fn], value) as Measure),
    scalar: fn === 'countDistinct' ? 'Int' : fn === 'sum' ? 'Decimal' : leafScalar(context, target, path),
  };
}

function measureColumn(child: PendingAggregate, wanted: Measure): Expr {
  const index = measure(child, wanted) - (child.by?.length ?? 0);
  return { kind: 'column', column: `m${index}`, type: typeOfMeasure(wanted) };
}

function groupOrder(context: PlanContext, target: TypeBinding, child: PendingAggregate, by: By, item: Input): Order {
  const [name = '', value] = Object.entries(item).find(([, v]) => v !== undefined) ?? [];
  if (name === 'count') return direct(measureColumn(child, { fn: 'count' }), String(concrete(context, value)));
  const [path, direction] = flatten(value as Input);
  if (name !== 'key') return direct(measureExpr(context, target, child, name as FunctionName, path).expr, String(concrete(context, direction)));
  const index = by.findIndex((b) => b.path === path);
  const key = by[index];
  if (!key) throw new HubError('BAD_USER_INPUT', `orderBy.key.${path} is not among the fields grouped by; add it to by`);
  return direct({ kind: 'column', column: `k${index}`, type: typeOfExpr(key.value) }, String(concrete(context, direction)));
}

function flatten(value: Input, prefix = ''): [string, unknown] {
  const [name = '', inner] = Object.entries(value).find(([, v]) => v !== undefined) ?? [];
  return typeof inner === 'object' && inner !== null && !('kind' in inner) ? flatten(inner as Input, `${prefix}${name}.`) : [`${prefix}${name}`, inner];
}

function required(context: PlanContext, target: TypeBinding, path: string): Expr {
  const expr = fieldExpr(context, target, path);
  if (!expr)
    throw new HubError('SOURCE_CAPABILITY_MISSING', `${target.type}.${path} cannot be aggregated or grouped`, {
      source: target.source,
      department: target.department,
    });
  return expr;
}
