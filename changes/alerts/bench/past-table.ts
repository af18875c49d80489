import { interpretKeys } from '../../../connectors/registry.ts';
import type { ColumnDef } from '../../../connectors/spi/ir.ts';
import type { PhysicalType, WireValue } from '../../../schema/model/physical-type.ts';

export type PastRow = Readonly<Record<string, WireValue>>;

/** A row with its place in the table, which it keeps until it is deleted. */
export interface Placed {
  readonly place: number;
  readonly row: PastRow;
}

/** Rows of one type in one source by their keys. What is found by values does not walk the table. */
export interface PastTable {
  get(id: string): Placed | undefined;
  set(id: string, row: PastRow | undefined): void;
  entries(): Iterable<readonly [id: string, placed: Placed]>;
  /** Rows whose fields have these values, as `name` tells them. */
  find(fields: readonly string[], name: string): Iterable<Placed>;
  /** Tells of every row that is set from now on. */
  watch(told: (id: string) => void): void;
}

/** A text that two rows share exactly when these fields are equal, as a relation compares them; undefined where one is null. */
export type RowName = (fields: readonly string[], row: PastRow) => string | undefined;

export function createRowName(typeOf: (path: string) => PhysicalType, timeZone: string): RowName {
  return (fields, row) => {
    const columns = fields.map((name): ColumnDef => ({ name, type: typeOf(name) }));
    const values = columns.map(({ name, type }) => ({ kind: 'column' as const, column: name, type }));
    return interpretKeys({ kind: 'table', table: 'row', columns }, values, new Map([['row', [row]]]), timeZone, 'unequal')[0];
  };
}

interface Index {
  readonly fields: readonly string[];
  readonly names: Map<string, string>;
  readonly rows: Map<string, Map<string, Placed>>;
}

export function createPastTable(nameOf: RowName): PastTable {
  const rows = new Map<string, Placed>();
  const indexes = new Map<string, Index>();
  const watchers: ((id: string) => void)[] = [];
  let places = 0;

  const drop = ({ names, rows: byName }: Index, id: string): void => {
    const name = names.get(id);
    if (name === undefined) return;
    names.delete(id);
    const same = byName.get(name);
    same?.delete(id);
    if (same?.size === 0) byName.delete(name);
  };
  const add = (index: Index, id: string, placed: Placed): void => {
    const name = nameOf(index.fields, placed.row);
    if (name === undefined) return;
    index.names.set(id, name);
    const same = index.rows.get(name);
    if (same) same.set(id, placed);
    else index.rows.set(name, new Map([[id, placed]]));
  };
  const indexBy = (fields: readonly string[]): Index => {
    const text = fields.join(' ');
    const known = indexes.get(text);
    if (known) return known;
    const index: Index = { fields, names: new Map(), rows: new Map() };
    for (const [id, placed] of rows) add(index, id, placed);
    indexes.set(text, index);
    return index;
  };

  return {
    get: (id) => rows.get(id),
    set(id, row) {
      for (const index of indexes.values()) drop(index, id);
      if (row) {
        const placed: Placed = { place: rows.get(id)?.place ?? places++, row };
        rows.set(id, placed);
        for (const index of indexes.values()) add(index, id, placed);
      } else rows.delete(id);
      for (const told of watchers) told(id);
    },
    entries: () => rows.entries(),
    find: (fields, name) => indexBy(fields).rows.get(name)?.values() ?? [],
    watch: (told) => void watchers.push(told),
  };
}
