/** The benchmark's hub with all that stands between the data and whoever asks: tokens of an issuer, a policy with a row rule, masks, the durable access log. */
import { generateKeyPairSync } from 'node:crypto';
import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SignJWT } from 'jose';
import { DISTRICTS, districtOf } from './data.ts';

export interface Rights {
  readonly configurationFile: string;
  /** Of every request. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Fields that whoever asks sees masked. */
export const MASKED: readonly string[] = ['owner', 'payee'];

const ISSUER = 'https://id.bench.example';
const LIFE_SECONDS = 3_000;
const POLICY = `department: development
rules:
  - for: { departments: [housing], roles: [consumer] }
    types:
      Project: { others: visible, fields: { owner: masked }, rows: { district: { in: $region } } }
`;
/** One principal makes all requests. */
const LIMITS = 'limits: { requestsPerSecond: 100000, requestsPerMinute: 6000000, costPerMinute: 100000000, inFlightPerPrincipal: 1000, ';

const ALL_DISTRICTS: readonly string[] = Array.from({ length: DISTRICTS }, (_, i) => districtOf(i));

/** @param folder empty; what is made stays there @param region districts whose projects whoever asks may see */
export async function openRights(folder: string, region = ALL_DISTRICTS): Promise<Rights> {
  const original = path.join(import.meta.dirname, 'hub');
  await cp(original, folder, { recursive: true, filter: (file) => !file.endsWith('.ts') });
  const configurationFile = path.join(folder, 'hub.yaml');
  const edit = async (name: string, change: (text: string) => string): Promise<void> =>
    writeFile(path.join(folder, name), change(await readFile(path.join(original, name), 'utf8')));
  await edit(
    'hub.yaml',
    (text) => `${text.replace('limits: { ', LIMITS)}auth: { issuer: '${ISSUER}', audience: bench, keysFile: keys.json, attributes: [region] }\n`,
  );
  await edit('schema.graphql', (text) => MASKED.reduce((all, field) => all.replace(`  ${field}: String`, `  ${field}: String @personal(kind: NAME)`), text));
  await writeFile(path.join(folder, 'policy.yaml'), POLICY);
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await writeFile(
    path.join(folder, 'keys.json'),
    JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'bench', alg: 'RS256', use: 'sig' }] }),
  );
  const now = Math.floor(Date.now() / 1000);
  const token = await new SignJWT({
    roles: ['consumer'],
    department: 'housing',
    region,
  })
    .setProtectedHeader({ alg: 'RS256', kid: 'bench' })
    .setIssuer(ISSUER)
    .setAudience('bench')
    .setSubject('bench')
    .setIssuedAt(now)
    .setExpirationTime(now + LIFE_SECONDS)
    .sign(privateKey);
  return { configurationFile, headers: { authorization: `Bearer ${token}` } };
}
