import type { Catalog } from '../../schema/model/catalog.ts';
import type { Store } from '../../store/store.ts';

/** Remembers each source's last catalog, so that the hub starts whole while a source is down. */
export function catalogMemory(store: Store): { save(source: string, catalog: Catalog): Promise<void>; load(source: string): Promise<Catalog | undefined> } {
  const key = (source: string): string => `catalog:${source}`;
  return {
    save: (source, catalog) => store.settings.set(key(source), JSON.stringify(catalog)),
    async load(source) {
      const text = await store.settings.get(key(source));
      return text === undefined || text === null ? undefined : (JSON.parse(text) as Catalog);
    },
  };
}
