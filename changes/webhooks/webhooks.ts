import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { WebhookSettings } from '../../schema/model/configuration.ts';
import type { Principal } from '../../schema/model/principal.ts';
import type { Store } from '../../store/store.ts';
import type { DeadLetterRow, WebhookRow } from '../../store/webhook-table.ts';
import { createAddressRule } from './address-rule.ts';
import { postEvent } from './post-event.ts';
import { runWebhook, type Subscribe } from './run-webhook.ts';
import { createSecret } from './sign.ts';

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
  register(webhook: NewWebhook, principal: Principal): Promise<WebhookRow>;
  remove(id: string): Promise<boolean>;
  /** Posts dead letters once more, oldest first, until one is not taken. @returns how many were taken */
  redeliver(webhook: string): Promise<number>;
  /** From now on events are posted. @param check refuses what could not be subscribed to */
  start(subscribe: Subscribe, check: (webhook: NewWebhook, principal: Principal) => Promise<void>): void;
}

const WEBHOOKS_MAX = 100;
const LEASE_MS = 10_000;
const LOOK_MS = 2_000;
const REDELIVERED_AT_ONCE = 1_000;

export function createWebhooks(store: Store, settings: WebhookSettings): Webhooks {
  const rule = createAddressRule(settings);
  const stopped = new AbortController();
  const holder = randomUUID();
  const running = new Map<string, { readonly controller: AbortController; readonly over: Promise<void> }>();
  let looking: Promise<void> | undefined;
  let check: Parameters<Webhooks['start']>[1] | undefined;

  /** Runs what this instance holds the lease of, and stops the rest. */
  async function look(subscribe: Subscribe): Promise<void> {
    while (!stopped.signal.aborted) {
      const rows = await store.webhooks.list().catch(() => undefined);
      const mine = new Set<string>();
      for (const row of rows ?? []) {
        const fence = await store.transaction((tables) => tables.leases.take(`webhook ${row.id}`, holder, LEASE_MS)).catch(() => undefined);
        if (fence === undefined) continue;
        mine.add(row.id);
        if (running.has(row.id)) continue;
        const controller = new AbortController();
        const run = { webhook: row, table: store.webhooks, rule, subscribe, retryMs: settings.retryMs };
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
      await check?.(webhook, principal);
      if ((await store.webhooks.list()).length >= WEBHOOKS_MAX)
        throw new HubError('BAD_USER_INPUT', `There are ${WEBHOOKS_MAX} webhooks already; remove one that is not needed.`);
      const row: WebhookRow = {
        id: randomUUID(),
        name: webhook.name,
        url: webhook.url,
        secret: createSecret(),
        query: webhook.query,
        variables: JSON.stringify(webhook.variables),
        // It outlives the token that it was registered with.
        principal: JSON.stringify({ ...principal, expiresAtMs: undefined }),
        createdAt: new Date().toISOString(),
        cursor: null,
        problem: null,
      };
      await store.webhooks.add(row);
      return row;
    },
    remove: (id) => store.transaction((tables) => tables.webhooks.remove(id)),
    async redeliver(id) {
      const row = await store.webhooks.get(id);
      if (!row) throw new HubError('BAD_USER_INPUT', 'There is no such webhook.');
      let taken = 0;
      for (const letter of (await store.webhooks.deadLetters(id, REDELIVERED_AT_ONCE)).toReversed()) {
        const problem = await postEvent(rule, { url: row.url, secret: row.secret, id: letter.event, body: letter.body }, stopped.signal);
        if (problem !== undefined) {
          await store.webhooks.progress(id, { problem });
          break;
        }
        await store.webhooks.removeDeadLetter(letter.id);
        taken += 1;
      }
      return taken;
    },
    start(subscribe, checking) {
      check = checking;
      looking ??= look(subscribe);
    },
    async [Symbol.asyncDispose]() {
      stopped.abort();
      await looking;
      await Promise.all([...running.values()].map(({ over }) => over));
    },
  };
}
