import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Supergraph } from '../federation/plan/supergraph.ts';
import type { Federation, Log } from '../federation/supergraph/federation.ts';
import { HubError } from '../schema/errors/hub-error.ts';
import type { Catalog } from '../schema/model/catalog.ts';
import { LOSS } from '../schema/model/change.ts';
import type { ChangeSettings, HubConfiguration, SourceConfiguration } from '../schema/model/configuration.ts';
import { epochMillisToZoned, zonedToRfc3339 } from '../schema/model/date.ts';
import type { Store, StoreTables } from '../store/store.ts';
import { fireLossAlert, type Loss } from './alerts/loss-alert.ts';
import { tableName } from './captured-tables.ts';
import type { Leadership } from './leadership.ts';
import { learnCrosswalk } from './learn-crosswalk.ts';
import type { ChangeLog } from './log.ts';
import { pumpChanges } from './pump.ts';
import { createTranslator, type Translator } from './translator.ts';

export interface CaptureSourceOptions {
  readonly source: SourceConfiguration;
  readonly configuration: HubConfiguration;
  readonly store: Store;
  readonly federation: Federation;
  readonly logger: Log;
  readonly log: ChangeLog;
}

const RETRY_MS = 1_000;
const REFUSED_RETRY_MS = 3_000;
/** How soon it is seen that rows were written anew without a word. */
const STORAGE_LOOK_MS = 2_000;

/** Reads a source while this instance is the one who does, and begins again whatever ends it: an error, tables that were altered, another generation. */
export async function captureSource(options: CaptureSourceOptions, leadership: Leadership): Promise<void> {
  const { source, store, federation } = options;
  await store.transaction(async (tables) => {
    await leadership.assert(tables);
    await tables.captures.save(source.name, { state: 'starting' });
  });
  while (!leadership.signal.aborted) {
    const rebound = new AbortController();
    const ignored = federation.onGeneration(() => rebound.abort());
    try {
      const isAltered = await pump(options, leadership.assert, AbortSignal.any([leadership.signal, rebound.signal]));
      if (isAltered) await federation.reread(source.name);
    } catch (error) {
      // Another generation answers: what is read of the source may have changed.
      if (!leadership.signal.aborted && !rebound.signal.aborted) await failed(options, error, leadership);
    } finally {
      ignored();
    }
  }
}

/** @returns whether it ended because tables are no longer what they were known as */
async function pump(
  { source, configuration, store, federation, log }: CaptureSourceOptions,
  assertLeader: Leadership['assert'],
  signal: AbortSignal,
): Promise<boolean> {
  const { changes, timeZone } = configuration;
  const { name, changes: mode } = source;
  if (mode === 'none') return false;
  const connector = federation.connector(name);
  if (connector.capabilities.changes?.[mode] === undefined)
    throw new HubError('SOURCE_CAPABILITY_MISSING', `source "${name}" of kind ${source.kind} cannot tell changes by "${mode}"`, { source: name });
  const catalog = federation.catalog(name);
  const { supergraph, offline } = federation.generation();
  if (catalog === undefined || offline.includes(name)) throw new HubError('SOURCE_UNAVAILABLE', `source "${name}" has not been read yet`, { source: name });
  const translator = translatorOf({ supergraph, catalog, source, timeZone });
  const call = (): ReturnType<Federation['call']> => federation.call(name, signal);
  const storage = mode === 'poll' ? undefined : await connector.storage?.(translator.tables, call());
  const shapes = new Map<string, string>();
  for (const [i, table] of translator.tables.entries())
    shapes.set(tableName(table), [...(await connector.fingerprint([table], call())), ...(storage ? [storage[i]] : [])].join('\n'));
  if (!(await federation.isCurrent(name, call()))) return true;
  const rewritten = new AbortController();
  const look = async (): Promise<void> => {
    const now = await connector.storage?.(translator.tables, call()).catch(() => undefined); // a source that is down is heard of by who reads it
    if (now && now.join() !== storage?.join()) rewritten.abort();
  };
  const looking = storage && setInterval(() => void look(), STORAGE_LOOK_MS).unref();
  using _ended = { [Symbol.dispose]: () => clearInterval(looking) };
  const running = pumpChanges(
    {
      source: name,
      mode,
      consumer: consumerName(changes, name),
      pollMs: mode === 'poll' ? changes.pollMs : changes.triggerMs,
      store,
      log,
      connector,
      translator,
      known: catalog.tables.map((table) => tableName({ table: table.name, ...(table.schema === undefined ? {} : { schema: table.schema }) })),
      shapes,
      isCurrent: () => federation.isCurrent(name, call()),
      timeZone,
      clock: Date.now,
      learn: (steps, view) => learnCrosswalk(federation.keeper, translator, steps, view, timeZone),
      crosswalk: () => federation.keeper.current(),
      assertLeader,
    },
    AbortSignal.any([signal, rewritten.signal]),
  );
  return await running.catch((error: unknown) => {
    if (rewritten.signal.aborted) return false;
    throw error;
  });
}

/** What a supergraph maps of a source. What drifted is left out: it cannot be told what its columns hold. */
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
  const bindings = [...supergraph.bindings.values()].flat().filter((binding) => binding.source === source.name && !binding.drift);
  return createTranslator({
    source: source.name,
    department: source.department,
    bindings: bindings.map((binding) => ({ ...binding, fields: new Map([...binding.fields].filter(([, field]) => !field.drift)) })),
    crosswalks: [...supergraph.crosswalks.values()].filter((binding) => binding.source === source.name && !binding.drift),
    types: supergraph.model.types,
    catalog,
    timeZone,
    mappingVersion: supergraph.version,
  });
}

/** PostgreSQL cuts longer names, without a word. */
const NAME_MAX = 63;

/** What the hub calls itself where it reads a source's changes. */
export const consumerName = ({ consumer }: Pick<ChangeSettings, 'consumer'>, source: string): string =>
  `${consumer}_${source.toLowerCase().replaceAll(/[^a-z0-9_]/g, '_')}`.slice(0, NAME_MAX);

/** Takes note of why reading ended, and waits for the next try. @throws when another instance has taken over */
async function failed(
  { source, configuration: { timeZone }, federation, store, logger }: CaptureSourceOptions,
  error: unknown,
  { assert, signal }: Leadership,
): Promise<void> {
  await store.transaction(assert);
  const code = error instanceof HubError ? error.code : undefined;
  const message = error instanceof HubError ? error.message : `source "${source.name}" told changes that the hub could not take in`;
  const { version: release } = federation.generation();
  const isGap = code === 'EVENT_GAP';
  const isRefused = code === 'SOURCE_CAPABILITY_MISSING';
  if (isGap) logger.error({ source: source.name, code }, message);
  else logger.warn({ source: source.name, code, err: error }, 'changes are not read');
  await store.transaction(async (tables) => {
    await assert(tables);
    if (isGap) await noteLoss(tables, { source: source.name, department: source.department, reason: message, at: zonedNow(timeZone), release });
    else await tables.captures.save(source.name, { state: isRefused ? 'refused' : 'down', message });
  });
  if (!isGap) await sleep(isRefused ? REFUSED_RETRY_MS : RETRY_MS, undefined, { signal, ref: false }).catch(() => undefined);
}

/** The loss stands in the log where changes are missing, so that nobody reads past it unawares; officers are told, and the next reading begins anew. */
async function noteLoss(tables: StoreTables, loss: Loss): Promise<void> {
  const { source, department, reason, at, release } = loss;
  const entry = { key: null, rowKey: '', op: 'UPDATED', changedFields: [], before: null, after: null, transaction: '' } as const;
  const { newest } = await tables.changeLog.append([
    { ...entry, id: `${source} lost ${randomUUID()}`, department, source, type: LOSS, committedAt: at, mappingVersion: release },
  ]);
  await tables.captures.save(source, {
    state: 'snapshot',
    message: reason,
    position: null,
    gapAt: at,
    gapReason: reason,
    gapSequence: newest,
    gapHealedAt: null,
  });
  await fireLossAlert(tables, loss);
}

const zonedNow = (timeZone: string): string => zonedToRfc3339(epochMillisToZoned(Date.now(), timeZone) ?? '');
