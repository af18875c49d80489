import type { CallOptions, Connector, Health, SourceConfig } from '../../connectors/spi/connector.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import { printProblem, type Problem } from '../../schema/errors/problem.ts';
import type { Catalog } from '../../schema/model/catalog.ts';
import type { HubConfiguration, SourceConfiguration } from '../../schema/model/configuration.ts';
import { configurationOf, type Release } from '../../schema/model/release.ts';
import type { Store } from '../../store/store.ts';
import { createCrosswalkKeeper, type CrosswalkKeeper } from '../crosswalk/keeper.ts';
import { createOpenCounts } from '../crosswalk/open-counts.ts';
import { mappingDigest } from '../drift/mapping-digest.ts';
import { readsOf } from '../drift/reads.ts';
import type { Drift } from '../drift/compare-catalogs.ts';
import { createRowEngine } from '../engine/create-row-engine.ts';
import { executeOperation, type ExecutionEnvironment, type OperationRequest, type OperationResult } from '../execute/execute-operation.ts';
import { readClock } from '../values/clock.ts';
import type { SourceCall } from '../sources/guard-connector.ts';
import { createSourcePool } from '../sources/source-pool.ts';
import { createCursorCodec } from '../values/cursor.ts';
import { createCandidates } from './candidates.ts';
import type { Composition } from './compose.ts';
import { createGeneration, type Generation } from './generation.ts';
import type { HubApi } from './hub-api.ts';

export interface Log {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export interface FederationOptions {
  readonly configuration: HubConfiguration;
  readonly release: Release;
  /** It was published before: a mapping of it that does not fit its source any more holds nobody else up. */
  readonly isPublished?: boolean;
  /** Called once the release is known to compose, before anything is answered from it. */
  readonly commit?: () => Promise<unknown>;
  readonly store: Store;
  readonly clock: () => Date;
  readonly log: Log;
  readonly openConnector: (config: SourceConfig) => Promise<Connector>;
  /** Told of every statement that was run in a source, or refused on its behalf. */
  readonly onCall?: (call: SourceCall) => void;
  readonly hubApi: HubApi;
}

/** The running engine: sources, the crosswalk, and the generation that answers. */
export interface Federation extends AsyncDisposable {
  generation(): Generation;
  onGeneration(listener: (generation: Generation) => void): () => void;
  /** What the generation is composed of. */
  release(): Release;
  /** hub.yaml with the departments and sources of the release. */
  configuration(): HubConfiguration;
  /** What a release would become, against the sources as they are known; nothing changes. */
  tryRelease(release: Release): Promise<{ readonly composition?: Composition; readonly problems: readonly Problem[] }>;
  /** What is wrong between a release's mappings and the sources as they are known, also of one that cannot be composed. */
  bindingProblems(release: Release): Promise<readonly Problem[]>;
  /**
   * Makes a release live: composes it first, then waits for `commit` (which may refuse by throwing), then switches at once and whole. Requests are
   * answered all the while; those under way finish on the generation they began with.
   * @param wasLive it was live before, here or on another instance: what of it does not fit any more is quarantined, and holds it up no longer
   * @throws {HubError} MAPPING_INVALID, and nothing has changed
   */
  publish(release: Release, commit?: () => Promise<void>, wasLive?: boolean): Promise<Generation>;
  execute(request: OperationRequest): Promise<OperationResult>;
  /** For what is read in other ways than by a whole operation. */
  readonly environment: ExecutionEnvironment;
  readonly keeper: CrosswalkKeeper;
  connector(source: string): Connector;
  call(source: string, signal: AbortSignal): CallOptions & { readonly maxRows: number };
  sources(signal: AbortSignal): Promise<readonly SourceStatus[]>;
  /** Of every source, without asking it. */
  catalogStates(): ReadonlyMap<string, CatalogState>;
  /** What departments changed since the live mappings were right for their tables. */
  drifts(): readonly SourceDrift[];
  /** The live mapping of a source is right for its tables as they are now. @throws {HubError} MAPPING_INVALID when it does not fit them */
  acceptDrift(source: string): Promise<void>;
  /** Are a source's mapped tables, as they are now, those that `catalog` knows? @throws {HubError} SOURCE_UNAVAILABLE */
  isCurrent(source: string, call: CallOptions): Promise<boolean>;
  /** Reads a source's tables again; resolves when the generation that answers knows them. @throws {HubError} SOURCE_UNAVAILABLE */
  reread(source: string): Promise<void>;
  /** What is known of a source's tables; undefined while it has never been read. */
  catalog(source: string): Catalog | undefined;
}

export interface SourceDrift {
  readonly source: SourceConfiguration;
  readonly drifts: readonly Drift[];
  /** What cannot be answered for it, e.g. `Payment.amount`. */
  readonly quarantine: readonly string[];
}

export interface SourceStatus {
  readonly source: SourceConfiguration;
  readonly health: Health;
  readonly catalog: CatalogState;
}

/** Have a source's tables been read in this run, or ever? */
export type CatalogState = 'live' | 'remembered' | 'unknown';

/** Longest wait for the first reading of keys; it goes on in the background. */
const START_SCAN_MS = 2_500;
/** Between two looks for sources that are due to be tried again. */
const REJOIN_MS = 1_000;
/** Least time that a source has to say that it is up: one that may take longer to connect, or to find a free connection, has that long. */
const HEALTH_MS = 1_000;
/** Between two readings of all tables, for what no query notices: new tables and columns. */
const DRIFT_POLL_MS = 15_000;
/** A source that does not answer does not hold a publication up for longer. */
const SETTLE_MS = 1_000;

/** Opens all sources, composes the first generation and starts the crosswalk. A source that is down does not hold the start up. @throws {HubError} MAPPING_INVALID */
export async function createFederation(options: FederationOptions): Promise<Federation> {
  const { configuration, store, log } = options;
  const stopped = new AbortController();
  // A start that fails leaves no connection behind: one would keep the process from ending.
  await using undo = new AsyncDisposableStack();
  const pool = undo.use(
    createSourcePool({
      ...options,
      timeZone: configuration.timeZone,
      signal: stopped.signal,
      onChange: (source) => void recompose(`the tables of ${source} changed`),
    }),
  );
  const cursors = createCursorCodec(await cursorSecret(store));
  const listeners = new Set<(generation: Generation) => void>();
  let live: { release: Release; generation: Generation } | undefined;

  // Generations are made one after the other, so that none replaces a newer one.
  const started = Promise.withResolvers<void>();
  let last: Promise<unknown> = started.promise;
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };

  const candidates = createCandidates({
    configuration,
    pool,
    hubApi: options.hubApi,
    live: () => live,
    onAltered: (sources) => void recompose(`the tables of ${sources.join(', ')} changed`),
  });
  /** What a draft names beside the live sources is read; what is live is left as it is. */
  const openNew = (candidate: Release): Promise<void> =>
    pool.open([...configurationOf(configuration, candidate).sources.values()].filter(({ name }) => pool.find(name) === undefined));
  const tryRelease: Federation['tryRelease'] = async (candidate) => {
    await openNew(candidate);
    return candidates.compose(candidate, false);
  };
  const composed = async (candidate: Release, isPublished: boolean): Promise<Composition> => {
    // A source whose address is another is opened anew; one that is not known yet is read first.
    await pool.open(configurationOf(configuration, candidate).sources.values());
    const { composition, problems } = await candidates.compose(candidate, isPublished);
    if (!composition) throw new HubError('MAPPING_INVALID', problems.map(printProblem).join('\n'));
    for (const warning of composition.warnings) log.warn({}, printProblem(warning));
    return composition;
  };

  /** From now on these mappings are right for the tables as they are, and the tables that they read are watched. */
  const settle = async (next: Release, { supergraph, quarantine, unfit }: Generation): Promise<void> => {
    const { mappings } = next;
    const baselines = pool.baselines();
    const settled = [...new Set(mappings.map(({ source }) => source))].map(async (source) => {
      if (!pool.find(source)) return;
      const digest = mappingDigest(mappings, source);
      if (baselines.get(source)?.digest !== digest && !unfit.includes(source)) await pool.trust(source, digest, candidates.carried(next, source));
      const own = [...supergraph.bindings.values()].flat().filter((binding) => binding.source === source);
      await pool.watch(
        source,
        readsOf(
          own,
          [...supergraph.crosswalks.values()].filter((binding) => binding.source === source),
        ),
      );
    });
    for (const { path, source } of quarantine) log.warn({ source, path }, 'quarantined: the source drifted');
    await Promise.race([Promise.all(settled), new Promise((resolve) => setTimeout(resolve, SETTLE_MS).unref())]);
  };
  const recompose = (why: string): Promise<void> =>
    inTurn(async () => switchTo(release, await composed(release, true))).then(
      ({ number }) => log.info({ generation: number }, why),
      (error: unknown) => log.error({ err: error }, `${why}, and the release does not compose any more`),
    );

  const engine = undo.use(createRowEngine({ timeZone: configuration.timeZone }));
  let { release } = options;
  let current = createGeneration(1, await composed(release, options.isPublished === true));
  await options.commit?.();
  await settle(release, current);
  live = { release, generation: current };
  const keeperOf = (generation: Generation) =>
    [...generation.supergraph.crosswalks.values()].filter((binding) => !binding.drift && !generation.offline.includes(binding.source));
  const keeper = undo.use(
    await createCrosswalkKeeper({
      store,
      bindings: keeperOf(current),
      connectorOf: (name) => pool.find(name),
      clock: options.clock,
      refreshMs: configuration.crosswalk.refreshMs,
      timeZone: configuration.timeZone,
      log,
    }),
  );

  const neverBuilt = keeperOf(current).some((binding) => keeper.current().state(binding.entity, binding.source) === 'never-built');
  if (neverBuilt) await Promise.race([keeper.refresh(), new Promise((resolve) => setTimeout(resolve, START_SCAN_MS).unref())]);

  const switchTo = async (next: Release, composition: Composition): Promise<Generation> => {
    const generation = createGeneration(current.number + 1, composition);
    await settle(next, generation);
    await keeper.rebind(keeperOf(generation));
    release = next;
    current = generation;
    live = { release, generation };
    for (const listener of listeners) listener(generation);
    pool.keepOnly(configurationOf(configuration, next).sources, 2 * configuration.limits.operationMs);
    return generation;
  };
  started.resolve();
  let polledAt = performance.now();
  const rejoin = async (): Promise<void> => {
    const unread = pool.unread();
    const joined = await Promise.all(pool.due().map((name) => pool.introspect(name)));
    if (joined.some((answer) => answer !== undefined)) void recompose('a source joined');
    if (performance.now() - polledAt < DRIFT_POLL_MS) return;
    const known = [...pool.catalogs().keys()].filter((name) => !unread.includes(name));
    const changed = await Promise.all(known.map((name) => pool.introspect(name)));
    polledAt = performance.now();
    if (changed.includes(true)) void recompose('the tables of a source changed');
  };
  let rejoining: Promise<void> | undefined;
  const timer = setInterval(() => {
    rejoining ??= rejoin()
      .catch((error: unknown) => log.error({ err: error }, 'a source could not join'))
      .finally(() => (rejoining = undefined));
  }, REJOIN_MS);
  timer.unref();

  const { operationMs, sourceRowsMax } = configuration.limits;
  const call = (name: string, signal: AbortSignal) => ({
    signal,
    timeoutMs: Math.min(configurationOf(configuration, release).sources.get(name)?.statementMs ?? operationMs, operationMs),
    maxRows: sourceRowsMax,
  });
  const connector = (name: string): Connector => pool.connector(name);
  const catalogState = (name: string): CatalogState => (!pool.catalogs().has(name) ? 'unknown' : pool.isLive(name) ? 'live' : 'remembered');
  const openCount = createOpenCounts();
  const environment: ExecutionEnvironment = {
    crosswalk: () => keeper.current(),
    openKeys: (entity, source) => openCount(keeper.current(), entity, source),
    connector,
    call,
    engine,
    cursors,
    clock: () => readClock(options.clock, configuration.timeZone),
  };
  undo.move();
  return {
    generation: () => current,
    onGeneration(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    release: () => release,
    tryRelease,
    configuration: () => configurationOf(configuration, release),
    bindingProblems: (candidate) => candidates.problems(candidate),
    publish: (next, commit, wasLive = !commit) =>
      inTurn(async () => {
        if (!commit && next.version <= release.version) return current; // it has been followed already
        const composition = await composed(next, wasLive);
        await commit?.();
        const generation = await switchTo(next, composition);
        log.info({ release: next.version, generation: generation.number }, 'release is live');
        return generation;
      }),
    execute: (request) => executeOperation(environment, request),
    environment,
    keeper,
    connector,
    call,
    sources: (signal) =>
      Promise.all(
        [...configurationOf(configuration, release).sources.values()].map(async (source): Promise<SourceStatus> => ({
          source,
          health: await pool.connector(source.name).health({ signal, timeoutMs: Math.max(source.pool.connectMs, source.pool.acquireMs, HEALTH_MS) }),
          catalog: catalogState(source.name),
        })),
      ),
    catalogStates: () => new Map([...configurationOf(configuration, release).sources.keys()].map((name) => [name, catalogState(name)])),
    drifts: () =>
      [...configurationOf(configuration, release).sources.values()].flatMap((source): SourceDrift[] => {
        const drifts = pool.find(source.name) ? pool.drifts(source.name) : [];
        const quarantine = current.quarantine.filter((each) => each.source === source.name).map(({ path }) => path);
        return drifts.length > 0 || quarantine.length > 0 ? [{ source, drifts, quarantine }] : [];
      }),
    acceptDrift: (name) =>
      inTurn(async () => {
        const { composition, problems } = await candidates.composeWithout(release, name);
        if (!composition) throw new HubError('MAPPING_INVALID', problems.map(printProblem).join('\n'));
        await pool.trust(name, mappingDigest(release.mappings, name));
        await switchTo(release, composition);
      }),
    isCurrent: (name, options) => pool.isCurrent(name, options),
    reread: async (name) => {
      const isOther = await pool.introspect(name);
      if (isOther === undefined) throw new HubError('SOURCE_UNAVAILABLE', `the tables of source "${name}" cannot be read`, { source: name });
      if (isOther) await recompose(`the tables of ${name} changed`);
      else await last; // who noticed it first is making the generation
    },
    catalog: (name) => pool.catalogs().get(name),
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      stopped.abort();
      await rejoining;
      await last;
      await keeper[Symbol.asyncDispose]();
      await engine[Symbol.asyncDispose]();
      await pool[Symbol.asyncDispose]();
    },
  };
}

/** Made once and kept, so that cursors outlive a restart and hold on every instance. */
async function cursorSecret(store: Store): Promise<string> {
  return store.settings.getOrCreate('cursorSecret', () => Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url'));
}
