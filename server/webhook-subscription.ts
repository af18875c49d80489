import type { Access } from '../access/access.ts';
import type { RunStream } from '../changes/subscriptions/event-sink.ts';
import type { StreamRequest } from '../changes/subscriptions/stream-request.ts';
import type { Subscribe } from '../changes/webhooks/run-webhook.ts';
import type { NewWebhook } from '../changes/webhooks/webhooks.ts';
import type { Federation } from '../federation/supergraph/federation.ts';
import { HubError } from '../schema/errors/hub-error.ts';
import type { ErrorCode } from '../schema/errors/register.ts';
import type { Principal } from '../schema/model/principal.ts';
import type { Operate } from './operate.ts';
import type { Session } from './session.ts';

interface Parts {
  readonly operate: Operate;
  readonly runStream: RunStream;
  readonly federation: Federation;
  readonly access: Access;
}

/** Webhooks go the way of every other subscriber: the same checks, limits, rights and records. */
export function webhookSubscriptions({ operate, runStream, federation, access }: Parts): {
  readonly subscribe: Subscribe;
  readonly check: (webhook: NewWebhook, principal: Principal) => Promise<void>;
} {
  const sessionOf = (principal: Principal): Session => ({
    principal,
    view: () => federation.generation().view(access.rightsOf(principal)),
    authorize(action) {
      if (access.rightsOf(principal).actions.has(action)) return principal;
      throw new HubError('FORBIDDEN_FIELD', 'Your roles do not include this.');
    },
    // The stream itself goes on under the rights that are left, or ends.
    watch: () => () => undefined,
  });
  const prepare = async (query: string, variables: Readonly<Record<string, unknown>>, principal: Principal, gone: AbortSignal): Promise<StreamRequest> => {
    const outcome = await operate({ query, variables }, { session: sessionOf(principal), gone, mutations: false });
    if (outcome.kind === 'stream') return outcome.request;
    const [error] = outcome.kind === 'refusal' ? outcome.errors : [];
    throw new HubError((error?.extensions.code ?? 'BAD_USER_INPUT') as ErrorCode, error?.message ?? 'A webhook takes a subscription.');
  };
  return {
    async subscribe({ query, variables, principal, cursor }, sink) {
      const request = await prepare(query, JSON.parse(variables) as Record<string, unknown>, JSON.parse(principal) as Principal, sink.signal);
      await runStream({ ...request, ...(cursor === null ? {} : { lastEventId: cursor }) }, sink);
    },
    check: async ({ query, variables }, principal) => void (await prepare(query, variables, principal, new AbortController().signal)),
  };
}
