import type { Expr, Order } from '../../connectors/spi/ir.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { TypeBinding } from '../supergraph/binding.ts';
import { fieldExpr, measureOf } from './field-expr.ts';
import { sameSourceOn } from './key-access.ts';
import { concrete, type PlanContext } from './plan-context.ts';
import { leafScalar, relatedValue } from './plan-where.ts';

/** One step of an order; `scalar` is how its value stands in a cursor. */
export interface OrderItem {
  readonly order: Order;
  readonly scalar: string;
}

type Input = Readonly<Record<string, unknown>>;

/** `orderBy` as orders that the source evaluates. Nulls are smallest unless the direction says otherwise. */
export function planOrder(context: PlanContext, binding: TypeBinding, orderBy: unknown): OrderItem[] {
  if (orderBy === undefined || orderBy === null) return [];
  return (Array.isArray(orderBy) ? orderBy : [orderBy]).flatMap((item: unknown) => Object.entries(item as Input).flatMap(([name, value]) => (value === undefined ? [] : [orderItem(context, binding, name, value)])));
}

/** The asked order with the entity's key appended, so that it is total. */
export function totalOrder(context: PlanContext, binding: TypeBinding, orderBy: unknown): OrderItem[] {
  const items = planOrder(context, binding, orderBy);
  const asked = new Set(items.map((item) => JSON.stringify(item.order.value)));
  const key = context.supergraph.model.types.get(binding.type)?.key ?? [];
  const byKey = key.map((path) => ({ value: fieldExpr(context, binding, path), scalar: leafScalar(context, binding, path) }));
  const ties = byKey.every((k) => k.value) ? byKey : binding.key.map((value) => ({ value, scalar: 'String' }));
  for (const { value, scalar } of ties) {
    if (value && !asked.has(JSON.stringify(value))) items.push({ order: { value, direction: 'asc', nulls: 'first' }, scalar });
  }
  return items;
}

function orderItem(context: PlanContext, binding: TypeBinding, name: string, value: unknown): OrderItem {
  if (value === null) throw new HubError('BAD_USER_INPUT', `orderBy.${name} is null; name a direction`);
  const field = context.supergraph.model.types.get(binding.type)?.fields.get(name);
  if (field?.kind === 'relation') return related(context, binding, name, value as Input);
  if (field?.kind === 'value') {
    const [leaf = '', direction] = onlyEntry(value as Input);
    return leafItem(context, binding, `${name}.${leaf}`, direction);
  }
  return leafItem(context, binding, name, value);
}

function leafItem(context: PlanContext, binding: TypeBinding, path: string, value: unknown): OrderItem {
  const expr = fieldExpr(context, binding, path);
  if (!expr) throw unsupported(binding, path);
  return { order: direct(expr, String(concrete(context, value))), scalar: leafScalar(context, binding, path) };
}

function related(context: PlanContext, binding: TypeBinding, name: string, value: Input): OrderItem {
  const relation = context.supergraph.model.types.get(binding.type)?.fields.get(name);
  const join = relation?.kind === 'relation' ? sameSourceOn(context.supergraph, binding, relation) : undefined;
  if (relation?.kind !== 'relation' || !join) throw unsupported(binding, name);
  const [head = '', inner] = onlyEntry(value);
  const wrap = (expr: Expr, scalar: string, direction: string): OrderItem => ({ order: direct(expr, direction), scalar });
  if (!relation.many) {
    const item = orderItem(context, join.target, head, inner);
    return { order: { ...item.order, value: relatedValue(context, join, item.order.value) }, scalar: item.scalar };
  }
  if (head === 'count') return wrap(relatedValue(context, join, { fn: 'count' }), 'Int', String(concrete(context, inner)));
  const [path = '', direction] = onlyEntry(inner as Input);
  const fn = ({ countDistinct: 'COUNT_DISTINCT', sum: 'SUM', min: 'MIN', max: 'MAX' } as const)[head];
  const expr = fieldExpr(context, join.target, path);
  const measure = fn && expr ? measureOf(fn, expr) : undefined;
  if (!measure) throw unsupported(join.target, path);
  const scalar = fn === 'COUNT_DISTINCT' ? 'Int' : fn === 'SUM' ? 'Decimal' : leafScalar(context, join.target, path);
  return wrap(relatedValue(context, join, measure), scalar, String(concrete(context, direction)));
}

export function direct(value: Expr, direction: string): Order {
  const desc = direction.startsWith('DESC');
  const nulls = direction.endsWith('NULLS_FIRST') ? 'first' : direction.endsWith('NULLS_LAST') ? 'last' : desc ? 'last' : 'first';
  return { value, direction: desc ? 'desc' : 'asc', nulls };
}

const onlyEntry = (value: Input): [string | undefined, unknown] => Object.entries(value).find(([, v]) => v !== undefined) ?? [undefined, undefined];

const unsupported = (binding: TypeBinding, path: string): HubError =>
  new HubError('SOURCE_CAPABILITY_MISSING', `${binding.type}.${path} cannot be ordered by`, { source: binding.source, department: binding.department });
