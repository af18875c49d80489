import { HubError } from '../../schema/errors/hub-error.ts';
import type { Principal } from '../../schema/model/principal.ts';
import type { Identify } from '../session.ts';
import { readCredentials, type Credentials } from './credentials.ts';
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

/** Who asks, by token: the one function for requests, event streams and sockets. */
export function identifyByToken({ verify, denied, failures, without }: IdentifyOptions): Identify {
  return async (request, init) => {
    const credentials = readCredentials(request, init);
    if (credentials.token === undefined) {
      if (!without) throw new HubError('UNAUTHENTICATED', 'This needs a token: send "Authorization: Bearer …".');
      const found = await without(request, init);
      return { ...found, principal: withPurpose(found.principal, credentials) };
    }
    const token = await verify(credentials.token, () => failures.check(request)).catch(async (error: unknown) => {
      if (error instanceof HubError && error.code === 'UNAUTHENTICATED') await failures.count(request);
      throw error;
    });
    const stillGood = async (): Promise<void> => {
      if (denied.has(token)) throw new HubError('UNAUTHENTICATED', 'The token is not valid here.');
    };
    await stillGood();
    const { token: text } = credentials;
    return {
      principal: withPurpose(token.principal, credentials),
      stillGood: async () => {
        await verify(text);
        await stillGood();
      },
    };
  };
}

/** A purpose that the token itself states cannot be changed by whoever holds it. */
function withPurpose(principal: Principal, { purpose }: Credentials): Principal {
  if (purpose === undefined || principal.purpose !== undefined) return principal;
  return { ...principal, purpose };
}
