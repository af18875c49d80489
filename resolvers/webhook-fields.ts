import { HubError } from '../schema/errors/hub-error.ts';
import type { Principal } from '../schema/model/principal.ts';
import type { WebhookRow } from '../store/webhook-table.ts';
import type { HubContext } from './context.ts';
import type { MutationResolvers, QueryResolvers, WebhookResolvers } from './generated/hub-resolvers.ts';

const FIRST_MAX = 200;

const principalOf = ({ principal }: Pick<WebhookRow, 'principal'>): Principal => JSON.parse(principal) as Principal;

/** Those that somebody of the asker's department registered; others' do not exist. */
async function ownWebhooks({ webhooks }: HubContext, { department, unverified }: Principal): Promise<readonly WebhookRow[]> {
  return (await webhooks.list()).filter((row) => unverified !== undefined || principalOf(row).department === department);
}

async function requireOwn(context: HubContext, id: string): Promise<Principal> {
  const asker = context.authorize('webhooks:manage');
  if ((await ownWebhooks(context, asker)).some((row) => row.id === id)) return asker;
  throw new HubError('BAD_USER_INPUT', 'There is no such webhook.');
}

export const webhookQueries: Pick<QueryResolvers, 'webhooks'> = {
  webhooks: async (_parent, _args, context) => [...(await ownWebhooks(context, context.authorize('webhooks:manage')))],
};

export const webhookMutations: Pick<MutationResolvers, 'registerWebhook' | 'renewWebhook' | 'removeWebhook' | 'redeliverWebhook'> = {
  registerWebhook: async (_parent, { name, url, subscription, variables }, { webhooks, authorize }) => {
    const principal = authorize('webhooks:manage');
    return webhooks.register({ name, url, query: subscription, variables: variablesOf(variables) }, principal);
  },
  renewWebhook: async (_parent, { id }, context) => context.webhooks.renew(id, await requireOwn(context, id)),
  removeWebhook: async (_parent, { id }, context) => {
    const own = await ownWebhooks(context, context.authorize('webhooks:manage'));
    return own.some((row) => row.id === id) && context.webhooks.remove(id);
  },
  redeliverWebhook: async (_parent, { id }, context) => {
    await requireOwn(context, id);
    const { webhooks } = context;
    const taken = await webhooks.redeliver(id);
    const webhook = (await webhooks.list()).find((each) => each.id === id);
    if (!webhook) throw new HubError('BAD_USER_INPUT', 'There is no such webhook.');
    return { taken, webhook };
  },
};

export const Webhook: WebhookResolvers = {
  subscription: ({ query }) => query,
  subject: (row) => principalOf(row).subject,
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
