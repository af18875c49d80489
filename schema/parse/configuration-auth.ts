import { resolve } from 'node:path';
import type { AuthConfiguration } from '../model/auth-configuration.ts';
import type { AgreementSettings, DocumentSettings } from '../model/configuration.ts';
import type { Role } from '../model/principal.ts';
import type { YamlNode } from './yaml.ts';
import { child, readTexts } from './yaml-read.ts';

const HOUR_MS = 3_600_000;
export const DEFAULT_AUTH = {
  algorithms: ['EdDSA', 'ES256', 'ES384', 'PS256', 'RS256'],
  maxLifetimeHours: 12,
  claims: { department: 'department', roles: 'roles', purpose: 'purpose' },
  attributes: ['region'],
} as const;
export const DEFAULT_ANSWER_WORKDAYS = 10;

/** `auth` of hub.yaml with its defaults; nothing when it is not there. */
export function readAuth(node: YamlNode | undefined, folder: string): { auth?: AuthConfiguration } {
  if (node === undefined) return {};
  const texts = (key: string, otherwise: readonly string[]): readonly string[] => {
    const found = node.entries.get(key);
    return found ? readTexts(found) : otherwise;
  };
  const jwks = node.entries.get('jwks')?.text;
  const claim = (name: keyof AuthConfiguration['claims']): string => node.entries.get('claims')?.entries.get(name)?.text ?? DEFAULT_AUTH.claims[name];
  return {
    auth: {
      issuer: child(node, 'issuer').text,
      audience: readTexts(child(node, 'audience')),
      keys: jwks === undefined ? { kind: 'file', path: resolve(folder, child(node, 'keysFile').text) } : { kind: 'jwks', url: jwks },
      algorithms: texts('algorithms', DEFAULT_AUTH.algorithms),
      maxLifetimeMs: Number(node.entries.get('maxLifetimeHours')?.text ?? DEFAULT_AUTH.maxLifetimeHours) * HOUR_MS,
      claims: { department: claim('department'), roles: claim('roles'), purpose: claim('purpose') },
      attributes: texts('attributes', DEFAULT_AUTH.attributes),
    },
  };
}

export function readAgreements(node: YamlNode | undefined): AgreementSettings {
  const days = (key: string): readonly string[] => {
    const found = node?.entries.get(key);
    return found ? readTexts(found) : [];
  };
  return {
    answerWorkdays: Number(node?.entries.get('answerWorkdays')?.text ?? DEFAULT_ANSWER_WORKDAYS),
    holidays: days('holidays'),
    workdays: days('workdays'),
  };
}

const DEFAULT_AUTOMATIC = 1_000;

export function readDocuments(node: YamlNode | undefined): DocumentSettings {
  const roles = node?.entries.get('trustedOnly');
  return {
    trustedOnly: roles ? (readTexts(roles) as readonly Role[]) : [],
    automatic: Number(node?.entries.get('automatic')?.text ?? DEFAULT_AUTOMATIC),
  };
}
