import type { Connector, SourceConfig } from '../../connectors/spi/connector.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { Catalog } from '../../schema/model/catalog.ts';
import type { SourceConfiguration } from '../../schema/model/configuration.ts';
import type { Store } from '../../store/store.ts';
import { catalogMemory } from './catalog-memory.ts';
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
  /** Reads the tables of a source again. False: it does not answer. */
  introspect(source: string): Promise<boolean>;
  /** Sources whose tables have not been read in this run. */
  unread(): readonly string[];
  catalogs(): ReadonlyMap<string, Catalog>;
  isLive(source: string): boolean;
}

export interface SourcePoolOptions {
  readonly store: Store;
  readonly timeZone: string;
  readonly openConnector: (config: SourceConfig) => Connector;
  readonly onCall?: GuardOptions['onCall'];
  readonly log: { warn(details: object, message: string): void };
  /** Ends waiting for sources. */
  readonly signal: AbortSignal;
}

/** Longest wait for a source's catalog; what is late joins later. */
const INTROSPECT_MS = 3_000;

interface Entry {
  readonly configuration: SourceConfiguration;
  readonly connector: Connector;
  catalog?: Catalog;
  live: boolean;
}

export function createSourcePool({ store, timeZone, openConnector, onCall, log, signal: stopped }: SourcePoolOptions): SourcePool {
  const memory = catalogMemory(store);
  const entries = new Map<string, Entry>();
  const leaving = new Set<{ readonly timer: NodeJS.Timeout; readonly connector: Connector }>();

  const introspect = async (name: string): Promise<boolean> => {
    const entry = entries.get(name);
    if (!entry) return false;
    try {
      const signal = AbortSignal.any([stopped, AbortSignal.timeout(INTROSPECT_MS)]);
      entry.catalog = await entry.connector.introspect({ signal, timeoutMs: INTROSPECT_MS });
      entry.live = true;
      await memory.save(name, entry.catalog);
      return true;
    } catch (error) {
      if (!stopped.aborted) log.warn({ source: name, err: error }, 'source cannot be read yet');
      return false;
    }
  };
  const retire = (name: string, afterMs: number): void => {
    const entry = entries.get(name);
    if (!entry) return;
    entries.delete(name);
    const { connector } = entry;
    const left = { connector, timer: setTimeout(() => void connector.close().finally(() => leaving.delete(left)), afterMs).unref() };
    leaving.add(left);
  };

  return {
    connector(name) {
      const entry = entries.get(name);
      if (!entry) throw new HubError('INTERNAL_SERVER_ERROR', `no source ${name}`);
      return entry.connector;
    },
    find: (name) => entries.get(name)?.connector,
    async open(sources) {
      await Promise.all(
        [...sources].map(async (source) => {
          if (isSame(entries.get(source.name)?.configuration, source)) return;
          const { name, department, breaker } = source;
          const connector = guardConnector(openConnector(connectorConfig(source, timeZone)), { department, breaker, ...(onCall ? { onCall } : {}) });
          retire(name, INTROSPECT_MS);
          const entry: Entry = { configuration: source, connector, live: false };
          entries.set(name, entry);
          const remembered = await memory.load(name);
          if (remembered) entry.catalog = remembered;
          await introspect(name);
        }),
      );
    },
    keepOnly(sources, afterMs) {
      for (const name of entries.keys()) if (!sources.has(name)) retire(name, afterMs);
    },
    introspect,
    unread: () => [...entries].filter(([, entry]) => !entry.live).map(([name]) => name),
    catalogs: () => new Map([...entries].flatMap(([name, { catalog }]) => (catalog ? [[name, catalog] as const] : []))),
    isLive: (name) => entries.get(name)?.live === true,
    async [Symbol.asyncDispose]() {
      for (const { timer } of leaving) clearTimeout(timer);
      await Promise.all([...[...leaving].map(({ connector }) => connector.close()), ...[...entries.values()].map(({ connector }) => connector.close())]);
    },
  };
}

function isSame(a: SourceConfiguration | undefined, b: SourceConfiguration): boolean {
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b);
}

function connectorConfig({ name, department, kind, url, pool, flavor, schemas }: SourceConfiguration, timeZone: string): SourceConfig {
  return {
    source: name,
    department,
    kind,
    url,
    pool,
    timeZone,
    ...(flavor === undefined ? {} : { flavor }),
    ...(schemas === undefined ? {} : { schemas }),
  };
}
