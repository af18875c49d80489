import type { Row } from '../../connectors/spi/ir.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { Canonical } from '../../schema/model/canonical.ts';
import { compileExpression } from '../expression/compile.ts';
import { parseExpression } from '../expression/parse.ts';
import type { CheckPlan, Output } from '../plan/output.ts';
import type { Supergraph } from '../plan/supergraph.ts';
import { compileObject, fail, type Write } from './compile-output.ts';
import type { Execution } from './execution.ts';
import { FetchFailure } from './fetch-failure.ts';
import type { Layout } from './layout.ts';
import { objectTypeOf } from './output-type.ts';

/** Runs each check's condition on what its selection gave. When a source it needs failed, the whole field is null with that error. */
export function compileChecks(supergraph: Supergraph, layout: Layout, output: Extract<Output, { kind: 'checks' }>): Write {
  const checks = output.checks.map((check) => compileCheck(supergraph, layout, check));
  return (row, execution) => {
    const before = execution.errors.length;
    const depth = execution.path.length;
    let results: readonly CheckResult[];
    try {
      results = checks.map((check) => check(row, execution));
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      execution.errors.splice(before);
      execution.path.length = depth;
      return fail(execution, new FetchFailure(error)); // a condition that costs too much
    }
    const errors = execution.errors.splice(before);
    const [first] = errors;
    if (first) return fail(execution, new FetchFailure(first.error));
    return `[${results.map((result) => `{${output.fields.map((f) => `${JSON.stringify(f.key)}:${JSON.stringify(result[f.name] ?? null)}`).join(',')}}`).join(',')}]`;
  };
}

/** Has a check failed on this row? A source that failed is not an answer. */
export function compileCheckFailed(supergraph: Supergraph, layout: Layout, plan: CheckPlan): (row: Row, execution: Execution) => boolean | FetchFailure {
  const check = compileCheck(supergraph, layout, plan);
  return (row, execution) => {
    const before = execution.errors.length;
    const depth = execution.path.length;
    try {
      const { failed } = check(row, execution);
      const [first] = execution.errors.splice(before);
      return first ? new FetchFailure(first.error) : failed === true;
    } catch (error) {
      execution.errors.splice(before);
      execution.path.length = depth;
      return new FetchFailure(error);
    }
  };
}

type CheckResult = Readonly<Record<string, Canonical>>;

function compileCheck(supergraph: Supergraph, layout: Layout, plan: CheckPlan): (row: Row, execution: Execution) => CheckResult {
  const check = supergraph.checks.get(plan.subject)?.find((c) => c.check === plan.check);
  if (!check) throw new Error(`no check ${plan.check}`);
  const select = compileObject(supergraph, layout, plan.select);
  const types = objectTypeOf(plan.select).fields;
  const when = compileExpression(parseExpression(check.when), types, { timeZone: supergraph.timeZone });
  const value = check.value === undefined ? undefined : compileExpression(parseExpression(check.value), types, { timeZone: supergraph.timeZone });
  return (row, execution) => {
    const selected = JSON.parse(select(row, execution.bytes ? { ...execution, bytes: undefined } : execution)) as Record<string, Canonical>;
    return {
      __typename: 'CheckResult',
      code: check.check,
      title: check.title.zh,
      severity: check.severity,
      failed: when(selected, execution.clock) === true,
      value: value?.(selected, execution.clock) ?? null,
      departments: plan.departments,
      evaluatedAt: execution.clock.now,
    };
  };
}
