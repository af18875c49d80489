import type { IncomingMessage } from 'node:http';
import type { Access } from '../access/access.ts';
import type { Federation } from '../federation/supergraph/federation.ts';
import type { View } from '../federation/supergraph/view.ts';
import type { Action } from '../schema/model/action.ts';
import { HubError } from '../schema/errors/hub-error.ts';
import type { Principal } from '../schema/model/principal.ts';

/** Who is at the other end of a connection, and what they may see and do. */
export interface Session {
  readonly principal: Principal;
  /** What their rights leave of the newest generation, now; an operation keeps the one that it began with. */
  readonly view: () => View;
  /** Who asks, if this may be done. @throws {HubError} UNAUTHENTICATED | FORBIDDEN_FIELD */
  readonly authorize: (action: Action) => Principal;
  /** Aborted when the rights end before the connection does; its reason is the HubError that streams end with. */
  readonly revoked?: AbortSignal;
}

/**
 * Establishes who asks: for each HTTP request and event stream, and for a WebSocket once, when it says `connection_init`.
 * @param credentials the payload of `connection_init`
 * @throws {HubError} UNAUTHENTICATED | TOKEN_EXPIRED | AUTH_UNAVAILABLE
 */
export type Authenticate = (request: IncomingMessage, credentials?: Readonly<Record<string, unknown>>) => Promise<Session>;

export type Identify = (request: IncomingMessage, credentials?: Readonly<Record<string, unknown>>) => Promise<Principal>;

/** The one way to a session, whatever the transport. */
export function createAuthenticate(identify: Identify, federation: Federation, access: Access): Authenticate {
  return async (request, credentials) => {
    const principal = await identify(request, credentials);
    return {
      principal,
      view: () => federation.generation().view(access.rightsOf(principal)),
      authorize(action) {
        if (access.rightsOf(principal).actions.has(action)) return principal;
        if (principal.unverified)
          throw new HubError('UNAUTHENTICATED', 'This needs an identity, and this hub has no way to establish one; see `auth` in hub.yaml.');
        throw new HubError('FORBIDDEN_FIELD', 'Your roles do not include this.');
      },
    };
  };
}
