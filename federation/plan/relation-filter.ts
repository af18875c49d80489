import type { Predicate } from '../../connectors/spi/ir.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { RelationField } from '../../schema/model/unified.ts';
import type { TypeBinding } from '../supergraph/binding.ts';
import { crossSourceExists, crossSourceJoin, crossSourceMeasure } from './cross-source.ts';
import { decide } from './decision.ts';
import { entityExists } from './entity-exists.ts';
import { fieldExpr, measureOf } from './field-expr.ts';
import { havingParts, type AskedMeasure, type MeasurePredicate } from './having.ts';
import { hubFilter, type HubTest } from './hub-filter.ts';
import { relationJoin, sameSourceOn } from './key-access.ts';
import { measureScalar } from './measure-function.ts';
import { operators, type Input } from './operators.ts';
import { planWhere, relatedValue } from './plan-where.ts';
import type { PlanContext } from './plan-context.ts';
import { always, both, combine, notTrue } from './predicates.ts';
import { relatedMeasure } from './related-measure.ts';

/**
 * A filter through a relation. The first way that can: `exists` and measures inside the one source; a semi-join of the keys that the other source
 * gives; the related rows counted or measured for each row, and tested in the hub.
 * @param narrow what the rows must meet anyway
 */
export function relationPredicate(
  context: PlanContext,
  binding: TypeBinding,
  relation: RelationField,
  input: Input,
  negated: boolean,
  narrow: Predicate | undefined,
): Predicate {
  const same = sameSourceOn(context.supergraph, binding, relation);
  const across = same ? undefined : crossSourceJoin(context, binding, relation);
  const target = same?.target ?? relationJoin(context.supergraph, binding, relation)?.target;
  if (!target)
    throw new HubError('SOURCE_CAPABILITY_MISSING', `${binding.type}.${relation.name} cannot be followed`, {
      source: binding.source,
      department: binding.department,
    });
  const tests: HubTest[] = [];
  let isHubs = false;
  /** `none`: no related row may meet it. */
  const exists = (inner: Predicate | undefined, none: boolean): Predicate[] => {
    if (same) {
      const where = both(entityExists(context, target), inner);
      return [{ kind: 'exists', on: same.on, rows: target.rows, ...(where ? { where } : {}), negated: none }];
    }
    if (across) return [crossSourceExists(context, binding, across, inner, none)];
    isHubs = true;
    tests.push(existsTest(context, relation, inner, none));
    return [];
  };
  const measured: MeasurePredicate = (asked, negated, nested) => {
    const { fn, path, ops } = asked;
    const expr = path === undefined ? undefined : fieldExpr(context, target, path);
    const measure = path === undefined || expr ? measureOf(fn, expr) : undefined;
    const scalar = measureScalar(context, target, fn, path);
    if (same && measure && fn !== 'AVG') {
      const name = `${target.type}.${path ?? 'count'}`;
      return operators(context, { path: name, expr: relatedValue(context, same, measure), scalar }, ops, negated);
    }
    if (across && measure) return [crossSourceMeasure(context, binding, across, { fn, measure, scalar, ops, negated })];
    const test = measureTest(context, relation, asked, negated);
    isHubs = true;
    if (nested) return [hubFilter(context, binding, [test], negated, narrow)];
    tests.push(test);
    return [];
  };
  const parts = quantified(context, target, relation, input, negated, exists, measured);
  const by = isHubs ? 'hub' : across ? 'semiJoin' : 'source';
  const why = {
    hub: 'related rows are counted or measured for each row',
    semiJoin: `distinct keys that ${target.source} gives`,
    source: 'related rows are in the same source',
  };
  decide(context, { what: `${binding.type}.${relation.name}`, by, source: target.source, why: why[by] });
  if (tests.length > 0) parts.push(hubFilter(context, binding, tests, negated, narrow));
  return combine(parts, negated) ?? always(!negated);
}

/** The same filter tested in the hub on the related rows' counts and measures, whatever their source could do. */
export function relationTest(context: PlanContext, binding: TypeBinding, relation: RelationField, input: Input, negated: boolean): HubTest {
  const target = relationJoin(context.supergraph, binding, relation)?.target;
  if (!target) throw new HubError('SOURCE_CAPABILITY_MISSING', `${binding.type}.${relation.name} cannot be followed`, { source: binding.source });
  return (row) =>
    combine(
      quantified(
        context,
        target,
        relation,
        input,
        negated,
        (inner, none) => [existsTest(context, relation, inner, none)(row)],
        (asked, isNegated) => [measureTest(context, relation, asked, isNegated)(row)],
      ),
      negated,
    ) ?? always(!negated);
}

function existsTest(context: PlanContext, relation: RelationField, inner: Predicate | undefined, none: boolean): HubTest {
  return ({ scope, column }) => {
    const count = column(relatedMeasure(context, scope, relation, 'COUNT', undefined, () => inner));
    return { kind: 'compare', op: none ? 'eq' : 'gt', left: count, right: { kind: 'literal', value: 0, type: { kind: 'integer', bits: 32 } } };
  };
}

function measureTest(context: PlanContext, relation: RelationField, { fn, path, ops }: AskedMeasure, negated: boolean): HubTest {
  return ({ scope, column }) => {
    const value = relatedMeasure(context, scope, relation, fn, path);
    const operand = { path: `${relation.target}.${path ?? 'count'}`, expr: column(value), scalar: value.scalar };
    return combine(operators(context, operand, ops, negated), negated) ?? always(!negated);
  };
}

/** The parts of a filter through a relation: that related rows exist, or what is measured of them. */
function quantified(
  context: PlanContext,
  target: TypeBinding,
  relation: RelationField,
  input: Input,
  negated: boolean,
  exists: (inner: Predicate | undefined, none: boolean) => Predicate[],
  measured: MeasurePredicate,
): Predicate[] {
  // `not` on a related object means that it exists and differs, as on any other value: from nothing asked, nothing differs.
  if (!relation.many) return exists(planWhere(context, target, input, negated) ?? (negated ? always(false) : undefined), false);
  return Object.entries(input).flatMap(([name, inner]): Predicate[] => {
    if (inner === undefined) return [];
    if (inner === null) throw new HubError('BAD_USER_INPUT', `${relation.name}.${name} is null; leave it out`);
    if (name === 'some') return exists(planWhere(context, target, inner), negated);
    if (name === 'none') return exists(planWhere(context, target, inner), !negated);
    if (name === 'every') return exists(notTrue(planWhere(context, target, inner) ?? always(true)), !negated);
    return havingParts(inner as Input, negated, measured);
  });
}
