import { hash } from 'node:crypto';
import { errors, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { AuthConfiguration } from '../../schema/model/auth-configuration.ts';
import type { Principal } from '../../schema/model/principal.ts';
import type { KeySet } from './key-set.ts';
import { principalOf } from './principal-of.ts';

export interface VerifyToken {
  /** @param unknown is called before a token that is not remembered is verified; what it throws is thrown */
  (token: string, unknown?: () => void): Promise<Principal>;
  /** Whether the token that somebody was verified by still stands, without its text. @throws {HubError} AUTH_UNAVAILABLE */
  readonly holds: (principal: Principal) => boolean;
}

export interface VerifyOptions extends Omit<AuthConfiguration, 'keys'> {
  readonly keys: KeySet;
  readonly now?: () => number;
}

const SKEW_S = 30;
const MAX_LENGTH = 8_192;
/** Tokens whose verification is remembered until they end, or the issuer's keys change. */
const REMEMBERED_MAX = 10_000;

/** Verifies tokens, and says whose they are; one that was verified costs a hash. @throws {HubError} from the function: UNAUTHENTICATED | TOKEN_EXPIRED | AUTH_UNAVAILABLE */
export function createVerifyToken(options: VerifyOptions): VerifyToken {
  const { keys, now = Date.now } = options;
  const remembered = new LRUCache<string, Principal>({ max: REMEMBERED_MAX });
  let standing = new WeakSet<Principal>();
  keys.onChange(() => {
    remembered.clear();
    standing = new WeakSet();
  });
  const isOver = ({ expiresAtMs = 0 }: Principal): boolean => expiresAtMs <= now();
  const verifyToken = async (token: string, unknown?: () => void): Promise<Principal> => {
    const digest = hash('sha256', token, 'base64url');
    const known = remembered.get(digest);
    if (known) {
      keys.current(); // too old to be relied on, they hold for nobody
      if (isOver(known)) throw expired();
      return known;
    }
    unknown?.();
    if (token.length > MAX_LENGTH) throw unusable();
    const principal = await verify(options, token, now());
    remembered.set(digest, principal);
    standing.add(principal);
    return principal;
  };
  return Object.assign(verifyToken, {
    holds(principal: Principal): boolean {
      keys.current();
      return standing.has(principal) && !isOver(principal);
    },
  });
}

async function verify(options: VerifyOptions, token: string, nowMs: number): Promise<Principal> {
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
  return { ...principalOf(sub, payload, options, (exp + SKEW_S) * 1000), token: identified };
}

/** One text for whatever is wrong with a token: it tells nothing to whoever tries. */
const unusable = (): HubError => new HubError('UNAUTHENTICATED', 'The token is not valid here.');
const expired = (): HubError => new HubError('TOKEN_EXPIRED', 'The token is past its time; fetch a new one.');
