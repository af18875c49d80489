import { describe, expect, it } from 'vitest';
import { nameProblems } from '../../../../federation/supergraph/name-problems.ts';
import { hubApi } from '../../../../resolvers/hub-api.ts';
import { everyFeature } from '../../../../schema/api/features.ts';
import { generateApi } from '../../../../schema/api/generate-api.ts';
import { parseSdl } from '../../../../schema/parse/sdl.ts';

function problemsOf(text: string) {
  const { model, problems } = parseSdl([{ text, file: 'model.graphql' }]);
  if (!model) throw new Error(JSON.stringify(problems));
  return nameProblems(model, generateApi(model, everyFeature(model), { timeZone: 'UTC' }).document, hubApi.document);
}

const entity = (name: string): string => `type ${name} @key(fields: "a") @names(one: "one", many: "ones") { a: ID! }`;

describe('names of unified types', () => {
  it('may not be those of the hub’s own types: told at their place, with the way out', () => {
    expect(problemsOf(`${entity('Book')}\n${entity('Source').replace('ones', 'others').replace('"one"', '"other"')}`)).toEqual([
      {
        file: 'model.graphql',
        line: 2,
        column: 6,
        message: 'type name "Source" belongs to the hub',
        remedy: 'choose another, such as "SourceRecord"',
        severity: 'error',
      },
    ]);
  });

  it('may not lead to them either', () => {
    expect(problemsOf(entity('Crosswalk')).map(({ message }) => message)).toEqual([
      'the API of "Crosswalk" has a type "CrosswalkConnection", which belongs to the hub',
    ]);
  });

  it('are those of enums too', () => {
    const [problem, ...more] = problemsOf(`enum AlertState { ON OFF }\ntype Book @key(fields: "a") { a: ID! state: AlertState }`);
    expect(problem).toMatchObject({ line: 2, message: 'type name "AlertState" belongs to the hub' });
    expect(more).toEqual([]);
  });

  it('are free otherwise', () => {
    expect(problemsOf(entity('Book'))).toEqual([]);
  });
});
