import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient, type Client } from 'graphql-ws';
import WebSocket, { type RawData } from 'ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestHub, type TestHub } from '../helpers/hub.ts';

let hub: TestHub;
let socketUrl: string;
beforeAll(async () => {
  hub = await startTestHub();
  socketUrl = `${hub.address.replace('http', 'ws')}/graphql`;
});
afterAll(() => hub[Symbol.asyncDispose]());

const QUERY = '{ hub { timeZone } }';
const ANSWER = { data: { hub: { timeZone: 'Asia/Shanghai' } } };

const client = (): Client => createClient({ url: socketUrl, webSocketImpl: WebSocket, retryAttempts: 0 });
const first = async (iterable: AsyncIterable<unknown>): Promise<unknown> => {
  for await (const each of iterable) return each;
  return undefined;
};

describe('WebSocket', () => {
  it('answers queries and mutations as HTTP does, and several at a time', async () => {
    const ws = client();
    const answers = await Promise.all([
      first(ws.iterate({ query: QUERY })),
      first(ws.iterate({ query: 'mutation { refreshCrosswalk(entity: "Nothing") { ok } }' })),
      first(ws.iterate({ query: 'query($c: ProjectCode!) { project(code: $c) { code } }', variables: { c: '2301-320500-04-01-123456' } })),
    ]);
    expect(answers).toEqual([ANSWER, { data: { refreshCrosswalk: [] } }, { data: { project: { code: '2301-320500-04-01-123456' } } }]);
    await ws.dispose();
  });

  it.each([
    ['{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    ['{ nothing', 'GRAPHQL_PARSE_FAILED'],
    ['{ projects(first: 200) { nodes { payments(first: 200) { nodes { amount } } } } }', 'LIMIT_COST'],
    [`{ hub { ${Array.from({ length: 21 }, (_, i) => `v${i}: version`).join(' ')} } }`, 'LIMIT_ALIASES'],
  ])('refuses %s with the same code as HTTP', async (query, code) => {
    const ws = client();
    const refused = await first(ws.iterate({ query })).catch((errors: unknown) => errors);
    expect(refused).toMatchObject([{ message: expect.any(String), extensions: { code, retryable: false, requestId: expect.any(String) } }]);
    expect((await hub.post(query)).body.errors?.[0]).toMatchObject({ extensions: { code } });
    await ws.dispose();
  });
});

/** A socket that speaks the protocol by hand. */
async function raw(options: { readonly protocols?: string[]; readonly headers?: Record<string, string> } = {}) {
  const socket = new WebSocket(socketUrl, options.protocols ?? ['graphql-transport-ws'], { headers: options.headers ?? {} });
  const messages: { type: string; id?: string; payload?: unknown }[] = [];
  socket.on('message', (data: RawData) => messages.push(JSON.parse(String(data))));
  const closed = new Promise<{ code: number; reason: string }>((resolve) => socket.once('close', (code, reason) => resolve({ code, reason: String(reason) })));
  await once(socket, 'open');
  const send = (message: unknown): void => socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  const init = async (): Promise<void> => {
    send({ type: 'connection_init' });
    await expect.poll(() => messages.some(({ type }) => type === 'connection_ack'), { timeout: 10_000 }).toBe(true);
  };
  return { socket, messages, closed, send, init };
}

const subscribe = (id: string, query = QUERY) => ({ id, type: 'subscribe', payload: { query } });

describe('the socket’s bounds', () => {
  it('closes a connection that asks before it says who it is', async () => {
    const { send, closed } = await raw();
    send(subscribe('1'));
    expect(await closed).toMatchObject({ code: 4401 });
  });

  it('closes a connection that says nothing for 3 seconds', async () => {
    const start = performance.now();
    const { closed } = await raw();
    expect(await closed).toMatchObject({ code: 4408 });
    expect(performance.now() - start).toBeGreaterThan(2_900);
  });

  it.each([
    ['two inits', [{ type: 'connection_init' }, { type: 'connection_init' }], 4429],
    ['what is no message', [{ type: 'zzz' }], 4400],
    ['what is no JSON', ['{'], 4400],
    ['a frame of more than 64 KiB', [{ type: 'ping', payload: { x: 'x'.repeat(65_536) } }], 1009],
  ])('closes after %s', async (_what, messages, code) => {
    const { send, closed } = await raw();
    for (const message of messages) send(message);
    expect(await closed).toMatchObject({ code });
  });

  it('takes a frame of exactly 64 KiB', async () => {
    const { send, messages } = await raw();
    const empty = JSON.stringify({ type: 'ping', payload: { x: '' } }).length;
    send({ type: 'ping', payload: { x: 'x'.repeat(65_536 - empty) } });
    await expect.poll(() => messages[0]?.type).toBe('pong');
  });

  it('closes after a binary frame, a repeated id, and without the protocol', async () => {
    const binary = await raw();
    binary.socket.send(Buffer.from('{}'), { binary: true });
    expect(await binary.closed).toMatchObject({ code: 1003 });
    const repeated = await raw();
    await repeated.init();
    repeated.send(subscribe('1'));
    repeated.send(subscribe('1'));
    expect(await repeated.closed).toMatchObject({ code: 4409 });
    const old = new WebSocket(socketUrl);
    const [code] = (await once(old, 'close')) as [number];
    expect(code).toBe(4406);
  });

  it('refuses the 21st operation at a time and answers the others', async () => {
    const { send, init, messages } = await raw();
    await init();
    for (let i = 1; i <= 21; i++) send(subscribe(`${i}`, '{ sources { ok } }'));
    await expect.poll(() => messages.filter(({ type }) => type === 'next' || type === 'error').length, { timeout: 10_000 }).toBe(21);
    expect(messages.filter(({ type }) => type === 'error')).toMatchObject([{ id: '21', payload: [{ extensions: { code: 'RATE_LIMITED', retryable: true } }] }]);
    send(subscribe('21'));
    await expect.poll(() => messages.filter(({ type }) => type === 'next').length, { timeout: 10_000 }).toBe(21);
  });

  it('refuses a page of another origin at the handshake, and lets its own in', async () => {
    const evil = new WebSocket(socketUrl, ['graphql-transport-ws'], { headers: { origin: 'https://evil.example' } });
    const [, response] = (await once(evil, 'unexpected-response')) as [unknown, { statusCode: number }];
    expect(response.statusCode).toBe(403);
    const own = await raw({ headers: { origin: hub.address } });
    await own.init();
    own.socket.close();
  });

  it('answers a handshake at another address in JSON', async () => {
    const elsewhere = new WebSocket(`${socketUrl}/elsewhere`, ['graphql-transport-ws']);
    const [, response] = (await once(elsewhere, 'unexpected-response')) as [unknown, IncomingMessage];
    const body = (await response.toArray()).join('');
    expect([response.statusCode, JSON.parse(body)]).toMatchObject([404, { errors: [{ extensions: { code: 'BAD_REQUEST' } }] }]);
  });

  it('forgets sockets that break off', async () => {
    const { port } = new URL(hub.address);
    const broken = await raw();
    await broken.init();
    broken.send(subscribe('1'));
    broken.socket.terminate();
    connect(Number(port), '127.0.0.1').destroy();
    expect((await hub.post(QUERY)).body).toEqual(ANSWER);
  });
});

const events = async (init: RequestInit, path = '/graphql/stream'): Promise<{ status: number; type: string | null; text: string }> => {
  const response = await fetch(`${hub.address}${path}`, init);
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
};
const post = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
  body: JSON.stringify(body),
});
const EVENTS = `retry: 1000\n\nevent: next\ndata: ${JSON.stringify(ANSWER)}\n\nevent: complete\ndata:\n\n`;

describe('server-sent events', () => {
  it('answers a real graphql-sse client', async () => {
    const sse = createSseClient({ url: `${hub.address}/graphql/stream`, retryAttempts: 0 });
    expect(await first(sse.iterate({ query: QUERY }))).toEqual(ANSWER);
    expect(await first(sse.iterate({ query: '{ nothing }' }))).toMatchObject({ errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] });
    sse.dispose();
  });

  it.each([
    ['POST at /graphql/stream', '/graphql/stream', post({ query: QUERY })],
    ['POST at /graphql, when events are accepted', '/graphql', post({ query: QUERY })],
    ['GET at /graphql/stream', `/graphql/stream?query=${encodeURIComponent(QUERY)}&variables=${encodeURIComponent('{}')}`, {}],
    ['GET at /graphql', `/graphql?query=${encodeURIComponent(QUERY)}`, { headers: { accept: 'text/event-stream' } }],
  ] as [string, string, RequestInit][])('answers %s', async (_what, path, init) => {
    expect(await events(init, path)).toEqual({ status: 200, type: 'text/event-stream; charset=utf-8', text: EVENTS });
  });

  it.each([
    ['a mutation by GET', `/graphql/stream?query=${encodeURIComponent('mutation { undoCrosswalk { localKey } }')}`, {}, 200, 'BAD_REQUEST'],
    ['no query', '/graphql/stream', {}, 400, 'BAD_REQUEST'],
    ['variables that are no JSON', '/graphql/stream?query=%7Bhub%7Bversion%7D%7D&variables=%7B', {}, 400, 'BAD_REQUEST'],
    ['a batch', '/graphql/stream', post([{ query: QUERY }]), 400, 'BAD_REQUEST'],
    ['a page of another origin', '/graphql/stream', post({ query: QUERY }, { origin: 'https://evil.example' }), 403, 'BAD_REQUEST'],
  ] as [string, string, RequestInit, number, string][])('refuses %s', async (_what, path, init, status, code) => {
    const answer = await events(init, path);
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(`"code":"${code}"`);
  });

  it('says where a subscription belongs that comes as plain HTTP', async () => {
    expect((await hub.post('subscription { x }')).status).toBe(200);
  });
});

describe('stopping', () => {
  it('answers what was asked over a socket, closes it with 1001, and lets no new one in', async () => {
    const leaving = await startTestHub();
    const socket = new WebSocket(`${leaving.address.replace('http', 'ws')}/graphql`, ['graphql-transport-ws']);
    const messages: { type: string }[] = [];
    socket.on('message', (data) => messages.push(JSON.parse(String(data))));
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'connection_init' }));
    await expect.poll(() => messages.length).toBe(1);
    socket.send(JSON.stringify(subscribe('1')));
    socket.send(JSON.stringify({ type: 'ping' }));
    await expect.poll(() => messages.some(({ type }) => type === 'pong'), { interval: 1 }).toBe(true);
    const drained = leaving.hub.drain(5_000);
    const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
    await drained;
    expect([code, String(reason)]).toEqual([1001, 'SHUTTING_DOWN']);
    expect(messages.map(({ type }) => type)).toContain('next');
  });
});
