import { describe, expect, it } from 'vitest';
import { conditionProblems } from '../../../../federation/expression/check-conditions.ts';
import { expressionProblems } from '../../../../federation/expression/check-model.ts';
import { parseSdl } from '../../../../schema/parse/sdl.ts';

const problemsOf = (fields: string, rest = ''): string[] => {
  const text = `type Project @key(fields: "code") @authority(department: "dev") {\n code: ID!\n amount: Decimal\n stage: Stage\n place: Place\n${fields}\n}\ntype Place { longitude: Float\n${rest}\n}\nenum Stage { PLANNED BUILT }`;
  const { model, problems } = parseSdl([{ file: 'unified.graphql', text }]);
  if (!model) throw new Error(JSON.stringify(problems));
  return expressionProblems(model).map((problem) => `${problem.line}:${problem.column} ${problem.message}`);
};

describe('expressions of a model', () => {
  it('are right when names and kinds fit', () => {
    expect(
      problemsOf(
        'built: Boolean @computed(expression: "stage == \'BUILT\' && amount > 0 && place.longitude > 120")',
        'west: Boolean @computed(expression: "place.longitude < 100 && asOf > \'2024-01-01\'")',
      ),
    ).toEqual([]);
  });

  it.each([
    [
      'half: Decimal @computed(expression: "amonut / 2")',
      '6:1 the expression of "Project.half" does not work: there is no value "amonut"; did you mean "amount"?',
    ],
    [
      'built: Boolean @computed(expression: "stage == \'BUILD\'")',
      '6:1 the expression of "Project.built" does not work: "BUILD" is not one of the values; did you mean "BUILT"?',
    ],
    [
      "next: Stage @computed(expression: \"amount > 0 ? 'DONE' : 'BUILT'\")",
      '6:1 the expression of "Project.next" does not work: "DONE" is not one of the values; there are PLANNED, BUILT',
    ],
    [
      'half: Boolean @computed(expression: "amount / 2")',
      '6:1 the expression of "Project.half" does not work: the expression gives a number, but true or false is wanted',
    ],
  ])('are refused with their place: %s', (field, problem) => {
    expect(problemsOf(field)).toEqual([problem]);
  });

  it('of a value type are checked against each entity that holds it', () => {
    expect(problemsOf('', 'half: Decimal @computed(expression: "missing / 2")')).toEqual([
      '9:1 the expression of "Project.place.half" does not work: there is no value "missing"; there are code, amount, stage, place.longitude, place.half, asOf, now',
    ]);
  });
});

describe('conditions of checks', () => {
  const SDL = `type Project @key(fields: "code") @authority(department: "dev") {
  code: ID! amount: Decimal stage: Stage
  payments: [Payment!] @relation(fields: ["code"], references: ["projectCode"])
}
type Payment @key(fields: "number") @authority(department: "fin") {
  number: ID! projectCode: ID amount: Decimal paidOn: Date
  project: Project @relation(fields: ["projectCode"], references: ["code"])
}
enum Stage { PLANNED BUILT }`;
  const { model } = parseSdl([{ file: 'unified.graphql', text: SDL }]);
  const faults = (select: string, when: string, value?: string): string[] =>
    conditionProblems(
      model!,
      [
        {
          check: 'TEST',
          subject: 'Project',
          select,
          when,
          ...(value === undefined ? {} : { value }),
          severity: 'WARNING',
          title: { zh: '', en: '' },
          place: { file: 'checks.yaml', line: 3, column: 1 },
        },
      ],
      [],
    ).map((problem) => `${problem.line} ${problem.message}`);

  it.each([
    ['{ amount payments { nodes { amount } } }', 'sum(payments.map(p, p.amount)) > amount', 'payments.map(p, p.amount)'],
    [
      '{ all: payments { totalCount aggregate { sum { amount } max { paidOn } } } }',
      'all.totalCount > 0 && all.aggregate.sum.amount > 1 && all.aggregate.max.paidOn < asOf',
      undefined,
    ],
    ['{ payments { nodes { project { stage } } } }', 'payments.all(p, p.project.stage == "BUILT")', undefined],
  ])('are right over what they select: %s', (select, when, value) => {
    expect(faults(select, when, value)).toEqual([]);
  });

  it.each([
    ['{ amount }', 'amuont > 1', '3 "when" of check TEST does not work: there is no value "amuont"; did you mean "amount"?'],
    ['{ amount }', 'amount', '3 "when" of check TEST does not work: the expression gives a number, but true or false is wanted'],
    [
      '{ payments { nodes { amount } } }',
      'payments.exists(p, p.paidOn < asOf)',
      '3 "when" of check TEST does not work: there is no field "paidOn"; there is only "amount"',
    ],
    [
      '{ payments { nodes { project { stage } } } }',
      'payments.exists(p, p.project.stage == "DONE")',
      '3 "when" of check TEST does not work: "DONE" is not one of the values; there are PLANNED, BUILT',
    ],
  ])('are refused with their place: %s %s', (select, when, problem) => {
    expect(faults(select, when)).toEqual([problem]);
  });
});
