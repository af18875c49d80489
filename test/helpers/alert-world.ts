/** The four departments' demo with rules of a test's own, a clock that it sets, and as many instances over one store as it starts. */
import { readFile } from 'node:fs/promises';
import { Kind } from 'graphql';
import { vi } from 'vitest';
import { openConnector } from '../../connectors/registry.ts';
import { createAlerts, type Alerts } from '../../changes/alerts/alerts.ts';
import type { AlertEvent } from '../../changes/alerts/alert.ts';
import { createChanges, type Changes } from '../../changes/capture.ts';
import type { Connector } from '../../connectors/spi/connector.ts';
import { createFederation, type Federation } from '../../federation/supergraph/federation.ts';
import { readRelease } from '../../federation/supergraph/read-release.ts';
import type { AlertRule } from '../../schema/model/alert-rule.ts';
import type { Release } from '../../schema/model/release.ts';
import { parseAlertRules } from '../../schema/parse/alert-rules.ts';
import { parseConfiguration } from '../../schema/parse/configuration.ts';
import { openStore } from '../../store/open-store.ts';
import type { Store } from '../../store/store.ts';
import { writeDemo } from './changes.ts';
import { DEMO_CONFIGURATION, demoFolder } from './hub.ts';

export interface AlertWorld extends AsyncDisposable {
  readonly clock: { now: Date };
  start(options?: { readonly wrap?: (connector: Connector) => Connector }): Promise<Instance>;
  write(department: string, sql: string): void;
}

export interface Instance extends AsyncDisposable {
  readonly federation: Federation;
  readonly changes: Changes;
  readonly alerts: Alerts;
  readonly store: Store;
  /** Makes these rules the only ones; resolves when they have been evaluated. Events are counted from then on. */
  publish(yaml: string): Promise<void>;
  /** `rule subject STATE` of each event, in order. */
  events(): Promise<string[]>;
  /** Resolves when the events are exactly these. */
  until(events: readonly string[]): Promise<void>;
}

const NAMES = ['development', 'finance', 'housing', 'audit'] as const;
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

const rulesOf = (yaml: string): readonly AlertRule[] => {
  const { rules, problems } = parseAlertRules(yaml, 'alerts.yaml');
  if (!rules || problems.length > 0) throw new Error(JSON.stringify(problems));
  return rules;
};

export async function createAlertWorld(yaml: string, options: { readonly storeUrl?: string } = {}): Promise<AlertWorld> {
  const demo = await demoFolder();
  const clock = { now: new Date('2024-06-30T04:00:00Z') };
  const env = { ...demo.env, ...(options.storeUrl === undefined ? {} : { HUB_STORE_URL: options.storeUrl }) };
  const { configuration, problems } = parseConfiguration(await readFile(DEMO_CONFIGURATION, 'utf8'), DEMO_CONFIGURATION, env);
  if (!configuration) throw new Error(JSON.stringify(problems));
  const { release: shipped } = await readRelease(configuration);
  if (!shipped) throw new Error('the departments do not compose');
  return {
    clock,
    write: (department, sql) => writeDemo(demo.folder, department, sql),
    async start({ wrap = (connector: Connector) => connector } = {}) {
      const store = await openStore(configuration.store.url);
      let release: Release = { ...shipped, version: 1, rules: rulesOf(yaml) };
      const federation = await createFederation({
        configuration: { ...configuration, crosswalk: { ...configuration.crosswalk, refreshMs: 0 } },
        release,
        store,
        clock: () => clock.now,
        log: SILENT,
        openConnector: async (config) => wrap(await openConnector(config)),
        hubApi: { document: { kind: Kind.DOCUMENT, definitions: [] }, resolvers: {}, actions: new Map() },
      });
      await vi.waitFor(() => (federation.generation().offline.length > 0 ? Promise.reject(new Error('offline')) : undefined), { timeout: 20_000 });
      await federation.keeper.refresh();
      const changes = await createChanges({ configuration, store, federation, logger: SILENT });
      await vi.waitFor(
        async () => {
          const live = (await changes.captures()).filter(({ state }) => state === 'live').length;
          if (live < NAMES.length) throw new Error('not live');
        },
        { timeout: 20_000, interval: 20 },
      );
      const alerts = createAlerts({ federation, store, changes: changes.log, evaluate: true, logger: SILENT });
      let from = 0;
      const events = async (): Promise<string[]> => (await alerts.log.read(from, 10_000)).map(textOf);
      const fingerprints = async () => new Set((await store.alertDues.rules()).map(({ fingerprint }) => fingerprint));
      /** @param before what stood for rules as they were: each release has others */
      const evaluated = async (before: ReadonlySet<string | null> = new Set()): Promise<void> => {
        const done = (await store.alertDues.rules()).flatMap(({ rule, fingerprint }) => (fingerprint === null || before.has(fingerprint) ? [] : [rule]));
        if (JSON.stringify(done) !== JSON.stringify(release.rules.map(({ rule }) => rule).toSorted())) throw new Error(`evaluated: ${done.join(', ')}`);
      };
      await vi.waitFor(() => evaluated(), { timeout: 20_000, interval: 20 });
      return {
        federation,
        changes,
        alerts,
        store,
        publish: async (next) => {
          release = { ...release, version: release.version + 1, rules: rulesOf(next) };
          const before = await fingerprints();
          await federation.publish(release);
          await vi.waitFor(() => evaluated(before), { timeout: 20_000, interval: 20 });
          from = await alerts.log.newest();
        },
        events,
        until: async (expected) => {
          await vi.waitFor(
            async () => {
              const found = await events();
              if (JSON.stringify(found) !== JSON.stringify(expected)) throw new Error(`events: ${JSON.stringify(found)}`);
            },
            { timeout: 15_000, interval: 20 },
          );
        },
        async [Symbol.asyncDispose]() {
          await alerts[Symbol.asyncDispose]();
          await changes[Symbol.asyncDispose]();
          await federation[Symbol.asyncDispose]();
          await store.close();
        },
      };
    },
    async [Symbol.asyncDispose]() {
      demo.remove();
    },
  };
}

const textOf = ({ state, alert }: AlertEvent): string => `${alert.rule} ${alert.subject.key.join(' ')} ${state}`;
