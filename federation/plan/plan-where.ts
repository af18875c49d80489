import type { CompareOp, Expr, Measure, Predicate } from '../../connectors/spi/ir.ts';
import { typeOfExpr } from '../../connectors/spi/type-of.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { Canonical } from '../../schema/model/canonical.ts';
import type { UnifiedField } from '../../schema/model/unified.ts';
import { requireTrusted } from '../drift/drift-error.ts';
import type { FieldBinding, TypeBinding } from '../supergraph/binding.ts';
import { encodeWire } from '../values/encode-wire.ts';
import { bareKey } from './bare-key.ts';
import { checksTest } from './checks-filter.ts';
import { crossSourceTotal, totalOf } from './cross-source.ts';
import { entityExists } from './entity-exists.ts';
import { decide } from './decision.ts';
import { fieldExpr } from './field-expr.ts';
import { hubReason } from './hub-reason.ts';
import { hubFilter, type HubTest } from './hub-filter.ts';
import { hubValue } from './hub-value.ts';
import type { sameSourceOn } from './key-access.ts';
import { always, both } from './predicates.ts';
import { concrete, isVariableRef, parameter, type PlanContext } from './plan-context.ts';
import type { FieldRef } from './plan.ts';
import { relationPredicate, relationTest } from './relation-filter.ts';

export type Input = Readonly<Record<string, unknown>>;

const COMPLEMENT: Record<CompareOp, CompareOp> = { eq: 'ne', ne: 'eq', lt: 'gte', lte: 'gt', gt: 'lte', gte: 'lt' };
const TEXT_OPS = ['contains', 'startsWith', 'endsWith', 'iContains'] as const;

/**
 * A `where` input as a predicate on the source's rows. Every comparison with null is unknown, and unknown rows are left out: `not` is carried to the leaves,
 * so that no source needs three-valued logic. What the source cannot evaluate becomes a list of keys. Undefined when there is nothing to filter.
 * @param narrow what the rows must meet anyway: what the hub tests itself, it tests of these only
 */
export function planWhere(context: PlanContext, binding: TypeBinding, where: unknown, negated = false, narrow?: Predicate): Predicate | undefined {
  if (where === undefined || where === null) return undefined;
  const entries = Object.entries(where as Input).filter(([, value]) => value !== undefined);
  const found: Predicate[][] = [];
  let within = narrow;
  // The cheap ones first, so that they narrow what comes after; the result keeps the order of the input.
  for (const rank of RANKS) {
    const group = entries.flatMap(([name, value], i) => (rankOf(context, binding, name, value) === rank ? [{ name, value, i }] : []));
    if (group.length === 0) continue;
    if (rank === 'hub') {
      const tests = group.flatMap(({ name, value }) => hubTests(context, binding, name, value, negated));
      found[group[0]?.i ?? 0] = [hubFilter(context, binding, tests, negated, both(within, negated ? undefined : knownKeys(context, binding, group)))];
    } else for (const { name, value, i } of group) found[i] = entry(context, binding, name, value, negated, within);
    if (!negated)
      within = both(
        within,
        combine(
          group.flatMap(({ i }) => found[i] ?? []),
          false,
        ),
      );
  }
  return combine(found.flat(), negated);
}

export function combine(predicates: readonly Predicate[], negated: boolean): Predicate | undefined {
  if (predicates.length === 0) return undefined;
  if (predicates.length === 1) return predicates[0];
  return { kind: negated ? 'or' : 'and', predicates };
}

type Rank = 'leaf' | 'relation' | 'logic' | 'hub';
const RANKS: readonly Rank[] = ['leaf', 'relation', 'logic', 'hub'];

function rankOf(context: PlanContext, binding: TypeBinding, name: string, value: unknown): Rank {
  if (name === 'and' || name === 'or' || name === 'not') return 'logic';
  const field = context.supergraph.model.types.get(binding.type)?.fields.get(name);
  if (field?.kind === 'relation') return 'relation';
  if (!field) return name === 'checks' ? 'hub' : 'leaf';
  const paths = field.kind === 'value' ? Object.keys((value ?? {}) as Input).map((leaf) => `${name}.${leaf}`) : [name];
  return paths.every((path) => fieldExpr(context, binding, path) || totalOf(context, binding, path)) ? 'leaf' : 'hub';
}

function entry(context: PlanContext, binding: TypeBinding, name: string, value: unknown, negated: boolean, narrow: Predicate | undefined): Predicate[] {
  if (value === null) throw badInput(`where.${name} is null; leave it out, or use isNull`);
  if (name === 'and' || name === 'or') {
    const parts = asList(value).map((part) => planWhere(context, binding, part, negated, narrow) ?? always(!negated));
    return [{ kind: (name === 'and') === negated ? 'or' : 'and', predicates: parts }];
  }
  if (name === 'not') {
    const inner = planWhere(context, binding, value, !negated, narrow);
    return [inner ?? always(negated)];
  }
  const field = context.supergraph.model.types.get(binding.type)?.fields.get(name);
  return field ? fieldEntry(context, binding, field, name, value as Input, negated, narrow) : [];
}

function fieldEntry(
  context: PlanContext,
  binding: TypeBinding,
  field: UnifiedField,
  path: string,
  value: Input,
  negated: boolean,
  narrow?: Predicate,
): Predicate[] {
  if (field.kind === 'relation') return [relationPredicate(context, binding, field, value, negated, narrow)];
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
    return total ? [total] : [hubFilter(context, binding, [leafTest(context, binding, path, value, negated)], negated, narrow)];
  }
  const bound = field.derivation ? undefined : binding.fields.get(path);
  decide(context, { what: `${binding.type}.${path}`, by: 'source', source: binding.source, why: sourceReason(bound) });
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

/** One entry of a `where` as a test that the hub makes, whatever the source could evaluate of it. */
export function entryTest(context: PlanContext, binding: TypeBinding, name: string, value: unknown, negated: boolean): HubTest {
  if (value === null) throw badInput(`where.${name} is null; leave it out, or use isNull`);
  if (name === 'not') return whereTest(context, binding, value as Input, !negated);
  if (name === 'and' || name === 'or') {
    const parts = asList(value).map((part) => whereTest(context, binding, part as Input, negated));
    return (row) => ({ kind: (name === 'and') === negated ? 'or' : 'and', predicates: parts.map((part) => part(row)) });
  }
  const field = context.supergraph.model.types.get(binding.type)?.fields.get(name);
  if (field?.kind === 'relation') return relationTest(context, binding, field, value as Input, negated);
  const tests = hubTests(context, binding, name, value, negated);
  return (row) =>
    combine(
      tests.map((test) => test(row)),
      negated,
    ) ?? always(!negated);
}

function whereTest(context: PlanContext, binding: TypeBinding, where: Input, negated: boolean): HubTest {
  const tests = Object.entries(where).flatMap(([name, value]) => (value === undefined ? [] : [entryTest(context, binding, name, value, negated)]));
  return (row) =>
    combine(
      tests.map((test) => test(row)),
      negated,
    ) ?? always(!negated);
}

/** Tests in the hub of a field, of the leaves of a value, or of the checks. */
function hubTests(context: PlanContext, binding: TypeBinding, name: string, value: unknown, negated: boolean): HubTest[] {
  if (value === null) throw badInput(`where.${name} is null; leave it out, or use isNull`);
  const field = context.supergraph.model.types.get(binding.type)?.fields.get(name);
  if (!field) return [checksTest(context, binding, value as Input, negated)];
  const leaves = field.kind === 'value' ? Object.entries(value as Input).map(([leaf, ops]) => [`${name}.${leaf}`, ops] as const) : [[name, value] as const];
  return leaves.flatMap(([path, ops]) => (ops === undefined ? [] : [leafTest(context, binding, path, ops as Input, negated)]));
}

function leafTest(context: PlanContext, binding: TypeBinding, path: string, ops: Input, negated: boolean): HubTest {
  decide(context, { what: `${binding.type}.${path}`, by: 'hub', source: binding.source, why: hubReason(context, binding, path) });
  return ({ scope, column }) => {
    const value = hubValue(context, scope, path);
    const tests = operators(context, { path: `${binding.type}.${path}`, expr: column(value), scalar: value.scalar }, ops, negated);
    return combine(tests, negated) ?? always(!negated);
  };
}

const sourceReason = (bound: FieldBinding | undefined): string => {
  if (!bound) return 'derived from rows of the same source';
  if (bound.expr?.kind === 'column') return 'a column of its own, which an index can serve';
  return bound.sargable ? 'computed by the source, narrowed by a condition on the raw column, which an index can serve' : 'computed by the source for each row';
};

/** Rows whose key of another entity may be one of those asked for: what the crosswalk knows narrows what the hub must test. */
function knownKeys(context: PlanContext, binding: TypeBinding, group: readonly { readonly name: string; readonly value: unknown }[]): Predicate | undefined {
  return combine(
    group.flatMap(({ name, value }): Predicate[] => {
      const field = binding.fields.get(name);
      requireTrusted(binding, field);
      const key = field?.crosswalk;
      const { eq, in: list } = (value ?? {}) as Input;
      if (!key || (eq ?? list ?? null) === null) return [];
      const to = { kind: 'local', entity: key.entity, source: binding.source, type: typeOfExpr(key.local) } as const;
      const listed = asList(eq ?? list).map((v): Predicate => ({ kind: 'inList', value: key.local, list: parameter(context, v, to, true), negated: false }));
      return [{ kind: 'or', predicates: listed }];
    }),
    false,
  );
}

interface Operand {
  readonly path: string;
  readonly expr: Expr;
  readonly scalar: string;
  /** How its own source binds it; absent for what is derived. */
  readonly bound?: FieldBinding;
  readonly ref?: FieldRef;
  /** What it is compared with must be known while planning. */
  readonly decided?: true;
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
  const bare = isVariableRef(raw) && bound.expr ? bareKey(bound.expr) : undefined;
  if (bare) return op === 'eq' ? { ...exact, left: bare } : exact;
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
  if (isVariableRef(raw) && !operand.bound && !operand.decided)
    return { kind: 'variable', name: parameter(context, raw, { kind: 'scalar', scalar: operand.scalar }, false), type };
  return { kind: 'literal', value: encode(context, operand, concrete(context, raw)), type };
}

const encode = (context: PlanContext, operand: Operand, canonical: Canonical) =>
  operand.bound ? operand.bound.encode(canonical) : encodeWire(operand.scalar, canonical, context.supergraph.timeZone);

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
