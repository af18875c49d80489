import type { Canonical } from '../../schema/model/canonical.ts';

/** What went into one answer, counted while it was made. */
export interface Tally {
  /** Most keys kept of a type. */
  readonly maxKeys: number;
  /** Rows that statements returned, nested ones included, by source. */
  readonly rows: ReadonlyMap<string, number>;
  /** Entities that were shown, by type. */
  readonly entities: ReadonlyMap<string, EntityTally>;
  addRows(source: string, count: number): void;
  /** @param key undefined when it is not known */
  addEntity(type: string, key: string | undefined): void;
}

export interface EntityTally {
  /** How often an entity was written, one that stands in several places each time. */
  count: number;
  /** Different keys in the order met, at most so many as were asked for; a key of several parts as a JSON list. */
  readonly keys: Set<string>;
}

/** An entity's key as it is counted; undefined for one with a part that is missing. */
export function tallyKey(key: readonly Canonical[]): string | undefined {
  if (key.length === 0 || key.includes(null)) return undefined;
  return key.length === 1 ? String(key[0]) : JSON.stringify(key);
}

/** All of them together. @param maxKeys as in `createTally` */
export function sumTallies(tallies: Iterable<Tally>, maxKeys: number): Tally {
  const sum = createTally(maxKeys);
  const entities = new Map<string, EntityTally>();
  for (const tally of tallies) {
    for (const [source, count] of tally.rows) sum.addRows(source, count);
    for (const [type, { count, keys }] of tally.entities) {
      const known = entities.get(type) ?? { count: 0, keys: new Set<string>() };
      entities.set(type, known);
      known.count += count;
      for (const key of keys) if (known.keys.size < maxKeys) known.keys.add(key);
    }
  }
  return { ...sum, entities };
}

/** @param maxKeys most keys kept of a type; what comes after is only counted */
export function createTally(maxKeys: number): Tally {
  const rows = new Map<string, number>();
  const entities = new Map<string, EntityTally>();
  return {
    maxKeys,
    rows,
    entities,
    addRows: (source, count) => void rows.set(source, (rows.get(source) ?? 0) + count),
    addEntity(type, key) {
      let entity = entities.get(type);
      if (!entity) entities.set(type, (entity = { count: 0, keys: new Set() }));
      entity.count++;
      if (key !== undefined && entity.keys.size < maxKeys) entity.keys.add(key);
    },
  };
}
