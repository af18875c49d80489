import type { Expr, Measure, Predicate } from '../../connectors/spi/ir.ts';
import { typeOfExpr, typeOfMeasure } from '../../connectors/spi/type-of.ts';
import type { PhysicalType } from '../../schema/model/physical-type.ts';
import type { LeafField, RelationField, UnifiedType } from '../../schema/model/unified.ts';
import { requireTrusted } from '../drift/drift-error.ts';
import { checkExpression } from '../expression/check.ts';
import { CLOCK_TYPES } from '../expression/compile.ts';
import { expressionNames } from '../expression/expression.ts';
import { parseExpression } from '../expression/parse.ts';
import { toExpr } from '../expression/to-expr.ts';
import { scalarType } from '../expression/types.ts';
import type { TypeBinding } from '../supergraph/binding.ts';
import { encodeWire } from '../values/encode-wire.ts';
import { entityExists } from './entity-exists.ts';
import { sameSourceOn } from './key-access.ts';
import type { PlanContext } from './plan-context.ts';
import { isSourceOrder, planOrder, type OrderItem } from './plan-order.ts';
import { parseLiteral } from './literal.ts';
import { leafScalar, planWhere } from './plan-where.ts';
import { both } from './predicates.ts';

/**
 * The canonical value of a leaf as an expression that its source computes, derived leaves included; undefined when only the hub can. Whatever has
 * one can be filtered, ordered, grouped and measured.
 */
export function fieldExpr(context: PlanContext, binding: TypeBinding, path: string): Expr | undefined {
  const { model } = context.supergraph;
  const type = model.types.get(binding.type);
  const [head = '', ...rest] = path.split('.');
  const field = type?.fields.get(head);
  if (!type || !field || field.kind === 'relation') return undefined;
  if (field.kind === 'leaf') return rest.length > 0 ? undefined : leafExpr(context, binding, type, field, path);
  const leaf = model.types.get(field.type)?.fields.get(rest[0] ?? '');
  return leaf?.kind === 'leaf' ? leafExpr(context, binding, type, leaf, path) : undefined;
}

function leafExpr(context: PlanContext, binding: TypeBinding, type: UnifiedType, leaf: LeafField, path: string): Expr | undefined {
  const { derivation } = leaf;
  if (!derivation) {
    const field = binding.fields.get(path);
    requireTrusted(binding, field);
    if (field) context.used?.({ type: binding.type, source: binding.source, path });
    return field?.crosswalk ? undefined : field?.expr;
  }
  switch (derivation.kind) {
    case 'from':
      return fieldExpr(context, binding, derivation.field);
    case 'computed': {
      const expression = parseExpression(derivation.expression);
      const types = Object.fromEntries(expressionNames(expression).map((name) => [name, scalarType(leafScalar(context, binding, name))]));
      return toExpr(checkExpression(expression, { ...types, ...CLOCK_TYPES }, scalarType(leaf.type.name)), {
        resolve: (name) => fieldExpr(context, binding, name),
        asOf: context.asOf,
        timeZone: context.supergraph.timeZone,
        scalar: leaf.type.name,
        ...(derivation.scale === undefined ? {} : { scale: derivation.scale }),
      });
    }
    case 'aggregate': {
      const site = related(context, binding, type, derivation.relation);
      if (!site || derivation.function === 'AVG') return undefined;
      const where = relatedWhere(context, site.target, derivation.where);
      const value = derivation.field === undefined ? undefined : fieldExpr(context, site.target, derivation.field);
      const measure = measureOf(derivation.function, value);
      if (!measure) return undefined;
      const expr: Expr = { kind: 'related', on: site.on, rows: site.target.rows, ...(where ? { where } : {}), value: measure };
      if (derivation.empty === undefined) return expr;
      return { kind: 'coalesce', values: [expr, emptyLiteral(context, leaf, derivation.empty, typeOfMeasure(measure))] };
    }
    case 'pick': {
      const site = related(context, binding, type, derivation.relation);
      const value = site && fieldExpr(context, site.target, derivation.field);
      if (!site || !value) return undefined;
      const where = relatedWhere(context, site.target, derivation.where);
      const order = pickOrder(context, site.target, derivation.orderBy);
      if (!order.every(isSourceOrder)) return undefined;
      const orderBy = order.map((item) => item.order);
      return { kind: 'related', on: site.on, rows: site.target.rows, ...(where ? { where } : {}), value, orderBy };
    }
  }
}

/** What a total is over no rows, in the type of the total. */
function emptyLiteral(context: PlanContext, leaf: LeafField, empty: string, type: PhysicalType): Expr {
  const value = leaf.type.name === 'Int' || leaf.type.name === 'Float' ? Number(empty) : empty;
  return { kind: 'literal', value: encodeWire(leaf.type.name, value, context.supergraph.timeZone), type };
}

function related(context: PlanContext, binding: TypeBinding, type: UnifiedType, name: string): ReturnType<typeof sameSourceOn> {
  const relation = type.fields.get(name);
  return relation?.kind === 'relation' ? sameSourceOn(context.supergraph, binding, relation as RelationField) : undefined;
}

/** The rows of a relation that a derivation is over: entities, and those that meet its filter. */
export function relatedWhere(context: PlanContext, target: TypeBinding, literal: string | undefined): Predicate | undefined {
  return both(entityExists(context, target), literal === undefined ? undefined : planWhere(context, target, parseLiteral(literal)));
}

/** The order in which a derivation picks, ties broken by the row's key. */
export function pickOrder(context: PlanContext, target: TypeBinding, literal: string): readonly OrderItem[] {
  const ties = target.key.map((value): OrderItem => ({ kind: 'source', order: { value, direction: 'asc', nulls: 'first' }, scalar: keyScalar(value) }));
  return [...planOrder(context, target, parseLiteral(literal)), ...ties];
}

function keyScalar(key: Expr): string {
  const type = typeOfExpr(key);
  return type.kind === 'integer' ? (type.bits === 64 ? 'BigInt' : 'Int') : 'String';
}

export function measureOf(fn: 'COUNT' | 'COUNT_DISTINCT' | 'SUM' | 'AVG' | 'MIN' | 'MAX', value: Expr | undefined): Measure | undefined {
  if (fn === 'COUNT') return value ? { fn: 'count', value } : { fn: 'count' };
  if (!value) return undefined;
  switch (fn) {
    case 'COUNT_DISTINCT':
      return { fn: 'countDistinct', value };
    case 'SUM':
    case 'AVG':
      return { fn: 'sum', value };
    case 'MIN':
      return { fn: 'min', value };
    case 'MAX':
      return { fn: 'max', value };
  }
}
