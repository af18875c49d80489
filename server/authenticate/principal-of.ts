import type { JWTPayload } from 'jose';
import { APART, MATRIX_ROLES } from '../../access/matrix.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { AuthConfiguration } from '../../schema/model/auth-configuration.ts';
import { readPurpose } from '../../schema/model/purpose.ts';
import type { Principal, Role } from '../../schema/model/principal.ts';

/** Reads a verified token's claims. Claims of the wrong form count as absent, roles that the hub does not have are left out. @throws {HubError} UNAUTHENTICATED when roles meet that must be apart, or the purpose is none that could be stated */
export function principalOf(
  subject: string,
  claims: JWTPayload,
  { claims: names, attributes }: Pick<AuthConfiguration, 'claims' | 'attributes'>,
  expiresAtMs: number,
): Principal {
  const given = new Set(textsOf(own(claims, names.roles)).flatMap((text) => text.split(/\s+/)));
  const roles = MATRIX_ROLES.filter((role) => given.has(role));
  const apart = APART.filter((role) => roles.includes(role));
  if (apart.length > 1) throw new HubError('UNAUTHENTICATED', `One account may not be ${apart.join(' and ')} at once.`);
  const department = own(claims, names.department);
  const stated = own(claims, names.purpose);
  const purpose = readPurpose(stated);
  if (typeof stated === 'string' && stated !== '' && purpose === undefined) throw new HubError('UNAUTHENTICATED', 'The token’s purpose is none.');
  return {
    subject,
    ...(typeof department === 'string' ? { department } : {}),
    roles: roles satisfies readonly Role[],
    attributes: Object.fromEntries(attributes.flatMap((name) => attribute(name, own(claims, name)))),
    ...(purpose === undefined ? {} : { purpose }),
    expiresAtMs,
  };
}

const own = (claims: JWTPayload, name: string): unknown => (Object.hasOwn(claims, name) ? claims[name] : undefined);

function textsOf(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).filter((each): each is string => typeof each === 'string');
}

function attribute(name: string, value: unknown): [string, string | readonly string[]][] {
  if (typeof value === 'string') return [[name, value]];
  return Array.isArray(value) ? [[name, textsOf(value)]] : [];
}
