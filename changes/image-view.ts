import type { WireValue } from '../schema/model/physical-type.ts';
import { interpretKeys } from '../connectors/registry.ts';
import type { ImageRow, ImageWrite } from '../store/row-image-table.ts';
import type { Store, StoreTables } from '../store/store.ts';
import type { RowIndex } from './row-shape.ts';

/** A physical row's place: table and key. */
export interface RowPlace {
  readonly table: string;
  readonly key: string;
}

/** One physical row before and after; never both null. */
export interface RowStep extends RowPlace {
  readonly before: ImageRow | null;
  readonly after: ImageRow | null;
}

/** The source's rows as of a moment: what the store holds and, on top, the steps of a batch that is not written yet. */
export interface ImageView {
  get(table: string, keys: readonly string[]): Promise<ReadonlyMap<string, ImageRow>>;
  find(index: RowIndex, values: readonly string[]): Promise<RowPlace[]>;
  /** Keys of all rows of a table. */
  keys(table: string): Promise<string[]>;
  apply(step: RowStep): void;
  /** Writes the steps. */
  save(tables: StoreTables, snapshot: number): Promise<void>;
}

export interface ImageViewOptions {
  readonly store: Store;
  readonly source: string;
  readonly timeZone: string;
  readonly indexes: readonly RowIndex[];
}

interface Entry {
  row: ImageRow | null;
  /** What the store holds. */
  readonly stored: ImageRow | null;
}

/** The same for the same key, whatever its columns are widened to. */
export const keyText = (row: Readonly<Record<string, WireValue>>, key: readonly string[]): string =>
  JSON.stringify(key.map((column) => (row[column] === null || row[column] === undefined ? null : String(row[column]))));

export function createImageView({ store, source, timeZone, indexes }: ImageViewOptions): ImageView {
  const tables = new Map<string, Map<string, Entry>>();
  const added = new Map<string, Set<string>>();
  const removed = new Map<string, Set<string>>();
  const entriesOf = (table: string): Map<string, Entry> => {
    const known = tables.get(table) ?? new Map<string, Entry>();
    tables.set(table, known);
    return known;
  };

  const load = async (table: string, keys: readonly string[]): Promise<Map<string, Entry>> => {
    const entries = entriesOf(table);
    const missing = [...new Set(keys)].filter((key) => !entries.has(key));
    if (missing.length === 0) return entries;
    const found = await store.rowImages.get(source, table, missing);
    for (const key of missing) entries.set(key, { row: found.get(key) ?? null, stored: found.get(key) ?? null });
    return entries;
  };
  const valuesOf = (place: RowPlace, row: ImageRow | null): (readonly [string, string])[] =>
    row === null ? [] : indexEntries(indexes, place.table, row, timeZone);
  const slot = (index: string, value: string): string => `${index}\t${value}`;
  const note = (into: Map<string, Set<string>>, from: Map<string, Set<string>>, at: string, place: string): void => {
    if (from.get(at)?.delete(place)) return;
    into.set(at, (into.get(at) ?? new Set()).add(place));
  };

  return {
    get: async (table, keys) => {
      const entries = await load(table, keys);
      const rows = new Map<string, ImageRow>();
      for (const key of keys) {
        const row = entries.get(key)?.row;
        if (row !== undefined && row !== null) rows.set(key, row);
      }
      return rows;
    },
    find: async (index, values) => {
      if (values.length === 0) return [];
      const places = new Set(await store.rowImages.find(source, index.name, values));
      for (const value of values) {
        for (const place of removed.get(slot(index.name, value)) ?? []) places.delete(place);
        for (const place of added.get(slot(index.name, value)) ?? []) places.add(place);
      }
      return [...places].map(placeOf);
    },
    keys: async (table) => {
      const keys = new Set<string>();
      for await (const page of store.rowImages.pages(source, table)) for (const { key } of page) keys.add(key);
      for (const [key, { row }] of entriesOf(table)) {
        if (row === null) keys.delete(key);
        else keys.add(key);
      }
      return [...keys];
    },
    apply: (step) => {
      const { table, key, after } = step;
      const entries = entriesOf(table);
      const entry = entries.get(key) ?? { row: step.before, stored: step.before };
      if (indexes.length > 0) {
        const place = placeText(step);
        for (const [index, value] of valuesOf(step, entry.row)) note(removed, added, slot(index, value), place);
        for (const [index, value] of valuesOf(step, after)) note(added, removed, slot(index, value), place);
      }
      entries.set(key, { row: after, stored: entry.stored });
    },
    save: async ({ rowImages }, snapshot) => {
      for (const [table, entries] of tables) {
        const writes: ImageWrite[] = [];
        for (const [key, { row, stored }] of entries) {
          if (row === stored) continue;
          const place = { table, key };
          const [old, now] = [valuesOf(place, stored), valuesOf(place, row)];
          writes.push({ key, row, remove: without(old, now), add: without(now, old), place: placeText(place) });
        }
        if (writes.length > 0) await rowImages.save(source, table, snapshot, writes);
      }
    },
  };
}

/** What a row is found by: `[index, value]`. */
export function indexEntries(indexes: readonly RowIndex[], table: string, row: ImageRow, timeZone: string): (readonly [string, string])[] {
  const entries: (readonly [string, string])[] = [];
  for (const index of indexes) {
    if (!index.tables.includes(table)) continue;
    for (const value of interpretKeys(index.rows, index.values, new Map([[table, [row]]]), timeZone, index.nulls))
      if (value !== undefined) entries.push([index.name, value]);
  }
  return entries;
}

export const placeText = ({ table, key }: RowPlace): string => `${table}\t${key}`;

function placeOf(text: string): RowPlace {
  const end = text.indexOf('\t');
  return { table: text.slice(0, end), key: text.slice(end + 1) };
}

function without(entries: readonly (readonly [string, string])[], others: readonly (readonly [string, string])[]): (readonly [string, string])[] {
  return entries.filter(([index, value]) => !others.some(([otherIndex, otherValue]) => otherIndex === index && otherValue === value));
}
