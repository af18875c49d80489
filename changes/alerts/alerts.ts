import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Federation, Log } from '../../federation/supergraph/federation.ts';
import type { View } from '../../federation/supergraph/view.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import { epochMillisToZoned, zonedToRfc3339 } from '../../schema/model/date.ts';
import type { AlertRule } from '../../schema/model/alert-rule.ts';
import type { AlertFilter } from '../../store/alert-table.ts';
import type { Store } from '../../store/store.ts';
import { whileLeading } from '../leadership.ts';
import type { ChangeLog } from '../log.ts';
import type { Alert } from './alert.ts';
import { createAlertLog, type AlertLog } from './alert-log.ts';
import { benchRule, type BenchResult } from './bench/bench-rule.ts';
import { alertOf, eventRow } from './alert-rows.ts';
import { runEvaluator } from './evaluator.ts';

/** Alerts of the published rules: one of the instances that share a store keeps them true, all can read them. */
export interface Alerts extends AsyncDisposable {
  readonly log: AlertLog;
  /** Newest first; `before` is the ordinal of the last one seen. */
  list(filter: AlertFilter, page: { readonly first: number; readonly before?: number }): Promise<readonly ListedAlert[]>;
  count(filter: AlertFilter): Promise<number>;
  find(id: string): Promise<Alert | undefined>;
  /** Somebody has seen it and says so; a later note replaces the earlier. @throws {HubError} BAD_USER_INPUT when there is no such alert */
  acknowledge(id: string, by: string, note: string | null): Promise<Alert>;
  /** Runs a rule that is not published. @throws {HubError} as `benchRule` does */
  bench(view: View, rule: AlertRule, days: number, signal: AbortSignal): Promise<BenchResult>;
}

export interface ListedAlert {
  readonly ordinal: number;
  readonly alert: Alert;
}

export interface AlertsOptions {
  readonly federation: Federation;
  readonly store: Store;
  readonly changes: ChangeLog;
  /** Take part in keeping the alerts true; false for an instance that only looks, or that answers from a release that is not published. */
  readonly evaluate: boolean;
  readonly logger: Log;
}

const LEASE = 'alerts';
const DAY_MS = 86_400_000;
const FORGET_EVERY_MS = 600_000;

/** That there is none, or none that whoever asks may know of. */
export const noAlert = (id: string): HubError => new HubError('BAD_USER_INPUT', `There is no alert ${id}.`);

/** Evaluates in the background. */
export function createAlerts({ federation, store, changes, evaluate, logger }: AlertsOptions): Alerts {
  const log = createAlertLog(store);
  const stopped = new AbortController();
  const holder = `${hostname()}/${process.pid}/${randomUUID()}`;
  const evaluating = !evaluate
    ? undefined
    : whileLeading(
        { store, lease: LEASE, holder },
        stopped.signal,
        (leadership) => runEvaluator({ federation, store, changes, alerts: log, logger }, leadership),
        (error) => logger.error({ err: error }, 'alert rules are not evaluated; it is tried again'),
      );
  const forget = async (): Promise<void> => {
    const { timeZone, changes: settings } = federation.configuration();
    const oldestMs = Date.parse(federation.environment.clock().now) - settings.alertRetentionDays * DAY_MS;
    const before = epochMillisToZoned(oldestMs, timeZone);
    if (before !== null) await store.alertEvents.forget(zonedToRfc3339(before));
  };
  const forgetting = evaluate
    ? setInterval(() => void forget().catch((error: unknown) => logger.warn({ err: error }, 'old events of alerts could not be forgotten')), FORGET_EVERY_MS)
    : undefined;
  forgetting?.unref();
  return {
    log,
    list: async (filter, page) => (await store.alerts.list(filter, page)).map((row) => ({ ordinal: row.ordinal, alert: alertOf(row) })),
    count: (filter) => store.alerts.count(filter),
    async find(id) {
      const row = await store.alerts.get(id);
      return row && alertOf(row);
    },
    acknowledge: async (id, by, note) => {
      const at = federation.environment.clock().now;
      const alert = await store.transaction(async (tables) => {
        // Taken first, so that the evaluator and this wait for one another.
        await tables.alertEvents.append([]);
        const row = await tables.alerts.get(id);
        if (!row) throw noAlert(id);
        const acknowledged: Alert = { ...alertOf(row), acknowledged: { at, by, note } };
        await tables.alerts.update(id, { acknowledgedAt: at, acknowledgedBy: by, note });
        await tables.alertEvents.append([eventRow('ACKNOWLEDGED', acknowledged, at)]);
        return acknowledged;
      });
      log.call();
      return alert;
    },
    bench: (view, rule, days, signal) => benchRule({ federation, changes }, view, rule, days, signal),
    async [Symbol.asyncDispose]() {
      clearInterval(forgetting);
      stopped.abort(new HubError('SHUTTING_DOWN', 'The hub is stopping.'));
      await evaluating;
      await log[Symbol.asyncDispose]();
    },
  };
}
