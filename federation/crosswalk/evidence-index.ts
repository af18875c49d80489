import { setImmediate } from 'node:timers/promises';
import { bigramsOf, blendScores, normalizeName, similarityOf, withoutSuffix, type SimilarityOptions } from './similarity.ts';

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

/** The authority's entities, searchable by how alike one field (usually the name) is. */
export interface EvidenceIndex {
  /** Best first. Work grows with the number of names that share a pair of characters, not with all pairs of names. */
  suggest(fields: EvidenceFields): Suggestion[];
  compare(fields: EvidenceFields, canonicalKey: string): Suggestion | undefined;
}

const AGREES = 0.9;
const NAMES_PER_TURN = 2000;

/** `primary` is the field searched by; entities without it are not found by it. Lets the event loop run in between. */
export async function createEvidenceIndex(primary: string, entities: ReadonlyMap<string, EvidenceFields>, options: EvidenceOptions): Promise<EvidenceIndex> {
  const keys: string[] = [];
  const sizes: number[] = [];
  const postings = new Map<string, number[]>();
  for (const [key, fields] of entities) {
    const name = normalizeName(fields[primary] ?? '');
    const bigrams = bigramsOf(withoutSuffix(name, options.suffixes));
    if (bigrams.length === 0) continue;
    for (const bigram of bigrams) {
      const list = postings.get(bigram);
      if (list === undefined) postings.set(bigram, [keys.length]);
      else list.push(keys.length);
    }
    keys.push(key);
    sizes.push(bigrams.length);
    if (keys.length % NAMES_PER_TURN === 0) await setImmediate();
  }
  const shared = new Uint16Array(keys.length);

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

  return {
    compare,
    suggest: (fields) => {
      const name = normalizeName(fields[primary] ?? '');
      const bigrams = bigramsOf(withoutSuffix(name, options.suffixes));
      const touched: number[] = [];
      for (const bigram of bigrams) {
        for (const entity of postings.get(bigram) ?? []) {
          const before = shared[entity] ?? 0;
          if (before === 0) touched.push(entity);
          shared[entity] = before + 1;
        }
      }
      // Further fields and the whole name may turn the order a little: more are compared in full than are suggested.
      const best = createBest(options.maxSuggestions * 4);
      for (const entity of touched) {
        const likeness = (2 * (shared[entity] ?? 0)) / (bigrams.length + (sizes[entity] ?? 0));
        shared[entity] = 0;
        if (blendScores(likeness, 1) >= options.minScore) best.add(entity, likeness);
      }
      return best
        .entities()
        .flatMap((entity) => compare(fields, keys[entity] ?? '') ?? [])
        .filter((one) => one.score >= options.minScore)
        .sort((a, b) => b.score - a.score || (a.canonicalKey < b.canonicalKey ? -1 : 1))
        .slice(0, options.maxSuggestions);
    },
  };
}

/** The `size` entities that score best; of equals the earlier ones. */
function createBest(size: number): { add(entity: number, score: number): void; entities(): number[] } {
  const best: { readonly entity: number; readonly score: number }[] = [];
  const before = (a: { entity: number; score: number }, b: { entity: number; score: number }): boolean => a.score > b.score || (a.score === b.score && a.entity < b.entity);
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

const rounded = (score: number): number => Math.round(score * 10_000) / 10_000;
