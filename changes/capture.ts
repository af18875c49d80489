import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Federation, Log } from '../federation/supergraph/federation.ts';
import type { Supergraph } from '../federation/plan/supergraph.ts';
import { HubError } from '../schema/errors/hub-error.ts';
import type { Catalog } from '../schema/model/catalog.ts';
import type { HubConfiguration, SourceConfiguration } from '../schema/model/configuration.ts';
import type { Capture } from '../store/capture-table.ts';
import type { Store, StoreTables } from '../store/store.ts';
import { tableName } from './captured-tables.ts';
import { whileLeading, type Leadership } from './leadership.ts';
import { learnCrosswalk } from './learn-crosswalk.ts';
import { createChangeLog, type ChangeLog } from './log.ts';
import { pumpChanges } from './pump.ts';
import { createTranslator, type Translator } from './translator.ts';
import { openWake } from './wake.ts';

export interface Changes extends AsyncDisposable {
  readonly log: ChangeLog;
  /** How far each captured source has been read, by whichever instance. */
  readonly captures: () => Promise<readonly Capture[]>;
}

export interface ChangesOptions {
  readonly configuration: HubConfiguration;
  readonly store: Store;
  readonly federation: Federation;
  readonly logger: Log;
  /** False: the log is only read; other instances write it. Default true. */
  readonly reads?: boolean;
}

const RETRY_MS = 1_000;
const REFUSED_RETRY_MS = 5_000;

/** Opens the change log and carries every source's changes into it, each by one of the instances that share the store. Does not wait for any source. */
export async function createChanges({ configuration, store, federation, logger, reads = true }: ChangesOptions): Promise<Changes> {
  const wake = await openWake(configuration, store, logger);
  const { retentionHours, retentionEvents } = configuration.changes;
  const log = createChangeLog({ store, wake, retention: { hours: retentionHours, eventsPerDepartment: retentionEvents } });
  const stopped = new AbortController();
  const holder = `${hostname()}/${process.pid}/${randomUUID()}`;
  const captured = reads ? [...configuration.sources.values()].filter((source) => source.changes !== 'none') : [];
  const loops = captured.map((source) =>
    whileLeading(
      { store, lease: leaseOf(source.name), holder, isGone },
      stopped.signal,
      (leadership) => readWhileLeading({ source, configuration, store, federation, logger, log }, leadership),
      (error) => logger.warn({ source: source.name, err: error }, 'changes cannot be read'),
    ),
  );
  return {
    log,
    captures: async () => {
      const captures = await store.captures.list();
      const leaders = await Promise.all(captures.map(({ source }) => store.leases.holder(leaseOf(source))));
      return captures.map((capture, place) => (leaders[place] === undefined ? { ...capture, state: 'starting' as const } : capture));
    },
    async [Symbol.asyncDispose]() {
      stopped.abort();
      await Promise.all(loops);
      await log[Symbol.asyncDispose]();
      await wake[Symbol.asyncDispose]();
    },
  };
}

interface ReadOptions extends Omit<ChangesOptions, 'reads'> {
  readonly source: SourceConfiguration;
  readonly log: ChangeLog;
}

const leaseOf = (source: string): string => `capture ${source}`;

/** Reads a source while this instance is the one who does, and begins again whatever ends it. */
async function readWhileLeading(options: ReadOptions, leadership: Leadership): Promise<void> {
  const { source, store, federation } = options;
  await store.transaction(async (tables) => {
    await leadership.assert(tables);
    await tables.captures.save(source.name, { state: 'starting' });
  });
  while (!leadership.signal.aborted) {
    const rebound = new AbortController();
    const ignored = federation.onGeneration(() => rebound.abort());
    try {
      await pump(options, leadership.assert, AbortSignal.any([leadership.signal, rebound.signal]));
    } catch (error) {
      // Another generation answers: what is read of the source may have changed.
      if (!leadership.signal.aborted && !rebound.signal.aborted) await failed(options, error, leadership);
    } finally {
      ignored();
    }
  }
}

async function pump(
  { source, configuration, store, federation, log }: ReadOptions,
  assertLeader: (tables: StoreTables) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const { changes, timeZone } = configuration;
  const mode = source.changes;
  if (mode === 'none') return;
  const connector = federation.connector(source.name);
  if (connector.capabilities.changes?.[mode] === undefined)
    throw new HubError('SOURCE_CAPABILITY_MISSING', `source "${source.name}" of kind ${source.kind} cannot tell changes by "${mode}"`, { source: source.name });
  const catalog = federation.catalog(source.name);
  const { supergraph, offline } = federation.generation();
  if (catalog === undefined || offline.includes(source.name))
    throw new HubError('SOURCE_UNAVAILABLE', `source "${source.name}" has not been read yet`, { source: source.name });
  const translator = translatorOf({ supergraph, catalog, source, timeZone });
  await pumpChanges(
    {
      source: source.name,
      mode,
      consumer: consumerName(source.name),
      pollMs: mode === 'poll' ? changes.pollMs : changes.triggerMs,
      store,
      log,
      connector,
      translator,
      known: catalog.tables.map((table) => tableName({ table: table.name, ...(table.schema === undefined ? {} : { schema: table.schema }) })),
      timeZone,
      clock: Date.now,
      learn: (steps, view) => learnCrosswalk(federation.keeper, translator, steps, view, timeZone),
      crosswalk: () => federation.keeper.current(),
      assertLeader,
    },
    signal,
  );
}

/** What a supergraph maps of a source. */
export function translatorOf({
  supergraph,
  catalog,
  source,
  timeZone,
}: {
  readonly supergraph: Supergraph;
  readonly catalog: Catalog;
  readonly source: SourceConfiguration;
  readonly timeZone: string;
}): Translator {
  return createTranslator({
    source: source.name,
    department: source.department,
    bindings: [...supergraph.bindings.values()].flat().filter((binding) => binding.source === source.name),
    crosswalks: [...supergraph.crosswalks.values()].filter((binding) => binding.source === source.name),
    types: supergraph.model.types,
    catalog,
    timeZone,
    mappingVersion: supergraph.version,
  });
}

export const consumerName = (source: string): string => `yiwang_${source.toLowerCase().replaceAll(/[^a-z0-9_]/g, '_')}`.slice(0, 40);

/** Takes note of why reading ended, and waits for the next try. @throws when another instance has taken over */
async function failed({ source, store, log, logger }: ReadOptions, error: unknown, { assert, signal }: Leadership): Promise<void> {
  await store.transaction(assert);
  const code = error instanceof HubError ? error.code : undefined;
  const message = error instanceof HubError ? error.message : `source "${source.name}" told changes that the hub could not take in`;
  const isGap = code === 'EVENT_GAP';
  const isRefused = code === 'SOURCE_CAPABILITY_MISSING';
  if (isGap) logger.error({ source: source.name, code }, message);
  else logger.warn({ source: source.name, code, err: error }, 'changes are not read');
  const gapSequence = await log.newest();
  await store.transaction(async (tables) => {
    await assert(tables);
    const gap = { position: null, gapAt: new Date().toISOString(), gapReason: message, gapSequence, gapHealedAt: null };
    await tables.captures.save(source.name, { state: isGap ? 'snapshot' : isRefused ? 'refused' : 'down', message, ...(isGap ? gap : {}) });
  });
  if (!isGap) await sleep(isRefused ? REFUSED_RETRY_MS : RETRY_MS, undefined, { signal, ref: false }).catch(() => undefined);
}

/** A holder on this machine whose process has ended. */
function isGone(holder: string): boolean {
  const [host, pid] = holder.split('/');
  if (host !== hostname()) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
