import { createServer, type Server } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRemoteKeySet, type KeySet } from '../../../server/authenticate/key-set.ts';
import { createVerifyToken, type VerifyToken } from '../../../server/authenticate/verify-token.ts';

const START = Date.parse('2026-01-05T08:00:00Z');
const HOUR = 3_600_000;

interface Issuer {
  readonly url: string;
  /** What it answers; `hang` never does. */
  state: 'up' | 'down' | 'hang';
  keys: object[];
  requests: number;
  readonly server: Server;
}

let issuer: Issuer;
let keys: KeySet;
let verify: VerifyToken;
let clock: number;
let signing: CryptoKey;

async function newKey(kid: string): Promise<CryptoKey> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  issuer.keys = [...issuer.keys, { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' }];
  return privateKey;
}

const token = (claims: Record<string, unknown> = {}, kid = 'one', key = signing): Promise<string> =>
  new SignJWT({
    iss: 'idp',
    aud: 'yiwang',
    sub: 'somebody',
    iat: clock / 1000,
    exp: clock / 1000 + 600,
    department: 'finance',
    roles: 'consumer officer',
    ...claims,
  })
    .setProtectedHeader({ alg: 'ES256', kid })
    .sign(key);
const codeOf = (given: Promise<string> | string): Promise<string> =>
  Promise.resolve(given)
    .then((text) => verify(text))
    .then(
      () => 'accepted',
      (error: { code?: string }) => error.code ?? String(error),
    );

beforeEach(async () => {
  clock = START;
  const server = createServer((_request, response) => {
    issuer.requests++;
    if (issuer.state === 'hang') return;
    response.writeHead(issuer.state === 'up' ? 200 : 500).end(JSON.stringify({ keys: issuer.keys }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  issuer = { url: `http://127.0.0.1:${port}/jwks`, state: 'up', keys: [], requests: 0, server };
  signing = await newKey('one');
  keys = await createRemoteKeySet({ url: issuer.url, now: () => clock, refreshMs: 3_600_000, onFailure: () => undefined });
  verify = createVerifyToken({
    issuer: 'idp',
    audience: ['yiwang'],
    algorithms: ['ES256'],
    maxLifetimeMs: 12 * HOUR,
    claims: { department: 'department', roles: 'roles', purpose: 'purpose' },
    attributes: ['region'],
    keys,
    now: () => clock,
  });
});
afterEach(async () => {
  await keys[Symbol.asyncDispose]();
  issuer.server.closeAllConnections();
  await new Promise((resolve) => issuer.server.close(resolve));
});

describe('a token', () => {
  it('gives the principal that its claims say, roles that the hub does not have left out', async () => {
    const principal = await verify(await token({ roles: ['officer', 'sysadmin'], region: ['320500'], other: 'x' }));
    expect(principal).toMatchObject({ subject: 'somebody', department: 'finance', roles: ['officer'], attributes: { region: ['320500'] } });
  });

  const seconds = (offset: number): number => START / 1000 + offset;
  it.each([
    ['past its end by less than the clocks may differ', { exp: seconds(-29) }, 'accepted'],
    ['past its end', { exp: seconds(-31) }, 'TOKEN_EXPIRED'],
    ['without an end', { exp: undefined }, 'UNAUTHENTICATED'],
    ['with an end that is text', { exp: '9999999999' }, 'UNAUTHENTICATED'],
    ['with an end beyond time', { exp: 1e308 }, 'UNAUTHENTICATED'],
    ['that lives ten years', { exp: seconds(315_360_000) }, 'UNAUTHENTICATED'],
    ['not yet good', { nbf: seconds(61) }, 'UNAUTHENTICATED'],
    ['issued tomorrow', { iat: seconds(86_400), exp: seconds(86_500) }, 'UNAUTHENTICATED'],
    ['for another audience', { aud: 'other' }, 'UNAUTHENTICATED'],
    ['for several audiences', { aud: ['other', 'yiwang'] }, 'accepted'],
    ['without audience', { aud: undefined }, 'UNAUTHENTICATED'],
    ['of an issuer with a longer name', { iss: 'idp.evil' }, 'UNAUTHENTICATED'],
    ['without subject', { sub: undefined }, 'UNAUTHENTICATED'],
    ['that is an id token', { nonce: 'n', at_hash: 'h' }, 'UNAUTHENTICATED'],
    ['with roles that must be apart', { roles: 'auditor operator' }, 'UNAUTHENTICATED'],
  ])('%s', async (_name, claims, expected) => {
    expect(await codeOf(token(claims))).toBe(expected);
  });

  it('signed by nobody, or with our public key as a secret, is refused', async () => {
    const unsigned = new UnsecuredJWT({ department: 'finance' }).setSubject('s').setIssuer('idp').setAudience('yiwang').setExpirationTime(seconds(60)).encode();
    const secret = new TextEncoder().encode(JSON.stringify(issuer.keys[0]));
    const confused = new SignJWT({ iss: 'idp', aud: 'yiwang', sub: 's', exp: seconds(60) }).setProtectedHeader({ alg: 'HS256', kid: 'one' }).sign(secret);
    expect([await codeOf(unsigned), await codeOf(confused), await codeOf('a.b.c')]).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED', 'UNAUTHENTICATED']);
  });
});

describe('the issuer’s keys', () => {
  it('hold for an hour while the issuer hangs or is down, and cost no waiting', async () => {
    for (const state of ['hang', 'down'] as const) {
      issuer.state = state;
      clock = START + 59 * 60_000;
      const started = performance.now();
      expect(await codeOf(token({ jti: state }))).toBe('accepted');
      expect(performance.now() - started).toBeLessThan(500);
    }
    clock = START + 61 * 60_000;
    expect(await codeOf(token())).toBe('AUTH_UNAVAILABLE');
  });

  it('take in a new key the first time it is used', async () => {
    const second = await newKey('two');
    expect(await codeOf(token({}, 'two', second))).toBe('accepted');
  });

  it('are asked for at most twice a minute, whatever keys tokens name', async () => {
    const other = (await generateKeyPair('ES256')).privateKey;
    for (let i = 0; i < 30; i++) expect(await codeOf(token({}, `../../dev/null ${i}`, other))).toBe('UNAUTHENTICATED');
    expect(issuer.requests).toBeLessThanOrEqual(2);
  });

  it('when one is withdrawn, end what was verified with it', async () => {
    const text = await token();
    expect(await codeOf(text)).toBe('accepted');
    issuer.keys = [];
    await newKey('two');
    clock += 60_000;
    await keys.lookAgain();
    expect(await codeOf(text)).toBe('UNAUTHENTICATED');
  });
});
