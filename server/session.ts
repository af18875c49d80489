import type { IncomingMessage } from 'node:http';
import type { Access } from '../access/access.ts';
import { losesRights } from '../access/loses-rights.ts';
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
  /** Tells when the rights end, or become less, before the connection does: with the HubError that streams end with. @returns stops watching */
  readonly watch: (ended: (error: HubError) => void) => () => void;
}

/**
 * Establishes who asks: for each HTTP request and event stream, and for a WebSocket once, when it says `connection_init`.
 * @param credentials the payload of `connection_init`
 * @throws {HubError} UNAUTHENTICATED | TOKEN_EXPIRED | AUTH_UNAVAILABLE
 */
export type Authenticate = (request: IncomingMessage, credentials?: Readonly<Record<string, unknown>>) => Promise<Session>;

export type Identify = (request: IncomingMessage, credentials?: Readonly<Record<string, unknown>>) => Promise<Identity>;

export interface Identity {
  readonly principal: Principal;
  /** Rejects once what identified them is refused. Absent: nothing can be. */
  readonly stillGood?: () => Promise<void>;
}

export interface AuthenticateOptions {
  readonly identify: Identify;
  readonly federation: Federation;
  readonly access: Access;
  /** Calls back when tokens that were good may no longer be. */
  readonly onChange: (listener: () => void) => void;
}

/** The one way to a session, whatever the transport. */
export function createAuthenticate({ identify, federation, access, onChange }: AuthenticateOptions): Authenticate {
  const watchers = new Set<() => void>();
  const look = (): void => watchers.forEach((watcher) => watcher());
  access.onChange(look);
  onChange(look);
  return async (request, credentials) => {
    const { principal, stillGood } = await identify(request, credentials);
    const view = (): View => federation.generation().view(access.rightsOf(principal));
    return {
      principal,
      view,
      authorize(action) {
        if (access.rightsOf(principal).actions.has(action)) return principal;
        if (principal.unverified) throw needsIdentity();
        throw new HubError('FORBIDDEN_FIELD', 'Your roles do not include this.');
      },
      watch(ended) {
        const before = view();
        const check = (): void => {
          if (losesRights(before.rights, access.rightsOf(principal), before.supergraph.model)) ended(revoked());
          else stillGood?.().catch(() => ended(revoked()));
        };
        watchers.add(check);
        return () => watchers.delete(check);
      },
    };
  };
}

/** Nobody can be told apart here, and this takes somebody. */
export const needsIdentity = (): HubError =>
  new HubError('UNAUTHENTICATED', 'This needs an identity, and this hub has no way to establish one; see `auth` in hub.yaml.');

const revoked = (): HubError => new HubError('SUBSCRIPTION_REVOKED', 'Your rights have become less; connect again to go on with what is left.');
