import type { Access } from '../access/access.ts';
import type { RunStream } from '../changes/subscriptions/event-sink.ts';
import type { StreamRequest } from '../changes/subscriptions/stream-request.ts';
import type { WebhookSubscriptions } from '../changes/webhooks/webhooks.ts';
import type { Federation } from '../federation/supergraph/federation.ts';
import { HubError } from '../schema/errors/hub-error.ts';
import type { DeniedTable } from '../store/denied-table.ts';
import type { ErrorCode } from '../schema/errors/register.ts';
import type { Principal } from '../schema/model/principal.ts';
import type { Operate } from './operate.ts';
import type { Session } from './session.ts';

interface Parts {
  readonly operate: Operate;
  readonly runStream: RunStream;
  readonly federation: Federation;
  readonly access: Access;
  readonly denied: Pick<DeniedTable, 'list'>;
}

/** How soon a registration that holds no longer ends its stream. */
const LOOK_MS = 2_000;

/** Webhooks go the way of every other subscriber: the same checks, limits, rights and records. */
export function webhookSubscriptions({ operate, runStream, federation, access, denied }: Parts): WebhookSubscriptions {
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
  const standing: WebhookSubscriptions['standing'] = async ({ principal: text, expiresAt }) => {
    const principal = JSON.parse(text) as Principal;
    if (Date.parse(expiresAt) <= Date.now()) return new HubError('TOKEN_EXPIRED', 'The registration of this webhook is past its time; renew it.');
    if ((await denied.list()).some(({ kind, value }) => kind === 'sub' && value === principal.subject))
      return new HubError('SUBSCRIPTION_REVOKED', 'Whoever registered this webhook is denied; somebody else may renew it.');
    if (!access.rightsOf(principal).actions.has('webhooks:manage'))
      return new HubError('SUBSCRIPTION_REVOKED', 'Whoever registered this webhook may no longer have one; somebody else may renew it.');
    return undefined;
  };
  return {
    standing,
    async subscribe(webhook, sink) {
      const { query, variables, principal, cursor } = webhook;
      const refused = await standing(webhook);
      if (refused) throw refused;
      const request = await prepare(query, JSON.parse(variables) as Record<string, unknown>, JSON.parse(principal) as Principal, sink.signal);
      const ended = new AbortController();
      const look = (): void =>
        void standing(webhook).then(
          (error) => error && ended.abort(error),
          () => undefined, // the store does not answer: it is asked again, and nothing is captured meanwhile
        );
      const looking = setInterval(look, LOOK_MS).unref();
      try {
        await runStream({ ...request, ...(cursor === null ? {} : { lastEventId: cursor }) }, { ...sink, signal: AbortSignal.any([sink.signal, ended.signal]) });
        ended.signal.throwIfAborted();
      } finally {
        clearInterval(looking);
      }
    },
    check: async ({ query, variables }, principal) => void (await prepare(query, variables, principal, new AbortController().signal)),
  };
}
