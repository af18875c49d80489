/** What an argument means that is null, empty or of no use: written in the document or brought by a variable. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codes, send, startTestHub, type Answer, type TestHub } from '../helpers/hub.ts';
import { follow, openClient } from '../helpers/subscriber.ts';

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub();
});
afterAll(() => hub[Symbol.asyncDispose]());

const pathsOf = ({ body }: Answer): unknown[] => (body.errors ?? []).map(({ path }: { readonly path?: unknown }) => path);

describe('null', () => {
  it.each([
    '{ projects(orderBy: null, first: 1) { totalCount } }',
    '{ projects(first: 1) { nodes { payments(orderBy: null) { totalCount } } } }',
    '{ payments { groups(by: [{ field: STATUS }], orderBy: null) { aggregate { count } } } }',
    '{ projects(where: null, first: null, after: null) { totalCount } }',
    '{ projects(first: 1) { nodes { checks(codes: null) { code } } } }',
  ])('in place of an optional argument is as if it were left out: %s', async (query) => {
    expect((await hub.post(query)).body.errors).toBeUndefined();
  });

  it.each([
    'query ($if: Boolean = true) { projects(first: 1) { nodes { code name @skip(if: $if) } } }',
    'query ($if: Boolean = true) { projects(first: 1) @include(if: $if) { nodes { code } } }',
    'query ($if: Boolean = true) { hub { version @skip(if: $if) } }',
    'query ($if: ProjectCode = "2301-320500-04-01-123456") { ...F } fragment F on Query { project(code: $if) { code } }',
    'query ($if: String = "Payment") { unresolved(type: $if) { count } }',
  ])('is refused of a variable with a default where null is not allowed: %s', async (query) => {
    expect((await hub.post(query)).body.errors).toBeUndefined();
    const refused = await hub.post(query, { if: null });
    expect([codes(refused), refused.body]).toEqual([['BAD_USER_INPUT'], expect.not.objectContaining({ data: expect.anything() })]);
  });

  it.each([
    '{ name: { in: NULL } }',
    '{ name: { notIn: NULL } }',
    '{ and: NULL }',
    '{ or: NULL }',
    '{ not: NULL }',
    '{ name: { eq: NULL } }',
    '{ payments: { aggregate: { sum: { amount: NULL } } } }',
  ])('in a filter is refused, written and as a variable: %s', async (where) => {
    const types: Readonly<Record<string, string>> = {
      in: '[String!]',
      notIn: '[String!]',
      and: '[ProjectWhere!]',
      or: '[ProjectWhere!]',
      not: 'ProjectWhere',
      eq: 'String',
      amount: 'DecimalFilter',
    };
    const [, place = ''] = /(\w+): NULL/.exec(where) ?? [];
    const written = await hub.post(`{ projects(where: ${where.replace('NULL', 'null')}) { totalCount } }`);
    const brought = await hub.post(`query ($value: ${types[place]}) { projects(where: ${where.replace('NULL', '$value')}) { totalCount } }`, { value: null });
    expect([codes(written), codes(brought)]).toEqual([['BAD_USER_INPUT'], ['BAD_USER_INPUT']]);
    expect(written.body.errors?.[0]?.message).toBe(brought.body.errors?.[0]?.message);
  });

  it('in an order or in `having` is refused, and an item that names nothing too', async () => {
    for (const [query, variables] of [
      ['query ($item: ProjectOrderBy = { code: ASC }) { projects(first: 1, orderBy: [$item]) { totalCount } }', { item: null }],
      ['query ($way: OrderDirection) { projects(first: 1, orderBy: [{ code: $way }]) { totalCount } }', {}],
      ['query ($way: OrderDirection) { payments { groups(by: [{ field: STATUS }], orderBy: [{ count: $way }]) { aggregate { count } } } }', {}],
      ['query ($way: OrderDirection) { payments { groups(by: [{ field: STATUS }], orderBy: [{ count: $way }]) { aggregate { count } } } }', { way: null }],
      ['{ payments { groups(by: [{ field: STATUS }], having: { count: null }) { aggregate { count } } } }', {}],
      ['{ payments { groups(by: [{ field: STATUS }], having: { sum: { amount: null } }) { aggregate { count } } } }', {}],
      ['{ payments { groups(by: [{ field: STATUS }], having: { or: null }) { aggregate { count } } } }', {}],
    ] as const) {
      const answer = await hub.post(query, variables);
      expect([query, codes(answer)]).toEqual([query, ['BAD_USER_INPUT']]);
    }
  });
});

describe('a filter that asks for nothing of a related entity', () => {
  it('is met by those that have one, and its negation by none', async () => {
    const count = async (type: string, where: string): Promise<number> =>
      (await hub.post(`{ ${type}(where: ${where}) { totalCount } }`)).body.data[type].totalCount;
    expect(await count('payments', '{ project: {} }')).toBe(await count('payments', '{ project: { code: { isNull: false } } }'));
    expect(await count('payments', '{ not: { project: {} } }')).toBe(0);
    expect(await count('payments', '{ not: { project: { name: {} } } }')).toBe(0);
    expect(await count('projects', '{ not: { owner: {} } }')).toBe(0);
    expect(await count('projects', '{ checks: { some: {} }, not: { owner: {} } }')).toBe(0);
  });
});

describe('groups that cannot be made', () => {
  it.each([
    ['LIMIT_PAGE', 'by: [{ field: STATUS }], first: 201'],
    ['BAD_USER_INPUT', 'by: [{ field: STATUS }], first: -1'],
    ['BAD_USER_INPUT', 'by: []'],
    ['BAD_USER_INPUT', 'by: [{ field: STATUS, truncate: MONTH }]'],
    ['BAD_USER_INPUT', 'by: [{ field: PAID_ON, truncate: MONTH }, { field: PAID_ON, truncate: YEAR }]'],
  ])('are null alone, with %s: %s', async (code, args) => {
    const answer = await hub.post(`{ list: payments { totalCount groups: groups(${args}) { key { status } } } }`);
    expect([codes(answer), pathsOf(answer)]).toEqual([[code], [['list', 'groups']]]);
    expect(answer.body.data).toEqual({ list: { totalCount: expect.any(Number), groups: null } });
    const explained = await send(`${hub.address}/graphql`, { query: `{ payments { groups(${args}) { key { status } } } }`, extensions: { explain: true } });
    expect(codes(explained)).toEqual([code]);
  });
});

describe('a subscription that is refused', () => {
  it('says the request and the place', async () => {
    const client = openClient(hub.address);
    const stream = follow(client.iterate({ query: 'subscription { told: projectChanges(after: "x") { op } }' }));
    expect(await stream.ended()).toMatchObject([{ path: ['told'], extensions: { code: 'CURSOR_INVALID', requestId: expect.any(String) } }]);
    const empty = follow(client.iterate({ query: 'subscription { changes(types: []) { op } }' }));
    expect(await empty.ended()).toMatchObject([{ path: ['changes'], extensions: { code: 'BAD_USER_INPUT' } }]);
    await client.dispose();
  });
});
