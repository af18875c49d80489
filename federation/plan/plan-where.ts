import type { CompareOp, Expr, Measure, Predicate } from '../../connectors/spi/ir.ts';
import { typeOfExpr } from '../../connectors/spi/type-of.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { Canonical } from '../../schema/model/canonical.ts';
import type { RelationField, UnifiedField } from '../../schema/model/unified.ts';
import type { FieldBinding, TypeBinding } from '../supergraph/binding.ts';
import { encodeWire } from '../values/encode-wire.ts';
import { crossSourcePredicate, crossSourceTotal } from './cross-source.ts';
import { entityExists } from './entity-exists.ts';
import { fieldExpr, measureOf } from './field-expr.ts';
import { sameSourceOn } from './key-access.ts';
import { always, both } from './predicates.ts';
import { concrete, isVariableRef, parameter, type PlanContext } from './plan-context.ts';
import type { FieldRef } from './plan.ts';

type Input = Readonly<Record<string, unknown>>;

const COMPLEMENT: Record<CompareOp, CompareOp> = { eq: 'ne', ne: 'eq', lt: 'gte', lte: 'gt', gt: 'lte', gte: 'lt' };
const TEXT_OPS = ['contains', 'startsWith', 'endsWith', 'iContains'] as const;

/**
 * A `where` input as a predicate on the source's rows. Every comparison with null is unknown, and unknown rows are left out: `not` is carried to the leaves,
 * so that no source needs three-valued logic. Undefined when there is nothing to filter.
 */
export function planWhere(context: PlanContext, binding: TypeBinding, where: unknown, negated = false): Predicate | undefined {
  if (where === undefined || where === null) return undefined;
  return combine(
    Object.entries(where as Input).flatMap(([name, value]) => entry(context, binding, name, value, negated)),
    negated,
  );
}

export function combine(predicates: readonly Predicate[], negated: boolean): Predicate | undefined {
  if (predicates.length === 0) return undefined;
  if (predicates.length === 1) return predicates[0];
  return { kind: negated ? 'or' : 'and', predicates };
}

function entry(context: PlanContext, binding: TypeBinding, name: string, value: unknown, negated: boolean): Predicate[] {
  if (value === undefined) return [];
  if (value === null) throw badInput(`where.${name} is null; leave it out, or use isNull`);
  if (name === 'and' || name === 'or') {
    const parts = asList(value).map((part) => planWhere(context, binding, part, negated) ?? always(!negated));
    return [{ kind: (name === 'and') === negated ? 'or' : 'and', predicates: parts }];
  }
  if (name === 'not') {
    const inner = planWhere(context, binding, value, !negated);
    return [inner ?? always(negated)];
  }
  const field = context.supergraph.model.types.get(binding.type)?.fields.get(name);
  return field ? fieldEntry(context, binding, field, name, value as Input, negated) : [];
}

function fieldEntry(context: PlanContext, binding: TypeBinding, field: UnifiedField, path: string, value: Input, negated: boolean): Predicate[] {
  if (field.kind === 'relation') return [relationPredicate(context, binding, field, value, negated)];
  if (field.kind === 'value') {
    const leaves = Object.entries(value).flatMap(([leaf, ops]) => {
      const unified = context.supergraph.model.types.get(field.type)?.fields.get(leaf);
      return unified && ops !== undefined ? fieldEntry(context, binding, unified, `${path}.${leaf}`, ops as Input, negated) : [];
    });
    const all = combine(leaves, negated);
    return all ? [all] : [];
  }
  const expr = fieldExpr(context, binding, path);
  if (!expr) {
    const total = crossSourceTotal(context, binding, path, value, negated);
    if (total) return [total];
  }
  if (!expr)
    throw new HubError('SOURCE_CAPABILITY_MISSING', `${binding.type}.${path} cannot be filtered`, { source: binding.source, department: binding.department });
  const bound = field.derivation ? undefined : binding.fields.get(path);
  const all = combine(
    operators(
      context,
      {
        path: `${binding.type}.${path}`,
        expr,
        scalar: field.type.name,
        ...(bound ? { bound, ref: { type: binding.type, source: binding.source, path } } : {}),
      },
      value,
      negated,
    ),
    negated,
  );
  return all ? [all] : [];
}

interface Operand {
  readonly path: string;
  readonly expr: Expr;
  readonly scalar: string;
  /** How its own source binds it; absent for what is derived. */
  readonly bound?: FieldBinding;
  readonly ref?: FieldRef;
}

/** All operators on one value must hold. */
export function operators(context: PlanContext, operand: Operand, ops: Input, negated: boolean): Predicate[] {
  return Object.entries(ops).flatMap(([op, raw]): Predicate[] => {
    if (raw === undefined) return [];
    if (raw === null) throw badInput(`${operand.path}: ${op} is null; use isNull to ask for absent values`);
    switch (op) {
      case 'isNull': {
        const absent = concrete(context, raw) === true;
        return [{ kind: 'isNull', value: operand.expr, negated: absent === negated }];
      }
      case 'in':
      case 'notIn': {
        const values = asList(raw);
        if (values.length > context.supergraph.limits.inMax)
          throw new HubError('LIMIT_PAGE', `${operand.path}: ${op} has ${values.length} values; at most ${context.supergraph.limits.inMax} are allowed`);
        return [
          membership(
            context,
            operand,
            values.map((v) => concrete(context, v)),
            (op === 'notIn') !== negated,
          ),
        ];
      }
      case 'between': {
        const [low, high] = asList(raw);
        if (low === undefined || high === undefined || asList(raw).length !== 2) throw badInput(`${operand.path}: between takes two values`);
        const bounds = [compare(context, operand, 'gte', low, negated), compare(context, operand, 'lte', high, negated)];
        return [{ kind: negated ? 'or' : 'and', predicates: bounds }];
      }
      case 'eq':
      case 'ne':
      case 'lt':
      case 'lte':
      case 'gt':
      case 'gte':
        return [compare(context, operand, op, raw, negated)];
      default:
        if (!(TEXT_OPS as readonly string[]).includes(op)) throw badInput(`${operand.path}: unknown operator ${op}`);
        return [{ kind: 'text', op: op as (typeof TEXT_OPS)[number], value: operand.expr, pattern: value(context, operand, raw), negated }];
    }
  });
}

function compare(context: PlanContext, operand: Operand, asked: CompareOp, raw: unknown, negated: boolean): Predicate {
  const op = negated ? COMPLEMENT[asked] : asked;
  const exact: Predicate = { kind: 'compare', op, left: operand.expr, right: value(context, operand, raw) };
  const { bound } = operand;
  if (!bound?.sargable) return exact;
  // A bare column is already what an index serves; anything else needs the value to find its raw form.
  if (bound.expr?.kind === 'column') return exact;
  const sargable = bound.sargable(op, [concrete(context, raw)]);
  if (!sargable) return exact;
  return sargable.exact ? sargable.predicate : { kind: 'and', predicates: [sargable.predicate, exact] };
}

function membership(context: PlanContext, operand: Operand, values: readonly Canonical[], negated: boolean): Predicate {
  const type = typeOfExpr(operand.expr);
  const exact: Predicate = {
    kind: 'in',
    value: operand.expr,
    values: values.map((v) => ({ kind: 'literal', value: encode(context, operand, v), type })),
    negated,
  };
  const sargable = negated ? undefined : operand.bound?.sargable?.('in', values);
  if (!sargable || operand.bound?.expr?.kind === 'column') return exact;
  return sargable.exact ? sargable.predicate : { kind: 'and', predicates: [sargable.predicate, exact] };
}

function value(context: PlanContext, operand: Operand, raw: unknown): Expr {
  const type = typeOfExpr(operand.expr);
  if (isVariableRef(raw) && operand.ref) {
    const name = parameter(context, raw, { kind: 'value', field: operand.ref, type }, false);
    return { kind: 'variable', name, type };
  }
  return { kind: 'literal', value: encode(context, operand, concrete(context, raw)), type };
}

const encode = (context: PlanContext, operand: Operand, canonical: Canonical) =>
  operand.bound ? operand.bound.encode(canonical) : encodeWire(operand.scalar, canonical, context.supergraph.timeZone);

function relationPredicate(context: PlanContext, binding: TypeBinding, relation: RelationField, input: Input, negated: boolean): Predicate {
  const join = sameSourceOn(context.supergraph, binding, relation);
  if (!join) return crossSourcePredicate(context, binding, relation, input, negated);
  const entity = entityExists(context, join.target);
  const exists = (inner: Predicate | undefined, none: boolean): Predicate => {
    const where = both(entity, inner);
    return { kind: 'exists', on: join.on, rows: join.target.rows, ...(where ? { where } : {}), negated: none };
  };
  if (!relation.many) {
    // `not` on a related object means that it exists and differs, as on any other value.
    return exists(planWhere(context, join.target, input, negated), false);
  }
  const parts = Object.entries(input).flatMap(([quantifier, inner]): Predicate[] => {
    if (inner === undefined) return [];
    if (quantifier === 'some') return [exists(planWhere(context, join.target, inner), negated)];
    if (quantifier === 'none') return [exists(planWhere(context, join.target, inner), !negated)];
    if (quantifier === 'every') return [exists(notTrue(planWhere(context, join.target, inner) ?? always(true)), !negated)];
    return aggregateOperators(context, join, inner as Input, negated);
  });
  return combine(parts, negated) ?? always(!negated);
}

function aggregateOperators(context: PlanContext, join: NonNullable<ReturnType<typeof sameSourceOn>>, input: Input, negated: boolean): Predicate[] {
  const one = (fn: 'COUNT' | 'COUNT_DISTINCT' | 'SUM' | 'MIN' | 'MAX', path: string | undefined, ops: Input): Predicate[] => {
    const expr = path === undefined ? undefined : fieldExpr(context, join.target, path);
    const measure = measureOf(fn, expr);
    if (!measure || (path !== undefined && !expr)) throw badInput(`${join.target.type}.${path ?? ''} cannot be aggregated`);
    const counted = fn === 'COUNT' || fn === 'COUNT_DISTINCT';
    const scalar = counted ? 'Int' : fn === 'SUM' ? 'Decimal' : leafScalar(context, join.target, path ?? '');
    return operators(context, { path: `${join.target.type}.${path ?? 'count'}`, expr: relatedValue(context, join, measure), scalar }, ops, negated);
  };
  return Object.entries(input).flatMap(([name, ops]): Predicate[] => {
    if (ops === undefined) return [];
    if (name === 'count') return one('COUNT', undefined, ops as Input);
    const fn = ({ countDistinct: 'COUNT_DISTINCT', sum: 'SUM', min: 'MIN', max: 'MAX' } as const)[name];
    if (!fn) throw badInput(`aggregate.${name} cannot be filtered across rows`);
    return Object.entries(ops as Input).flatMap(([path, o]) => (o === undefined ? [] : one(fn, path, o as Input)));
  });
}

/** A value of related entities of the same source: of the one there is, or a measure over all. */
export function relatedValue(context: PlanContext, join: NonNullable<ReturnType<typeof sameSourceOn>>, value: Expr | Measure): Expr {
  const where = entityExists(context, join.target);
  return { kind: 'related', on: join.on, rows: join.target.rows, ...(where ? { where } : {}), value };
}

export function leafScalar(context: PlanContext, binding: TypeBinding, path: string): string {
  const [head = '', leaf] = path.split('.');
  const field = context.supergraph.model.types.get(binding.type)?.fields.get(head);
  if (field?.kind === 'leaf') return field.type.name;
  const inner = field?.kind === 'value' ? context.supergraph.model.types.get(field.type)?.fields.get(leaf ?? '') : undefined;
  return inner?.kind === 'leaf' ? inner.type.name : 'String';
}

/** True for exactly the rows for which the predicate is not: false or unknown. */
export function notTrue(predicate: Predicate): Predicate {
  switch (predicate.kind) {
    case 'and':
      return { kind: 'or', predicates: predicate.predicates.map(notTrue) };
    case 'or':
      return { kind: 'and', predicates: predicate.predicates.map(notTrue) };
    case 'isNull':
    case 'exists':
      return { ...predicate, negated: !predicate.negated };
    case 'compare':
      return {
        kind: 'or',
        predicates: [
          { kind: 'isNull', value: predicate.left, negated: false },
          { ...predicate, op: COMPLEMENT[predicate.op] },
        ],
      };
    case 'in':
    case 'inList':
    case 'text':
      return {
        kind: 'or',
        predicates: [
          { kind: 'isNull', value: predicate.value, negated: false },
          { ...predicate, negated: !predicate.negated },
        ],
      };
  }
}

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);
const badInput = (message: string): HubError => new HubError('BAD_USER_INPUT', message);
