import type { Access } from '../access/access.ts';
import type { RunStream } from '../changes/subscriptions/event-sink.ts';
import { rootArguments, rootField } from '../changes/subscriptions/root-field.ts';
import { createSequenceCursors } from '../changes/subscriptions/sequence-cursor.ts';
import type { StreamRequest } from '../changes/subscriptions/stream-request.ts';
import { remakeEvent } from '../changes/webhooks/remake-event.ts';
import type { WebhookSubscriptions } from '../changes/webhooks/webhooks.ts';
import type { Federation } from '../federation/supergraph/federation.ts';
import type { View } from '../federation/supergraph/view.ts';
import { HubError } from '../schema/errors/hub-error.ts';
import type { DeniedTable } from '../store/denied-table.ts';
import type { WebhookRow } from '../store/webhook-table.ts';
import type { ErrorCode } from '../schema/errors/register.ts';
import type { Principal } from '../schema/model/principal.ts';
import { refuses } from './authenticate/deny-list.ts';
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
    if ((await denied.list()).some((entry) => refuses(entry, principal)))
      return new HubError(
        'SUBSCRIPTION_REVOKED',
        'Whoever registered this webhook, or the token that they did it with, is denied; somebody else may renew it.',
      );
    if (!access.rightsOf(principal).actions.has('webhooks:manage'))
      return new HubError('SUBSCRIPTION_REVOKED', 'Whoever registered this webhook may no longer have one; somebody else may renew it.');
    return undefined;
  };
  const rightsOf: WebhookSubscriptions['rightsOf'] = ({ principal }) => access.rightsOf(JSON.parse(principal) as Principal).key;
  const prepareAgain = ({ query, variables, principal }: WebhookRow, gone: AbortSignal): Promise<StreamRequest> =>
    prepare(query, JSON.parse(variables) as Record<string, unknown>, JSON.parse(principal) as Principal, gone);
  const subscribe: WebhookSubscriptions['subscribe'] = async (webhook, rights, sink) => {
    const refused = await standing(webhook);
    if (refused) throw refused;
    const request = await prepareAgain(webhook, sink.signal);
    if (request.view.key !== rights) return;
    const ended = new AbortController();
    const moved = new AbortController();
    const compare = (): void => {
      if (rightsOf(webhook) !== rights) moved.abort();
    };
    const look = (): void => {
      compare();
      void standing(webhook).then(
        (error) => error && ended.abort(error),
        () => undefined, // the store does not answer: it is asked again, and nothing is captured meanwhile
      );
    };
    const unfollow = access.onChange(compare);
    const looking = setInterval(look, LOOK_MS).unref();
    try {
      await runStream(
        {
          ...request,
          currentView: underTheseRights(request),
          ...(webhook.cursor === null ? {} : { lastEventId: webhook.cursor }),
        },
        { ...sink, signal: AbortSignal.any([sink.signal, ended.signal, moved.signal]) },
      );
      ended.signal.throwIfAborted();
    } finally {
      unfollow();
      clearInterval(looking);
    }
  };
  return {
    standing,
    rightsOf,
    subscribe,
    check: async ({ query, variables }, principal) => void (await prepare(query, variables, principal, new AbortController().signal)),
    async begin({ query, variables }, principal) {
      const over = new AbortController();
      const request = await prepare(query, variables, principal, over.signal);
      const { after } = rootArguments(request);
      if (typeof after === 'string') return after;
      const { promise: first, resolve: begun } = Promise.withResolvers<string>();
      const reached = (cursor: string): void => {
        begun(cursor);
        over.abort();
      };
      await runStream(request, {
        send: () => undefined, // a stream says first where it begins
        advance: reached,
        ready: () => Promise.resolve(),
        signal: over.signal,
      });
      return first;
    },
    async remake(webhook, cursor, signal) {
      const field = rootField(await prepareAgain(webhook, signal)).name.value;
      const cursors = createSequenceCursors(federation.environment.cursors, field === 'alerts' ? 'alert-event' : 'changes');
      return remakeEvent(subscribe, cursors, webhook, rightsOf(webhook), cursor, signal);
    },
  };
}

/** New generations are followed; the view of other rights is not, since the stream ends then. */
function underTheseRights({ view: first, currentView }: StreamRequest): () => View {
  let view = first;
  return () => {
    const now = currentView();
    if (now.key === first.key) view = now;
    return view;
  };
}
