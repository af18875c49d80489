import type { StreamRequest } from '../changes/subscriptions/stream-request.ts';
import type { HubContext } from '../resolvers/context.ts';
import { createLoaders } from '../resolvers/loaders.ts';
import { HubError } from '../schema/errors/hub-error.ts';

type Parts = Pick<
  HubContext,
  'configuration' | 'federation' | 'access' | 'denied' | 'mappings' | 'alerts' | 'consumers' | 'captures' | 'webhooks' | 'accessLog' | 'clock' | 'examples'
>;

/** What the hub's own fields are resolved with inside a subscription: the rights that its view was made for. */
export function createStreamContext(parts: Parts): (request: StreamRequest, signal: AbortSignal) => HubContext {
  return ({ view, principal }, signal) => ({
    ...parts,
    view,
    principal,
    signal,
    loaders: createLoaders(parts.federation, signal),
    note: () => undefined, // what each event shows is recorded with its delivery
    authorize(action) {
      if (!view.rights.actions.has(action)) throw new HubError('FORBIDDEN_FIELD', 'Your roles do not include this.');
      return principal;
    },
  });
}
