import type { CallOptions, Connector, Health, SourceConfig } from '../../connectors/spi/connector.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import { printProblem } from '../../schema/errors/problem.ts';
import type { Catalog } from '../../schema/model/catalog.ts';
import type { HubConfiguration, Release, SourceConfiguration } from '../../schema/model/configuration.ts';
import type { Store } from '../../store/store.ts';
import { createCrosswalkKeeper, type CrosswalkKeeper } from '../crosswalk/keeper.ts';
import { createRowEngine } from '../engine/create-row-engine.ts';
import { executeOperation, type OperationRequest, type OperationResult } from '../execute/execute-operation.ts';
import { readClock } from '../values/clock.ts';
import { guardConnector, type SourceCall } from '../sources/guard-connector.ts';
import { createCursorCodec } from '../values/cursor.ts';
import { catalogMemory } from './catalog-memory.ts';
import { compose, type HubApi } from './compose.ts';
import { createGeneration, type Generation } from './generation.ts';

export interface Log {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export interface FederationOptions {
  readonly configuration: HubConfiguration;
  readonly release: Release;
  readonly store: Store;
  readonly clock: () => Date;
  readonly log: Log;
  readonly openConnector: (config: SourceConfig) => Connector;
  /** Told of every statement that was run in a source, or refused on its behalf. */
  readonly onCall?: (call: SourceCall) => void;
  readonly hubApi: HubApi;
}

/** The running engine: sources, the crosswalk, and the generation that answers. */
export interface Federation extends AsyncDisposable {
  generation(): Generation;
  onGeneration(listener: (generation: Generation) => void): () => void;
  execute(request: OperationRequest): Promise<OperationResult>;
  readonly keeper: CrosswalkKeeper;
  connector(source: string): Connector;
  call(source: string, signal: AbortSignal): CallOptions & { readonly maxRows: number };
  sources(signal: AbortSignal): Promise<readonly SourceStatus[]>;
  /** What is known of a source's tables; undefined while it has never been read. */
  catalog(source: string): Catalog | undefined;
}

export interface SourceStatus {
  readonly source: SourceConfiguration;
  readonly health: Health;
  /** Has its catalog been read in this run, or ever? */
  readonly catalog: 'live' | 'remembered' | 'unknown';
}

/** Longest wait for a source's catalog at start; what is late joins later. */
const START_INTROSPECT_MS = 3_000;
/** Longest wait for the first reading of keys; it goes on in the background. */
const START_SCAN_MS = 2_500;
const REJOIN_MS = 3_000;
const HEALTH_MS = 1_000;

/** Opens all sources, composes the first generation and starts the crosswalk. A source that is down does not hold the start up. @throws {HubError} MAPPING_INVALID */
export async function createFederation(options: FederationOptions): Promise<Federation> {
  const { configuration, release, store, log } = options;
  const stopped = new AbortController();
  const connectors = new Map<string, Connector>();
  for (const source of configuration.sources.values()) {
    const { department, breaker } = source;
    const guard = { department, breaker, ...(options.onCall ? { onCall: options.onCall } : {}) };
    connectors.set(source.name, guardConnector(options.openConnector(sourceConfig(configuration, source)), guard));
  }
  const connector = (name: string): Connector => {
    const found = connectors.get(name);
    if (!found) throw new HubError('INTERNAL_SERVER_ERROR', `no source ${name}`);
    return found;
  };
  const memory = catalogMemory(store);
  const catalogs = new Map<string, { readonly catalog: Catalog; readonly live: boolean }>();
  const listeners = new Set<(generation: Generation) => void>();
  let current: Generation | undefined;

  const introspect = async (name: string, timeoutMs: number): Promise<boolean> => {
    try {
      const catalog = await connector(name).introspect({ signal: AbortSignal.any([stopped.signal, AbortSignal.timeout(timeoutMs)]), timeoutMs });
      catalogs.set(name, { catalog, live: true });
      await memory.save(name, catalog);
      return true;
    } catch (error) {
      log.warn({ source: name, err: error }, 'source cannot be read yet');
      return false;
    }
  };

  const recompose = (): Generation => {
    const { composition, problems } = compose(configuration, release, new Map([...catalogs].map(([name, entry]) => [name, entry.catalog])), options.hubApi);
    if (!composition) throw new HubError('MAPPING_INVALID', problems.map(printProblem).join('\n'));
    for (const warning of composition.warnings) log.warn({}, printProblem(warning));
    current = createGeneration((current?.number ?? 0) + 1, composition);
    return current;
  };

  const secret = await cursorSecret(store);
  const cursors = createCursorCodec(secret);
  const engine = createRowEngine({ timeZone: configuration.timeZone });
  await Promise.all(
    [...connectors.keys()].map(async (name) => {
      const remembered = await memory.load(name);
      if (remembered) catalogs.set(name, { catalog: remembered, live: false });
      await introspect(name, START_INTROSPECT_MS);
    }),
  );
  const first = recompose();
  const keeperOf = (generation: Generation) => [...generation.supergraph.crosswalks.values()].filter((binding) => !generation.offline.includes(binding.source));
  const keeper = await createCrosswalkKeeper({
    store,
    bindings: keeperOf(first),
    connectorOf: (name) => connectors.get(name),
    clock: options.clock,
    refreshMs: configuration.crosswalk.refreshMs,
    timeZone: configuration.timeZone,
    log,
  });

  const neverBuilt = keeperOf(first).some((binding) => keeper.current().state(binding.entity, binding.source) === 'never-built');
  if (neverBuilt) await Promise.race([keeper.refresh(), new Promise((resolve) => setTimeout(resolve, START_SCAN_MS).unref())]);

  const rejoin = async (): Promise<void> => {
    const missing = [...connectors.keys()].filter((name) => !catalogs.get(name)?.live);
    const joined = await Promise.all(missing.map((name) => introspect(name, START_INTROSPECT_MS)));
    if (!joined.includes(true)) return;
    const next = recompose();
    await keeper.rebind(keeperOf(next));
    for (const listener of listeners) listener(next);
    log.info({ generation: next.number }, 'a source joined');
  };
  let rejoining: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    rejoining = rejoining.then(rejoin).catch((error: unknown) => log.error({ err: error }, 'a source could not join'));
  }, REJOIN_MS);
  timer.unref();

  const generation = (): Generation => current ?? first;
  const { operationMs, sourceRowsMax } = configuration.limits;
  const call = (name: string, signal: AbortSignal) => ({
    signal,
    timeoutMs: Math.min(configuration.sources.get(name)?.statementMs ?? operationMs, operationMs),
    maxRows: sourceRowsMax,
  });
  return {
    generation,
    onGeneration(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    execute: (request) =>
      executeOperation(
        { crosswalk: () => keeper.current(), connector, call, engine, cursors, clock: () => readClock(options.clock, configuration.timeZone) },
        request,
      ),
    keeper,
    connector,
    call,
    sources: (signal) =>
      Promise.all(
        [...configuration.sources.values()].map(async (source): Promise<SourceStatus> => {
          const entry = catalogs.get(source.name);
          return {
            source,
            health: await connector(source.name).health({ signal, timeoutMs: HEALTH_MS }),
            catalog: entry ? (entry.live ? 'live' : 'remembered') : 'unknown',
          };
        }),
      ),
    catalog: (name) => catalogs.get(name)?.catalog,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      stopped.abort();
      await rejoining;
      await keeper[Symbol.asyncDispose]();
      await engine[Symbol.asyncDispose]();
      await Promise.all([...connectors.values()].map((c) => c.close()));
    },
  };
}

function sourceConfig(configuration: HubConfiguration, source: SourceConfiguration): SourceConfig {
  return {
    source: source.name,
    department: source.department,
    kind: source.kind,
    url: source.url,
    pool: source.pool,
    timeZone: configuration.timeZone,
    ...(source.flavor === undefined ? {} : { flavor: source.flavor }),
    ...(source.schemas === undefined ? {} : { schemas: source.schemas }),
  };
}

/** Made once and kept, so that cursors outlive a restart and hold on every instance. */
async function cursorSecret(store: Store): Promise<string> {
  return store.settings.getOrCreate('cursorSecret', () => Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url'));
}
