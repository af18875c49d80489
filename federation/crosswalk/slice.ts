import type { CrosswalkEvidence, CrosswalkRow } from '../../store/crosswalk-row.ts';

/** One source's part of the crosswalk, judged for one day. A single key is kept as text, not as an array: most are single, and there are very many. */
export interface CrosswalkSlice {
  readonly entity: string;
  readonly source: string;
  /** `YYYY-MM-DD`, the day for which validity was judged. */
  readonly today: string;
  /** Confirmed and valid; whether the canonical key exists is judged at the look-up. */
  readonly toCanonical: ReadonlyMap<string, string | readonly string[]>;
  readonly toLocal: ReadonlyMap<string, string | readonly string[]>;
  /** By local key. */
  readonly open: ReadonlyMap<string, readonly OpenPair[]>;
  readonly openByCanonical: ReadonlyMap<string, readonly OpenPair[]>;
  /** Local keys that name no canonical key, or whose match an officer rejected. */
  readonly unmatched: ReadonlySet<string>;
  /** Local keys that an officer declared to stand for no entity. */
  readonly dismissed: ReadonlySet<string>;
}

export interface OpenPair {
  readonly localKey: string;
  readonly canonicalKey: string;
  readonly reason: 'unconfirmed' | 'expired' | 'evidence';
  readonly score: number | null;
  readonly evidence: CrosswalkEvidence | null;
}

/** Gathers rows (ascending by local, then canonical key) into a slice. `intern` gives equal canonical keys one copy in memory. */
export async function buildCrosswalkSlice(
  entity: string,
  source: string,
  today: string,
  pages: AsyncIterable<readonly CrosswalkRow[]>,
  intern: (canonical: string) => string = (canonical) => canonical,
): Promise<CrosswalkSlice> {
  const toCanonical = new Map<string, string | string[]>();
  const toLocal = new Map<string, string | string[]>();
  const open = new Map<string, OpenPair[]>();
  const openByCanonical = new Map<string, OpenPair[]>();
  const unmatched = new Set<string>();
  const dismissed = new Set<string>();

  for await (const page of pages) {
    for (const { localKey, canonicalKey, found, decision } of page) {
      if (decision?.state === 'rejected') {
        (canonicalKey === null ? dismissed : unmatched).add(localKey);
      } else if (canonicalKey === null) {
        unmatched.add(localKey);
      } else if (decision !== null || (found?.state === 'confirmed' && isValid(found, today))) {
        const canonical = intern(canonicalKey);
        push(toCanonical, localKey, canonical);
        push(toLocal, canonical, localKey);
      } else if (found !== null) {
        const reason = found.matchedBy === 'evidence' ? 'evidence' : isValid(found, today) ? 'unconfirmed' : 'expired';
        const pair: OpenPair = { localKey, canonicalKey, reason, score: found.score, evidence: found.evidence };
        getOrAdd(open, localKey).push(pair);
        getOrAdd(openByCanonical, canonicalKey).push(pair);
      }
    }
  }
  return { entity, source, today, toCanonical, toLocal, open, openByCanonical, unmatched, dismissed };
}

/** Both bounds inclusive. */
export function isValid(found: { readonly validFrom: string | null; readonly validTo: string | null }, today: string): boolean {
  return (found.validFrom === null || found.validFrom <= today) && (found.validTo === null || found.validTo >= today);
}

function push(map: Map<string, string | string[]>, key: string, value: string): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, value);
  else if (typeof known === 'string') map.set(key, [known, value]);
  else known.push(value);
}

function getOrAdd<T>(map: Map<string, T[]>, key: string): T[] {
  let list = map.get(key);
  if (list === undefined) map.set(key, (list = []));
  return list;
}
