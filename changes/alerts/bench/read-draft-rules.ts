import { conditionProblems } from '../../../federation/expression/check-conditions.ts';
import { entityTestProblems } from '../../../federation/supergraph/entity-test-problems.ts';
import type { View } from '../../../federation/supergraph/view.ts';
import type { Problem } from '../../../schema/errors/problem.ts';
import type { AlertRule } from '../../../schema/model/alert-rule.ts';
import { parseAlertRules } from '../../../schema/parse/alert-rules.ts';
import { checkTests } from '../../../schema/parse/check-release-tests.ts';
import { createReport } from '../../../schema/parse/report.ts';

/** Rules from a text as `alerts.yaml` holds it, tested against what somebody may see. `rules` are there when no problem is an error. */
export function readDraftRules(text: string, view: View): { readonly rules?: readonly AlertRule[]; readonly problems: readonly Problem[] } {
  const { rules, problems } = parseAlertRules(text, 'alerts.yaml');
  if (!rules || problems.some(({ severity }) => severity === 'error')) return { problems };
  const { model } = view.supergraph;
  const report = createReport(problems);
  checkTests({ model, checks: [], rules }, report);
  if (report.problems.length === 0) report.problems.push(...conditionProblems(model, [], rules), ...entityTestProblems(view.schema, { checks: [], rules }));
  return report.problems.some(({ severity }) => severity === 'error') ? { problems: report.problems } : { rules, problems: report.problems };
}
