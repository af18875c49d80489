import { compareText } from '../../schema/model/compare-text.ts';
import { listOf, type CrosswalkSlice, type OpenPair } from './slice.ts';

/**
 * What every source calls the entities, as known at one moment; immutable. A key is *resolved* when the pair is confirmed (by the source or an officer),
 * valid today, and the canonical key exists in the entity's authority. Local keys are wire values as text.
 */
export interface Crosswalk {
  /** The source's own keys of an entity, ascending; several where it keeps the entity more than once. */
  toLocal(entity: string, source: string, canonical: string): readonly string[];
  /** The entities that a source's key stands for, ascending; several where one record concerns several. */
  toCanonical(entity: string, source: string, local: string): readonly string[];
  /** Whether the authority has the entity. */
  exists(entity: string, canonical: string): boolean;
  /** `never-built`: neither this source's keys nor an earlier copy of them have been read, or the authority's have not; look-ups mean nothing then. */
  state(entity: string, source: string): 'ready' | 'never-built';
  /** Unresolved keys that may stand for this entity, best first: what they hold is missing from its totals. */
  openKeys(entity: string, canonical: string): readonly OpenKey[];
  /** All resolved local keys of a source, each once. */
  locals(entity: string, source: string): Iterable<string>;
  /** Keys of a source that an officer should look at, ascending. */
  unresolved(entity: string, source: string): readonly UnresolvedKey[];
  /** What it is made of, to compare two snapshots by; an unchanged slice is the same object. */
  readonly slices: ReadonlyMap<string, CrosswalkSlice>;
}

export interface OpenKey {
  readonly source: string;
  readonly localKey: string;
  readonly canonicalKey: string;
  readonly state: 'candidate';
  readonly evidence: {
    /** `unconfirmed` by the source itself; `expired` there; only the `evidence` is alike. */
    readonly reason: OpenPair['reason'];
    /** 0…1; null when not compared. */
    readonly score: number | null;
    /** The canonical key as the source wrote it. */
    readonly raw: string | null;
    readonly fields: Readonly<Record<string, string>>;
    readonly compared: Readonly<Record<string, { readonly value: string; readonly score: number }>>;
  };
}

export interface UnresolvedKey {
  readonly localKey: string;
  /** `candidate`: at least one existing entity is suggested. */
  readonly state: 'candidate' | 'unmatched';
}

export interface CrosswalkParts {
  /** `entity source` → its slice; absent until read. */
  readonly slices: ReadonlyMap<string, CrosswalkSlice>;
  /** Entity → the source that is its authority. */
  readonly authorities: ReadonlyMap<string, string>;
}

const NONE: readonly string[] = [];

export const sliceKey = (entity: string, source: string): string => `${entity} ${source}`;

/** A view over slices; making one costs nothing, so a changed slice is swapped by making another view. */
export function createCrosswalk({ slices, authorities }: CrosswalkParts): Crosswalk {
  const unresolvedOf = new Map<string, readonly UnresolvedKey[]>();
  const authoritySlice = (entity: string): CrosswalkSlice | undefined => slices.get(sliceKey(entity, authorities.get(entity) ?? ''));
  const exists = (entity: string, canonical: string): boolean => authoritySlice(entity)?.toLocal.has(canonical) ?? false;
  const toCanonical = (entity: string, source: string, local: string): readonly string[] => {
    const known = slices.get(sliceKey(entity, source))?.toCanonical.get(local);
    if (known === undefined) return NONE;
    return listOf(known).filter((canonical) => exists(entity, canonical));
  };
  const isOpen = (slice: CrosswalkSlice, local: string): boolean => !slice.dismissed.has(local) && toCanonical(slice.entity, slice.source, local).length === 0;

  const listUnresolved = (slice: CrosswalkSlice): UnresolvedKey[] => {
    const locals = new Set<string>();
    for (const [local, known] of slice.toCanonical) {
      // Of a cell with several keys, one that does not exist is work even where the others do.
      const complete = listOf(known).every((canonical) => exists(slice.entity, canonical));
      if (!complete && !slice.dismissed.has(local)) locals.add(local);
    }
    for (const local of slice.open.keys()) if (isOpen(slice, local)) locals.add(local);
    for (const local of slice.unmatched) if (isOpen(slice, local)) locals.add(local);
    return [...locals].sort(compareText).map((localKey) => {
      const suggested = slice.open.get(localKey)?.some((pair) => exists(slice.entity, pair.canonicalKey)) ?? false;
      return { localKey, state: suggested ? 'candidate' : 'unmatched' };
    });
  };

  return {
    slices,
    exists,
    toCanonical,
    toLocal: (entity, source, canonical) => {
      const known = slices.get(sliceKey(entity, source))?.toLocal.get(canonical);
      return exists(entity, canonical) ? listOf(known) : NONE;
    },
    state: (entity, source) => (slices.has(sliceKey(entity, source)) && authoritySlice(entity) !== undefined ? 'ready' : 'never-built'),
    openKeys: (entity, canonical) => {
      const keys: OpenKey[] = [];
      for (const slice of slices.values()) {
        if (slice.entity !== entity || slice.source === authorities.get(entity)) continue;
        for (const pair of slice.openByCanonical.get(canonical) ?? []) if (isOpen(slice, pair.localKey)) keys.push(openKeyOf(slice.source, pair));
      }
      return keys.sort(
        (left, right) =>
          (right.evidence.score ?? 1) - (left.evidence.score ?? 1) || compareText(left.source, right.source) || compareText(left.localKey, right.localKey),
      );
    },
    *locals(entity, source) {
      for (const local of slices.get(sliceKey(entity, source))?.toCanonical.keys() ?? []) if (toCanonical(entity, source, local).length > 0) yield local;
    },
    unresolved: (entity, source) => {
      const key = sliceKey(entity, source);
      const slice = slices.get(key);
      if (slice === undefined || authorities.get(entity) === source) return [];
      let list = unresolvedOf.get(key);
      if (list === undefined) unresolvedOf.set(key, (list = listUnresolved(slice)));
      return list;
    },
  };
}

function openKeyOf(source: string, { localKey, canonicalKey, reason, score, evidence }: OpenPair): OpenKey {
  return {
    source,
    localKey,
    canonicalKey,
    state: 'candidate',
    evidence: { reason, score, raw: evidence?.raw ?? null, fields: evidence?.fields ?? {}, compared: evidence?.compared ?? {} },
  };
}
