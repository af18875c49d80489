import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Federation, Log } from '../federation/supergraph/federation.ts';
import type { Generation } from '../federation/supergraph/generation.ts';
import { HubError } from '../schema/errors/hub-error.ts';
import type { HubConfiguration, SourceConfiguration } from '../schema/model/configuration.ts';
import type { Capture } from '../store/capture-table.ts';
import type { Store, StoreTables } from '../store/store.ts';
import { tableName } from './captured-tables.ts';
import { learnCrosswalk } from './learn-crosswalk.ts';
import { createChangeLog, type ChangeLog } from './log.ts';
import { pumpChanges } from './pump.ts';
import { createTranslator, type Translator } from './translator.ts';
import { openWake } from './wake.ts';

export interface Changes extends AsyncDisposable {
  readonly log: ChangeLog;
  /** How far each captured source has been read, by whichever instance. */
  captures(): Promise<readonly Capture[]>;
}

export interface ChangesOptions {
  readonly configuration: HubConfiguration;
  readonly store: Store;
  readonly federation: Federation;
  readonly logger: Log;
}

/** How long a leader that says nothing stays leader. */
const LEASE_MS = 5_000;
const RENEW_MS = 1_500;
const RETRY_MS = 1_000;
const REFUSED_RETRY_MS = 5_000;

/** Opens the change log and carries every source's changes into it, each by one of the instances that share the store. Does not wait for any source. */
export async function createChanges({ configuration, store, federation, logger }: ChangesOptions): Promise<Changes> {
  const wake = await openWake(configuration, logger);
  const { retentionHours, retentionEvents } = configuration.changes;
  const log = createChangeLog({ store, wake, retention: { hours: retentionHours, eventsPerDepartment: retentionEvents } });
  const stopped = new AbortController();
  const holder = `${hostname()}/${process.pid}/${randomUUID()}`;
  const captured = [...configuration.sources.values()].filter((source) => source.changes !== 'none');
  const loops = captured.map((source) => lead({ source, configuration, store, federation, logger, log, holder }, stopped.signal));
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

interface LeadOptions extends Omit<ChangesOptions, 'logger'> {
  readonly source: SourceConfiguration;
  readonly logger: Log;
  readonly log: ChangeLog;
  readonly holder: string;
}

/** Waits to be the one who reads a source, reads while it is, and begins again whatever happens. Never rejects. */
async function lead(options: LeadOptions, stopped: AbortSignal): Promise<void> {
  const { source, store, logger, holder } = options;
  const lease = leaseOf(source.name);
  while (!stopped.aborted) {
    let waitMs = RETRY_MS;
    try {
      const fence = await store.transaction(async (tables) => {
        const taken = await tables.leases.take(lease, holder, LEASE_MS, isGone);
        if (taken !== undefined) await tables.captures.save(source.name, { state: 'starting' });
        return taken;
      });
      if (fence !== undefined) waitMs = await leading(options, lease, fence, stopped);
    } catch (error) {
      if (!stopped.aborted) logger.warn({ source: source.name, err: error }, 'changes cannot be read');
    }
    await sleep(waitMs, undefined, { signal: stopped, ref: false }).catch(() => undefined);
  }
  await store.leases.release(lease, holder).catch(() => undefined);
}

/** @returns how long to wait before the next try */
async function leading(options: LeadOptions, lease: string, fence: number, stopped: AbortSignal): Promise<number> {
  const { store, holder, federation } = options;
  const ended = new AbortController();
  const signal = AbortSignal.any([stopped, ended.signal]);
  const assertLeader = async (tables: StoreTables): Promise<void> => {
    if (!(await tables.leases.holds(lease, holder, fence))) throw new Superseded();
  };
  const renew = async (): Promise<void> => {
    while (!signal.aborted) {
      await sleep(RENEW_MS, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      const still = await store.transaction((tables) => tables.leases.take(lease, holder, LEASE_MS)).catch(() => undefined);
      if (still !== fence) ended.abort(new Superseded());
    }
  };
  const renewing = renew();
  const ignored = federation.onGeneration(() => ended.abort(new Rebound()));
  try {
    await pump(options, assertLeader, signal);
    return 0;
  } catch (error) {
    if (stopped.aborted || signal.reason instanceof Rebound) return 0;
    if (error instanceof Superseded || signal.reason instanceof Superseded) return RETRY_MS;
    return await failed(options, error, assertLeader);
  } finally {
    ignored();
    ended.abort();
    await renewing;
  }
}

const leaseOf = (source: string): string => `capture ${source}`;

class Superseded extends Error {}
/** Another generation answers: what is read of the source may have changed. */
class Rebound extends Error {}

async function pump(
  { source, configuration, store, federation, log }: LeadOptions,
  assertLeader: (tables: StoreTables) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const { changes, timeZone } = configuration;
  const mode = source.changes;
  if (mode === 'none') return;
  const connector = federation.connector(source.name);
  if (connector.capabilities.changes?.[mode] === undefined)
    throw new HubError('SOURCE_CAPABILITY_MISSING', `source "${source.name}" of kind ${source.kind} cannot tell changes by "${mode}"`, { source: source.name });
  const translator = translatorOf(federation, federation.generation(), source, timeZone);
  const catalog = federation.catalog(source.name);
  if (translator === undefined || catalog === undefined)
    throw new HubError('SOURCE_UNAVAILABLE', `source "${source.name}" has not been read yet`, { source: source.name });
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

/** What the generation maps of a source; undefined while its tables are not known. */
export function translatorOf(
  federation: Federation,
  { supergraph, offline }: Generation,
  source: SourceConfiguration,
  timeZone: string,
): Translator | undefined {
  const catalog = federation.catalog(source.name);
  if (catalog === undefined || offline.includes(source.name)) return undefined;
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

/** Takes note of why reading ended. @returns how long to wait before the next try */
async function failed({ source, store, log, logger }: LeadOptions, error: unknown, assertLeader: (tables: StoreTables) => Promise<void>): Promise<number> {
  const code = error instanceof HubError ? error.code : undefined;
  const message = error instanceof HubError ? error.message : `source "${source.name}" told changes that the hub could not take in`;
  const isRefused = code === 'SOURCE_CAPABILITY_MISSING';
  if (code === 'EVENT_GAP') logger.error({ source: source.name, code }, message);
  else logger.warn({ source: source.name, code, err: error }, 'changes are not read');
  const gapSequence = await log.newest();
  await store.transaction(async (tables) => {
    await assertLeader(tables);
    const gap = { position: null, gapAt: new Date().toISOString(), gapReason: message, gapSequence, gapHealedAt: null };
    await tables.captures.save(source.name, {
      state: code === 'EVENT_GAP' ? 'snapshot' : isRefused ? 'refused' : 'down',
      message,
      ...(code === 'EVENT_GAP' ? gap : {}),
    });
  });
  return code === 'EVENT_GAP' ? 0 : isRefused ? REFUSED_RETRY_MS : RETRY_MS;
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
