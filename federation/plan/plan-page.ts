import type { Expr, Order, Predicate } from '../../connectors/spi/ir.ts';
import { typeOfExpr } from '../../connectors/spi/type-of.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { Canonical } from '../../schema/model/canonical.ts';
import { encodeWire } from '../values/encode-wire.ts';
import { concrete, type PlanContext } from './plan-context.ts';
import { cursorScalar, type SourceOrder } from './plan-order.ts';

export interface Page {
  readonly limit: number | undefined; // undefined: the hub's own selection, whole
  readonly offset: number;
  readonly reversed: boolean;
  readonly after?: readonly Canonical[];
  readonly before?: readonly Canonical[];
}

/** Paging arguments, checked. @throws {HubError} LIMIT_PAGE | BAD_USER_INPUT | CURSOR_INVALID */
export function readPage(context: PlanContext, args: Readonly<Record<string, unknown>>, fingerprint: string): Page {
  const { pageDefault, pageMax, offsetMax } = context.supergraph.limits;
  const number = (name: string): number | undefined => {
    const value = concrete(context, args[name]);
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'number' || value < 0) throw new HubError('BAD_USER_INPUT', `${name} must not be negative`);
    return value;
  };
  const cursor = (name: string): readonly Canonical[] | undefined => {
    const value = concrete(context, args[name]);
    return typeof value === 'string' ? context.cursors.decode(fingerprint, value) : undefined;
  };
  const [first, last, offset] = [number('first'), number('last'), number('offset')];
  if (first !== undefined && last !== undefined) throw new HubError('BAD_USER_INPUT', 'use either first or last, not both');
  if (last !== undefined && offset) throw new HubError('BAD_USER_INPUT', 'offset counts from the start; use it with first');
  const asked = first ?? last;
  if (asked !== undefined && asked > pageMax && !context.document.internal) {
    throw new HubError('LIMIT_PAGE', `${first === undefined ? 'last' : 'first'} is ${asked}; at most ${pageMax} are allowed; page with after`);
  }
  if (offset !== undefined && offset > offsetMax && !context.document.internal)
    throw new HubError('LIMIT_PAGE', `offset is ${offset}; at most ${offsetMax} is allowed; page with after`);
  const after = cursor('after');
  const before = cursor('before');
  return {
    limit: asked ?? (context.document.internal ? undefined : pageDefault),
    offset: offset ?? 0,
    reversed: last !== undefined,
    ...(after ? { after } : {}),
    ...(before ? { before } : {}),
  };
}

/** Rows strictly after (or before) the row with these order values, in the order given. */
export function seek(context: PlanContext, items: readonly SourceOrder[], values: readonly Canonical[], direction: 'after' | 'before'): Predicate {
  if (values.length !== items.length) throw new HubError('CURSOR_INVALID', 'the cursor does not belong to this list; start again without it');
  const alternatives = items.map((item, i): Predicate => {
    const equal = items.slice(0, i).map((earlier, j) => equals(context, earlier, values[j] ?? null));
    return { kind: 'and', predicates: [...equal, beyond(context, direction === 'after' ? item : flip(item), values[i] ?? null)] };
  });
  return { kind: 'or', predicates: alternatives };
}

export const flip = (item: SourceOrder): SourceOrder => ({ ...item, order: flipOrder(item.order) });

function flipOrder(order: Order): Order {
  return { value: order.value, direction: order.direction === 'asc' ? 'desc' : 'asc', nulls: order.nulls === 'first' ? 'last' : 'first' };
}

function equals(context: PlanContext, item: SourceOrder, value: Canonical): Predicate {
  if (value === null) return { kind: 'isNull', value: item.order.value, negated: false };
  return { kind: 'compare', op: 'eq', left: item.order.value, right: literal(context, item, value) };
}

function beyond(context: PlanContext, item: SourceOrder, value: Canonical): Predicate {
  const { value: expr, direction, nulls } = item.order;
  if (value === null) return nulls === 'first' ? { kind: 'isNull', value: expr, negated: true } : { kind: 'or', predicates: [] };
  const past: Predicate = { kind: 'compare', op: direction === 'asc' ? 'gt' : 'lt', left: expr, right: literal(context, item, value) };
  return nulls === 'last' ? { kind: 'or', predicates: [past, { kind: 'isNull', value: expr, negated: false }] } : past;
}

const literal = (context: PlanContext, item: SourceOrder, value: Canonical): Expr => ({
  kind: 'literal',
  value: encodeWire(cursorScalar(item), value, context.supergraph.timeZone),
  type: typeOfExpr(item.order.value),
});
