import { isDeepStrictEqual } from 'node:util';
import type { CallOptions, Connector, SourceConfig, TableRef } from '../../connectors/spi/connector.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { Catalog } from '../../schema/model/catalog.ts';
import type { SourceConfiguration } from '../../schema/model/configuration.ts';
import type { Store } from '../../store/store.ts';
import { driftsSince, type Drift } from '../drift/compare-catalogs.ts';
import { columnKey, tableKey, type Reads } from '../drift/reads.ts';
import { verifiedConnector } from '../drift/verified-connector.ts';
import { catalogMemory } from './catalog-memory.ts';
import { gatherReads } from './gather-reads.ts';
import { guardConnector, type GuardOptions } from './guard-connector.ts';

/** The sources that are open, and what is known of their tables. */
export interface SourcePool extends AsyncDisposable {
  /** @throws {HubError} INTERNAL_SERVER_ERROR when it is not open */
  connector(source: string): Connector;
  find(source: string): Connector | undefined;
  /** Opens those that are not open yet and reads their tables; one that does not answer in time is known by its remembered catalog, or not at all. */
  open(sources: Iterable<SourceConfiguration>): Promise<void>;
  /** Closes all others, once what runs in them has had `afterMs` to finish. */
  keepOnly(sources: ReadonlyMap<string, SourceConfiguration>, afterMs: number): void;
  /** Reads the tables of a source again. @returns whether something is otherwise now; undefined when it does not answer */
  introspect(source: string): Promise<boolean | undefined>;
  /** Are its watched tables what they were when they were last read? @throws {HubError} SOURCE_UNAVAILABLE */
  isCurrent(source: string, call: CallOptions): Promise<boolean>;
  /** Sources whose tables have not been read in this run. */
  unread(): readonly string[];
  /** Those of them that it is time to try again: soon after the first failures, then ever less often. */
  due(): readonly string[];
  catalogs(): ReadonlyMap<string, Catalog>;
  isLive(source: string): boolean;
  /** The catalog that a source's mapping was last known to be right for. */
  baselines(): ReadonlyMap<string, Baseline>;
  /** From now on a mapping of this digest is right for the catalog as it is, but for what still stands as drifted. */
  trust(source: string, digest: string, carried?: readonly Drift[]): Promise<void>;
  /** From now on these tables are watched. */
  watch(source: string, reads: Reads): Promise<void>;
  /** What changed since the baseline. */
  drifts(source: string): readonly Drift[];
}

export interface Baseline {
  /** Of the mappings that were right. */
  readonly digest: string;
  readonly catalog: Catalog;
  /** What had drifted before this catalog, and which the mapping still reads as it did. */
  readonly carried?: readonly Drift[];
}

export interface SourcePoolOptions {
  readonly store: Store;
  readonly timeZone: string;
  readonly openConnector: (config: SourceConfig) => Promise<Connector>;
  readonly onCall?: GuardOptions['onCall'];
  /** Told when a source's tables were found to be otherwise than before. */
  readonly onChange: (source: string) => void;
  readonly log: { warn(details: object, message: string): void };
  /** Ends waiting for sources. */
  readonly signal: AbortSignal;
}

/** Longest wait for a source's catalog; what is late joins later. */
const INTROSPECT_MS = 3_000;
/** From a failed reading to the next one: twice as long each time, up to the longest. */
const RETRY_FIRST_MS = 1_000;
const RETRY_LONGEST_MS = 5_000;

interface Entry {
  readonly configuration: SourceConfiguration;
  connector: Connector;
  catalog?: Catalog;
  live: boolean;
  /** When it is to be tried again, and how long after the last failure that is. */
  retry?: { readonly at: number; readonly pauseMs: number };
  baseline?: Baseline;
  /** Tables that are to be watched, and the fingerprints of those that are, by `tableKey`, as they were when they were last read. */
  wanted: readonly TableRef[];
  watched?: { readonly tables: readonly TableRef[]; readonly fingerprints: readonly string[]; readonly byTable: ReadonlyMap<string, string> };
  distrusted: ReadonlySet<string>;
  large: ReadonlySet<string>;
  refreshing?: Promise<boolean | undefined>;
}

export function createSourcePool(options: SourcePoolOptions): SourcePool {
  const { store, timeZone, openConnector, onCall, onChange, log, signal: stopped } = options;
  const memory = catalogMemory(store);
  const entries = new Map<string, Entry>();
  const leaving = new Set<{ readonly timer: NodeJS.Timeout; readonly connector: Connector }>();

  const driftsOf = ({ baseline, catalog }: Entry): readonly Drift[] => (baseline && catalog ? driftsSince(baseline, catalog) : []);
  const distrust = (entry: Entry): void => {
    const drifts = driftsOf(entry);
    const columns = new Set<string>();
    for (const { schema, table, column } of drifts) if (column !== undefined) columns.add(columnKey(schema, table, column));
    entry.distrusted = columns;
  };
  /** What another instance, or the command line, has accepted of the same mapping since. @returns whether there was something */
  const takeBaseline = async (entry: Entry): Promise<boolean> => {
    const own = entry.baseline;
    // A store that does not answer says nothing of the source.
    const stored = own && (await memory.loadBaseline(entry.configuration.name).catch(() => undefined));
    if (!stored || stored.digest !== own.digest || entry.baseline !== own || isDeepStrictEqual(stored, own)) return false;
    entry.baseline = stored;
    return true;
  };
  const read = async (entry: Entry): Promise<boolean | undefined> => {
    const { name } = entry.configuration;
    try {
      const call = { signal: AbortSignal.any([stopped, AbortSignal.timeout(INTROSPECT_MS)]), timeoutMs: INTROSPECT_MS };
      for (;;) {
        const tables = entry.wanted;
        // Between two equal fingerprints nothing changed, so the catalog is the one that they are of.
        const before = await entry.connector.fingerprint(tables, call);
        const catalog = await entry.connector.introspect(call);
        if (!isDeepStrictEqual(await entry.connector.fingerprint(tables, call), before)) continue;
        const isAccepted = await takeBaseline(entry);
        const isAltered = entry.catalog === undefined || columnsOf(entry.catalog) !== columnsOf(catalog);
        entry.catalog = catalog;
        entry.watched = { tables, fingerprints: before, byTable: new Map(tables.map((table, i) => [tableKey(table), before[i] ?? ''])) };
        entry.large = largeIn(catalog);
        entry.live = true;
        delete entry.retry;
        distrust(entry);
        if (isAltered) await memory.save(name, catalog);
        return isAltered || isAccepted;
      }
    } catch (error) {
      const pauseMs = entry.retry ? Math.min(2 * entry.retry.pauseMs, RETRY_LONGEST_MS) : RETRY_FIRST_MS;
      entry.retry = { at: performance.now() + pauseMs, pauseMs };
      if (!stopped.aborted) log.warn({ source: name, err: error }, 'source cannot be read yet');
      return undefined;
    }
  };
  /** One reading for all who ask at the same time. */
  const refresh = (entry: Entry): Promise<boolean | undefined> =>
    (entry.refreshing ??= read(entry).finally(() => {
      delete entry.refreshing;
    }));
  const retire = (name: string, afterMs: number): void => {
    const entry = entries.get(name);
    if (!entry) return;
    entries.delete(name);
    const { connector } = entry;
    const left = { connector, timer: setTimeout(() => void connector.close().finally(() => leaving.delete(left)), afterMs).unref() };
    leaving.add(left);
  };
  const openOne = async (source: SourceConfiguration): Promise<void> => {
    const { name, department, breaker } = source;
    const isOpen = (): boolean => isSame(entries.get(name)?.configuration, source);
    if (isOpen()) return;
    const raw = await openConnector(connectorConfig(source, timeZone));
    if (isOpen()) return raw.close(); // somebody else was faster
    retire(name, INTROSPECT_MS);
    const entry: Entry = { configuration: source, connector: raw, live: false, wanted: [], distrusted: new Set(), large: new Set() };
    const verified = verifiedConnector(raw, {
      department,
      watched: () => entry.watched?.byTable,
      distrusted: () => entry.distrusted,
      large: () => entry.large,
      refresh: async () => {
        if (await refresh(entry)) onChange(name);
      },
    });
    entry.connector = gatherReads(guardConnector(verified, { department, breaker, ...(onCall ? { onCall } : {}) }), department);
    entries.set(name, entry);
    const [remembered, baseline] = await Promise.all([memory.load(name), memory.loadBaseline(name)]);
    if (remembered) entry.catalog = remembered;
    if (baseline) entry.baseline = baseline;
    await refresh(entry);
  };
  const unread = (): [string, Entry][] => [...entries].filter(([, { live }]) => !live);
  const entryOf = (name: string): Entry => {
    const entry = entries.get(name);
    if (!entry) throw new HubError('INTERNAL_SERVER_ERROR', `no source ${name}`);
    return entry;
  };
  const some = <T>(pick: (entry: Entry) => T | undefined): Map<string, T> =>
    new Map(
      [...entries].flatMap(([name, entry]) => {
        const value = pick(entry);
        return value === undefined ? [] : [[name, value] as const];
      }),
    );

  return {
    connector: (name) => entryOf(name).connector,
    find: (name) => entries.get(name)?.connector,
    open: async (sources) => void (await Promise.all([...sources].map(openOne))),
    keepOnly(sources, afterMs) {
      for (const name of entries.keys()) if (!sources.has(name)) retire(name, afterMs);
    },
    introspect: async (name) => {
      const entry = entries.get(name);
      return entry && refresh(entry);
    },
    async isCurrent(name, call) {
      const { connector, watched } = entryOf(name);
      return watched === undefined || isDeepStrictEqual(await connector.fingerprint(watched.tables, call), watched.fingerprints);
    },
    unread: () => unread().map(([name]) => name),
    due: () =>
      unread()
        .filter(([, { retry }]) => !retry || retry.at <= performance.now())
        .map(([name]) => name),
    catalogs: () => some(({ catalog }) => catalog),
    isLive: (name) => entries.get(name)?.live === true,
    baselines: () => some(({ baseline }) => baseline),
    async trust(name, digest, carried = []) {
      const entry = entryOf(name);
      if (!entry.catalog) return;
      const baseline: Baseline = { digest, catalog: entry.catalog, ...(carried.length > 0 ? { carried } : {}) };
      // First: whoever reads it meanwhile must not go back to the one before.
      await memory.saveBaseline(name, baseline);
      entry.baseline = baseline;
      distrust(entry);
    },
    async watch(name, reads) {
      const entry = entryOf(name);
      const wanted = [...reads.tables].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, table]) => table);
      if (JSON.stringify(wanted) === JSON.stringify(entry.wanted)) return;
      entry.wanted = wanted;
      await entry.refreshing; // it began with the old tables
      if (entry.live && (await refresh(entry))) onChange(name);
    },
    drifts: (name) => driftsOf(entryOf(name)),
    async [Symbol.asyncDispose]() {
      for (const { timer } of leaving) clearTimeout(timer);
      await Promise.all([...[...leaving].map(({ connector }) => connector.close()), ...[...entries.values()].map(({ connector }) => connector.close())]);
    },
  };
}

/** Columns of whole numbers of 64 bits. */
function largeIn({ tables }: Catalog): Set<string> {
  const found = new Set<string>();
  for (const { schema, name, columns } of tables)
    for (const column of columns) if (column.type.kind === 'integer' && column.type.bits === 64) found.add(columnKey(schema, name, column.name));
  return found;
}

/** Without estimates, which change all the time. */
function columnsOf(catalog: Catalog): string {
  return JSON.stringify(catalog.tables.map(({ rowEstimate: _estimate, ...table }) => table));
}

function isSame(a: SourceConfiguration | undefined, b: SourceConfiguration): boolean {
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b);
}

function connectorConfig({ name, department, kind, url, pool, flavor, schemas, tinyint1 }: SourceConfiguration, timeZone: string): SourceConfig {
  return {
    source: name,
    department,
    kind,
    url,
    pool,
    timeZone,
    ...(flavor === undefined ? {} : { flavor }),
    ...(schemas === undefined ? {} : { schemas }),
    ...(tinyint1 === undefined ? {} : { tinyint1 }),
  };
}
