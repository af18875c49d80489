import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { freePort } from '../../../scripts/services/port.ts';
import type { Answer } from '../../helpers/hub.ts';
import { AUDIENCE, ISSUER, startTokenHub, type TokenHub } from './token-hub.ts';

let target: TokenHub;
let metricsPort: number;
beforeAll(async () => {
  metricsPort = await freePort();
  // What is tried here would be too often for one address.
  target = await startTokenHub(`limits: { authFailuresPerMinute: 0 }\nserver: { metricsPort: ${metricsPort} }`);
});
afterAll(() => target[Symbol.asyncDispose]());

const QUERY = '{ projects(first: 1) { nodes { code } } }';
const ask = (token: string): Promise<Answer> => target.hub.post(QUERY, {}, { authorization: `Bearer ${token}` });
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const claims = (): object => ({ iss: ISSUER, aud: AUDIENCE, sub: 'clerk', exp: Math.floor(Date.now() / 1_000) + 600, roles: ['officer'] });

/** Whether it was refused, and nothing told. */
async function outcome(token: string): Promise<'refused' | number> {
  const { status, body } = await ask(token);
  const code = body.errors?.[0]?.extensions['code'];
  return status === 401 && body.data === undefined && (code === 'UNAUTHENTICATED' || code === 'TOKEN_EXPIRED') ? 'refused' : status;
}

describe('A01 nobody', () => {
  it.each([
    ['/graphql', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query: QUERY }) }],
    ['/graphql', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"query":"{ nothing' }],
    [`/graphql?query=${encodeURIComponent(QUERY)}`, { headers: { 'apollo-require-preflight': '1' } }],
    ['/graphql/stream', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query: QUERY }) }],
  ] as [string, RequestInit][])('%s gives no data, and no source is asked', async (path, init) => {
    const calls = async (): Promise<string | undefined> => /^yiwang_source_calls_total\{source="development",outcome="ok"\} (\d+)/m.exec(await metrics())?.[1];
    // The hub itself asks its sources now and then: a request that asked one would show every time.
    const askedBetween = async (): Promise<boolean> => {
      const before = await calls();
      const response = await fetch(`${target.hub.address}${path}`, init);
      const text = await response.text();
      expect(response.status === 401 || (init.body as string).endsWith('nothing')).toBe(true);
      expect(text).toMatch(/"code":"(UNAUTHENTICATED|BAD_REQUEST)"/);
      expect(text).not.toContain('"data"');
      return (await calls()) !== before;
    };
    await expect.poll(askedBetween, { timeout: 5_000, interval: 100 }).toBe(false);
  });

  it('a socket is closed before anything is answered', async () => {
    const socket = new WebSocket(`${target.hub.address.replace('http', 'ws')}/graphql`, ['graphql-transport-ws']);
    const messages: string[] = [];
    socket.on('message', (data) => messages.push(String(data)));
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'connection_init' }));
    const [code] = (await once(socket, 'close')) as [number];
    expect([code, messages]).toEqual([4403, []]);
  });
});

async function metrics(): Promise<string> {
  return (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
}

describe('A01 every address that the hub has', () => {
  /** Files of the console, and whether the hub is there: nothing of it, and of nobody. */
  const OPEN = ['/', '/graphiql', '/graphiql/*', '/health/live', '/health/ready'];
  const isRefusedForItsMethod = (status: number): boolean => status === 405;

  it('answers nobody but with 401, beside those that hold nothing', async () => {
    const { routes } = target.hub.hub;
    expect(routes.length).toBeGreaterThan(10);
    const answers = await Promise.all(
      routes
        .filter(({ url, method }) => !OPEN.includes(url) && method !== 'OPTIONS')
        .map(async ({ url, method }) => {
          const body = method === 'POST' ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query: QUERY }) } : {};
          const response = await fetch(`${target.hub.address}${url}`, { method: method === 'TRACE' ? 'PUT' : method, redirect: 'manual', ...body });
          const text = await response.text();
          expect(text).not.toContain('"data"');
          return isRefusedForItsMethod(response.status) ? undefined : `${response.status} ${url}`;
        }),
    );
    const met = new Set(answers.filter((each) => each !== undefined));
    expect([...met].sort()).toEqual(['401 /graphql', '401 /graphql/stream', '401 /metrics']);
  });

  it('gives the metrics to an operator, to nobody of another role, and on loopback where hub.yaml says so', async () => {
    const get = async (claims: object): Promise<number> =>
      (await fetch(`${target.hub.address}/metrics`, { headers: { authorization: `Bearer ${await target.token({ ...claims })}` } })).status;
    expect([await get({ roles: ['operator'] }), await get({ roles: ['officer'] }), await get({ roles: [] })]).toEqual([200, 403, 403]);
    expect(await metrics()).toContain('yiwang_requests_total');
    expect((await fetch(`http://127.0.0.1:${metricsPort}/graphql`)).status).toBe(404);
  });
});

describe('A02 A03 tokens that nobody signed, or with the wrong key', () => {
  it.each(['none', 'None', 'nOnE', 'NONE'])('alg %s is refused', async (alg) => {
    expect(await outcome(`${part({ alg, kid: 'rsa' })}.${part(claims())}.`)).toBe('refused');
    expect(await outcome(`${part({ alg, kid: 'rsa' })}.${part(claims())}.AAAA`)).toBe('refused');
  });

  it('the public key as a shared secret is refused, in whichever form', async () => {
    const { publicKey } = target.rsa;
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const secrets = [pem, pem.trimEnd(), publicKey.export({ type: 'spki', format: 'der' }), publicKey.export({ format: 'jwk' }).n ?? ''];
    for (const secret of secrets) {
      const text = `${part({ alg: 'HS256', kid: 'rsa' })}.${part(claims())}`;
      expect(await outcome(`${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`)).toBe('refused');
    }
  });
});

describe('A04 A05 A07 tokens that are not for now, or not for this hub', () => {
  const now = (): number => Math.floor(Date.now() / 1_000);

  it.each([
    ['ended 61 s ago', () => ({ exp: now() - 61 })],
    ['without an end', () => ({ exp: undefined })],
    ['with an end that is text', () => ({ exp: '9999999999' as never })],
    ['that ends never', () => ({ exp: 1e308 })],
    ['that begins in 61 s', () => ({ nbf: now() + 61 })],
    ['made tomorrow', () => ({ iat: now() + 86_400, exp: now() + 90_000 })],
    ['that lives ten years', () => ({ exp: now() + 315_360_000 })],
    ['for another', () => ({ aud: 'other' })],
    ['for nobody', () => ({ aud: undefined })],
    ['of another issuer', () => ({ iss: `${ISSUER}.evil` })],
    ['of the issuer with a slash', () => ({ iss: `${ISSUER}/` })],
    ['of the issuer in capitals', () => ({ iss: ISSUER.toUpperCase() })],
    ['for a client’s own use (id token)', () => ({ nonce: 'n', at_hash: 'h' })],
    ['without a subject', () => ({ sub: undefined })],
  ])('a token %s is refused', async (_what, changed) => {
    expect(await outcome(await target.token(changed()))).toBe('refused');
  });

  it('clocks may differ by half a minute, and one audience of several suffices', async () => {
    expect((await ask(await target.token({ exp: now() - 25 }))).status).toBe(200);
    expect((await ask(await target.token({ aud: ['other', AUDIENCE] }))).status).toBe(200);
  });
});

describe('A06 keys that a token names', () => {
  it.each(['../../dev/null', "' OR 1=1--", 'x'.repeat(3_000), 'rsa\n{"level":"audit"}', '__proto__'])('kid %j is refused', async (kid) => {
    expect(await outcome(await target.token({}, { kid }))).toBe('refused');
  });

  it('a key that the token brings along is not looked at', async () => {
    const jwk = target.rsa.publicKey.export({ format: 'jwk' });
    for (const header of [{ jku: 'http://127.0.0.1:1/jwks' }, { x5u: 'http://127.0.0.1:1/x' }, { jwk }])
      expect(await outcome(await target.token({}, { kid: 'other', ...header }))).toBe('refused');
  });

  it('a thousand unknown keys cost little', async () => {
    const token = await target.token({}, { kid: 'unknown' });
    const from = performance.now();
    for (let i = 0; i < 50; i++) expect(await outcome(token.replace(/^[^.]+/, part({ alg: 'RS256', kid: `k${i}` })))).toBe('refused');
    expect((performance.now() - from) / 50).toBeLessThan(100);
  });
});

describe('A08 headers that claim something', () => {
  it('roles and users come from the token alone', async () => {
    const token = await target.token();
    const headers = {
      authorization: `Bearer ${token}`,
      'x-hub-role': 'operator',
      'x-user-id': '1',
      'x-hasura-role': 'admin',
      'x-roles': 'officer',
      'x-forwarded-for': '127.0.0.1',
    };
    const { body } = await target.hub.post('{ whoAmI { subject roles } }', {}, headers);
    expect(body.data.whoAmI).toEqual({ subject: 'clerk', roles: ['consumer'] });
  });

  it('of two tokens none counts', async () => {
    const token = await target.token();
    const { hostname, port } = new URL(target.hub.address);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sent = request({ hostname, port, path: '/graphql', method: 'POST' }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      sent.setHeader('content-type', 'application/json');
      sent.setHeader('authorization', [`Bearer ${token}`, 'Bearer other']);
      sent.on('error', reject).end(JSON.stringify({ query: QUERY }));
    });
    expect([200, 400, 401]).toContain(status);
  });
});

describe('A09 sockets that do not keep to the protocol', () => {
  const url = (): string => `${target.hub.address.replace('http', 'ws')}/graphql`;
  const closed = async (sent: readonly (string | Buffer)[], protocol = 'graphql-transport-ws'): Promise<number> => {
    const socket = new WebSocket(url(), [protocol]);
    socket.on('error', () => undefined);
    await once(socket, 'open');
    for (const message of sent) socket.send(message);
    const [code] = (await once(socket, 'close')) as [number];
    return code;
  };

  it.each([
    ['subscribing before saying who one is', [{ type: 'subscribe', id: '1', payload: { query: QUERY } }], 4401],
    ['saying twice who one is', 'twice', 4429],
    ['an unknown message', [{ type: 'zzz' }], 4400],
    ['no JSON', ['{'], 4400],
    ['bytes', [Buffer.from('{}')], 1003],
  ] as const)('%s ends the connection', async (_what, messages, code) => {
    const init = { type: 'connection_init', payload: { authorization: `Bearer ${await target.token()}` } };
    const sent = messages === 'twice' ? [init, init] : messages;
    expect(await closed(sent.map((message) => (typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message))))).toBe(code);
  });

  it('whoever does not say who they are is let go after three seconds', async () => {
    expect(await closed([])).toBe(4408);
  });

  it('a page of another origin does not get a socket', async () => {
    const socket = new WebSocket(url(), ['graphql-transport-ws'], { origin: 'https://evil.example' });
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { readonly statusCode: number }];
    expect(response.statusCode).toBe(403);
    socket.on('error', () => undefined).terminate();
  });
});
