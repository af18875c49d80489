import type { IncomingMessage } from 'node:http';
import { HubError } from '../schema/errors/hub-error.ts';
import type { Principal } from '../schema/model/principal.ts';
import type { Identify } from './session.ts';

const DEVELOPER: Principal = { subject: 'developer', roles: [], attributes: {}, unverified: 'developer' };
const LOCAL: Principal = { subject: 'local', roles: [], attributes: {}, unverified: 'local' };

/**
 * Who asks, where no token says so. Only whoever connects over loopback, and names the hub by a loopback name (so no web page that resolves its own name to
 * this machine does), is anybody at all: with `development` on the developer, who may do anything, otherwise one who may read.
 * @throws {HubError} UNAUTHENTICATED
 */
export function identifyLocally(development: boolean): Identify {
  return async (request) => {
    if (!isLoopback(request)) throw new HubError('UNAUTHENTICATED', 'This hub has no way to establish who you are, and so answers only its own machine.');
    return { principal: development ? DEVELOPER : LOCAL };
  };
}

function isLoopback({ socket, headers }: IncomingMessage): boolean {
  const address = socket.remoteAddress ?? '';
  const host = (headers.host ?? '').replace(/:\d+$/, '');
  const forwarded = headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined || headers['x-real-ip'] !== undefined;
  return !forwarded && /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/.test(address) && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(host);
}
