import { afterAll, beforeAll, expect, it } from 'vitest';
import { codes, startTestHub, type TestHub } from '../helpers/hub.ts';

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub();
});
afterAll(() => hub[Symbol.asyncDispose]());

const LOCAL = '320508220000000000042';
const CANONICAL = '2205-320508-04-01-654321';

it('says of each source whether it answers and how much of it is mapped', async () => {
  const { body } = await hub.post(
    '{ hub { version generation clock timeZone } sources { name kind engine ok message catalog department { name zh } coverage { tables mappedTables columns mappedColumns unmapped { table columns } } } }',
  );
  expect(body.errors).toBeUndefined();
  expect(body.data.hub).toEqual({ version: 1, generation: 1, clock: '2024-06-30T12:00:00+08:00', timeZone: 'Asia/Shanghai' });
  expect(body.data.sources.map((source: { name: string }) => source.name)).toEqual(['development', 'finance', 'housing', 'audit']);
  const [, finance] = body.data.sources;
  expect(finance).toMatchObject({
    kind: 'sqlite',
    engine: expect.stringMatching(/^SQLite 3/),
    ok: true,
    message: null,
    catalog: 'LIVE',
    department: { name: 'finance', zh: '财政局' },
  });
  expect(finance.coverage.mappedTables).toBe(finance.coverage.tables);
  expect(finance.coverage.mappedColumns + finance.coverage.unmapped.flatMap(({ columns }: { columns: string[] }) => columns).length).toBe(
    finance.coverage.columns,
  );
});

it('lists keys that resolve to nothing with suggestions, page by page', async () => {
  const page =
    'query($after: String) { crosswalk(entity: "Project", first: 1, after: $after) { totalCount pageInfo { hasNextPage endCursor } edges { cursor node { source localKey } } nodes { source localKey state evidence suggestions { canonicalKey reason score compared } } } }';
  const first = (await hub.post(page)).body.data.crosswalk;
  expect(first).toMatchObject({ totalCount: 2, pageInfo: { hasNextPage: true } });
  expect(first.edges[0].cursor).toBe(first.pageInfo.endCursor);
  expect(first.nodes[0]).toMatchObject({
    source: 'finance',
    localKey: LOCAL,
    state: 'CANDIDATE',
    suggestions: [
      { canonicalKey: CANONICAL, reason: 'evidence', score: 0.95 },
      // The same owner's other project, whose name is another.
      { reason: 'evidence', compared: { ownerName: { score: 1 } } },
    ],
  });
  const second = (await hub.post(page, { after: first.pageInfo.endCursor })).body.data.crosswalk;
  expect(second).toMatchObject({ totalCount: 2, pageInfo: { hasNextPage: false }, nodes: [{ source: 'housing' }] });
  expect(codes(await hub.post(page, { after: 'nonsense' }))).toEqual(['CURSOR_INVALID']);
});

it('says which keys totals miss, wherever they stand, and of nothing else', async () => {
  const openKeys = async (query: string): Promise<unknown> => (await hub.post(query)).body.extensions?.['openKeys'];
  const finance = [{ entity: 'Project', department: 'finance', source: 'finance', keys: 1 }];
  for (const query of [
    `{ project(code: "${CANONICAL}") { payments { aggregate { sum { amount } } } } }`,
    '{ projects(first: 1) { nodes { payments { totalCount } } } }',
    '{ projects(first: 1, where: { paidTotal: { gt: "0" } }) { nodes { code } } }',
    '{ projects(first: 1, where: { payments: { aggregate: { count: { eq: 0 } } } }) { totalCount } }',
    '{ projects(first: 1, orderBy: [{ paidTotal: DESC }]) { nodes { code } } }',
    '{ payments { groups(by: [{ field: PROJECT__STAGE }]) { key { project { stage } } aggregate { sum { amount } } } } }',
    '{ payments(where: { project: { name: { startsWith: "a" } } }) { aggregate { sum { amount } } } }',
  ])
    expect([query, await openKeys(query)]).toEqual([query, finance]);
  for (const query of [
    '{ payments { aggregate { sum { amount } } } }',
    '{ projects(first: 1) { totalCount nodes { code payments(first: 1) { nodes { amount } } } } }',
    '{ payments(first: 1) { totalCount nodes { project { name } } } }',
  ])
    expect([query, await openKeys(query)]).toEqual([query, undefined]);
});

it('counts money whose project is unknown, moves it when the officer confirms the key, and back when he takes that back', async () => {
  const look = `{ unresolved(type: "Payment") { count sums { field unit sum } parts { source department field entity count keyCount keys { localKey count sums { sum } } } } project(code: "${CANONICAL}") { paidTotal } }`;
  const { data: before, extensions } = (await hub.post(look)).body;
  expect(extensions).toEqual({ openKeys: [{ entity: 'Project', department: 'finance', source: 'finance', keys: 1 }] });
  expect(before).toEqual({
    unresolved: {
      count: 2,
      sums: [{ field: 'amount', unit: 'YUAN', sum: '55000000.00' }],
      parts: [
        {
          source: 'finance',
          department: 'finance',
          field: 'projectCode',
          entity: 'Project',
          count: 2,
          keyCount: 1,
          keys: [{ localKey: LOCAL, count: 2, sums: [{ sum: '55000000.00' }] }],
        },
      ],
    },
    project: { paidTotal: '0.00' },
  });
  const confirm = `mutation { confirmCrosswalk(entity: "Project", source: "finance", localKey: "${LOCAL}", canonicalKey: "${CANONICAL}") { canonicalKeys } }`;
  expect((await hub.post(confirm)).body).toEqual({ data: { confirmCrosswalk: { canonicalKeys: [CANONICAL] } } });
  const { body } = await hub.post(look);
  expect(body.data).toMatchObject({ unresolved: { count: 0, sums: [{ sum: null }] }, project: { paidTotal: '55000000.00' } });
  expect(body.extensions).toBeUndefined();
  expect((await hub.post('mutation { undoCrosswalk { localKey canonicalKeys } }')).body).toEqual({
    data: { undoCrosswalk: [{ localKey: LOCAL, canonicalKeys: [] }] },
  });
  expect((await hub.post(look)).body.data).toEqual(before);
});

it('rejects, confirms in bulk, and refreshes', async () => {
  const pairs = [{ entity: 'Project', source: 'finance', localKey: LOCAL, canonicalKey: CANONICAL }];
  const bulk = await hub.post('mutation($pairs: [CrosswalkPairInput!]!) { bulkConfirmCrosswalk(pairs: $pairs) { localKey canonicalKeys } }', { pairs });
  expect(bulk.body).toEqual({ data: { bulkConfirmCrosswalk: [{ localKey: LOCAL, canonicalKeys: [CANONICAL] }] } });
  const reject = await hub.post(
    `mutation { rejectCrosswalk(entity: "Project", source: "finance", localKey: "${LOCAL}", canonicalKey: "${CANONICAL}") { canonicalKeys } refreshCrosswalk(entity: "Project", source: "finance") { source ok code rows } }`,
  );
  expect(reject.body).toEqual({ data: { rejectCrosswalk: { canonicalKeys: [] }, refreshCrosswalk: [{ source: 'finance', ok: true, code: null, rows: 3 }] } });
  await hub.post('mutation { a: undoCrosswalk { localKey } b: undoCrosswalk { localKey } }');
  expect(codes(await hub.post('mutation { undoCrosswalk { localKey } }'))).toEqual(['BAD_USER_INPUT']);
});

it('finds values that have no canonical form, counts them, and pages through them', async () => {
  const { body } = await hub.post(
    '{ dataIssues(type: "Project") { totalCount complete rowsScanned counts { source field code count } nodes { code field source rawValue } } }',
  );
  expect(body.data.dataIssues).toMatchObject({
    complete: true,
    counts: expect.arrayContaining([{ source: 'housing', field: 'code', code: 'UNRESOLVED_KEY', count: 1 }]),
  });
  const all = (await hub.post('{ dataIssues(type: "Payment", first: 200) { totalCount nodes { code field key rawValue } } }')).body.data.dataIssues;
  expect(all.nodes).toHaveLength(all.totalCount);
  const paged: unknown[] = [];
  for (let after: string | null = null, more = true; more;) {
    const { body: page } = await hub.post(
      'query($after: String) { dataIssues(type: "Payment", first: 1, after: $after) { pageInfo { hasNextPage endCursor } nodes { code field key rawValue } } }',
      { after },
    );
    paged.push(...page.data.dataIssues.nodes);
    more = page.data.dataIssues.pageInfo.hasNextPage;
    after = page.data.dataIssues.pageInfo.endCursor;
  }
  expect(paged).toEqual(all.nodes);
});

it('names the nearest type, and refuses foreign cursors', async () => {
  const misspelt = await hub.post('{ unresolved(type: "Paymen") { count } }');
  expect(misspelt.body.errors?.[0]).toMatchObject({
    message: 'There is no type "Paymen"; did you mean "Payment"?',
    path: ['unresolved'],
    extensions: { code: 'BAD_USER_INPUT' },
  });
  expect(codes(await hub.post('{ dataIssues(type: "Project", after: "x") { totalCount } }'))).toEqual(['CURSOR_INVALID']);
});

it('answers every example operation', async () => {
  const { operationExamples } = (await hub.post('{ operationExamples { name title document } }')).body.data;
  expect(operationExamples.length).toBeGreaterThan(5);
  const failed: unknown[] = [];
  for (const { name, document } of operationExamples) {
    const { errors } = (await hub.post(document)).body;
    if (errors) failed.push([name, errors]);
  }
  expect(failed).toEqual([]);
});
