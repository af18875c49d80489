import type { IncomingMessage } from 'node:http';
import type { Action, HubContext, Identity } from '../resolvers/context.ts';
import { HubError } from '../schema/errors/hub-error.ts';

const DEVELOPER: Identity = { subject: 'developer' };
const OPEN_TO_ALL: ReadonlySet<Action> = new Set(['sources:read', 'crosswalk:read', 'issues:read']);
const ANONYMOUS: Identity = { subject: 'anonymous' };

/**
 * Decides what a request may do beside reading data. With `development` on, whoever connects over loopback, and names the hub by a loopback name (so no
 * web page that resolves its own name to this machine does), is the developer and may do anything. Everybody else may only look.
 */
export function createAuthorize(development: boolean): (request: IncomingMessage) => HubContext['authorize'] {
  return (request) => (action) => {
    if (development && isLoopback(request)) return DEVELOPER;
    if (OPEN_TO_ALL.has(action)) return ANONYMOUS;
    throw new HubError('UNAUTHENTICATED', 'This needs an identity, and the hub has no way to establish one yet. In development, use it over loopback.');
  };
}

function isLoopback(request: IncomingMessage): boolean {
  const address = request.socket.remoteAddress ?? '';
  const host = (request.headers.host ?? '').replace(/:\d+$/, '');
  return /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/.test(address) && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(host);
}
