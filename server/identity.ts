import type { IncomingMessage } from 'node:http';
import type { Action, HubContext, Identity } from '../resolvers/context.ts';
import { HubError } from '../schema/errors/hub-error.ts';
import type { Principal } from '../schema/model/principal.ts';

/** Who is at the other end of a connection, and what they may do. */
export interface Session {
  readonly principal: Principal;
  readonly authorize: HubContext['authorize'];
  /** Aborted when the rights end before the connection does; its reason is the HubError that streams end with. */
  readonly revoked?: AbortSignal;
}

/**
 * Establishes who asks: for each HTTP request and event stream, and for a WebSocket once, when it says `connection_init`.
 * @param credentials the payload of `connection_init`
 * @throws {HubError} UNAUTHENTICATED | TOKEN_EXPIRED | AUTH_UNAVAILABLE
 */
export type Authenticate = (request: IncomingMessage, credentials?: Readonly<Record<string, unknown>>) => Promise<Session>;

const DEVELOPER: Identity = { subject: 'developer' };
const OPEN_TO_ALL: ReadonlySet<Action> = new Set(['sources:read', 'crosswalk:read', 'issues:read', 'releases:read']);
const ANONYMOUS: Identity = { subject: 'anonymous' };

/**
 * The development identity. With `development` on, whoever connects over loopback, and names the hub by a loopback name (so no web page that resolves its
 * own name to this machine does), is the developer and may do anything. Everybody else may only look.
 */
export function authenticateDeveloper(development: boolean): Authenticate {
  return async (request) => {
    const identity = development && isLoopback(request) ? DEVELOPER : ANONYMOUS;
    return {
      principal: { subject: identity.subject, roles: [], attributes: {} },
      authorize(action) {
        if (identity === DEVELOPER || OPEN_TO_ALL.has(action)) return identity;
        throw new HubError('UNAUTHENTICATED', 'This needs an identity, and the hub has no way to establish one yet. In development, use it over loopback.');
      },
    };
  };
}

function isLoopback(request: IncomingMessage): boolean {
  const address = request.socket.remoteAddress ?? '';
  const host = (request.headers.host ?? '').replace(/:\d+$/, '');
  return /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/.test(address) && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(host);
}
