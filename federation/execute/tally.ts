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
  /** So many at once. @param keys of those whose keys are known, a KEY_END after each */
  addPage(type: string, count: number, keys: string): void;
}

export interface EntityTally {
  /** How often an entity was written, one that stands in several places each time. */
  readonly count: number;
  /** Different keys in the order met, at most so many as were asked for; a key of several parts as a JSON list. */
  readonly keys: ReadonlySet<string>;
  /** All keys as one text, a KEY_END after each, where they came as one page and are not too many: to be recognised by. */
  readonly page?: string | undefined;
}

/** No key has it. */
export const KEY_END = '\0';

class Entities implements EntityTally {
  count = 0;
  readonly #max: number;
  readonly #keys = new Set<string>();
  #page: string | undefined;

  constructor(max: number) {
    this.#max = max;
  }

  get page(): string | undefined {
    return this.#page;
  }

  /** Those of a page are told apart when somebody asks for them. */
  get keys(): ReadonlySet<string> {
    if (this.#page !== undefined && this.#keys.size === 0) this.#keepAll(this.#page);
    return this.#keys;
  }

  add(key: string | undefined): void {
    this.#open();
    this.count++;
    if (key !== undefined) this.#keep(key);
  }

  addPage(count: number, keys: string): void {
    const isAlone = this.count === 0 && count <= this.#max;
    if (!isAlone) this.#open();
    this.count += count;
    if (isAlone) this.#page = keys;
    else this.#keepAll(keys);
  }

  /** It is no longer one page alone. */
  #open(): void {
    if (this.#page === undefined) return;
    void this.keys;
    this.#page = undefined;
  }

  #keepAll(keys: string): void {
    for (const key of keys.split(KEY_END).slice(0, -1)) this.#keep(key);
  }

  #keep(key: string): void {
    if (this.#keys.size < this.#max) this.#keys.add(key);
  }
}

/** An entity's key as it is counted; undefined for one with a part that is missing. */
export function tallyKey(key: readonly Canonical[]): string | undefined {
  if (key.length === 0 || key.includes(null)) return undefined;
  return key.length === 1 ? String(key[0]) : JSON.stringify(key);
}

/** All of them together. @param maxKeys as in `createTally` */
export function sumTallies(tallies: Iterable<Tally>, maxKeys: number): Tally {
  const sum = createTally(maxKeys);
  for (const tally of tallies) {
    for (const [source, count] of tally.rows) sum.addRows(source, count);
    for (const [type, { count, keys }] of tally.entities) sum.addPage(type, count, [...keys].map((key) => key + KEY_END).join(''));
  }
  return sum;
}

/** @param maxKeys most keys kept of a type; what comes after is only counted */
export function createTally(maxKeys: number): Tally {
  const rows = new Map<string, number>();
  const entities = new Map<string, Entities>();
  const of = (type: string): Entities => {
    let entity = entities.get(type);
    if (!entity) entities.set(type, (entity = new Entities(maxKeys)));
    return entity;
  };
  return {
    maxKeys,
    rows,
    entities,
    addRows: (source, count) => void rows.set(source, (rows.get(source) ?? 0) + count),
    addEntity: (type, key) => of(type).add(key),
    addPage: (type, count, keys) => of(type).addPage(count, keys),
  };
}
