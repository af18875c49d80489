import { parse, validate, type GraphQLSchema } from 'graphql';
import type { Problem } from '../../schema/errors/problem.ts';
import type { EntityTest } from '../../schema/model/check.ts';
import { placeWithin } from '../../schema/parse/origin.ts';
import type { Release } from '../../schema/model/release.ts';

/** Whether the selections of checks and alert rules are what the API offers: what lies below a list, arguments, names of enum values. */
export function entityTestProblems(schema: GraphQLSchema, { checks, rules }: Pick<Release, 'checks' | 'rules'>): Problem[] {
  return [
    ...checks.flatMap((check) => problemsOf(schema, check, `check ${check.check}`)),
    ...rules.flatMap((rule) => problemsOf(schema, rule, `rule ${rule.rule}`)),
  ];
}

function problemsOf(schema: GraphQLSchema, test: EntityTest, what: string): Problem[] {
  const { subject, select } = test;
  if (!schema.getType(subject)) return [];
  const faults = validate(schema, parse(`{ node(id: "") { ... on ${subject} ${select} } }`, { noLocation: true }));
  return faults.map(({ message }): Problem => ({
    ...placeWithin(test, ['select'], test.place),
    message: `"select" of ${what} does not fit the API: ${message.replace(/\.$/, '')}`,
    remedy: 'see what the type offers in the API',
    severity: 'error',
  }));
}
