import { distance } from 'fastest-levenshtein';
import { createPacer } from './pacer.ts';
import { normalizeName } from './similarity.ts';

/** An existing key that a mistyped one may have meant. */
export interface NearKey {
  readonly canonicalKey: string;
  /** 0…1: 1 where the two differ in punctuation, width or case alone. */
  readonly score: number;
}

/** Shorter ones are near to too many. */
const LENGTH_MIN = 6;
const NEAR_MAX = 3;

/**
 * For keys that no authority has, existing ones of which they differ by one character left out, put in, mistaken or exchanged with its neighbour. Keys nearest
 * first; those without any are absent. Keeps something of the wrong keys only, so that an authority may have any number. Lets the event loop run in between.
 */
export async function findNearKeys(wrong: Iterable<string>, existing: Iterable<string>): Promise<ReadonlyMap<string, readonly NearKey[]>> {
  const wanted = new Map<string, Set<string>>();
  for (const key of wrong) {
    for (const variant of variantsOf(normalizeName(key))) {
      const keys = wanted.get(variant) ?? new Set();
      wanted.set(variant, keys.add(key));
    }
  }
  const found = new Map<string, NearKey[]>();
  if (wanted.size === 0) return found;
  const pacer = createPacer();
  for (const canonicalKey of existing) {
    if (pacer.isDue()) await pacer.rest();
    const right = normalizeName(canonicalKey);
    const near = new Set(variantsOf(right).flatMap((variant) => [...(wanted.get(variant) ?? [])]));
    for (const key of near) {
      const written = normalizeName(key);
      const score = 1 - distance(written, right) / Math.max(written.length, right.length);
      found.set(key, [...(found.get(key) ?? []), { canonicalKey, score }]);
    }
  }
  for (const [key, list] of found) found.set(key, list.toSorted((a, b) => b.score - a.score || (a.canonicalKey < b.canonicalKey ? -1 : 1)).slice(0, NEAR_MAX));
  return found;
}

/** The key, and it without each of its characters. Two keys that share one are a mistake apart. */
function variantsOf(key: string): string[] {
  if (key.length < LENGTH_MIN) return [];
  return [...new Set([key, ...Array.from(key, (_, at) => key.slice(0, at) + key.slice(at + 1))])];
}
