import type { Catalog } from '../../schema/model/catalog.ts';
import type { Store } from '../../store/store.ts';
import type { Baseline } from './source-pool.ts';

/** Remembers what is known of each source's tables, so that the hub starts whole while a source is down, and knows what changed while it was not running. */
export interface CatalogMemory {
  save(source: string, catalog: Catalog): Promise<void>;
  load(source: string): Promise<Catalog | undefined>;
  saveBaseline(source: string, baseline: Baseline): Promise<void>;
  loadBaseline(source: string): Promise<Baseline | undefined>;
}

export function catalogMemory({ settings }: Pick<Store, 'settings'>): CatalogMemory {
  const load = async <T>(key: string): Promise<T | undefined> => {
    const text = await settings.get(key);
    return text === undefined ? undefined : (JSON.parse(text) as T);
  };
  return {
    save: (source, catalog) => settings.set(`catalog:${source}`, JSON.stringify(catalog)),
    load: (source) => load<Catalog>(`catalog:${source}`),
    saveBaseline: (source, baseline) => settings.set(`catalog.baseline:${source}`, JSON.stringify(baseline)),
    loadBaseline: (source) => load<Baseline>(`catalog.baseline:${source}`),
  };
}
