import { compareText } from '../../schema/model/compare-text.ts';
import type { CrosswalkEvidence, CrosswalkRow } from '../../store/crosswalk-row.ts';

/** One source's part of the crosswalk, judged for one day. A single key is kept as text, not as an array: most are single, and there are very many. */
export interface CrosswalkSlice {
  readonly entity: string;
  readonly source: string;
  /** `YYYY-MM-DD`, the day for which validity was judged. */
  readonly today: string;
  /** Confirmed and valid; whether the canonical key exists is judged at the look-up. */
  readonly toCanonical: ReadonlyMap<string, OneOrMore>;
  readonly toLocal: ReadonlyMap<string, OneOrMore>;
  /** By local key. */
  readonly open: ReadonlyMap<string, readonly OpenPair[]>;
  readonly openByCanonical: ReadonlyMap<string, readonly OpenPair[]>;
  /** Local keys that name no canonical key, or whose match an officer rejected. */
  readonly unmatched: ReadonlySet<string>;
  /** Local keys that an officer declared to stand for no entity. */
  readonly dismissed: ReadonlySet<string>;
}

/** Several are ascending. */
export type OneOrMore = string | readonly string[];

export interface OpenPair {
  readonly localKey: string;
  readonly canonicalKey: string;
  readonly reason: 'unconfirmed' | 'expired' | 'evidence';
  readonly score: number | null;
  readonly evidence: CrosswalkEvidence | null;
}

export interface SliceBuilder {
  /** Takes a local key out. */
  readonly remove: (localKey: string) => void;
  readonly add: (row: CrosswalkRow) => void;
  /** The builder must not be used afterwards. */
  readonly finish: () => CrosswalkSlice;
}

/**
 * Gathers rows into a slice, from nothing or on top of a copy of `base`. `intern` gives equal canonical keys one copy in memory.
 * Rows must come in ascending order of local, then canonical key, unless they change a few keys of `base`.
 */
export function createSliceBuilder(
  entity: string,
  source: string,
  today: string,
  options: { readonly base?: CrosswalkSlice; readonly intern?: (canonical: string) => string } = {},
): SliceBuilder {
  const { base, intern = (canonical) => canonical } = options;
  const toCanonical = new Map(base?.toCanonical);
  const toLocal = new Map(base?.toLocal);
  const open = new Map(base?.open);
  const openByCanonical = new Map(base?.openByCanonical);
  const unmatched = new Set(base?.unmatched);
  const dismissed = new Set(base?.dismissed);

  return {
    remove: (localKey) => {
      for (const canonical of listOf(toCanonical.get(localKey))) {
        const rest = listOf(toLocal.get(canonical)).filter((one) => one !== localKey);
        if (rest.length === 0) toLocal.delete(canonical);
        else toLocal.set(canonical, compact(rest));
      }
      for (const { canonicalKey } of open.get(localKey) ?? []) {
        const rest = (openByCanonical.get(canonicalKey) ?? []).filter((pair) => pair.localKey !== localKey);
        if (rest.length === 0) openByCanonical.delete(canonicalKey);
        else openByCanonical.set(canonicalKey, rest);
      }
      for (const keys of [toCanonical, open, unmatched, dismissed]) keys.delete(localKey);
    },
    add: ({ localKey, canonicalKey, found, decision }) => {
      if (decision?.state === 'rejected') {
        (canonicalKey === null ? dismissed : unmatched).add(localKey);
      } else if (canonicalKey === null) {
        unmatched.add(localKey);
      } else if (decision !== null || (found?.state === 'confirmed' && isValid(found, today))) {
        const canonical = intern(canonicalKey);
        insert(toCanonical, localKey, canonical);
        insert(toLocal, canonical, localKey);
      } else if (found !== null) {
        const reason = found.matchedBy === 'evidence' ? 'evidence' : isValid(found, today) ? 'unconfirmed' : 'expired';
        const pair: OpenPair = { localKey, canonicalKey, reason, score: found.score, evidence: found.evidence };
        open.set(localKey, [...(open.get(localKey) ?? []), pair]);
        openByCanonical.set(canonicalKey, [...(openByCanonical.get(canonicalKey) ?? []), pair]);
      }
    },
    finish: () => ({ entity, source, today, toCanonical, toLocal, open, openByCanonical, unmatched, dismissed }),
  };
}

/** Both bounds inclusive. */
export function isValid(found: { readonly validFrom: string | null; readonly validTo: string | null }, today: string): boolean {
  return (found.validFrom === null || found.validFrom <= today) && (found.validTo === null || found.validTo >= today);
}

export function listOf(keys: OneOrMore | undefined): readonly string[] {
  return keys === undefined ? NONE : typeof keys === 'string' ? [keys] : keys;
}

const NONE: readonly string[] = [];

const compact = (keys: readonly string[]): OneOrMore => (keys.length === 1 && keys[0] !== undefined ? keys[0] : keys);

function insert(map: Map<string, OneOrMore>, key: string, value: string): void {
  const known = map.get(key);
  if (known === undefined) return void map.set(key, value);
  const list = listOf(known);
  const at = list.findLastIndex((one) => compareText(one, value) < 0) + 1;
  map.set(key, list.toSpliced(at, 0, value));
}
