import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordsOf } from '../../helpers/access-records.ts';
import { codes, send, startTestHub, type Answer, type TestHub } from '../../helpers/hub.ts';
import { as } from '../../helpers/people.ts';

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub();
});
afterAll(() => hub[Symbol.asyncDispose]());

const CODE = '2301-320500-04-01-123456';
/** Nothing of the machinery shows. */
function expectSafe({ status, body }: Answer): void {
  expect(status).not.toBe(500);
  expect(JSON.stringify(body)).not.toMatch(/\bselect .+ from\b|sqlite|syntax error|\bat .*\.ts:|node_modules/i);
  for (const folder of [process.cwd(), tmpdir()]) expect(JSON.stringify(body)).not.toContain(folder);
}

describe('A10 values that want to be SQL', () => {
  const VALUES = [
    "x' OR '1'='1",
    "%'; DROP TABLE PROJECT;--",
    'a\0b',
    String.raw`\'; drop table x;--`,
    'ʼ or 1=1',
    '𠮷𠮷',
    '"; select 1',
    '/* */',
    '${jndi:ldap://x}',
  ];

  it.each(VALUES)('%j is only a value', async (value) => {
    const before = (await hub.post('{ projects { totalCount } }')).body.data.projects.totalCount;
    for (const where of [
      { name: { eq: value } },
      { name: { contains: value } },
      { name: { startsWith: value } },
      { name: { in: [value] } },
      { or: [{ name: { iContains: value } }] },
    ]) {
      const answer = await hub.post('query($where: ProjectWhere) { projects(where: $where) { totalCount } }', { where });
      expectSafe(answer);
      expect(answer.body.errors ? 0 : answer.body.data.projects.totalCount).toBe(0);
    }
    expect((await hub.post('{ projects { totalCount } }')).body.data.projects.totalCount).toBe(before);
  });

  it('is bound, never written into the statement', async () => {
    const { body } = await send(`${hub.address}/graphql`, {
      query: `{ projects(where: { name: { contains: "x' OR '1'='1" } }) { nodes { code } } }`,
      extensions: { explain: true },
    });
    const statements = JSON.stringify(body.extensions.explain);
    expect(statements).toMatch(/select/i);
    expect(statements).not.toContain("OR '1'");
  });
});

describe('A11 A12 names that want to be SQL', () => {
  it.each([
    ['an order', 'query($o: [ProjectOrderBy!]) { projects(orderBy: $o) { totalCount } }', { o: [{ 'name; select pg_sleep(5)': 'ASC' }] }],
    ['a direction', 'query($o: [ProjectOrderBy!]) { projects(orderBy: $o) { totalCount } }', { o: [{ name: 'ASC; drop table x' }] }],
    ['a field', 'query($w: ProjectWhere) { projects(where: $w) { totalCount } }', { w: { 'id) OR 1=1--': { eq: 1 } } }],
    ['an operator', 'query($w: ProjectWhere) { projects(where: $w) { totalCount } }', { w: { name: { $gt: '' } } }],
    ['an object for a value', 'query($w: ProjectWhere) { projects(where: $w) { totalCount } }', { w: { name: { eq: { $gt: '' } } } }],
    ['a group key', 'query($b: [ProjectGroupBy!]!) { projects { groups(by: $b) { aggregate { count } } } }', { b: [{ field: 'name) from x--' }] }],
  ])('%s is refused at once', async (_what, query, variables) => {
    const from = performance.now();
    const answer = await hub.post(query, variables);
    expect(performance.now() - from).toBeLessThan(1_000);
    expectSafe(answer);
    expect(answer.body.data).toBeUndefined();
    for (const code of codes(answer)) expect(['BAD_USER_INPUT', 'GRAPHQL_VALIDATION_FAILED']).toContain(code);
  });
});

describe('A13 cursors that were edited', () => {
  const page = (after: string, headers = {}): Promise<Answer> =>
    hub.post('query($after: String) { projects(first: 1, after: $after) { nodes { code } } }', { after }, headers);

  it('no change of a bit passes', { timeout: 60_000 }, async () => {
    const { body } = await hub.post('{ projects(first: 1) { pageInfo { endCursor } } }');
    const cursor: string = body.data.projects.pageInfo.endCursor;
    const bytes = Buffer.from(cursor, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 3) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(codes(await page(changed.toString('base64url')))).toEqual(['CURSOR_INVALID']);
    }
  });

  it.each(['', '{"id":"1 OR 1=1"}', Buffer.from('{"id":"1 OR 1=1"}').toString('base64'), 'A'.repeat(100_000), '../../etc/passwd', '\0'])(
    '%.40j is none',
    async (cursor) => {
      expect(codes(await page(cursor))).toEqual(['CURSOR_INVALID']);
    },
  );

  it('one of another list, or made under other rights, is refused', async () => {
    const other = await hub.post('{ payments(first: 1) { pageInfo { endCursor } } }');
    expect(codes(await page(other.body.data.payments.pageInfo.endCursor))).toEqual(['CURSOR_INVALID']);
    const mine = await hub.post('{ projects(first: 1) { pageInfo { endCursor } } }');
    expect(codes(await page(mine.body.data.projects.pageInfo.endCursor, await as(hub, 'housing-clerk')))).toEqual(['CURSOR_INVALID']);
  });
});

describe('A16 names of JavaScript', () => {
  it('as aliases they are answered, and nothing is left behind', async () => {
    const { body } = await hub.post(
      `{ __proto__: project(code: "${CODE}") { constructor: name toString: code hasOwnProperty: district } constructor: __typename }`,
    );
    expect(body.errors).toBeUndefined();
    expect(JSON.stringify(body)).toContain('"constructor":"Query"');
    expect(JSON.stringify(body)).toContain('"toString":"2301');
    expect(({} as { isAdmin?: unknown }).isAdmin).toBeUndefined();
  });

  it.each([
    '{"query":"{__typename}","variables":{"__proto__":{"isAdmin":true}}}',
    '{"query":"{__typename}","__proto__":{"isAdmin":true}}',
    '{"query":"{__typename}","constructor":{"prototype":{"isAdmin":true}}}',
    '{"query":"query($w: ProjectWhere){projects(where:$w){totalCount}}","variables":{"w":{"__proto__":{"name":{"eq":"x"}}}}}',
  ])('%s changes no object', async (body) => {
    expectSafe(await send(`${hub.address}/graphql`, body));
    expect(({} as { isAdmin?: unknown }).isAdmin).toBeUndefined();
    expect((await hub.post('{ whoAmI { subject } }')).body.data.whoAmI.subject).toBe('developer');
  });
});

describe('A18 requests that say two things', () => {
  it('the last of two equal keys counts, and stands in the access log', async () => {
    const id = 'two-keys';
    const { body } = await send(`${hub.address}/graphql`, '{"query":"query A { hub { version } }","query":"query B { __typename }"}', { 'x-request-id': id });
    expect(body.data).toEqual({ __typename: 'Query' });
    expect(recordsOf(`${hub.folder}/access-log`, id)).toMatchObject([{ operation: { name: 'B' } }]);
  });

  it('a query in the address beside a body does not run', async () => {
    const { body } = await send(`${hub.address}/graphql?query=${encodeURIComponent('query A { hub { version } }')}`, { query: 'query B { __typename }' });
    expect(body.data).toEqual({ __typename: 'Query' });
  });

  it('a length and chunks at once are refused', async () => {
    const { port } = new URL(hub.address);
    const body = JSON.stringify({ query: '{ __typename }' });
    const answer = await new Promise<string>((resolve, reject) => {
      let text = '';
      connect(Number(port), '127.0.0.1')
        .on('data', (chunk) => (text += chunk.toString()))
        .on('close', () => resolve(text))
        .on('error', reject)
        .end(
          `POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nTransfer-Encoding: chunked\r\n\r\n${body}`,
        );
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).not.toContain('"data"');
  });
});
