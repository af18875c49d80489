import { hash } from 'node:crypto';
import { errors, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { AuthConfiguration } from '../../schema/model/auth-configuration.ts';
import type { Principal } from '../../schema/model/principal.ts';
import type { KeySet } from './key-set.ts';
import { principalOf } from './principal-of.ts';

/** A token that has been verified. */
export interface Verified {
  readonly principal: Principal;
}

export interface VerifyToken {
  /** @param unknown is called before a token that is not remembered is verified; what it throws is thrown */
  (token: string, unknown?: () => void): Promise<Verified>;
  /** Whether a token that was verified here still stands, without its text. @throws {HubError} AUTH_UNAVAILABLE */
  readonly holds: (verified: Verified) => boolean;
}

export interface VerifyOptions extends Omit<AuthConfiguration, 'keys'> {
  readonly keys: KeySet;
  readonly now?: () => number;
}

const SKEW_S = 30;
const MAX_LENGTH = 8_192;
/** Tokens whose verification is remembered until they end, or the issuer's keys change. */
const REMEMBERED_MAX = 10_000;

/** Verifies tokens; one that was verified costs a hash. @throws {HubError} from the function: UNAUTHENTICATED | TOKEN_EXPIRED | AUTH_UNAVAILABLE */
export function createVerifyToken(options: VerifyOptions): VerifyToken {
  const { keys, now = Date.now } = options;
  const remembered = new LRUCache<string, Verified>({ max: REMEMBERED_MAX });
  let standing = new WeakSet<Verified>();
  keys.onChange(() => {
    remembered.clear();
    standing = new WeakSet();
  });
  const isOver = ({ principal }: Verified): boolean => (principal.expiresAtMs ?? 0) <= now();
  const verifyToken = async (token: string, unknown?: () => void): Promise<Verified> => {
    const digest = hash('sha256', token, 'base64url');
    const known = remembered.get(digest);
    if (known) {
      keys.current(); // too old to be relied on, they hold for nobody
      if (isOver(known)) throw expired();
      return known;
    }
    unknown?.();
    if (token.length > MAX_LENGTH) throw unusable();
    const verified = await verify(options, token, now());
    remembered.set(digest, verified);
    standing.add(verified);
    return verified;
  };
  return Object.assign(verifyToken, {
    holds(verified: Verified): boolean {
      keys.current();
      return standing.has(verified) && !isOver(verified);
    },
  });
}

async function verify(options: VerifyOptions, token: string, nowMs: number): Promise<Verified> {
  const { keys, issuer, audience, algorithms, maxLifetimeMs } = options;
  const check = () =>
    jwtVerify(token, keys.current(), {
      issuer,
      audience: [...audience],
      algorithms: [...algorithms],
      clockTolerance: SKEW_S,
      requiredClaims: ['exp', 'sub'],
      currentDate: new Date(nowMs),
    });
  const { payload, protectedHeader } = await check()
    .catch(async (error: unknown) => {
      if (error instanceof errors.JWKSNoMatchingKey && (await keys.lookAgain())) return check();
      throw error;
    })
    .catch((error: unknown) => {
      if (error instanceof HubError) throw error;
      throw error instanceof errors.JWTExpired ? expired() : unusable();
    });
  const { exp = 0, iat, sub, jti } = payload;
  const issuedMs = (iat ?? nowMs / 1000) * 1000;
  if (issuedMs > nowMs + SKEW_S * 1000 || exp * 1000 - issuedMs > maxLifetimeMs) throw unusable();
  // An OpenID Connect id token is for the client that asked for it.
  if (payload['at_hash'] !== undefined || payload['nonce'] !== undefined) throw unusable();
  if (typeof sub !== 'string' || sub === '' || sub.length > 256) throw unusable();
  const { kid } = protectedHeader;
  const identified = { ...(kid === undefined ? {} : { kid }), ...(typeof jti === 'string' ? { jti } : {}) };
  return { principal: { ...principalOf(sub, payload, options, (exp + SKEW_S) * 1000), token: identified } };
}

/** One text for whatever is wrong with a token: it tells nothing to whoever tries. */
const unusable = (): HubError => new HubError('UNAUTHENTICATED', 'The token is not valid here.');
const expired = (): HubError => new HubError('TOKEN_EXPIRED', 'The token is past its time; fetch a new one.');
