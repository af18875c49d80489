/** A hub that trusts the tokens of an issuer that the test plays, and nothing else. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { SignJWT, type JWTPayload } from 'jose';
import { demoConfigurationWith, startTestHub, type TestHub } from '../../helpers/hub.ts';

export const ISSUER = 'https://id.example.gov.cn';
export const AUDIENCE = 'yiwang';

export interface TokenHub extends AsyncDisposable {
  readonly hub: TestHub;
  /** The issuer's RSA key, as `kid` "rsa". */
  readonly rsa: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
  /** A good token but for what is changed; undefined takes a claim out. */
  token(changed?: { readonly [claim: string]: unknown }, header?: { readonly kid?: string; readonly [name: string]: unknown }): Promise<string>;
}

/** @param more of hub.yaml */
export async function startTokenHub(more = ''): Promise<TokenHub> {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const hub = await startTestHub({ development: false, configurationFile: configurationFor(rsa.publicKey, more) });
  return {
    hub,
    rsa,
    async token(changed = {}, header = {}) {
      const now = Math.floor(Date.now() / 1_000);
      const claims = {
        iss: ISSUER,
        aud: AUDIENCE,
        sub: 'clerk',
        iat: now,
        exp: now + 600,
        roles: ['consumer'],
        department: 'housing',
        region: ['320500'],
        ...changed,
      };
      return await new SignJWT(JSON.parse(JSON.stringify(claims)) as JWTPayload)
        .setProtectedHeader({ alg: 'RS256', kid: 'rsa', ...header })
        .sign(rsa.privateKey);
    },
    [Symbol.asyncDispose]: () => hub[Symbol.asyncDispose](),
  };
}

/** The demo's hub.yaml with an issuer, in a folder of its own. */
function configurationFor(publicKey: KeyObject, more: string): string {
  const file = demoConfigurationWith(`auth: { issuer: '${ISSUER}', audience: ${AUDIENCE}, keysFile: keys.json }\n${more}`);
  const keys = [{ ...publicKey.export({ format: 'jwk' }), kid: 'rsa', alg: 'RS256', use: 'sig' }];
  writeFileSync(path.join(path.dirname(file), 'keys.json'), JSON.stringify({ keys }));
  return file;
}
