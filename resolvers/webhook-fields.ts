import { HubError } from '../schema/errors/hub-error.ts';
import type { Principal } from '../schema/model/principal.ts';
import type { HubContext } from './context.ts';
import type { MutationResolvers, QueryResolvers, WebhookResolvers } from './generated/hub-resolvers.ts';

const FIRST_MAX = 200;

export const webhookQueries: Pick<QueryResolvers, 'webhooks'> = {
  webhooks: async (_parent, _args, { webhooks, authorize }) => {
    authorize('webhooks:manage');
    return webhooks.list();
  },
};

export const webhookMutations: Pick<MutationResolvers, 'registerWebhook' | 'renewWebhook' | 'removeWebhook' | 'redeliverWebhook'> = {
  registerWebhook: async (_parent, { name, url, subscription, variables }, { webhooks, authorize }) => {
    const principal = authorize('webhooks:manage');
    return webhooks.register({ name, url, query: subscription, variables: variablesOf(variables) }, principal);
  },
  renewWebhook: async (_parent, { id }, { webhooks, authorize }) => webhooks.renew(id, authorize('webhooks:manage')),
  removeWebhook: async (_parent, { id }, { webhooks, authorize }) => {
    authorize('webhooks:manage');
    return webhooks.remove(id);
  },
  redeliverWebhook: async (_parent, { id }, { webhooks, authorize }) => {
    authorize('webhooks:manage');
    const taken = await webhooks.redeliver(id);
    const webhook = (await webhooks.list()).find((each) => each.id === id);
    if (!webhook) throw new HubError('BAD_USER_INPUT', 'There is no such webhook.');
    return { taken, webhook };
  },
};

export const Webhook: WebhookResolvers = {
  subscription: ({ query }) => query,
  subject: ({ principal }) => (JSON.parse(principal) as Principal).subject,
  deadLetters: async ({ id }, { first }, { webhooks, view }: HubContext) => {
    const asked = first ?? 20;
    if (asked < 0 || asked > FIRST_MAX) throw new HubError('LIMIT_PAGE', `first is ${asked}; from 0 to ${FIRST_MAX} are allowed.`);
    const { letters } = await webhooks.deadLetters(id, asked);
    // A body holds what its webhook may see, which others may not.
    return letters.map((letter) => (view.rights.types === null || letter.rights === view.key ? letter : { ...letter, body: null }));
  },
  deadLetterCount: async ({ id }, _args, { webhooks }: HubContext) => (await webhooks.deadLetters(id, 0)).total,
};

function variablesOf(value: unknown): Readonly<Record<string, unknown>> {
  if (value === null || value === undefined) return {};
  if (typeof value !== 'object' || Array.isArray(value)) throw new HubError('BAD_USER_INPUT', 'variables must be an object.');
  return value as Readonly<Record<string, unknown>>;
}
