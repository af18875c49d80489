import { generateKeyPairSync } from 'node:crypto';
import { importJWK, SignJWT, type JWK } from 'jose';
import type { AuthConfiguration } from '../../schema/model/auth-configuration.ts';
import type { SettingsTable } from '../../store/settings-table.ts';

/** Whose tokens a developer's hub takes: its own, signed with a key that never leaves its store. */
export const DEVELOPMENT_AUTH: Omit<AuthConfiguration, 'keys'> = {
  issuer: 'yiwang-development',
  audience: ['yiwang'],
  algorithms: ['EdDSA'],
  maxLifetimeMs: 12 * 3_600_000,
  claims: { department: 'department', roles: 'roles', purpose: 'purpose' },
  attributes: ['region'],
};

const SETTING = 'developmentSigningKey';
const KID = 'development';

export interface DevelopmentClaims {
  readonly subject: string;
  readonly department?: string | undefined;
  readonly roles: readonly string[];
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly purpose?: string | undefined;
  readonly seconds: number;
  readonly id?: string;
}

/** The public half, as a JSON Web Key Set. */
export async function developmentKeySet(settings: Pick<SettingsTable, 'getOrCreate'>): Promise<string> {
  const { d: _secret, ...key } = await signingKey(settings);
  return JSON.stringify({ keys: [key] });
}

/** A token that only a developer's hub over the same store takes. */
export async function mintDevelopmentToken(settings: Pick<SettingsTable, 'getOrCreate'>, claims: DevelopmentClaims): Promise<string> {
  const key = await importJWK(await signingKey(settings), 'EdDSA');
  const { subject, department, roles, attributes = {}, purpose, seconds, id } = claims;
  const token = new SignJWT({ ...attributes, ...(department === undefined ? {} : { department }), roles, ...(purpose === undefined ? {} : { purpose }) })
    .setProtectedHeader({ alg: 'EdDSA', kid: KID })
    .setSubject(subject)
    .setIssuer(DEVELOPMENT_AUTH.issuer)
    .setAudience([...DEVELOPMENT_AUTH.audience])
    .setIssuedAt()
    .setExpirationTime(Math.floor(Date.now() / 1000) + seconds);
  return (id === undefined ? token : token.setJti(id)).sign(key);
}

async function signingKey(settings: Pick<SettingsTable, 'getOrCreate'>): Promise<JWK> {
  const text = await settings.getOrCreate(SETTING, () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    return JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: KID, alg: 'EdDSA', use: 'sig' });
  });
  return JSON.parse(text) as JWK;
}
