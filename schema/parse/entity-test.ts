import { GraphQLError, Kind, parse, type SelectionSetNode } from 'graphql';
import type { EntityTest } from '../model/check.ts';
import { celFault } from './cel-syntax.ts';
import { placeWithin } from './origin.ts';
import type { Report } from './report.ts';
import type { YamlNode } from './yaml.ts';
import { child } from './yaml-read.ts';

const MAX_TOKENS = 2000;

/** What checks and alert rules have in common, from YAML of the right shape. */
export function readEntityTest(node: YamlNode): EntityTest {
  const title = child(node, 'title');
  const value = node.entries.get('value')?.text;
  return {
    subject: child(node, 'subject').text,
    select: child(node, 'select').text,
    when: child(node, 'when').text,
    ...(value === undefined ? {} : { value }),
    severity: child(node, 'severity').text as EntityTest['severity'],
    title: { zh: child(title, 'zh').text, en: child(title, 'en').text },
    place: node.place,
  };
}

/** Reports a selection that cannot be parsed and conditions that are no CEL. `what` names the test: `check X`. */
export function examineEntityTest(test: EntityTest, what: string, expressions: Readonly<Record<string, string | undefined>>, report: Report): void {
  const fault = selectionFault(test.select);
  if (fault !== undefined)
    report.error(
      placeWithin(test, ['select'], test.place),
      `"select" of ${what} is no GraphQL selection: ${fault}`,
      'write fields in braces, e.g. "{ paidTotal contractTotal }"',
    );
  for (const [key, expression] of Object.entries(expressions)) {
    const wrong = expression === undefined ? undefined : celFault(expression);
    if (wrong !== undefined)
      report.error(placeWithin(test, [key], test.place), `"${key}" of ${what} is not valid CEL: ${wrong}`, 'check brackets, quotes and operators');
  }
}

/** A test's selection; undefined when the text is none, which is reported where it is parsed. */
export function selectionOf(select: string): SelectionSetNode | undefined {
  try {
    const [definition] = parse(select, { noLocation: true, maxLexicalTokens: MAX_TOKENS }).definitions;
    return definition?.kind === Kind.OPERATION_DEFINITION ? definition.selectionSet : undefined;
  } catch {
    return undefined;
  }
}

function selectionFault(select: string): string | undefined {
  try {
    const [definition, ...others] = parse(select, { maxLexicalTokens: MAX_TOKENS }).definitions;
    if (others.length > 0 || definition?.kind !== Kind.OPERATION_DEFINITION || !select.trimStart().startsWith('{')) return 'it must be one selection in braces';
    return undefined;
  } catch (error) {
    return error instanceof GraphQLError ? error.message.replace(/^Syntax Error: /, '').replace(/\.$/, '') : 'it cannot be parsed';
  }
}
