import checksSchema from '../json-schema/checks.schema.json' with { type: 'json' };
import type { Problem } from '../errors/problem.ts';
import type { Check } from '../model/check.ts';
import { examineEntityTest, readEntityTest } from './entity-test.ts';
import { withOrigin } from './origin.ts';
import { createReport } from './report.ts';
import { createShapeCheck, withoutFaults } from './schema-problems.ts';
import { sortProblems } from './sdl-report.ts';
import { parseYaml } from './yaml.ts';
import { child } from './yaml-read.ts';

const checkShape = createShapeCheck(checksSchema);

/** Reads `checks.yaml`, a list. Never throws; an empty file holds none. `checks` is there whenever the file has the right shape; fit for use only when no problem is an error. */
export function parseChecks(text: string, file: string): { checks?: readonly Check[]; problems: Problem[] } {
  const { root, problems } = parseYaml(text, file);
  if (root === undefined) return { problems: [...problems] };
  if (root.value === null) return { checks: [], problems: [...problems] };
  const shape = checkShape(root);
  const report = createReport([...problems, ...shape.problems]);
  const checks = (withoutFaults(root, shape.faulty, [['*']])?.items ?? []).map((node) =>
    withOrigin<Check>({ check: child(node, 'check').text, ...readEntityTest(node) }, node),
  );
  for (const check of checks) examineEntityTest(check, `check ${check.check}`, { when: check.when, value: check.value }, report);
  return { ...(shape.problems.length > 0 ? {} : { checks }), problems: sortProblems(report.problems) };
}
