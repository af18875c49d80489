import type { Expr, Measure, Predicate } from '../../connectors/spi/ir.ts';
import { typeOfExpr } from '../../connectors/spi/type-of.ts';
import type { UnifiedField } from '../../schema/model/unified.ts';
import { requireTrusted } from '../drift/drift-error.ts';
import type { FieldBinding, TypeBinding } from '../supergraph/binding.ts';
import { checksTest } from './checks-filter.ts';
import { crossSourceTotal, totalOf } from './cross-source.ts';
import { entityExists } from './entity-exists.ts';
import { decide } from './decision.ts';
import { fieldExpr } from './field-expr.ts';
import { hubReason } from './hub-reason.ts';
import { hubFilter, type HubTest } from './hub-filter.ts';
import { hubValue } from './hub-value.ts';
import type { sameSourceOn } from './key-access.ts';
import { asList, badInput, operators, type Input } from './operators.ts';
import { always, both, combine } from './predicates.ts';
import { parameter, type PlanContext } from './plan-context.ts';
import { relationPredicate, relationTest } from './relation-filter.ts';

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
      const known = negated ? undefined : knownKeys(context, binding, group);
      const passing = hubFilter(context, binding, tests, negated, both(within, known));
      // Row keys of several columns are found by no index: what the rows were found by finds them again.
      found[group[0]?.i ?? 0] = [(binding.key.length > 1 && both(known, passing)) || passing];
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
