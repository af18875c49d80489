import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDepartmentsHub, type DepartmentsHub } from '../helpers/departments-hub.ts';

describe('what the hub evaluates itself', () => {
  let hub: DepartmentsHub;
  beforeAll(async () => {
    hub = await openDepartmentsHub({ engines: 'sqlite', size: 60, seed: 11, limits: { sourceRowsMax: 40 } });
  });
  afterAll(() => hub[Symbol.asyncDispose]());

  it.each([
    ['a filter', '{ projects(where: { paidRate: { gt: "0" } }) { nodes { code } } }'],
    ['a check', '{ projects(where: { checks: { some: { code: { eq: "PAID_EXCEEDS_APPROPRIATION" }, failed: { eq: true } } } }) { nodes { code } } }'],
    ['an order', '{ projects(orderBy: [{ paidRate: DESC }], first: 1) { nodes { code } } }'],
    ['a measure', '{ projects { aggregate { sum { paidTotal } } } }'],
    ['groups', '{ payments { groups(by: [{ field: PROJECT__DISTRICT }]) { key { project { district } } aggregate { count } } } }'],
  ])('refuses %s over more rows than it may hold, with the numbers and the way out', async (_what, query) => {
    const { errors, data } = await hub.query(query);
    expect(errors).toEqual([
      expect.objectContaining({ code: 'JOIN_TOO_LARGE', message: expect.stringMatching(/more than the 40 rows that one call may fetch; narrow the filter$/) }),
    ]);
    expect(Object.values(data as object)).toEqual([null]);
  });

  it('answers once the rest of the filter leaves few enough', async () => {
    const districts = '{ projects { groups(by: [{ field: DISTRICT }], orderBy: [{ count: DESC }]) { key { district } aggregate { count } } } }';
    const [{ key }] = (await hub.query(districts)).data.projects.groups;
    const { errors, data } = await hub.query(
      `{ projects(where: { district: { eq: "${key.district}" }, paidRate: { gt: "0" } }, orderBy: [{ paidRate: DESC }]) { totalCount nodes { paidRate } aggregate { max { paidRate } } } }`,
    );
    expect(errors).toEqual([]);
    const rates = data.projects.nodes.map((node: { paidRate: string }) => Number(node.paidRate));
    expect(rates).toEqual(rates.toSorted((a: number, b: number) => b - a));
    expect([data.projects.totalCount, Number(data.projects.aggregate.max.paidRate)]).toEqual([rates.length, rates[0]]);
  });
});
