import type { Predicate } from '../../connectors/spi/ir.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import { divideDecimal } from '../../schema/model/decimal.ts';
import { limitOf } from '../../schema/model/rights.ts';
import type { LeafField, UnifiedType } from '../../schema/model/unified.ts';
import { requireTrusted } from '../drift/drift-error.ts';
import { expressionNames } from '../expression/expression.ts';
import { parseExpression } from '../expression/parse.ts';
import type { TypeBinding } from '../supergraph/binding.ts';
import { pickOrder, relatedWhere } from './field-expr.ts';
import { hubOrder } from './hub-order.ts';
import { hubStage } from './hub-stage.ts';
import { externalSite, keyAccess, relationSite, type Site } from './key-access.ts';
import { concrete, type PlanContext } from './plan-context.ts';
import { parseLiteral } from './literal.ts';
import { isSourceOrder } from './plan-order.ts';
import { leafScalar, planWhere } from './plan-where.ts';
import type { Print, Ref, ValuePlan } from './output.ts';
import { relatedMeasure } from './related-measure.ts';
import { createRowScope, type RowScope } from './row-scope.ts';

type Args = Readonly<Record<string, unknown>>;

/** How a leaf's canonical value is had from the entity's row: read, derived over relations, or computed from other leaves. */
export function leafValue(context: PlanContext, scope: RowScope, type: UnifiedType, leaf: LeafField, path: string, args: Args): ValuePlan {
  const { derivation } = leaf;
  const day = concrete(context, args['asOf']) ?? context.askedOf;
  // Conditions of a derivation mean the day that it is asked for too.
  const within: PlanContext = typeof day === 'string' ? { ...context, asOf: day, askedOf: day } : context;
  switch (derivation?.kind) {
    case undefined:
      return mappedValue(context, scope, type, leaf, path);
    case 'from':
      return namedValue(context, scope, type, derivation.field, args);
    case 'computed': {
      const names = expressionNames(parseExpression(derivation.expression)).filter((name) => name !== 'asOf' && name !== 'now');
      return {
        kind: 'computed',
        expression: derivation.expression,
        names,
        types: names.map((name) => leafScalar(context, scope.binding, name)),
        values: names.map((name) => namedValue(context, scope, type, name, args)),
        scalar: leaf.type.name,
        ...(derivation.scale === undefined ? {} : { scale: derivation.scale }),
        ...(typeof day === 'string' ? { asOf: day } : {}),
      };
    }
    case 'aggregate': {
      const relation = type.fields.get(derivation.relation);
      if (relation?.kind !== 'relation') throw new HubError('INTERNAL_SERVER_ERROR', `${type.name}.${derivation.relation} is no relation`);
      const where = (target: TypeBinding): Predicate | undefined =>
        derivation.where === undefined ? undefined : planWhere(within, target, parseLiteral(derivation.where));
      const { value } = relatedMeasure(within, scope, relation, derivation.function, derivation.field, where);
      if (value.kind !== 'via') return value;
      const inner: ValuePlan = value.value.kind === 'wire' ? { ...value.value, scalar: leaf.type.name } : value.value;
      return { ...value, value: inner, ...(derivation.empty === undefined ? {} : { empty: derivation.empty }) };
    }
    case 'pick': {
      const { ref, scope: picked, only } = pickSite(within, scope, type, derivation);
      const target = context.supergraph.model.types.get(picked.binding.type) as UnifiedType;
      return { kind: 'via', ref, value: namedValue(context, picked, target, derivation.field, args), ...(only ? { only } : {}) };
    }
  }
}

/** The canonical value of an entity's leaf, whichever source gives it. */
export function entityValue(context: PlanContext, scope: RowScope, path: string): ValuePlan {
  const type = context.supergraph.model.types.get(scope.binding.type);
  if (!type) throw new HubError('INTERNAL_SERVER_ERROR', `no type ${scope.binding.type}`);
  return namedValue(context, scope, type, path, {});
}

/** Another leaf by name, of the entity or `value.leaf`. */
function namedValue(context: PlanContext, scope: RowScope, type: UnifiedType, path: string, args: Args): ValuePlan {
  const [head = '', inner] = path.split('.');
  const field = type.fields.get(head);
  if (field?.kind === 'leaf') return leafValue(context, scope, type, field, head, args);
  const leaf = field?.kind === 'value' ? context.supergraph.model.types.get(field.type)?.fields.get(inner ?? '') : undefined;
  if (leaf?.kind !== 'leaf') throw new HubError('INTERNAL_SERVER_ERROR', `${type.name}.${path} is no leaf`);
  return leafValue(context, scope, type, leaf, path, args);
}

function mappedValue(context: PlanContext, scope: RowScope, type: UnifiedType, leaf: LeafField, path: string): ValuePlan {
  const binding = provider(context, scope.binding, type, leaf, path);
  if (!binding) throw new HubError('SOURCE_CAPABILITY_MISSING', `${type.name}.${path} is not mapped`);
  if (binding === scope.binding) return boundValue(scope, binding, path);
  const part = partSite(context, scope, type, binding);
  if (!part) throw new HubError('SOURCE_CAPABILITY_MISSING', `${type.name}.${path} cannot be reached`);
  return { kind: 'via', ref: part.ref, value: boundValue(part.scope, binding, path) };
}

export function boundValue(scope: RowScope, binding: TypeBinding, path: string): ValuePlan {
  const field = binding.fields.get(path);
  requireTrusted(binding, field);
  const ref = { type: binding.type, source: binding.source, path };
  if (field?.crosswalk)
    return { kind: 'canonicalKey', column: scope.column(field.crosswalk.local), entity: field.crosswalk.entity, source: binding.source, field: ref };
  return { kind: 'field', columns: scope.columns(field?.reads ?? []), field: ref };
}

/** Who gives a field its value: the field's authority, then the row at hand, then whoever binds it. */
function provider(context: PlanContext, own: TypeBinding, type: UnifiedType, leaf: LeafField, path: string): TypeBinding | undefined {
  const all = (context.supergraph.bindings.get(type.name) ?? []).filter((b) => b.fields.has(path));
  return all.find((b) => leaf.authority !== undefined && b.department === leaf.authority) ?? all.find((b) => b === own) ?? all[0];
}

interface Part {
  readonly ref: Ref;
  readonly scope: RowScope;
  /** It is the only one of a list. */
  readonly only?: true;
}

const parts = new WeakMap<RowScope, Map<string, Part>>();

function shared(scope: RowScope, name: string, make: () => Part | undefined): Part | undefined {
  const known = parts.get(scope) ?? new Map<string, Part>();
  parts.set(scope, known);
  const part = known.get(name) ?? make();
  if (part) known.set(name, part);
  return part;
}

/** The row of the same entity in another source; one for all fields read from there. */
export function partSite(context: PlanContext, scope: RowScope, type: UnifiedType, binding: TypeBinding): Part | undefined {
  return shared(scope, `part ${binding.source}`, () => {
    const pairs = type.key.flatMap((path) => {
      const outer = keyAccess(context.supergraph, scope.binding, path);
      const inner = keyAccess(context.supergraph, binding, path);
      return outer && inner ? [{ outer, inner }] : [];
    });
    if (pairs.length !== type.key.length) return undefined;
    const part = createRowScope(binding);
    const site = externalSite(context.supergraph, scope, binding, pairs);
    const { ref } = site.add((on) => ({ kind: 'one', on, scope: part, orderBy: binding.key.map((value) => ({ value, direction: 'asc', nulls: 'first' })) }));
    return { ref, scope: part };
  });
}

function pickSite(
  context: PlanContext,
  scope: RowScope,
  type: UnifiedType,
  pick: { readonly relation: string; readonly where?: string; readonly orderBy: string },
): Part {
  const part = shared(scope, `pick ${JSON.stringify([pick.relation, pick.where, pick.orderBy, context.askedOf])}`, () => {
    const site = siteOf(context, scope, type, pick.relation);
    const where = relatedWhere(context, site.target, pick.where);
    const picked = createRowScope(site.target);
    const order = pickOrder(context, site.target, pick.orderBy);
    const filter = where ? { where } : {};
    if (order.every(isSourceOrder)) {
      const { ref } = site.add((on) => ({ kind: 'one', on, scope: picked, ...filter, orderBy: order.map((item) => item.order) }));
      return { ref, scope: picked };
    }
    // Their source cannot put them in this order: all are fetched, and the hub takes the first.
    const { columns, items } = hubOrder(picked, order);
    const stages = [hubStage(columns, { kind: 'rows', orderBy: items.map((item) => item.order), limit: 1 })];
    const { ref } = site.add((on) => ({ kind: 'many', on, scope: picked, ...filter, orderBy: [], stages }));
    return { ref, scope: picked, only: true };
  });
  return part as Part;
}

function siteOf(context: PlanContext, scope: RowScope, type: UnifiedType, name: string): Site {
  const relation = type.fields.get(name);
  const site = relation?.kind === 'relation' ? relationSite(context.supergraph, scope, relation) : undefined;
  if (!site) throw new HubError('SOURCE_CAPABILITY_MISSING', `${type.name}.${name} cannot be followed`, { source: scope.binding.source });
  return site;
}

export function globalId(context: PlanContext, scope: RowScope, type: UnifiedType): ValuePlan {
  return { kind: 'globalId', type: type.name, key: type.key.map((path) => namedValue(context, scope, type, path, {})) };
}

/** How a leaf is written; money in the unit asked for. */
export function printOf(context: PlanContext, leaf: LeafField, args: Args): Print {
  if (!leaf.unit) return { scalar: leaf.type.name };
  return { scalar: leaf.type.name, money: moneyPrint(context, leaf.unit, args) };
}

/** How much of a leaf is shown to whoever asks. */
export function maskOf({ supergraph: { restriction } }: PlanContext, type: string, path: string): Pick<Print, 'mask'> {
  const limit = restriction && limitOf(restriction.rights, type, path);
  return limit?.kind === 'masked' ? { mask: limit.mask } : {};
}

export function moneyPrint(context: PlanContext, unit: { readonly enum: string; readonly code: string }, args: Args): { factor: string; decimals: number } {
  const factorOf = (code: string): string => context.supergraph.model.enums.get(unit.enum)?.values.find((v) => v.name === code)?.factor ?? '1';
  const asked = String(concrete(context, args['unit']) ?? unit.code);
  const factor = divideDecimal(factorOf(asked), factorOf(unit.code), 12) ?? '1';
  return { factor, decimals: Number(factor) < 1 ? 0 : 2 };
}
