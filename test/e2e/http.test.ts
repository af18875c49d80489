import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codes, send, startTestHub, type TestHub } from '../helpers/hub.ts';

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub();
});
afterAll(() => hub[Symbol.asyncDispose]());

const get = (path: string, init: RequestInit = {}): Promise<Response> => fetch(`${hub.address}${path}`, { redirect: 'manual', ...init });
const QUERY = '{ project(code: "2301-320500-04-01-123456") { name } }';

describe('HTTP', () => {
  it('answers a POST with what the departments say', async () => {
    const { status, body } = await hub.post(QUERY);
    expect({ status, body }).toEqual({ status: 200, body: { data: { project: { name: '智慧城市照明提升工程' } } } });
  });

  it('answers a GET of a query with the same bytes, given the header against cross-site requests', async () => {
    const response = await get(`/graphql?query=${encodeURIComponent(QUERY)}`, { headers: { 'apollo-require-preflight': '1' } });
    expect(await response.text()).toBe('{"data":{"project":{"name":"智慧城市照明提升工程"}}}\n');
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('refuses a GET that any web page could make', async () => {
    const response = await get(`/graphql?query=${encodeURIComponent(QUERY)}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST', requestId: expect.any(String) } }] });
  });

  it('refuses a mutation by GET', async () => {
    const response = await get(`/graphql?query=${encodeURIComponent('mutation { undoCrosswalk { localKey } }')}`, {
      headers: { 'apollo-require-preflight': '1' },
    });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
  });

  it.each([
    ['application/json', 'application/json; charset=utf-8', 200],
    ['application/graphql-response+json', 'application/graphql-response+json; charset=utf-8', 400],
  ])('with %s, answers in %s, and an unusable document with %i', async (accept, type, status) => {
    const good = await hub.post(QUERY, {}, { accept });
    expect([good.status, good.headers.get('content-type')]).toEqual([200, type]);
    const bad = await hub.post('{ nothing', {}, { accept });
    expect([bad.status, bad.headers.get('content-type'), codes(bad)]).toEqual([status, type, ['GRAPHQL_PARSE_FAILED']]);
  });

  it.each([
    ['application/json;q=0.5, application/graphql-response+json', 'graphql-response+json', 400],
    ['Application/GraphQL-Response+JSON', 'graphql-response+json', 400],
    ['application/graphql-response+json;q=0.5, application/json', 'json', 200],
    ['application/graphql-response+json;q=0, application/json', 'json', 200],
  ])('with %s, the status of an unusable document is that of the type it is answered in', async (accept, type, status) => {
    const { status: got, headers } = await hub.post('{ nothing }', {}, { accept });
    expect([got, headers.get('content-type')]).toEqual([status, `application/${type}; charset=utf-8`]);
  });

  it('refuses whoever takes no answer that it can write, and answers the errors of a request in the type that is accepted', async () => {
    const unwritten = await hub.post('mutation { ackChanges(consumer: "unwritten", cursor: "x") { cursor } }', {}, { accept: 'text/plain' });
    expect([unwritten.status, codes(unwritten), unwritten.body.errors?.[0]?.message]).toEqual([406, ['BAD_REQUEST'], expect.stringContaining('accept')]);
    const broken = await send(`${hub.address}/graphql`, '{', { accept: 'application/graphql-response+json' });
    expect([broken.status, broken.headers.get('content-type')]).toEqual([400, 'application/graphql-response+json; charset=utf-8']);
  });

  it('answers an unknown persisted query as clients want it, with 200 in plain JSON', async () => {
    const { status, headers } = await send(
      `${hub.address}/graphql`,
      { extensions: { persistedQuery: { version: 1, sha256Hash: '0'.repeat(64) } } },
      { accept: 'application/graphql-response+json' },
    );
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
  });

  it('takes no operationName for a part of a text that it knows', async () => {
    const [word, rest] = ['query', '{ project(code: "2301-320500-04-01-123456") { code } }'];
    expect((await hub.post(`${word}\n${rest}`)).body.errors).toBeUndefined();
    expect(codes(await send(`${hub.address}/graphql`, { query: rest, operationName: word }))).toEqual(['OPERATION_RESOLUTION_FAILURE']);
  });

  it('takes an empty operationName for none', async () => {
    const text = 'query One { __typename }';
    expect((await send(`${hub.address}/graphql`, { query: text, operationName: '' })).body).toEqual({ data: { __typename: 'Query' } });
    const headers = { 'apollo-require-preflight': '1' };
    const response = await get(`/graphql?query=${encodeURIComponent(text)}&operationName=&variables=&extensions=`, { headers });
    expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
  });

  it.each([
    ['another declared encoding', 'application/json; charset=gbk', Buffer.from('{"query":"{__typename}"}'), 415],
    ['bytes of another encoding', 'application/json', Buffer.from([...Buffer.from('{"query":"{ __typename #'), 0xb7, 0xa2, ...Buffer.from('"}')]), 400],
    ['UTF-8 that is declared', 'application/json;CHARSET="UTF-8"', Buffer.from('{"query":"{__typename #发\\n}"}'), 200],
  ])('reads bodies in UTF-8 alone: %s', async (_what, contentType, body, status) => {
    const response = await get('/graphql', { method: 'POST', body, headers: { 'content-type': contentType } });
    expect([response.status, (await response.text()).includes('UTF-8')]).toEqual([status, status !== 200]);
  });

  it.each([
    ['an unknown address', '/nothing', {}, 404],
    ['an address that is no address', '/%zz', {}, 400],
    ['another method', '/graphql', { method: 'PUT' }, 405],
    ['a single connection for several operations', '/graphql/stream', { method: 'PUT', headers: { accept: 'text/event-stream' } }, 405],
    ['another media type', '/graphql', { method: 'POST', body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 415],
    ['a compressed body', '/graphql', { method: 'POST', body: '{}', headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' } }, 415],
    ['a body that is no JSON', '/graphql', { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } }, 400],
    ['an empty body', '/graphql', { method: 'POST', body: '', headers: { 'content-type': 'application/json' } }, 400],
    ['a batch', '/graphql', { method: 'POST', body: `[{"query":"{__typename}"}]`, headers: { 'content-type': 'application/json' } }, 400],
    ['a path out of the console', '/graphiql/assets/..%2f..%2fpackage.json', {}, 404],
  ] as [string, string, RequestInit, number][])('answers %s in JSON', async (_what, path, init, status) => {
    const response = await get(path, init);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await response.json()).toMatchObject({
      errors: [{ message: expect.any(String), extensions: { code: 'BAD_REQUEST', retryable: false, requestId: expect.any(String) } }],
    });
  });

  it.each(['/graphql', '/graphql/stream'])('runs nothing for a HEAD at %s', async (path) => {
    const subscription = encodeURIComponent('subscription { changes(types: [PROJECT]) { cursor } }');
    const response = await get(`${path}?query=${subscription}`, {
      method: 'HEAD',
      headers: { 'apollo-require-preflight': '1' },
      signal: AbortSignal.timeout(5_000),
    });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST']);
  });

  it('answers what is not even HTTP in JSON', async () => {
    const { port } = new URL(hub.address);
    const answer = await new Promise<string>((resolve, reject) => {
      let text = '';
      connect(Number(port), '127.0.0.1')
        .on('data', (part) => (text += part.toString()))
        .on('close', () => resolve(text))
        .on('error', reject)
        .end('NONSENSE\r\n\r\n');
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
  });

  it('echoes a usable request id in the header and in errors, and replaces one that is not', async () => {
    const named = await hub.post('{ nothing }', {}, { 'x-request-id': 'app-42' });
    expect(named.headers.get('x-request-id')).toBe('app-42');
    expect(named.body.errors?.[0]?.extensions['requestId']).toBe('app-42');
    const foreign = await hub.post('{ __typename }', {}, { 'x-request-id': 'a b"c' });
    expect(foreign.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('says that an operation is missing, or which of several is meant', async () => {
    expect(codes(await send(`${hub.address}/graphql`, { variables: {} }))).toEqual(['BAD_REQUEST']);
    expect(codes(await send(`${hub.address}/graphql`, { query: 'query A { __typename } query B { __typename }' }))).toEqual(['OPERATION_RESOLUTION_FAILURE']);
    expect(codes(await hub.post('subscription { x }'))).toEqual(['GRAPHQL_VALIDATION_FAILED']);
  });

  it('keeps directives, fragments and aliases on both sides of an operation', async () => {
    const query = `query($yes: Boolean!) { mine: hub @include(if: $yes) { v: version } skipped: hub @skip(if: $yes) { version } ...Rest kind: __typename }
      fragment Rest on Query { p: project(code: "2301-320500-04-01-123456") { name } ... on Query { hub { timeZone } } }`;
    expect((await hub.post(query, { yes: true })).body).toEqual({
      data: { mine: { v: 1 }, p: { name: '智慧城市照明提升工程' }, hub: { timeZone: 'Asia/Shanghai' }, kind: 'Query' },
    });
  });

  it('says that it is alive and ready, and what it counted', async () => {
    expect(await (await get('/health/live')).json()).toEqual({ status: 'live' });
    expect(await (await get('/health/ready')).json()).toEqual({
      status: 'ready',
      generation: 1,
      sources: { development: 'live', finance: 'live', housing: 'live', audit: 'live' },
    });
    const metrics = await (await get('/metrics')).text();
    for (const name of [
      'yiwang_requests_total{status="200"}',
      'yiwang_errors_total{code="GRAPHQL_PARSE_FAILED"}',
      'yiwang_source_calls_total{source="finance",outcome="ok"}',
      'yiwang_event_loop_delay_p99_seconds',
      'yiwang_plan_cache_misses',
    ]) {
      expect(metrics).toContain(name);
    }
  });

  it('sends browsers to GraphiQL', async () => {
    const response = await get('/graphql', { headers: { accept: 'text/html' } });
    expect([response.status, response.headers.get('location')]).toEqual([302, '/graphiql']);
  });

  it('explains what it ran when the developer asks', async () => {
    const { body } = await send(`${hub.address}/graphql`, { query: QUERY, extensions: { explain: true } });
    expect(body.extensions.explain.fetches).toEqual([
      expect.objectContaining({ source: 'development', rows: 1, statement: expect.stringMatching(/^select/i) }),
    ]);
  });
});

describe('overload', () => {
  it('refuses the 257th operation at a time at once, with when to try again, and answers the others', async () => {
    const { port } = new URL(hub.address);
    const body = JSON.stringify({ query: '{ __typename }' });
    const head = `POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`;
    const waiting = Array.from({ length: 256 }, () => connect(Number(port), '127.0.0.1').on('error', () => undefined));
    const answers = waiting.map(
      (socket) =>
        new Promise<string>((resolve) => {
          let text = '';
          socket.on('data', (part) => (text += part.toString())).on('close', () => resolve(text));
        }),
    );
    for (const socket of waiting) socket.write(head);
    await expect.poll(async () => /in_flight (\d+)/.exec(await (await get('/metrics')).text())?.[1], { timeout: 10_000 }).toBe('256');
    const refused = await hub.post('{ __typename }');
    expect([refused.status, refused.headers.get('retry-after'), codes(refused)]).toEqual([503, '1', ['SOURCE_BUSY']]);
    for (const socket of waiting) socket.write(body);
    expect((await Promise.all(answers)).every((text) => text.startsWith('HTTP/1.1 200'))).toBe(true);
    expect((await hub.post('{ __typename }')).status).toBe(200);
  });
});

describe('a hub that is not the developer’s', () => {
  it('gives no suggestions, and lets nobody decide on the crosswalk or see statements', async () => {
    await using strict = await startTestHub({ development: false });
    const misspelt = await strict.post('{ projcts { totalCount } }');
    expect(misspelt.body.errors?.[0]?.message).toBe('Cannot query field "projcts" on type "Query".');
    expect(codes(await strict.post('mutation { undoCrosswalk { localKey } }'))).toEqual(['UNAUTHENTICATED']);
    expect(codes(await send(`${strict.address}/graphql`, { query: QUERY, extensions: { explain: true } }))).toEqual(['UNAUTHENTICATED']);
    expect((await strict.post('{ crosswalk { totalCount } }')).body.errors).toBeUndefined();
  });

  it('offers nothing that it refuses, and shows everything that can be read', async () => {
    await using strict = await startTestHub({ development: false });
    const { body } = await strict.post('{ whoAmI { subject actions } __schema { queryType { fields { name } } mutationType { fields { name } } } }');
    expect(body.data.whoAmI.subject).toBe('local');
    expect(body.data.whoAmI.actions).toContain('data:read');
    expect(body.data.whoAmI.actions.filter((action: string) => !action.endsWith(':read'))).toEqual([]);
    expect(body.data.__schema.mutationType.fields.map(({ name }: { name: string }) => name)).toEqual(['ackChanges']);
    const names: string[] = body.data.__schema.queryType.fields.map(({ name }: { name: string }) => name);
    expect(names).toEqual(expect.arrayContaining(['projects', 'sources', 'alerts', 'releases']));
    for (const refused of ['accessLog', 'deniedIdentities', 'drafts', 'webhooks', 'agreements']) expect(names).not.toContain(refused);
    const query = '{ payments(first: 200) { totalCount nodes { voucherNo amount payeeAccount project { code } } } }';
    expect((await strict.post(query)).body).toEqual((await hub.post(query)).body);
  });

  it('does not take a name from elsewhere that leads to loopback for the developer', async () => {
    const { port } = new URL(hub.address);
    const body = JSON.stringify({ query: 'mutation { undoCrosswalk { localKey } }' });
    const request = `POST /graphql HTTP/1.1\r\nHost: evil.example:${port}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;
    const answer = await new Promise<string>((resolve, reject) => {
      let text = '';
      connect(Number(port), '127.0.0.1')
        .on('data', (part) => (text += part.toString()))
        .on('close', () => resolve(text))
        .on('error', reject)
        .write(request);
    });
    expect(answer).toContain('UNAUTHENTICATED');
  });
});
