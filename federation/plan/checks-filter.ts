import type { Expr, Predicate } from '../../connectors/spi/ir.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { Check } from '../../schema/model/check.ts';
import { compileTest } from '../engine/compile-test.ts';
import type { TypeBinding } from '../supergraph/binding.ts';
import { decide } from './decision.ts';
import type { HubRow, HubTest } from './hub-filter.ts';
import { checkPlan } from './plan-checks.ts';
import type { PlanContext } from './plan-context.ts';
import { operators, type Input } from './operators.ts';
import { always, combine, notTrue } from './predicates.ts';

/** `checks: { some every none }` over the checks of an entity. Only those that a condition may let through are evaluated. */
export function checksTest(context: PlanContext, binding: TypeBinding, input: Input, negated: boolean): HubTest {
  const checks = context.supergraph.checks.get(binding.type) ?? [];
  decide(context, { what: `${binding.type}.checks`, by: 'hub', source: binding.source, why: 'checks are evaluated on what their selections give' });
  return (row) => {
    const parts = Object.entries(input).flatMap(([quantifier, inner]): Predicate[] => {
      if (inner === undefined) return [];
      if (inner === null) throw new HubError('BAD_USER_INPUT', `checks.${quantifier} is null; leave it out`);
      const met = checks.map((check) => checkTest(context, row, check, inner as Input));
      if (quantifier === 'every') return [{ kind: 'and', predicates: met }];
      const some: Predicate = { kind: 'or', predicates: met.filter((test) => test.kind !== 'or') };
      return [quantifier === 'some' ? some : notTrue(some)];
    });
    const all = combine(parts, false) ?? always(true);
    return negated ? notTrue(all) : all;
  };
}

/** An empty `or` where it cannot be met. Code and severity are known beforehand; whether it has failed is a column. Neither is ever unknown. */
function checkTest(context: PlanContext, row: HubRow, check: Check, input: Input): Predicate {
  const { code, severity, failed } = input as Readonly<Record<string, Input | undefined>>;
  const known: Predicate[] = [
    ...(code ? operators(context, { path: 'checks.code', expr: text(check.check), scalar: 'String', decided: true }, code, false) : []),
    ...(severity ? operators(context, { path: 'checks.severity', expr: text(check.severity), scalar: 'String', decided: true }, severity, false) : []),
  ];
  if (!compileTest({ kind: 'and', predicates: known }, [])([])) return always(false);
  if (!failed) return always(true);
  const expr = row.column({ value: { kind: 'check', check: checkPlan(context, row.scope, check) }, scalar: 'Boolean' });
  return { kind: 'and', predicates: operators(context, { path: 'checks.failed', expr, scalar: 'Boolean' }, failed, false) };
}

const text = (value: string): Expr => ({ kind: 'literal', value, type: { kind: 'text' } });
