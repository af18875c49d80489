import type { Expr, Order } from '../../connectors/spi/ir.ts';
import { typeOfExpr } from '../../connectors/spi/type-of.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { RelationField } from '../../schema/model/unified.ts';
import type { TypeBinding } from '../supergraph/binding.ts';
import { decide } from './decision.ts';
import { entityExists } from './entity-exists.ts';
import { fieldExpr, measureOf } from './field-expr.ts';
import { hubReason } from './hub-reason.ts';
import { relationJoin, relationSite, sameSourceOn } from './key-access.ts';
import { asList, badInput } from './operators.ts';
import { measureFunction, measureScalar, type MeasureFunction } from './measure-function.ts';
import { concrete, type PlanContext } from './plan-context.ts';
import { entityValue } from './plan-leaf.ts';
import { leafScalar, relatedValue } from './plan-where.ts';
import { NAIVE } from '../values/naive.ts';
import type { ValuePlan } from './output.ts';
import { relatedMeasure } from './related-measure.ts';
import { createRowScope, type RowScope } from './row-scope.ts';

/** One step of an order; `scalar` is how its value stands in a cursor. */
export type OrderItem = SourceOrder | HubOrderItem;

/** The row's own source can evaluate it. */
export interface SourceOrder {
  readonly kind: 'source';
  readonly order: Order;
  readonly scalar: string;
}

/** Only the hub can: the value is another source's, or computed from several. */
export interface HubOrderItem {
  readonly kind: 'hub';
  readonly value: (scope: RowScope) => ValuePlan;
  readonly direction: 'asc' | 'desc';
  readonly nulls: 'first' | 'last';
  readonly scalar: string;
}

export const isSourceOrder = (item: OrderItem): item is SourceOrder => item.kind === 'source';

type Input = Readonly<Record<string, unknown>>;

/** `orderBy` as orders that the source evaluates. Nulls are smallest unless the direction says otherwise. */
export function planOrder(context: PlanContext, binding: TypeBinding, orderBy: unknown): OrderItem[] {
  if (orderBy === undefined || orderBy === null) return [];
  return asList(orderBy).map((item) => orderItem(context, binding, ...onlyEntry(item)));
}

/** The asked order with the entity's key appended, so that it is total. */
export function totalOrder(context: PlanContext, binding: TypeBinding, orderBy: unknown): OrderItem[] {
  const items = planOrder(context, binding, orderBy);
  const asked = new Set(items.filter(isSourceOrder).map((item) => JSON.stringify(item.order.value)));
  const key = context.supergraph.model.types.get(binding.type)?.key ?? [];
  const byKey = key.map((path) => ({ value: fieldExpr(context, binding, path), scalar: leafScalar(context, binding, path) }));
  const ties = byKey.every((k) => k.value) ? byKey : binding.key.map((value) => ({ value, scalar: 'String' }));
  for (const { value, scalar } of ties) {
    if (value && !asked.has(JSON.stringify(value))) items.push({ kind: 'source', order: { value, direction: 'asc', nulls: 'first' }, scalar });
  }
  return items.every(isSourceOrder) ? items.map(asStored) : items;
}

/** Times without a zone stand as their instants do, but where clocks skip an hour; and an index serves them only as they are stored. */
function asStored(item: SourceOrder): SourceOrder {
  const { value } = item.order;
  if (value.kind !== 'cast' || value.type.kind !== 'timestamp' || !value.type.zoned) return item;
  return isNaive(value.value) ? { ...item, order: { ...item.order, value: value.value } } : item;
}

function isNaive(expr: Expr): boolean {
  const type = typeOfExpr(expr);
  return type.kind === 'timestamp' && !type.zoned;
}

/** How the value of an order becomes what a cursor holds. */
export const cursorScalar = ({ order, scalar }: SourceOrder): string => (scalar === 'DateTime' && isNaive(order.value) ? NAIVE : scalar);

function orderItem(context: PlanContext, binding: TypeBinding, name: string, value: unknown): OrderItem {
  const field = context.supergraph.model.types.get(binding.type)?.fields.get(name);
  if (field?.kind === 'relation') return related(context, binding, name, value as Input);
  if (field?.kind === 'value') {
    const [leaf, direction] = onlyEntry(value);
    return leafItem(context, binding, `${name}.${leaf}`, direction);
  }
  return leafItem(context, binding, name, value);
}

function leafItem(context: PlanContext, binding: TypeBinding, path: string, value: unknown): OrderItem {
  const expr = fieldExpr(context, binding, path);
  const direction = String(concrete(context, value));
  const scalar = leafScalar(context, binding, path);
  decide(context, {
    what: `order by ${binding.type}.${path}`,
    by: expr ? 'source' : 'hub',
    source: binding.source,
    why: expr ? 'computed by the source' : hubReason(context, binding, path),
  });
  if (expr) return { kind: 'source', order: direct(expr, direction), scalar };
  return hubItem((scope) => entityValue(context, scope, path), direction, scalar);
}

function related(context: PlanContext, binding: TypeBinding, name: string, value: Input): OrderItem {
  const relation = context.supergraph.model.types.get(binding.type)?.fields.get(name);
  const join = relation?.kind === 'relation' ? sameSourceOn(context.supergraph, binding, relation) : undefined;
  if (relation?.kind !== 'relation') throw unsupported(binding, name);
  if (!join) return remote(context, binding, relation, value);
  const [head, inner] = onlyEntry(value);
  const wrap = (expr: Expr, scalar: string, direction: string): OrderItem => ({ kind: 'source', order: direct(expr, direction), scalar });
  if (!relation.many) {
    const item = orderItem(context, join.target, head, inner);
    if (!isSourceOrder(item)) return remote(context, binding, relation, value);
    return { kind: 'source', order: { ...item.order, value: relatedValue(context, join, item.order.value) }, scalar: item.scalar };
  }
  const { fn, path, direction } = measureOrder(head, inner);
  const expr = path === undefined ? undefined : fieldExpr(context, join.target, path);
  const wanted = fn !== 'AVG' && (path === undefined || expr) ? measureOf(fn, expr) : undefined;
  if (!wanted) return remote(context, binding, relation, value);
  return wrap(relatedValue(context, join, wanted), measureScalar(context, join.target, fn, path), String(concrete(context, direction)));
}

/** `count: ASC`, `sum: { amount: ASC }`. */
function measureOrder(name: string, value: unknown): { readonly fn: MeasureFunction; readonly path: string | undefined; readonly direction: unknown } {
  const fn = measureFunction(name);
  if (!fn) throw new HubError('BAD_USER_INPUT', `there is no measure ${name}`);
  if (fn === 'COUNT') return { fn, path: undefined, direction: value };
  const [path, direction] = flattenOrder(value);
  return { fn, path, direction };
}

/** The one path of an order input and its direction: `{ location: { longitude: ASC } }` is `location.longitude`. */
export function flattenOrder(value: unknown, prefix = ''): [string, unknown] {
  const [name, inner] = onlyEntry(value);
  return typeof inner === 'object' && inner !== null && !('kind' in inner) ? flattenOrder(inner, `${prefix}${name}.`) : [`${prefix}${name}`, inner];
}

/** An order through a relation that the source cannot follow: by a value of the related entity, or by a measure over the related ones. */
function remote(context: PlanContext, binding: TypeBinding, relation: RelationField, value: Input): HubOrderItem {
  const [head, inner] = onlyEntry(value);
  const targetOf = (scope: RowScope) => {
    const site = relationSite(context.supergraph, scope, relation);
    if (!site) throw unsupported(binding, relation.name);
    return site;
  };
  const target = relationJoin(context.supergraph, binding, relation)?.target;
  if (!target) throw unsupported(binding, relation.name);
  if (!relation.many) {
    const item = orderItem(context, target, head, inner);
    const { direction, nulls } = isSourceOrder(item) ? item.order : item;
    const value = (scope: RowScope): ValuePlan => {
      const site = targetOf(scope);
      const related = createRowScope(site.target);
      const where = entityExists(context, site.target);
      const { ref } = site.add((on) => ({
        kind: 'one',
        on,
        scope: related,
        ...(where ? { where } : {}),
        orderBy: site.target.key.map((key) => ({ value: key, direction: 'asc', nulls: 'first' })),
      }));
      return {
        kind: 'via',
        ref,
        value: isSourceOrder(item) ? { kind: 'wire', column: related.column(item.order.value), scalar: item.scalar } : item.value(related),
      };
    };
    return { kind: 'hub', value, direction, nulls, scalar: item.scalar };
  }
  const { fn, path, direction: asked } = measureOrder(head, inner);
  const scalar = measureScalar(context, target, fn, path);
  return hubItem((scope) => relatedMeasure(context, scope, relation, fn, path).value, String(concrete(context, asked)), scalar);
}

function hubItem(value: HubOrderItem['value'], asked: string, scalar: string): HubOrderItem {
  const { direction, nulls } = direct(NOTHING, asked);
  return { kind: 'hub', value, direction, nulls, scalar };
}

const NOTHING: Expr = { kind: 'literal', value: null, type: { kind: 'text' } };

export function direct(value: Expr, direction: string): Order {
  const desc = direction.startsWith('DESC');
  const nulls = direction.endsWith('NULLS_FIRST') ? 'first' : direction.endsWith('NULLS_LAST') ? 'last' : desc ? 'last' : 'first';
  return { value, direction: desc ? 'desc' : 'asc', nulls };
}

/** What an order input names, with the direction or what stands below. @throws {HubError} BAD_USER_INPUT when variables leave nothing of it */
export function onlyEntry(value: unknown): [string, unknown] {
  const entry = Object.entries((value ?? {}) as Input).find(([, inner]) => inner !== undefined);
  if (!entry) throw badInput('orderBy: each item names one value and its direction, and one names none');
  if (entry[1] === null) throw badInput(`orderBy: ${entry[0]} is null; name a direction`);
  return entry;
}

const unsupported = (binding: TypeBinding, path: string): HubError =>
  new HubError('SOURCE_CAPABILITY_MISSING', `${binding.type}.${path} cannot be ordered by`, { source: binding.source, department: binding.department });
