import type { Expr, Measure, Predicate } from '../../connectors/spi/ir.ts';
import { typeOfExpr, typeOfMeasure } from '../../connectors/spi/type-of.ts';
import type { Derivation, RelationField } from '../../schema/model/unified.ts';
import { encodeWire } from '../values/encode-wire.ts';
import { measureTest } from '../values/measure-test.ts';
import type { TypeBinding } from '../supergraph/binding.ts';
import { decide } from './decision.ts';
import { entityExists } from './entity-exists.ts';
import { fieldExpr, measureOf, relatedWhere } from './field-expr.ts';
import { relationJoin, requireOnline, type KeyAccess } from './key-access.ts';
import { addParameter, concrete, type PlanContext } from './plan-context.ts';
import type { KeyRead, KeySet, KeyWrite, MeasureTest } from './plan.ts';
import { always, both, combine, notTrue } from './predicates.ts';
import type { MeasureFunction } from './measure-function.ts';
import { operators, type Input } from './operators.ts';
import { leafScalar } from './plan-where.ts';

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
 * those with one of them; with `none`, those without.
 */
export function crossSourceExists(context: PlanContext, binding: TypeBinding, join: Join, where: Predicate | undefined, none: boolean): Predicate {
  requireOnline(join.target);
  return keyed(context, binding, join, both(entityExists(context, join.target), where), undefined, none);
}

/** A filter by a measure over rows of another source, taken for each key there. */
export function crossSourceMeasure(
  context: PlanContext,
  binding: TypeBinding,
  join: Join,
  asked: { readonly fn: MeasureFunction; readonly measure: Measure; readonly scalar: string; readonly ops: Input; readonly negated: boolean },
): Predicate {
  requireOnline(join.target);
  const fn = asked.fn === 'AVG' ? 'avg' : asked.measure.fn;
  return measuredPredicate(context, binding, join, entityExists(context, join.target), {
    measure: asked.measure,
    test: { fn, scalar: asked.scalar, ops: operands(context, asked.ops, fn === 'count' || fn === 'countDistinct'), negated: asked.negated },
  });
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
  decide(context, {
    what: `${binding.type}.${path}`,
    by: 'semiJoin',
    source: total.join.target.source,
    why: `a total that ${total.join.target.source} takes for each key`,
  });
  const where = relatedWhere(context, total.join.target, total.derivation.where);
  const fn = total.measure.fn;
  const scalar = leafScalar(context, binding, path);
  const { empty } = total.derivation;
  return measuredPredicate(context, binding, total.join, where, {
    measure: total.measure,
    test: {
      fn,
      scalar,
      ops: operands(context, ops, fn === 'count' || fn === 'countDistinct' || empty !== undefined),
      negated,
      ...(empty === undefined ? {} : { empty }),
    },
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
  const having = measured && outer.kind !== 'local' && inner.kind !== 'local' ? passing(context, target, measured) : undefined;
  const groups = measured && having ? { by: [key], measures: [measured.measure], having } : grouping(key, measured);
  const from: KeySet = {
    kind: 'keys',
    source: target.source,
    request: { kind: 'aggregate', query: { rows: target.rows, where: both(where, present) ?? present, ...groups } },
    read,
    ...(measured && !having ? { test: measured.test } : {}),
    ...(target.rowEstimate === undefined ? {} : { rowEstimate: target.rowEstimate }),
    ...(context.hidden ? { hidden: true } : {}),
  };
  const name = addParameter(context, { from, to: write, list: true });
  const listed: Predicate = { kind: 'inList', value, list: name, negated: none };
  // A row without a key is related to nothing, and so has none.
  return none ? { kind: 'or', predicates: [{ kind: 'isNull', value, negated: false }, listed] } : listed;
}

/** Where one key stands for one entity, its source can tell which keys pass, and gives no others. Only the hub divides averages. */
function passing(context: PlanContext, target: TypeBinding, { measure, test }: Measured): Predicate | undefined {
  const { fn, scalar, ops, negated, empty, fails } = test;
  if (fn === 'avg') return undefined;
  const type = typeOfMeasure(measure);
  const taken: Expr = { kind: 'column', column: 'm0', type };
  const expr: Expr =
    empty === undefined
      ? taken
      : { kind: 'coalesce', values: [taken, { kind: 'literal', value: encodeWire(scalar, empty, context.supergraph.timeZone), type }] };
  const met = combine(operators(context, { path: `${target.type} ${fn}`, expr, scalar }, ops, negated), negated) ?? always(!negated);
  return fails ? notTrue(met) : met;
}

/** Distinct values of several keys of one entity do not add up: there the values themselves are asked for. An average is divided in the hub. */
function grouping(key: Expr, measured: Measured | undefined): { by: Expr[]; measures: Measure[] } {
  if (!measured) return { by: [key], measures: [] };
  const { measure, test } = measured;
  if (measure.fn === 'countDistinct') return { by: [key, measure.value], measures: [] };
  return { by: [key], measures: test.fn === 'avg' && measure.value ? [measure, { fn: 'count', value: measure.value }] : [measure] };
}

/** @param decided whether entities without related rows pass hangs on the values: they must be known while planning */
function operands(context: PlanContext, ops: Input, decided: boolean): Record<string, unknown> {
  const known = (op: string, value: unknown): unknown => (decided || op === 'isNull' ? concrete(context, value) : value);
  return Object.fromEntries(
    Object.entries(ops).flatMap(([op, value]) => (value === undefined ? [] : [[op, Array.isArray(value) ? value.map((v) => known(op, v)) : known(op, value)]])),
  );
}
