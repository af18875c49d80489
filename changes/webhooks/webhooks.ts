import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { WebhookSettings } from '../../schema/model/configuration.ts';
import type { Principal } from '../../schema/model/principal.ts';
import type { Store } from '../../store/store.ts';
import type { DeadLetterRow, WebhookRow } from '../../store/webhook-table.ts';
import { createAddressRule } from './address-rule.ts';
import { postEvent } from './post-event.ts';
import { redeliverLetters } from './redeliver-letters.ts';
import { runWebhook, type Subscribe } from './run-webhook.ts';
import { createSigningKey, secretOf } from './sign.ts';

export interface NewWebhook {
  readonly name: string;
  readonly url: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Events posted to endpoints: each webhook by one of the instances that share the store. */
export interface Webhooks extends AsyncDisposable {
  list(): Promise<readonly WebhookRow[]>;
  deadLetters(webhook: string, first: number): Promise<{ readonly total: number; readonly letters: readonly DeadLetterRow[] }>;
  /** @returns with its secret, which is not shown again @throws {HubError} BAD_USER_INPUT, or what the subscription is refused with */
  register(webhook: NewWebhook, principal: Principal): Promise<{ readonly webhook: WebhookRow; readonly secret: string }>;
  /** From now on it has the rights of whoever renews it, for as long as a new one; place and secret stay. @throws {HubError} as `register` does */
  renew(id: string, principal: Principal): Promise<WebhookRow>;
  remove(id: string): Promise<boolean>;
  /** Posts dead letters once more, oldest first, until one is not taken; what was made under other rights is made anew. @returns how many were taken */
  redeliver(webhook: string): Promise<number>;
  /** From now on events are posted. */
  start(subscriptions: WebhookSubscriptions): void;
}

/** How webhooks reach the hub's subscriptions. */
export interface WebhookSubscriptions {
  readonly subscribe: Subscribe;
  /** Key of the rights that whoever registered it has now: what was made under others may not be posted. */
  readonly rightsOf: (webhook: Pick<WebhookRow, 'principal'>) => string;
  /** The cursor where a webhook begins that is registered now. @throws {HubError} what the subscription is refused with */
  readonly begin: (webhook: NewWebhook, principal: Principal) => Promise<string>;
  /** One event's body, made anew under the rights of now. Undefined: they do not let it be told. @throws {HubError} as `remakeEvent` */
  readonly remake: (webhook: WebhookRow, cursor: string, signal: AbortSignal) => Promise<string | undefined>;
  /** Refuses what could not be subscribed to. */
  readonly check: (webhook: NewWebhook, principal: Principal) => Promise<void>;
  /** Why nothing may be posted any more, if so. */
  readonly standing: (webhook: Pick<WebhookRow, 'principal' | 'expiresAt'>) => Promise<HubError | undefined>;
}

const WEBHOOKS_MAX = 100;
const DAY_MS = 86_400_000;
const LEASE_MS = 10_000;
const LOOK_MS = 2_000;

export function createWebhooks(store: Store, settings: WebhookSettings): Webhooks {
  const rule = createAddressRule(settings);
  const stopped = new AbortController();
  const holder = randomUUID();
  const running = new Map<string, { readonly controller: AbortController; readonly over: Promise<void> }>();
  let looking: Promise<void> | undefined;
  let subscriptions: WebhookSubscriptions | undefined;
  let made: Promise<string> | undefined;
  const signingKey = (): Promise<string> =>
    (made ??= settings.signingKey === undefined ? store.settings.getOrCreate('webhookSigningKey', createSigningKey) : Promise.resolve(settings.signingKey));
  // It outlives the token that it was registered with.
  const inTheNameOf = (principal: Principal): Pick<WebhookRow, 'principal' | 'expiresAt'> => ({
    principal: JSON.stringify({ ...principal, expiresAtMs: undefined }),
    expiresAt: new Date(Date.now() + settings.validDays * DAY_MS).toISOString(),
  });

  /** Runs what this instance holds the lease of, and stops the rest. */
  async function look({ subscribe, rightsOf }: WebhookSubscriptions): Promise<void> {
    while (!stopped.signal.aborted) {
      const rows = await store.webhooks.list().catch(() => undefined);
      const mine = new Set<string>();
      for (const row of rows ?? []) {
        const fence = await store.transaction((tables) => tables.leases.take(`webhook ${row.id}`, holder, LEASE_MS)).catch(() => undefined);
        if (fence === undefined) continue;
        mine.add(row.id);
        if (running.has(row.id)) continue;
        const controller = new AbortController();
        const secret = secretOf(await signingKey(), row.id);
        const run = { webhook: row, secret, table: store.webhooks, rule, subscribe, rightsOf, retryMs: settings.retryMs };
        const over = runWebhook(run, AbortSignal.any([controller.signal, stopped.signal]))
          .catch(() => undefined)
          .finally(() => running.delete(row.id));
        running.set(row.id, { controller, over });
      }
      if (rows) for (const [id, { controller }] of running) if (!mine.has(id)) controller.abort();
      await sleep(LOOK_MS, undefined, { signal: stopped.signal, ref: false }).catch(() => undefined);
    }
  }

  return {
    list: () => store.webhooks.list(),
    deadLetters: async (webhook, first) => ({
      total: await store.webhooks.countDeadLetters(webhook),
      letters: await store.webhooks.deadLetters(webhook, first),
    }),
    async register(webhook, principal) {
      rule.checkUrl(webhook.url);
      // What is committed from here on is posted, however late the stream begins.
      const cursor = (await subscriptions?.begin(webhook, principal)) ?? null;
      if ((await store.webhooks.list()).length >= WEBHOOKS_MAX)
        throw new HubError('BAD_USER_INPUT', `There are ${WEBHOOKS_MAX} webhooks already; remove one that is not needed.`);
      const row: WebhookRow = {
        id: randomUUID(),
        name: webhook.name,
        url: webhook.url,
        query: webhook.query,
        variables: JSON.stringify(webhook.variables),
        ...inTheNameOf(principal),
        createdAt: new Date().toISOString(),
        cursor,
        problem: null,
      };
      await store.webhooks.add(row);
      return { webhook: row, secret: secretOf(await signingKey(), row.id) };
    },
    async renew(id, principal) {
      const row = await store.webhooks.get(id);
      if (!row) throw new HubError('BAD_USER_INPUT', 'There is no such webhook.');
      await subscriptions?.check({ ...row, variables: JSON.parse(row.variables) as NewWebhook['variables'] }, principal);
      const name = inTheNameOf(principal);
      await store.webhooks.renew(id, name.principal, name.expiresAt);
      return { ...row, ...name, problem: null };
    },
    remove: (id) => store.transaction((tables) => tables.webhooks.remove(id)),
    async redeliver(id) {
      const row = await store.webhooks.get(id);
      if (!row) throw new HubError('BAD_USER_INPUT', 'There is no such webhook.');
      if (!subscriptions) throw new HubError('SHUTTING_DOWN', 'Events are not posted yet; try again.');
      const { standing, rightsOf, remake } = subscriptions;
      const refused = await standing(row);
      if (refused) throw refused;
      const secret = secretOf(await signingKey(), id);
      return redeliverLetters({
        webhook: row,
        table: store.webhooks,
        rights: () => rightsOf(row),
        remake: (cursor) => remake(row, cursor, stopped.signal),
        post: (event, body) => postEvent(rule, { url: row.url, secret, id: event, body }, stopped.signal),
      });
    },
    start(given) {
      subscriptions = given;
      looking ??= look(given);
    },
    async [Symbol.asyncDispose]() {
      stopped.abort();
      await looking;
      await Promise.all([...running.values()].map(({ over }) => over));
    },
  };
}
