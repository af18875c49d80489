import type { CrosswalkPair } from '../../store/crosswalk-row.ts';
import type { CrosswalkScan } from '../../store/crosswalk-table.ts';
import type { Store, StoreTables } from '../../store/store.ts';
import type { CrosswalkBinding } from '../supergraph/binding.ts';
import { createCrosswalk, sliceKey, type Crosswalk } from './crosswalk.ts';
import { createSliceBuilder, type CrosswalkSlice } from './slice.ts';

/** The stored crosswalk in memory, brought up to date slice by slice; readers get whole snapshots. Calls must not overlap. */
export interface LiveIndex {
  readonly current: () => Crosswalk;
  readonly authorityOf: (entity: string) => string | undefined;
  readonly slices: () => readonly CrosswalkSlice[];
  readonly onChange: (listener: (crosswalk: Crosswalk) => void) => () => void;
  /** Loads what has changed in the store since, by whomever, and judges validity anew when the day has turned. */
  readonly loadChanged: () => Promise<void>;
  /** Runs `work` in a transaction of the store and takes over what became of the pairs it returns, without loading their whole slices. */
  readonly change: <T extends readonly CrosswalkPair[]>(work: (tables: StoreTables) => Promise<T>) => Promise<T>;
}

export interface LiveIndexParts {
  readonly store: Store;
  readonly today: () => string;
  /** What is bound now; it decides who is the authority, the store's memory where the authority is not bound. */
  readonly bindings: () => Iterable<CrosswalkBinding>;
  /** Whether a source is still configured: what is stored of others is left alone. */
  readonly isConfigured: (source: string) => boolean;
}

export function createLiveIndex({ store, today, bindings, isConfigured }: LiveIndexParts): LiveIndex {
  let slices: ReadonlyMap<string, CrosswalkSlice> = new Map();
  let authorities: ReadonlyMap<string, string> = new Map();
  let snapshot = createCrosswalk({ slices, authorities });
  const revisions = new Map<string, number>();
  const listeners = new Set<(crosswalk: Crosswalk) => void>();

  const swap = (slice: CrosswalkSlice, revision: number): void => {
    const key = sliceKey(slice.entity, slice.source);
    revisions.set(key, revision);
    slices = new Map(slices).set(key, slice);
    snapshot = createCrosswalk({ slices, authorities });
    for (const listener of listeners) listener(snapshot);
  };

  const load = async ({ entity, source, revision }: CrosswalkScan): Promise<void> => {
    const authority = slices.get(sliceKey(entity, authorities.get(entity) ?? ''));
    const copies = new Map(authority?.toLocal.keys().map((key) => [key, key]));
    const builder = createSliceBuilder(entity, source, today(), { intern: (key) => copies.get(key) ?? key });
    for await (const page of store.crosswalk.pages(entity, source, { evidence: 'open' })) page.forEach(builder.add);
    swap(builder.finish(), revision);
  };

  const patch = async (slice: CrosswalkSlice, locals: readonly string[], revision: number): Promise<void> => {
    const builder = createSliceBuilder(slice.entity, slice.source, slice.today, { base: slice });
    const rows = await store.crosswalk.ofLocals(slice.entity, slice.source, locals);
    locals.forEach(builder.remove);
    rows.forEach(builder.add);
    swap(builder.finish(), revision);
  };

  const loadChanged = async (): Promise<void> => {
    const bound = [...bindings()];
    const scans = (await store.crosswalk.scans()).filter(
      (scan) => isConfigured(scan.source) || bound.some((one) => one.entity === scan.entity && one.source === scan.source),
    );
    authorities = new Map([...scans, ...bound].filter((one) => one.authority).map((one) => [one.entity, one.source]));
    snapshot = createCrosswalk({ slices, authorities });
    // Authorities first: the others share their keys' memory.
    for (const scan of scans.toSorted((a, b) => Number(b.authority) - Number(a.authority))) {
      const key = sliceKey(scan.entity, scan.source);
      if (revisions.get(key) !== scan.revision || slices.get(key)?.today !== today()) await load(scan);
    }
  };

  return {
    current: () => snapshot,
    authorityOf: (entity) => authorities.get(entity),
    slices: () => [...slices.values()],
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    loadChanged,
    change: async (work) => {
      const { pairs, touched } = await store.transaction(async (tables) => {
        const changed = await work(tables);
        const parts = [];
        for (const [key, ofSlice] of Map.groupBy(changed, (pair) => sliceKey(pair.entity, pair.source))) {
          const [first] = ofSlice;
          if (first === undefined) continue;
          parts.push({ key, locals: [...new Set(ofSlice.map((pair) => pair.localKey))], ...(await tables.crosswalk.touch(first.entity, first.source)) });
        }
        return { pairs: changed, touched: parts };
      });
      for (const { key, locals, before, revision } of touched) {
        const slice = slices.get(key);
        if (slice !== undefined && revisions.get(key) === before) await patch(slice, locals, revision);
      }
      await loadChanged(); // of slices that somebody else has changed as well
      return pairs;
    },
  };
}
