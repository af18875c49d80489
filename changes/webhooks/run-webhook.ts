import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventSink } from '../subscriptions/event-sink.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { WebhookRow, WebhookTable } from '../../store/webhook-table.ts';
import type { AddressRule } from './address-rule.ts';
import { eventId } from './event-id.ts';
import { postEvent } from './post-event.ts';

/** Runs a subscription for whoever registered it, as long as the rights that they have now have this key: all that is sent was made under these. */
export type Subscribe = (webhook: WebhookRow, rights: string, sink: EventSink) => Promise<void>;

export interface WebhookRun {
  readonly webhook: WebhookRow;
  readonly secret: string;
  readonly table: WebhookTable;
  readonly rule: AddressRule;
  readonly subscribe: Subscribe;
  /** Key of the rights that whoever registered it has now. */
  readonly rightsOf: (webhook: WebhookRow) => string;
  /** Pause before each further attempt; after the last the event is put aside. */
  readonly retryMs: readonly number[];
}

/** Events that wait for the endpoint; the subscription waits beyond. */
const WAITING_MAX = 100;
const AGAIN_MS = 5_000;
const ENDED: ReadonlySet<string> = new Set(['SUBSCRIPTION_REVOKED', 'TOKEN_EXPIRED', 'UNAUTHENTICATED', 'FORBIDDEN_FIELD', 'GRAPHQL_VALIDATION_FAILED']);

/** Posts every event of one webhook, in order, each until it is taken or put aside as a dead letter, until the signal. */
export async function runWebhook({ webhook, secret, table, rule, subscribe, rightsOf, retryMs }: WebhookRun, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const row = await table.get(webhook.id);
    if (!row) return;
    const rights = rightsOf(row);
    const over = new AbortController();
    const stop = AbortSignal.any([signal, over.signal]);
    const waiting: { text?: string; cursor: string }[] = [];
    let posting: Promise<void> = Promise.resolve();
    let busy = false;
    let isStale = false;
    let ready: (() => void)[] = [];

    /** Bodies made under other rights, or in another name, are thrown away: they are made anew from the last event that was dealt with. */
    const endIfStale = async (): Promise<void> => {
      const now = await table.get(row.id);
      isStale ||= now?.principal !== row.principal || rightsOf(row) !== rights;
      if (isStale) over.abort();
    };
    const drain = async (): Promise<void> => {
      for (let next = waiting.shift(); next && !stop.aborted; next = waiting.shift()) {
        const problem = next.text === undefined ? undefined : await deliver(row, next.text, next.cursor);
        if (stop.aborted) return;
        // What was only looked at is remembered with the next event.
        if (next.text !== undefined || waiting.length === 0) await table.progress(row.id, { cursor: next.cursor, problem: problem ?? null });
        if (waiting.length < WAITING_MAX) for (const resolve of ready.splice(0)) resolve();
      }
    };
    const add = (item: { text?: string; cursor: string }): void => {
      const last = waiting.at(-1);
      if (item.text === undefined && last && last.text === undefined) waiting.pop();
      waiting.push(item);
      if (busy) return;
      busy = true;
      posting = drain()
        .catch(() => over.abort())
        .finally(() => (busy = false));
    };
    const deliver = async (to: WebhookRow, body: string, cursor: string): Promise<string | undefined> => {
      const event = eventId(to.id, cursor);
      let problem: string | undefined;
      for (let attempt = 0; attempt <= retryMs.length; attempt++) {
        if (attempt > 0) {
          await table.progress(to.id, { problem: problem ?? null });
          await sleep(retryMs[attempt - 1], undefined, { signal: stop, ref: false }).catch(() => undefined);
        }
        if (!stop.aborted) await endIfStale();
        if (stop.aborted) return undefined;
        problem = await postEvent(rule, { url: to.url, secret, id: event, body }, stop);
        if (problem === undefined) return undefined;
      }
      if (stop.aborted) return undefined;
      const at = new Date().toISOString();
      await table.bury({ id: randomUUID(), webhook: to.id, event, body, rights, attempts: retryMs.length + 1, problem: problem ?? '', at });
      return problem;
    };

    try {
      await subscribe(row, rights, {
        send: (payload, cursor) => add({ text: payload.toString(), cursor }),
        advance: (cursor) => add({ cursor }),
        ready: () => (waiting.length < WAITING_MAX ? Promise.resolve() : new Promise((resolve) => ready.push(resolve))),
        signal: stop,
      });
      if (!stop.aborted) await endIfStale();
    } catch (error) {
      const known = error instanceof HubError ? error : undefined;
      const problem = `${known?.code ?? 'INTERNAL_SERVER_ERROR'}: ${known?.message ?? 'the subscription failed'}`;
      // Nothing leaves after the rights have ended; it waits for a renewal.
      if (known !== undefined && ENDED.has(known.code)) over.abort();
      await posting;
      // What was lost is said, to the endpoint too; what is still there goes on.
      const resume = known?.code === 'CURSOR_EXPIRED' || known?.code === 'EVENT_GAP' ? known.cursor : undefined;
      if (known !== undefined && resume !== undefined) {
        const { code, source, department } = known;
        add({ text: JSON.stringify({ errors: [{ message: known.message, extensions: { code, source, department, cursor: resume } }] }), cursor: resume });
        await posting;
        if (stop.aborted) continue;
      }
      await table.progress(webhook.id, { problem, ...(resume === undefined ? {} : { cursor: resume }) }).catch(() => undefined);
    }
    for (const resolve of ready) resolve();
    ready = [];
    await posting;
    if (!isStale) await sleep(AGAIN_MS, undefined, { signal, ref: false }).catch(() => undefined);
  }
}
