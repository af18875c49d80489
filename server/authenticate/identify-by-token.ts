import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { Principal } from '../../schema/model/principal.ts';
import type { Identify, Identity } from '../session.ts';
import { countAuthorizations, readCredentials, type Credentials } from './credentials.ts';
import type { AuthFailures } from '../limits/auth-failures.ts';
import type { DenyList } from './deny-list.ts';
import type { VerifyToken } from './verify-token.ts';

export interface IdentifyOptions {
  readonly verify: VerifyToken;
  readonly denied: DenyList;
  readonly failures: AuthFailures;
  /** Whoever sends no token. Absent: nobody. */
  readonly without?: Identify;
}

/** The last of a connection: apps send the same token again and again on one. */
interface Last {
  readonly header: string;
  /** Whose the token is, as it was verified. */
  readonly principal: Principal;
  readonly identity: Identity;
}

/** Who asks, by token: the one function for requests, event streams and sockets. */
export function identifyByToken({ verify, denied, failures, without }: IdentifyOptions): Identify {
  const lastOn = new WeakMap<Socket, Last>();
  const known = ({ socket, headers, rawHeaders }: IncomingMessage): Identity | undefined => {
    const last = lastOn.get(socket);
    if (!last || headers.authorization !== last.header || headers['x-purpose'] !== undefined || countAuthorizations(rawHeaders) > 1) return undefined;
    return verify.holds(last.principal) && !denied.has(last.principal) ? last.identity : undefined;
  };
  return async (request, init) => {
    const same = init === undefined ? known(request) : undefined;
    if (same) return same;
    const credentials = readCredentials(request, init);
    if (credentials.token === undefined) {
      if (!without) throw new HubError('UNAUTHENTICATED', 'This needs a token: send "Authorization: Bearer …".');
      const found = await without(request, init);
      return { ...found, principal: withPurpose(found.principal, credentials) };
    }
    const principal = await verify(credentials.token, () => failures.check(request)).catch((error: unknown) => {
      if (error instanceof HubError && error.code === 'UNAUTHENTICATED') failures.count(request);
      throw error;
    });
    const checkDenied = (): void => {
      if (denied.has(principal)) throw new HubError('UNAUTHENTICATED', 'The token is not valid here.');
    };
    checkDenied();
    const { token: text } = credentials;
    const identity: Identity = {
      principal: withPurpose(principal, credentials),
      stillGood: async () => {
        await verify(text);
        checkDenied();
      },
    };
    const { authorization } = request.headers;
    if (init === undefined && authorization !== undefined && credentials.purpose === undefined)
      lastOn.set(request.socket, { header: authorization, principal, identity });
    return identity;
  };
}

/** A purpose that the token itself states cannot be changed by whoever holds it. */
function withPurpose(principal: Principal, { purpose }: Credentials): Principal {
  if (purpose === undefined || principal.purpose !== undefined) return principal;
  return { ...principal, purpose };
}
