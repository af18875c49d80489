import { Agent, createServer, request as httpRequest, type IncomingHttpHeaders, type Server } from 'node:http';
import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { KeySet } from '../../../server/authenticate/key-set.ts';
import { identifyByToken } from '../../../server/authenticate/identify-by-token.ts';
import { createVerifyToken } from '../../../server/authenticate/verify-token.ts';
import { createAuthFailures } from '../../../server/limits/auth-failures.ts';
import { HubError } from '../../../schema/errors/hub-error.ts';

let server: Server;
let agent: Agent;
let signing: CryptoKey;
let clock: number;
let denied: Set<string>;
let withdraw: () => void;
let ports: Set<number>;

beforeEach(async () => {
  clock = Date.parse('2026-01-05T08:00:00Z');
  denied = new Set();
  ports = new Set();
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  signing = privateKey;
  let jwks = [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' }];
  const listeners: (() => void)[] = [];
  const keys: KeySet = {
    current: () => createLocalJWKSet({ keys: jwks }),
    lookAgain: () => Promise.resolve(false),
    onChange: (listener) => void listeners.push(listener),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  withdraw = () => {
    jwks = [];
    for (const listener of listeners) listener();
  };
  const identify = identifyByToken({
    verify: createVerifyToken({
      issuer: 'idp',
      audience: ['yiwang'],
      algorithms: ['ES256'],
      maxLifetimeMs: 43_200_000,
      claims: { department: 'department', roles: 'roles', purpose: 'purpose' },
      attributes: [],
      keys,
      now: () => clock,
    }),
    denied: { has: ({ subject }) => denied.has(subject), onChange: () => undefined, [Symbol.asyncDispose]: () => Promise.resolve() },
    failures: createAuthFailures(100, () => undefined),
  });
  server = createServer((request, response) => {
    ports.add(request.socket.remotePort ?? 0);
    void identify(request).then(
      ({ principal }) => response.end(`${principal.subject} ${principal.purpose ?? ''}`.trim()),
      (error: unknown) => response.end(error instanceof HubError ? error.code : String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  agent = new Agent({ keepAlive: true, maxSockets: 1 });
});
afterEach(async () => {
  agent.destroy();
  await new Promise((resolve) => server.close(resolve));
});

const token = (subject: string): Promise<string> =>
  new SignJWT({ iss: 'idp', aud: 'yiwang', sub: subject, iat: clock / 1000, exp: clock / 1000 + 600, department: 'finance', roles: 'consumer' })
    .setProtectedHeader({ alg: 'ES256', kid: 'one' })
    .sign(signing);

/** Who the server takes this for, all on one connection. */
function ask(headers: IncomingHttpHeaders | readonly string[]): Promise<string> {
  const { port } = server.address() as { readonly port: number };
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ port, host: '127.0.0.1', agent, headers: headers as never }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part)).on('end', () => resolve(text)); // prettier-ignore
    });
    sent.on('error', reject).end();
  });
}

it('knows a connection’s last token again, and everybody else on it for who they are', async () => {
  const [a, b] = [`Bearer ${await token('a')}`, `Bearer ${await token('b')}`];
  expect([await ask({ authorization: a }), await ask({ authorization: a }), await ask({ authorization: b }), await ask({ authorization: a })]).toEqual(['a', 'a', 'b', 'a']);
  expect([await ask({}), await ask({ authorization: 'Bearer x' }), await ask({ authorization: a })]).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED', 'a']);
  expect(ports.size).toBe(1);
}); // prettier-ignore

it('takes each request’s own purpose', async () => {
  const authorization = `Bearer ${await token('a')}`;
  expect([await ask({ authorization }), await ask({ authorization, 'x-purpose': 'audit' }), await ask({ authorization })]).toEqual(['a', 'a audit', 'a']);
});

it('refuses a second Authorization header beside the one it knows', async () => {
  const authorization = `Bearer ${await token('a')}`;
  expect(await ask({ authorization })).toBe('a');
  expect(await ask(['Host', 'x', 'Authorization', authorization, 'authorization', authorization])).toBe('UNAUTHENTICATED');
});

it.each([
  ['is denied', () => void denied.add('a'), 'UNAUTHENTICATED'],
  ['is past its time', () => void (clock += 631_000), 'TOKEN_EXPIRED'],
  ['was signed with a key that is withdrawn', () => withdraw(), 'UNAUTHENTICATED'],
])('refuses a token that it knows from the connection once it %s', async (_how, change, code) => {
  const authorization = `Bearer ${await token('a')}`;
  expect([await ask({ authorization }), await ask({ authorization })]).toEqual(['a', 'a']);
  change();
  expect(await ask({ authorization })).toBe(code);
  expect(ports.size).toBe(1);
});
