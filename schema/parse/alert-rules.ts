import alertsSchema from '../json-schema/alerts.schema.json' with { type: 'json' };
import type { Problem } from '../errors/problem.ts';
import type { AlertRule } from '../model/alert-rule.ts';
import { examineEntityTest, readEntityTest } from './entity-test.ts';
import { withOrigin } from './origin.ts';
import { createReport } from './report.ts';
import { createShapeCheck, withoutFaults } from './schema-problems.ts';
import { sortProblems } from './sdl-report.ts';
import { parseYaml, type YamlNode } from './yaml.ts';
import { child } from './yaml-read.ts';

const checkShape = createShapeCheck(alertsSchema);
const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads `alerts.yaml`, a list. Never throws; an empty file holds none. `rules` is there whenever the file has the right shape; fit for use only when no problem is an error. */
export function parseAlertRules(text: string, file: string): { rules?: readonly AlertRule[]; problems: Problem[] } {
  const { root, problems } = parseYaml(text, file);
  if (root === undefined) return { problems: [...problems] };
  if (root.value === null) return { rules: [], problems: [...problems] };
  const shape = checkShape(root);
  const report = createReport([...problems, ...shape.problems]);
  const rules = (withoutFaults(root, shape.faulty, [['*']])?.items ?? []).map(readRule);
  for (const rule of rules) examineEntityTest(rule, `rule ${rule.rule}`, { when: rule.when, resolve: rule.resolve, value: rule.value }, report);
  return { ...(shape.problems.length > 0 ? {} : { rules }), problems: sortProblems(report.problems) };
}

function readRule(node: YamlNode): AlertRule {
  const resolve = node.entries.get('resolve')?.text;
  const every = node.entries.get('every')?.text;
  return withOrigin<AlertRule>(
    {
      rule: child(node, 'rule').text,
      ...readEntityTest(node),
      ...(resolve === undefined ? {} : { resolve }),
      forMs: millisecondsOf(node.entries.get('for')?.text ?? '0s'),
      ...(every === undefined ? {} : { every: every === 'day' ? every : millisecondsOf(every) }),
    },
    node,
  );
}

/** `90s`, `10m`, `2h`, `3d`. */
function millisecondsOf(text: string): number {
  return Number(text.slice(0, -1)) * (UNITS[text.slice(-1)] ?? 0);
}
