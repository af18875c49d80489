import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Explanation, ExplainNode } from '../../federation/execute/explain.ts';
import { send, startTestHub, type TestHub } from '../helpers/hub.ts';

const RATE =
  '{ projects(where: { district: { eq: "320500" }, paidRate: { gt: "0.5" } }, first: 5) { totalCount nodes { code paidTotal funds { paid } payments(first: 1) { nodes { amount } aggregate { count } } } } }';

describe('explain', () => {
  let hub: TestHub;
  beforeAll(async () => {
    hub = await startTestHub();
  });
  afterAll(() => hub[Symbol.asyncDispose]());
  const explained = async (query: string): Promise<Explanation> =>
    (await send(`${hub.address}/graphql`, { query, extensions: { explain: true } })).body.extensions.explain as Explanation;

  it('shows the plan as a tree with what was run of it', async () => {
    const { plan } = await explained(RATE);
    const [list] = plan as [ExplainNode];
    expect(list).toMatchObject({ kind: 'fetch', source: 'development', runs: 1, rows: 1, statement: expect.stringMatching(/^select/) });
    const keys = list.children?.find((node) => node.kind === 'keys');
    expect(keys).toMatchObject({ source: 'development', rows: 2, runs: 1 });
    const [step, batch] = keys?.children ?? [];
    expect(step).toMatchObject({
      kind: 'hub',
      rowsIn: 2,
      rows: 1,
      step: [expect.stringContaining('paidTotal / appropriatedTotal'), 'rows', expect.anything(), expect.stringContaining('c0 > 0.5')],
    });
    expect(batch).toMatchObject({ kind: 'batch', source: 'finance', keys: 2, runs: 1 });
  });

  it('shows the parameters of a statement as their types', async () => {
    const { fetches } = await explained(
      '{ projects(where: { name: { contains: "路" }, payments: { some: { amount: { gt: "1" } } } }, first: 5) { nodes { code payments(first: 2) { nodes { amount } } } } }',
    );
    const texts = fetches.map(({ statement }) => statement);
    // No parameter stands there by its mark alone.
    for (const text of texts) expect(text).not.toMatch(/(\$\d+|\?)(?!: )/);
    expect(texts.join('\n')).toMatch(/(\$\d+|\?): /);
  });

  it('finds rows that the hub has tested by what it narrowed them with, where their key is several columns', async () => {
    const { fetches } = await explained('{ planYears(where: { projectCode: { eq: "2301-320500-04-01-123456" } }) { nodes { year } } }');
    const texts = fetches.map(({ statement }) => statement.replaceAll(/[()"]/g, ''));
    expect(texts.length).toBeGreaterThan(1);
    for (const text of texts) expect(text).toMatch(/ (where|and) t1\.project_id in /);
  });

  it('says of each condition where it is met and why', async () => {
    const { decisions } = await explained(
      '{ projects(where: { name: { contains: "路" }, paidRate: { gt: "0" }, payments: { some: { amount: { gt: "1" } } }, paidTotal: { gt: "1" } }, orderBy: [{ paidTotal: DESC }]) { nodes { code } } }',
    );
    expect(decisions.map(({ what, by, source }) => [what, by, source])).toEqual(
      expect.arrayContaining([
        ['Project.name', 'source', 'development'],
        ['Project.payments', 'semiJoin', 'finance'],
        ['Project.paidTotal', 'semiJoin', 'finance'],
        ['Project.paidRate', 'hub', 'development'],
        ['order by Project.paidTotal', 'hub', 'development'],
      ]),
    );
    expect(decisions.every(({ why }) => why.length > 10)).toBe(true);
  });

  it('shows no value but the asker’s own', async () => {
    const text = JSON.stringify((await explained('{ project(code: "2301-320500-04-01-123456") { name payments { nodes { payeeName } } } }')).fetches);
    expect(text).not.toContain('照明');
    expect(text).not.toContain('2301-320500');
  });

  it('is for those who may see it', async () => {
    await using strict = await startTestHub({ development: false });
    const { body } = await send(`${strict.address}/graphql`, { query: RATE, extensions: { explain: true } });
    expect(body.extensions?.explain).toBeUndefined();
    expect(body.errors?.length).toBeGreaterThan(0);
  });
});

describe('provenance', () => {
  it('names the sources of each value, by its path', async () => {
    await using hub = await startTestHub();
    const { body } = await send(`${hub.address}/graphql`, {
      query: `{ projects(first: 1) { totalCount nodes { id code paidTotal paidAheadPoints actualStart payments(first: 1) { nodes { amount } aggregate { sum { amount } } } }
        aggregate { sum { paidTotal } } groups(by: [{ field: DISTRICT }]) { key { district } aggregate { count } } }
        payments { groups(by: [{ field: PROJECT__DISTRICT }]) { key { project { district } } aggregate { count } } } }`,
      extensions: { provenance: true },
    });
    expect(body.errors).toBeUndefined();
    expect(body.extensions.provenance).toEqual({
      'projects.totalCount': ['development'],
      'projects.nodes.id': ['development'],
      'projects.nodes.code': ['development'],
      'projects.nodes.paidTotal': ['finance'],
      'projects.nodes.paidAheadPoints': ['development', 'finance', 'housing'],
      'projects.nodes.actualStart': ['housing'],
      'projects.nodes.payments.nodes.amount': ['finance'],
      'projects.nodes.payments.aggregate.sum.amount': ['finance'],
      'projects.aggregate.sum.paidTotal': ['development', 'finance'],
      'projects.groups.key.district': ['development'],
      'projects.groups.aggregate.count': ['development'],
      'payments.groups.key.project.district': ['development', 'finance'],
      'payments.groups.aggregate.count': ['development', 'finance'],
    });
    const [plain] = [await hub.post('{ projects(first: 1) { nodes { code } } }')];
    expect(plain?.body.extensions).toBeUndefined();
  });
});
