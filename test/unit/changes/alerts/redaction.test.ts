import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../../changes/alerts/alert.ts';
import { visibleOf, withVisibleSubjects } from '../../../../changes/alerts/redaction.ts';
import type { ExecutionEnvironment } from '../../../../federation/execute/execute-operation.ts';
import type { View } from '../../../../federation/supergraph/view.ts';
import type { AlertRule } from '../../../../schema/model/alert-rule.ts';
import { FULL_RIGHTS, type Rights, type TypeRights } from '../../../../schema/model/rights.ts';
import { TWO_DEPARTMENTS } from '../../federation/plan/two-departments/supergraph.ts';

const RULE: AlertRule = {
  rule: 'r',
  subject: 'Project',
  select: '{ name stage paid payments { totalCount } }',
  when: 'paid > 1',
  forMs: 0,
  severity: 'WARNING',
  title: { zh: '名', en: 'Name' },
  place: { file: 'alerts.yaml', line: 1, column: 1 },
};
const all: TypeRights = { fields: new Map() };
const without = (...paths: string[]): TypeRights => ({ fields: new Map(paths.map((path) => [path, { kind: 'absent' }])) });
const visible = (types: Record<string, TypeRights>) => {
  const rights: Rights = { ...FULL_RIGHTS, key: 'x', types: new Map(Object.entries(types)) };
  const { keys, whole, name } = visibleOf(TWO_DEPARTMENTS.supergraph, rights, RULE);
  return { keys: [...keys], whole, name };
};

describe('what somebody may see of an alert', () => {
  it('is all of it where nothing is hidden', () => {
    expect(visible({ Project: all, Payment: all })).toEqual({ keys: ['name', 'stage', 'paid', 'payments'], whole: true, name: true });
  });

  it('is without what rests on a field of another department that is hidden', () => {
    expect(visible({ Project: all, Payment: without('amount') })).toEqual({ keys: ['name', 'stage', 'payments'], whole: false, name: true });
  });

  it('is without totals over a type that is hidden, or of which rows are', () => {
    expect(visible({ Project: all })).toEqual({ keys: ['name', 'stage'], whole: false, name: true });
    expect(visible({ Project: all, Payment: { ...all, rows: { status: { eq: 'PAID' } } } })).toEqual({ keys: ['name', 'stage'], whole: false, name: true });
    expect(visible({ Project: all, Payment: { ...all, totals: { atLeast: 5, by: [] } } })).toEqual({ keys: ['name', 'stage'], whole: false, name: true });
  });

  it('is without the relation, the name or a field that is hidden', () => {
    expect(visible({ Project: without('payments', 'name'), Payment: all })).toEqual({ keys: ['stage'], whole: false, name: false });
  });

  it('is without what is read for a stated purpose only, also the name, while none is stated', () => {
    const unstated: TypeRights = { ...all, purposeMissing: true };
    expect(visible({ Project: all, Payment: unstated })).toEqual({ keys: ['name', 'stage'], whole: false, name: true });
    expect(visible({ Project: unstated, Payment: all })).toEqual({ keys: [], whole: false, name: false });
  });
});

describe('the alerts that somebody may see', () => {
  const { supergraph } = TWO_DEPARTMENTS;
  const ALERT = { alert: { subject: { type: 'Project', key: ['1'] } } as unknown as Alert };
  const nothingIsRead = {} as ExecutionEnvironment;
  const seen = async (types: Record<string, TypeRights>) => {
    const rights: Rights = { ...FULL_RIGHTS, key: 'x', types: new Map(Object.entries(types)) };
    return withVisibleSubjects(nothingIsRead, { rights, supergraph } as View, [ALERT], AbortSignal.timeout(1_000));
  };

  it('are all where no row is hidden, and none of a type that does not exist, has totals only, or wants a purpose', async () => {
    expect(await seen({ Project: all })).toEqual([ALERT]);
    expect(await seen({})).toEqual([]);
    expect(await seen({ Project: { ...all, totals: { atLeast: 5, by: [] } } })).toEqual([]);
    expect(await seen({ Project: { ...all, purposeMissing: true } })).toEqual([]);
    expect(await seen({ Project: { ...all, purposeMissing: true, rows: { stage: { eq: 'BUILT' } } } })).toEqual([]);
  });
});
