import { describe, expect, it } from 'vitest';
import { deriveDependencies, type Reading } from '../../../../federation/dependencies/derive-dependencies.ts';
import { printDependencies } from '../../../../federation/dependencies/print-dependencies.ts';
import { selectionOf } from '../../../../schema/parse/entity-test.ts';
import { TWO_DEPARTMENTS } from '../plan/two-departments/supergraph.ts';

const printed = (subject: string, select: string, more: Reading = {}): string[] =>
  printDependencies(deriveDependencies(TWO_DEPARTMENTS.supergraph, subject, { select: selectionOf(select), ...more })).split('\n');

describe('what a selection depends on', () => {
  it('is the fields that mappings give, and the coming and going of rows', () => {
    expect(printed('Project', '{ name }')).toEqual(['Project', '  development Project: name']);
    expect(printed('Project', '{ __typename }')).toEqual(['Project', '  development Project: its rows']);
  });

  it('follows derived fields through relations into other departments', () => {
    expect(printed('Project', '{ paid }')).toEqual(['Project', '  development Project: code', '  finance Payment via payments: amount, projectCode, status']);
    expect(printed('Project', '{ funds { paidRate } }')).toEqual([
      'Project',
      '  development Project: approved, code',
      '  finance Payment via payments: amount, projectCode, status',
    ]);
  });

  it('reads the filters, orders, totals and nodes of lists', () => {
    const select = '{ payments(where: { paidOn: { gte: "2024-01-01" } }, orderBy: [{ number: ASC }]) { aggregate { sum { amount } } nodes { payee } } }';
    expect(printed('Project', select)).toEqual([
      'Project',
      '  development Project: code',
      '  finance Payment via payments: amount, number, paidOn, payee, projectCode',
    ]);
  });

  it('tells paths of the same type apart', () => {
    expect(printed('Payment', '{ amount project { lastMilestone siblings { nodes { stage } } } }')).toEqual([
      'Payment',
      '  finance Payment: amount, projectCode',
      '  development Project via project: code, district',
      '  development Milestone via project.milestones: doneOn, projectCode',
      '  development Project via project.siblings: district, stage',
    ]);
  });

  it('says when the result changes with the day or the moment', () => {
    expect(printed('Project', '{ late }').at(-1)).toBe('  the day');
    expect(printed('Project', '{ plannedEnd }', { conditions: ['days(plannedEnd, asOf) > 3'] }).at(-1)).toBe('  the day');
    expect(printed('Project', '{ plannedEnd }', { conditions: ['now > plannedEnd'] }).at(-1)).toBe('  the moment');
  });

  it('reads what a filter names, through relations and their totals', () => {
    const where = { or: [{ district: { eq: 'x' } }, { payments: { some: { status: { eq: 'PAID' } }, aggregate: { sum: { amount: { gt: '1' } } } } }] };
    expect(printDependencies(deriveDependencies(TWO_DEPARTMENTS.supergraph, 'Project', { where })).split('\n')).toEqual([
      'Project',
      '  development Project: code, district',
      '  finance Payment via payments: amount, projectCode, status',
    ]);
  });

  it('includes the checks of an entity', () => {
    const [all, tested] = [printed('Project', '{ checks { failed } }'), TWO_DEPARTMENTS.supergraph.checks.get('Project')];
    expect(all.length).toBeGreaterThan(1);
    for (const { select } of tested ?? []) expect(all).toEqual(expect.arrayContaining(printed('Project', select).slice(1)));
  });
});
