import type { Canonical } from '../../schema/model/canonical.ts';
import type { Change, ChangeRow } from '../../schema/model/change.ts';
import type { Crosswalk } from '../crosswalk/crosswalk.ts';
import type { Supergraph } from '../plan/supergraph.ts';
import type { Dependencies, Dependency, RelationStep } from './dependencies.ts';
import { comparable, type RowFinder, type Tuple } from './find-rows.ts';

/** What going backwards needs: the crosswalk of the moment, and rows as they are now. */
export interface TouchWorld {
  readonly supergraph: Supergraph;
  readonly crosswalk: Crosswalk;
  readonly finder: RowFinder;
}

/** The subjects whose result changes can have altered. */
export type Touched =
  | { readonly kind: 'keys'; readonly keys: readonly TouchedKey[] }
  /** They cannot be told: some step of a path can be searched in no source. Every subject may be touched. */
  | { readonly kind: 'all'; readonly path: string };

export interface TouchedKey {
  /** Of the subject, one value for each key field. It may have gone. */
  readonly key: Tuple;
  /** Positions of the changes that touch it, ascending. */
  readonly causes: readonly number[];
}

/**
 * From changed rows back to the subjects, along each path in reverse, with the rows' images before and after, so that the subject that a row has left
 * is found too. Where a step does not stand in the image, the rows between are looked up as they are now; what they were before is told by
 * their own changes. All changes of a call are looked up together.
 * @throws {HubError} when a source that must be asked cannot be
 */
export async function touchedKeys(world: TouchWorld, { subject, reads }: Dependencies, changes: readonly Change[]): Promise<Touched> {
  const { supergraph, finder } = world;
  const keyFields = supergraph.model.types.get(subject)?.key ?? [];
  const found = new Tuples();
  for (const dependency of reads) {
    const start = await startOf(world, dependency, wantedOf(dependency.path, keyFields), changes);
    if (!start) return { kind: 'all', path: dependency.path.map((step) => step.relation).join('.') };
    const keys = await backwards(dependency.path, keyFields, start, finder);
    if (!keys) return { kind: 'all', path: dependency.path.map((step) => step.relation).join('.') };
    found.addAll(keys);
  }
  return { kind: 'keys', keys: found.list() };
}

/** Subjects that hang together with these entities at any place of the paths: what a change of the entities' keys in the crosswalk touches. */
export async function subjectsOfEntities(
  { supergraph, finder }: TouchWorld,
  { subject, reads }: Dependencies,
  entity: string,
  keys: readonly Tuple[],
): Promise<Touched> {
  const keyFields = supergraph.model.types.get(subject)?.key ?? [];
  const entityKey = supergraph.model.types.get(entity)?.key ?? [];
  const found = new Tuples();
  for (const { path, type } of reads) {
    if (type !== entity) continue;
    const start = new Tuples();
    const wanted = wantedOf(path, keyFields);
    if (sameFields(wanted, entityKey)) keys.forEach((key) => start.add(key, []));
    else for (const row of (await finder.find(entity, entityKey, keys, wanted)) ?? []) start.add(row.wanted, []);
    const subjects = await backwards(path, keyFields, start, finder);
    if (!subjects) return { kind: 'all', path: path.map((step) => step.relation).join('.') };
    found.addAll(subjects);
  }
  return { kind: 'keys', keys: found.list() };
}

/** Whether a change can alter the result at all. */
export function isRead({ reads }: Dependencies, change: Change): boolean {
  return reads.some((dependency) => concerns(dependency, change));
}

function concerns({ type, sources }: Dependency, change: Change): boolean {
  if (change.type !== type) return false;
  const read = sources.find((one) => one.source === change.source);
  return read !== undefined && (change.op !== 'UPDATED' || change.changedFields.some((path) => read.fields.includes(path)));
}

/** What must be known of the last type on a path to go on. */
const wantedOf = (path: readonly RelationStep[], keyFields: readonly string[]): readonly string[] => path.at(-1)?.references ?? keyFields;

/** The changed rows themselves, by the fields that lead back. */
async function startOf(world: TouchWorld, dependency: Dependency, wanted: readonly string[], changes: readonly Change[]): Promise<Tuples | undefined> {
  const { supergraph, finder } = world;
  const { type } = dependency;
  const key = supergraph.model.types.get(type)?.key ?? [];
  const start = new Tuples();
  const unknown = new Tuples();
  changes.forEach((change, position) => {
    if (!concerns(dependency, change)) return;
    for (const image of [change.before, change.after]) {
      if (!image) continue;
      const tuples = tuplesOf(world, change, wanted, image, key);
      if (tuples) tuples.forEach((tuple) => start.add(tuple, [position]));
      else if (change.key) unknown.add(change.key, [position]);
    }
  });
  if (unknown.size === 0) return start;
  const rows = await finder.find(type, key, unknown.tuples(), wanted);
  if (!rows) return undefined;
  for (const { by, wanted: tuple } of rows) start.add(tuple, unknown.causesOf(by));
  return start;
}

/** The wanted values of an image, several where a value names several entities; undefined where this source does not hold them. */
function tuplesOf(
  { supergraph, crosswalk }: TouchWorld,
  { type, source, key }: Change,
  wanted: readonly string[],
  image: ChangeRow,
  keyFields: readonly string[],
): readonly Tuple[] | undefined {
  const binding = supergraph.bindings.get(type)?.find((one) => one.source === source);
  const values: (readonly Canonical[])[] = [];
  for (const path of wanted) {
    const place = keyFields.indexOf(path);
    const value = Object.hasOwn(image, path) ? image[path] : place >= 0 ? (key?.[place] ?? null) : undefined;
    if (value === undefined) return undefined;
    const entity = binding?.fields.get(path)?.crosswalk?.entity;
    values.push(entity === undefined || value === null ? [comparable(supergraph, type, path, value)] : sameRecord(crosswalk, entity, source, String(value)));
  }
  return values.reduce<Tuple[]>((all, list) => all.flatMap((head) => list.map((value) => [...head, value])), [[]]);
}

/** A record may concern several entities, of which a change names the first: all that share a key with it. */
function sameRecord(crosswalk: Crosswalk, entity: string, source: string, canonical: string): readonly string[] {
  const locals = crosswalk.toLocal(entity, source, canonical);
  return [...new Set([canonical, ...locals.flatMap((local) => crosswalk.toCanonical(entity, source, local))])];
}

async function backwards(path: readonly RelationStep[], keyFields: readonly string[], start: Tuples, finder: RowFinder): Promise<Tuples | undefined> {
  let at = start;
  for (let i = path.length - 1; i >= 0; i--) {
    const step = path[i];
    if (!step || at.size === 0) break;
    const wanted = i === 0 ? keyFields : (path[i - 1]?.references ?? []);
    if (sameFields(wanted, step.fields)) continue; // what is known is what is wanted
    const rows = await finder.findFrom(step, at.tuples(), wanted);
    if (!rows) return undefined;
    const next = new Tuples();
    for (const row of rows) next.add(row.wanted, at.causesOf(row.by));
    at = next;
  }
  return at;
}

const sameFields = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((field, i) => field === b[i]);

/** Tuples of values, each once, with the changes that led to it; what has an unknown part relates to nothing. */
class Tuples {
  readonly #known = new Map<string, { readonly tuple: Tuple; readonly causes: Set<number> }>();

  get size(): number {
    return this.#known.size;
  }

  add(tuple: Tuple, causes: Iterable<number>): void {
    if (tuple.includes(null)) return;
    const text = JSON.stringify(tuple);
    const known = this.#known.get(text) ?? { tuple, causes: new Set<number>() };
    for (const cause of causes) known.causes.add(cause);
    this.#known.set(text, known);
  }

  addAll(other: Tuples): void {
    for (const { tuple, causes } of other.#known.values()) this.add(tuple, causes);
  }

  causesOf(tuple: Tuple): Iterable<number> {
    return this.#known.get(JSON.stringify(tuple))?.causes ?? [];
  }

  tuples(): Tuple[] {
    return [...this.#known.values()].map(({ tuple }) => tuple);
  }

  list(): TouchedKey[] {
    return [...this.#known.values()].map(({ tuple, causes }) => ({ key: tuple, causes: [...causes].toSorted((a, b) => a - b) }));
  }
}
