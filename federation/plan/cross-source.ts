import type { Expr, Measure, Predicate } from '../../connectors/spi/ir.ts';
import { typeOfExpr } from '../../connectors/spi/type-of.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { Derivation, RelationField } from '../../schema/model/unified.ts';
import { measureTest } from '../values/measure-test.ts';
import type { TypeBinding } from '../supergraph/binding.ts';
import { entityExists } from './entity-exists.ts';
import { fieldExpr, measureOf, relatedWhere } from './field-expr.ts';
import { relationJoin, requireOnline, type KeyAccess } from './key-access.ts';
import { addParameter, concrete, type PlanContext } from './plan-context.ts';
import type { KeyRead, KeyWrite, MeasureTest } from './plan.ts';
import { always, both } from './predicates.ts';
import { combine, leafScalar, notTrue, planWhere } from './plan-where.ts';

type Input = Readonly<Record<string, unknown>>;
interface Join {
  readonly target: TypeBinding;
  readonly outer: KeyAccess;
  readonly inner: KeyAccess;
}

/** Can rows here be chosen by what another source says of their relation? By one key on each side. */
export function crossSourceJoin(context: Pick<PlanContext, 'supergraph'>, binding: TypeBinding, relation: RelationField): Join | undefined {
  const join = relationJoin(context.supergraph, binding, relation);
  const pair = join?.pairs[0];
  return join && pair && join.pairs.length === 1 && !relation.distinctFrom ? { target: join.target, ...pair } : undefined;
}

/**
 * A filter through a relation into another source, as a semi-join: that source gives the distinct keys of the rows that meet it, and the rows here are
 * those with one of them. `none` and the like turn the list around.
 */
export function crossSourcePredicate(context: PlanContext, binding: TypeBinding, relation: RelationField, input: Input, negated: boolean): Predicate {
  const join = crossSourceJoin(context, binding, relation);
  if (!join) throw unsupported(binding, relation);
  requireOnline(join.target);
  const exists = entityExists(context, join.target);
  const having = (where: Predicate | undefined, none: boolean): Predicate => keyed(context, binding, join, both(exists, where), undefined, none);
  if (!relation.many) return having(planWhere(context, join.target, input, negated), false);
  const parts = Object.entries(input).flatMap(([quantifier, inner]): Predicate[] => {
    if (inner === undefined) return [];
    if (inner === null) throw new HubError('BAD_USER_INPUT', `${relation.name}.${quantifier} is null; leave it out`);
    if (quantifier === 'some') return [having(planWhere(context, join.target, inner), negated)];
    if (quantifier === 'none') return [having(planWhere(context, join.target, inner), !negated)];
    if (quantifier === 'every') return [having(notTrue(planWhere(context, join.target, inner) ?? always(true)), !negated)];
    return measures(context, join, relation, inner as Input, negated).map((measured) => measuredPredicate(context, binding, join, exists, measured));
  });
  return combine(parts, negated) ?? always(!negated);
}

/** Entities without any related row are in no group: when they pass, the list names those that fail. */
function measuredPredicate(context: PlanContext, binding: TypeBinding, join: Join, where: Predicate | undefined, { measure, test }: Measured): Predicate {
  const emptyPasses = measureTest(test)(measure.fn === 'count' || measure.fn === 'countDistinct' ? 0 : null);
  return keyed(context, binding, join, where, { measure, test: emptyPasses ? { ...test, fails: true } : test }, emptyPasses);
}

interface Measured {
  readonly measure: Measure;
  readonly test: MeasureTest;
}

/** A filter on a derived total over another source's rows; undefined when it is no such total. */
export function crossSourceTotal(context: PlanContext, binding: TypeBinding, path: string, ops: Input, negated: boolean): Predicate | undefined {
  const total = totalOf(context, binding, path);
  if (!total) return undefined;
  requireOnline(total.join.target);
  const where = relatedWhere(context, total.join.target, total.derivation.where);
  const fn = total.measure.fn;
  const scalar = leafScalar(context, binding, path);
  const { empty } = total.derivation;
  return measuredPredicate(context, binding, total.join, where, {
    measure: total.measure,
    test: { fn, scalar, ops: operands(context, ops), negated, ...(empty === undefined ? {} : { empty }) },
  });
}

interface Total {
  readonly join: Join;
  readonly measure: Measure;
  readonly derivation: Extract<Derivation, { kind: 'aggregate' }>;
}

/** The derived total that a path stands for, when its rows are in another source. */
export function totalOf(context: PlanContext, binding: TypeBinding, path: string): Total | undefined {
  const type = context.supergraph.model.types.get(binding.type);
  const [head = '', inner] = path.split('.');
  const field = type?.fields.get(head);
  const leaf = field?.kind === 'value' ? context.supergraph.model.types.get(field.type)?.fields.get(inner ?? '') : field;
  const derivation = leaf?.kind === 'leaf' ? leaf.derivation : undefined;
  if (derivation?.kind === 'from') return totalOf(context, binding, derivation.field);
  if (derivation?.kind !== 'aggregate' || derivation.function === 'AVG') return undefined;
  const relation = type?.fields.get(derivation.relation);
  const join = relation?.kind === 'relation' ? crossSourceJoin(context, binding, relation) : undefined;
  if (!join) return undefined;
  const value = derivation.field === undefined || join.target.offline ? undefined : fieldExpr(context, join.target, derivation.field);
  const measure = measureOf(derivation.function, value) ?? (join.target.offline ? { fn: 'count' as const } : undefined);
  return measure && { join, measure, derivation };
}

/** Rows here whose key is that of a row of the join's other side which meets `where`. */
export function semiJoin(context: PlanContext, binding: TypeBinding, join: Join, where: Predicate | undefined): Predicate {
  requireOnline(join.target);
  return keyed(context, binding, join, both(entityExists(context, join.target), where), undefined, false);
}

function keyed(
  context: PlanContext,
  binding: TypeBinding,
  { target, outer, inner }: Join,
  where: Predicate | undefined,
  measured: Measured | undefined,
  none: boolean,
): Predicate {
  const key = inner.kind === 'local' ? inner.local : inner.expr;
  const present: Predicate = { kind: 'isNull', value: key, negated: true };
  const read: KeyRead =
    inner.kind === 'local'
      ? { kind: 'local', column: 0, entity: inner.entity, source: target.source }
      : { kind: 'wire', column: 0, scalar: leafScalar(context, target, inner.field.path) };
  const value = outer.kind === 'local' ? outer.local : outer.expr;
  const write: KeyWrite =
    outer.kind === 'local'
      ? { kind: 'local', entity: outer.entity, source: binding.source, type: typeOfExpr(value) }
      : { kind: 'value', field: outer.field, type: typeOfExpr(value) };
  const name = addParameter(
    context,
    {
      kind: 'keys',
      source: target.source,
      request: { kind: 'aggregate', query: { rows: target.rows, where: both(where, present) ?? present, ...grouping(key, measured?.measure) } },
      read,
      ...(measured ? { test: measured.test } : {}),
      ...(context.hidden ? { hidden: true as const } : {}),
    },
    write,
    true,
  );
  const listed: Predicate = { kind: 'inList', value, list: name, negated: none };
  // A row without a key is related to nothing, and so has none.
  return none ? { kind: 'or', predicates: [{ kind: 'isNull', value, negated: false }, listed] } : listed;
}

/** Distinct values of several keys of one entity do not add up: there the values themselves are asked for. */
function grouping(key: Expr, measure: Measure | undefined): { by: Expr[]; measures: Measure[] } {
  if (measure?.fn === 'countDistinct') return { by: [key, measure.value], measures: [] };
  return { by: [key], measures: measure ? [measure] : [] };
}

function measures(context: PlanContext, join: Join, relation: RelationField, input: Input, negated: boolean): Measured[] {
  return Object.entries(input).flatMap(([name, value]) => {
    if (value === undefined) return [];
    if (name === 'count')
      return [{ measure: { fn: 'count' } as const, test: { fn: 'count' as const, scalar: 'Int', ops: operands(context, value as Input), negated } }];
    const fn = ({ countDistinct: 'COUNT_DISTINCT', sum: 'SUM', min: 'MIN', max: 'MAX' } as const)[name];
    if (!fn) throw new HubError('SOURCE_CAPABILITY_MISSING', `${relation.name}.aggregate.${name} cannot be filtered by; use sum and count`);
    return Object.entries(value as Input).flatMap(([path, ops]) => {
      if (ops === undefined) return [];
      const measure = measureOf(fn, fieldExpr(context, join.target, path));
      if (!measure) throw new HubError('SOURCE_CAPABILITY_MISSING', `${join.target.type}.${path} cannot be aggregated`);
      const scalar = fn === 'COUNT_DISTINCT' ? 'Int' : fn === 'SUM' ? 'Decimal' : leafScalar(context, join.target, path);
      return [{ measure, test: { fn: measure.fn, scalar, ops: operands(context, ops as Input), negated } }];
    });
  });
}

function operands(context: PlanContext, ops: Input): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(ops).flatMap(([op, value]) =>
      value === undefined ? [] : [[op, Array.isArray(value) ? value.map((v) => concrete(context, v)) : concrete(context, value)]],
    ),
  );
}

const unsupported = (binding: TypeBinding, relation: RelationField): HubError =>
  new HubError('SOURCE_CAPABILITY_MISSING', `${binding.type}.${relation.name} is in another source and cannot be filtered by`, {
    source: binding.source,
    department: binding.department,
  });
