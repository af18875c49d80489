import { describe, expect, it } from 'vitest';
import { printPlan } from '../../../../federation/plan/print-plan.ts';
import { createGeneration } from '../../../../federation/supergraph/generation.ts';
import type { RowRule } from '../../../../schema/model/rights.ts';
import { planOf, TWO_DEPARTMENTS } from './two-departments/supergraph.ts';

const generation = createGeneration(1, TWO_DEPARTMENTS);
const GIVEN = { district: '320508' };

/** The plan of a list of projects, for whoever sees those that a rule leaves. */
function planned(where: string, rows: RowRule): string {
  const view = generation.view({ key: JSON.stringify(rows), types: new Map([['Project', { fields: new Map(), rows }]]), actions: new Set() });
  const head = where.includes('$') ? 'query ($district: String) ' : '';
  return printPlan(planOf(`${head}{ projects(where: ${where}) { totalCount } }`, GIVEN, view));
}

const LISTED: RowRule = { district: { in: ['320505', '320508'] } };
const DECIDED = / within \["320505","320508"\] = \$district/;
const EACH_ROW = /xzqh in \[/;

describe('a row rule that gives a list', () => {
  it.each(['{ district: { eq: $district } }', '{ and: [{ name: { ne: "" } }, { district: { eq: $district } }] }'])(
    'decides about the value that is asked for, and tests no row: %s',
    (where) => {
      const plan = planned(where, LISTED);
      expect(plan).toMatch(DECIDED);
      expect(plan).not.toMatch(EACH_ROW);
    },
  );

  it.each([
    '{ district: { ne: $district } }',
    '{ not: { district: { eq: $district } } }',
    '{ or: [{ district: { eq: $district } }, { stage: { eq: BUILT } }] }',
    '{ name: { eq: $district } }',
    '{ district: { eq: "320508" } }',
    '{}',
  ])('tests each row where no one value is asked for: %s', (where) => {
    const plan = planned(where, LISTED);
    expect(plan).not.toMatch(DECIDED);
    expect(plan).toMatch(EACH_ROW);
  });

  it('tests each row where it says what a value may not be', () => {
    const plan = planned('{ district: { eq: $district } }', { district: { notIn: ['320505', '320508'] } });
    expect(plan).not.toMatch(/ within /);
    expect(plan).toMatch(/320505/);
  });
});
