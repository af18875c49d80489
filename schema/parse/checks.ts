import { GraphQLError, Kind, parse } from 'graphql';
import checksSchema from '../json-schema/checks.schema.json' with { type: 'json' };
import type { Problem } from '../errors/problem.ts';
import type { Check } from '../model/check.ts';
import { celFault } from './cel-syntax.ts';
import { placeWithin, withOrigin } from './origin.ts';
import { createReport, type Report } from './report.ts';
import { createShapeCheck, withoutFaults } from './schema-problems.ts';
import { sortProblems } from './sdl-report.ts';
import { parseYaml, type YamlNode } from './yaml.ts';
import { child } from './yaml-read.ts';

const checkShape = createShapeCheck(checksSchema);

/** Reads `checks.yaml`, a list. Never throws; an empty file holds none. `checks` is there whenever the file has the right shape; fit for use only when no problem is an error. */
export function parseChecks(text: string, file: string): { checks?: readonly Check[]; problems: Problem[] } {
  const { root, problems } = parseYaml(text, file);
  if (root === undefined) return { problems: [...problems] };
  if (root.value === null) return { checks: [], problems: [...problems] };
  const shape = checkShape(root);
  const report = createReport([...problems, ...shape.problems]);
  const checks = (withoutFaults(root, shape.faulty, [['*']])?.items ?? []).map(readCheck);
  for (const check of checks) examine(check, report);
  return { ...(shape.problems.length > 0 ? {} : { checks }), problems: sortProblems(report.problems) };
}

function readCheck(node: YamlNode): Check {
  const title = child(node, 'title');
  const value = node.entries.get('value')?.text;
  return withOrigin<Check>(
    {
      check: child(node, 'check').text,
      subject: child(node, 'subject').text,
      select: child(node, 'select').text,
      when: child(node, 'when').text,
      ...(value === undefined ? {} : { value }),
      severity: child(node, 'severity').text as Check['severity'],
      title: { zh: child(title, 'zh').text, en: child(title, 'en').text },
      place: node.place,
    },
    node,
  );
}

function examine(check: Check, report: Report): void {
  const fault = selectionFault(check.select);
  if (fault !== undefined)
    report.error(
      placeWithin(check, ['select'], check.place),
      `"select" of check ${check.check} is no GraphQL selection: ${fault}`,
      'write fields in braces, e.g. "{ paidTotal contractTotal }"',
    );
  for (const key of ['when', 'value'] as const) {
    const expression = check[key];
    const wrong = expression === undefined ? undefined : celFault(expression);
    if (wrong !== undefined)
      report.error(
        placeWithin(check, [key], check.place),
        `"${key}" of check ${check.check} is not valid CEL: ${wrong}`,
        'check brackets, quotes and operators',
      );
  }
}

function selectionFault(select: string): string | undefined {
  try {
    const [definition, ...others] = parse(select, { maxLexicalTokens: 2000 }).definitions;
    if (others.length > 0 || definition?.kind !== Kind.OPERATION_DEFINITION || !select.trimStart().startsWith('{')) return 'it must be one selection in braces';
    return undefined;
  } catch (error) {
    return error instanceof GraphQLError ? error.message.replace(/^Syntax Error: /, '').replace(/\.$/, '') : 'it cannot be parsed';
  }
}
