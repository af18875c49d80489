import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { openTransports } from '../helpers/transports.ts';
import { codes, send } from '../helpers/hub.ts';
import { startTokenHub, type TokenHub } from './attacks/token-hub.ts';

let target: TokenHub;
let operator: Readonly<Record<string, string>>;
beforeAll(async () => {
  const limits =
    'requestsPerSecond: 1000, costPerMinute: 40, publishesPerMinute: 2, inFlightPerPrincipal: 2, connectionsPerPrincipal: 2, authFailuresPerMinute: 3';
  target = await startTokenHub(`limits: { ${limits} }`);
  operator = await headersOf('operator', ['operator']);
  await limited('costPerMinute');
});
afterAll(() => target[Symbol.asyncDispose]());

const headersOf = async (sub: string, roles: readonly string[] = ['consumer']) => ({ authorization: `Bearer ${await target.token({ sub, roles })}` });

/** How often a limit has refused. */
async function limited(limit: string): Promise<number> {
  const text = await (await fetch(`${target.hub.address}/metrics`, { headers: operator })).text();
  return Number(new RegExp(`^yiwang_limited_total\\{limit="${limit}"\\} (\\d+)`, 'm').exec(text)?.[1] ?? 0);
}

/** 100 objects: ten points. */
const TEN_POINTS = '{ projects(first: 99) { nodes { code } } }';

describe('what one principal may spend in a minute', () => {
  it('counts together over every transport, and refuses on each', async () => {
    await using transports = openTransports(target.hub.address, await headersOf('spender'));
    for (const ask of transports.all.values()) expect((await ask({ query: TEN_POINTS })).codes).toEqual([]);
    for (const ask of transports.all.values()) expect((await ask({ query: TEN_POINTS })).codes).toEqual(['RATE_LIMITED']);
    const answer = await target.hub.post(TEN_POINTS, {}, await headersOf('spender'));
    expect([answer.status, codes(answer), Number(answer.headers.get('retry-after')) > 0]).toEqual([429, ['RATE_LIMITED'], true]);
    expect((await target.hub.post(TEN_POINTS, {}, await headersOf('another'))).status).toBe(200);
    expect(await limited('costPerMinute')).toBeGreaterThanOrEqual(5);
  });

  it('is two publications here, whatever became of them', async () => {
    const steward = await headersOf('publisher', ['steward']);
    const publish = () => target.hub.post('mutation { restoreRelease(number: 999, why: "x") { number } }', {}, steward);
    expect([await publish(), await publish()].flatMap(codes)).not.toContain('RATE_LIMITED');
    expect(codes(await publish())).toEqual(['RATE_LIMITED']);
    expect(await limited('publishesPerMinute')).toBe(1);
  });
});

describe('what one principal may have at a time', () => {
  it('is two operations here; each gives its place back', async () => {
    const headers = await headersOf('hasty');
    const asked = Array.from({ length: 30 }, () => target.hub.post('{ __typename }', {}, headers));
    const refused = (await Promise.all(asked)).filter((answer) => codes(answer).includes('RATE_LIMITED'));
    expect(refused.length).toBeGreaterThan(0);
    expect((await target.hub.post('{ __typename }', {}, headers)).status).toBe(200);
    expect(await limited('inFlightPerPrincipal')).toBe(refused.length);
  });

  it('is two sockets and streams here', async () => {
    const headers = await headersOf('listener');
    const open = async () => {
      const socket = new WebSocket(`${target.hub.address.replace('http', 'ws')}/graphql`, ['graphql-transport-ws'], { headers });
      const outcome = Promise.race([once(socket, 'message').then(() => 'open'), once(socket, 'close').then(([code, reason]) => `${code} ${String(reason)}`)]);
      await once(socket, 'open');
      socket.send(JSON.stringify({ type: 'connection_init' }));
      return { socket, said: await outcome };
    };
    const [first, second] = [await open(), await open()];
    expect([first.said, second.said, (await open()).said]).toEqual(['open', 'open', '1013 RATE_LIMITED']);
    const stream = () =>
      fetch(`${target.hub.address}/graphql/stream`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query: '{ __typename }' }),
      });
    expect((await stream()).status).toBe(429);
    first.socket.close();
    await vi.waitFor(async () => {
      const response = await stream();
      await response.text();
      expect(response.status).toBe(200);
    }, 15_000);
    second.socket.close();
    expect(await limited('connectionsPerPrincipal')).toBeGreaterThanOrEqual(2);
  });
});

describe('tokens that are not valid', () => {
  it('may be three from one address here; what was valid before passes, and so does another address', async () => {
    const known = await headersOf('known');
    expect((await target.hub.post('{ __typename }', {}, known)).status).toBe(200);
    const guess = (text: string) => send(`${target.hub.address}/graphql`, { query: '{ __typename }' }, { authorization: `Bearer ${text}` });
    const statuses = [];
    for (const text of ['a.b.c', 'd.e.f', 'g.h.i', 'j.k.l']) statuses.push((await guess(text)).status);
    expect(statuses).toEqual([401, 401, 401, 429]);
    const fresh = await headersOf('fresh');
    const refused = await target.hub.post('{ __typename }', {}, fresh);
    expect([refused.status, codes(refused), Number(refused.headers.get('retry-after')) > 0]).toEqual([429, ['RATE_LIMITED'], true]);
    expect((await target.hub.post('{ __typename }', {}, known)).status).toBe(200);
    const elsewhere = request(`${target.hub.address}/graphql`, {
      method: 'POST',
      localAddress: '127.0.0.2',
      headers: { 'content-type': 'application/json', ...fresh },
    });
    elsewhere.end(JSON.stringify({ query: '{ __typename }' }));
    const [response] = (await once(elsewhere, 'response')) as [{ statusCode: number; resume(): void }];
    response.resume();
    expect(response.statusCode).toBe(200);
    expect(await limited('authFailuresPerMinute')).toBe(2);
  });
});
