import { createPacer } from './pacer.ts';
import { bigramsOf, blendScores, digitsOf, normalizeName, similarityOf, withoutSuffix, type SimilarityOptions } from './similarity.ts';

export interface EvidenceOptions extends SimilarityOptions {
  /** Suggestions below it are not made. */
  readonly minScore: number;
  readonly maxSuggestions: number;
}

export type EvidenceFields = Readonly<Record<string, string>>;

export interface Suggestion {
  readonly canonicalKey: string;
  /** 0…1: likeness of the first field; every further one that agrees closes half of what is missing, one that differs counts for nothing. */
  readonly score: number;
  /** Field → the authority's value and how alike it is. */
  readonly compared: Readonly<Record<string, { readonly value: string; readonly score: number }>>;
}

/** The authority's entities, searchable by how alike one field (usually the name) is, and by what few of them have in common with who asks. */
export interface EvidenceIndex {
  /**
   * Best first. Entities are looked at whose name is alike, or that share another value (an organisation code, an amount) with few others. What has only everyday pairs of characters in common (…工程, …改造) is not looked at, which also bounds the work.
   */
  suggest(fields: EvidenceFields): Suggestion[];
  compare(fields: EvidenceFields, canonicalKey: string): Suggestion | undefined;
}

const AGREES = 0.9;
/** A pair of characters is everyday when more names have it than both of these. */
const EVERYDAY_SHARE = 0.02;
const EVERYDAY_COUNT = 100;
/** A value that more entities have says little of which of them is meant. */
const SHARED_MAX = 10;

/** `primary` is the field searched by; entities without it are found by their other values only. Lets the event loop run in between. */
export async function createEvidenceIndex(primary: string, entities: ReadonlyMap<string, EvidenceFields>, options: EvidenceOptions): Promise<EvidenceIndex> {
  const keys: string[] = [];
  /** Bigrams of entity i: `bigrams[starts[i] … starts[i + 1])`. */
  const bigrams: number[] = [];
  const starts: number[] = [0];
  const idOf = new Map<string, number>();
  const namesWith: number[][] = []; // by bigram
  const withValue = new Map<string, string[]>();
  const pacer = createPacer();
  const textBigrams = (fields: EvidenceFields): string[] => bigramsOf(withoutSuffix(normalizeName(fields[primary] ?? ''), options.suffixes));
  for (const [key, fields] of entities) {
    for (const [field, value] of Object.entries(fields)) {
      if (field === primary || value === '') continue;
      const id = valueId(field, value);
      const sharing = withValue.get(id);
      if (sharing === undefined) withValue.set(id, [key]);
      else if (sharing.length <= SHARED_MAX) sharing.push(key);
    }
    const own = textBigrams(fields);
    if (own.length === 0) continue;
    for (const bigram of own) {
      let id = idOf.get(bigram);
      if (id === undefined) idOf.set(bigram, (id = namesWith.push([]) - 1));
      namesWith[id]?.push(keys.length);
      bigrams.push(id);
    }
    keys.push(key);
    starts.push(bigrams.length);
    if (pacer.isDue()) await pacer.rest();
  }
  const everyday = Math.max(EVERYDAY_COUNT, keys.length * EVERYDAY_SHARE);
  const isAsked = new Uint8Array(namesWith.length); // by bigram, during one search

  const compare = (fields: EvidenceFields, canonicalKey: string): Suggestion | undefined => {
    const theirs = entities.get(canonicalKey);
    if (theirs === undefined) return undefined;
    const compared: Record<string, { value: string; score: number }> = {};
    let score = 0;
    for (const [field, value] of Object.entries(fields)) {
      const other = theirs[field];
      if (other === undefined || other === '') continue;
      const likeness = rounded(similarityOf(value, other, options));
      compared[field] = { value: other, score: likeness };
      if (field === primary) score = likeness;
      else if (likeness >= AGREES) score += (1 - score) / 2;
    }
    return { canonicalKey, score: rounded(score), compared };
  };

  const suggest = (fields: EvidenceFields): Suggestion[] => {
    const asked = textBigrams(fields);
    const known = asked.flatMap((bigram) => idOf.get(bigram) ?? []).sort((a, b) => (namesWith[a]?.length ?? 0) - (namesWith[b]?.length ?? 0));
    // A name made of everyday pairs alone is searched by its rarest.
    const telling = known.filter((id, index) => index === 0 || (namesWith[id]?.length ?? 0) <= everyday);
    const candidates = new Set(telling.flatMap((id) => namesWith[id] ?? []));
    for (const id of known) isAsked[id] = 1;
    // Further fields and the whole name may turn the order a little: more are compared in full than are suggested.
    const best = createBest(options.maxSuggestions * 4);
    for (const entity of candidates) {
      const [start = 0, end = 0] = [starts[entity], starts[entity + 1]];
      let shared = 0;
      for (let at = start; at < end; at++) shared += isAsked[bigrams[at] ?? 0] ?? 0;
      const likeness = (2 * shared) / (asked.length + end - start);
      if (blendScores(likeness, 1) >= options.minScore) best.add(entity, likeness);
    }
    for (const id of known) isAsked[id] = 0;
    const rare = Object.entries(fields).flatMap(([field, value]) => {
      const sharing = withValue.get(valueId(field, value)) ?? [];
      return sharing.length <= SHARED_MAX ? sharing : [];
    });
    return [...new Set([...best.entities().map((entity) => keys[entity] ?? ''), ...rare])]
      .flatMap((key) => compare(fields, key) ?? [])
      .filter((one) => one.score >= options.minScore)
      .sort((a, b) => b.score - a.score || (a.canonicalKey < b.canonicalKey ? -1 : 1))
      .slice(0, options.maxSuggestions);
  };
  return { compare, suggest };
}

/** The `size` entities that score best; of equals the earlier ones. */
function createBest(size: number): { add(entity: number, score: number): void; entities(): number[] } {
  const best: { readonly entity: number; readonly score: number }[] = [];
  const before = (a: { entity: number; score: number }, b: { entity: number; score: number }): boolean =>
    a.score > b.score || (a.score === b.score && a.entity < b.entity);
  return {
    add: (entity, score) => {
      const last = best.at(-1);
      const one = { entity, score };
      if (best.length === size && last !== undefined && !before(one, last)) return;
      let at = best.length;
      while (at > 0 && before(one, best[at - 1] ?? one)) at--;
      best.splice(at, 0, one);
      if (best.length > size) best.pop();
    },
    entities: () => best.map(({ entity }) => entity),
  };
}

/** Amounts of different units have their significant digits in common. */
const valueId = (field: string, value: string): string => `${field}\0${/^[-+]?[\d,]+(\.\d+)?$/.test(value) ? digitsOf(value) : normalizeName(value)}`;

const rounded = (score: number): number => Math.round(score * 10_000) / 10_000;
