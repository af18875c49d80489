import type { CrosswalkRow } from '../../store/crosswalk-row.ts';
import type { FoundPair } from '../../store/crosswalk-table.ts';
import { createPacer } from './pacer.ts';
import { isValid } from './slice.ts';
import { findNearKeys, type NearKey } from './near-keys.ts';
import { createEvidenceIndex, type EvidenceFields, type EvidenceOptions, type Suggestion } from './evidence-index.ts';

export interface SuggestOptions extends EvidenceOptions {
  /** Keys searched for in one go; the rest stay without suggestions. */
  readonly maxCompared: number;
}

export interface OpenKeysInput {
  /** What the scan found, from `matchCrosswalk`. */
  readonly found: readonly FoundPair[];
  /** Rows that carry an officer's decision. */
  readonly decided: readonly CrosswalkRow[];
  readonly exists: (canonical: string) => boolean;
  readonly today: string;
}

/** Local keys that resolve to nothing and that no officer has settled, with their pairs. Pairs that an officer rejected are kept: they are not suggested again. */
export async function selectOpenKeys({ found, decided, exists, today }: OpenKeysInput): Promise<ReadonlyMap<string, readonly FoundPair[]>> {
  const rejected = rejectedPairs(decided);
  const closed = new Set<string>();
  for (const { localKey, canonicalKey, decision } of decided)
    if (canonicalKey === null || (decision?.state === 'confirmed' && exists(canonicalKey))) closed.add(localKey);
  const pacer = createPacer();
  for (const pair of found) {
    const { localKey, canonicalKey } = pair;
    if (pacer.isDue()) await pacer.rest();
    if (canonicalKey !== null && pair.state === 'confirmed' && isValid(pair, today) && exists(canonicalKey) && !rejected.has(pairKey(localKey, canonicalKey)))
      closed.add(localKey);
  }
  return Map.groupBy(
    found.filter((pair) => !closed.has(pair.localKey)),
    (pair) => pair.localKey,
  );
}

export interface SuggestInput {
  readonly open: ReadonlyMap<string, readonly FoundPair[]>;
  readonly decided: readonly CrosswalkRow[];
  /** Existing entities with the authority's values. */
  readonly authority: ReadonlyMap<string, EvidenceFields>;
  /** Evidence fields in the mapping's order; the first that the authority also has is searched by. */
  readonly fields: readonly string[];
  readonly options: SuggestOptions;
}

/**
 * The open pairs with what an officer needs to decide: candidates of the source get their likeness, and keys without an existing candidate get candidates
 * by evidence: values that are alike, or a key that is one mistake away from what the source wrote. Never confirms, never suggests what was rejected. Lets the event loop run in between.
 */
export async function suggestMatches({ open, decided, authority, fields, options }: SuggestInput): Promise<FoundPair[]> {
  const primary = fields.find((field) => authority.values().some((entity) => entity[field] !== undefined));
  const near = await findNearKeys(unknownKeys(open, authority), authority.keys());
  if (primary === undefined && near.size === 0) return [...open.values()].flat();
  const rejected = rejectedPairs(decided);
  const index = await createEvidenceIndex(primary ?? '', authority, options);
  const candidatesOf = (pairs: readonly FoundPair[], values: EvidenceFields): Suggestion[] => {
    const byKey = new Map(pairs.flatMap((pair) => near.get(writtenKey(pair)) ?? []).map((one) => [one.canonicalKey, one]));
    const byValue = index.suggest(values).map((one) => withKey(one, byKey.get(one.canonicalKey)));
    const others = [...byKey.values()].filter(({ canonicalKey }) => !byValue.some((one) => one.canonicalKey === canonicalKey));
    return [
      ...byValue,
      ...others.flatMap((one) => withKey(index.compare(values, one.canonicalKey) ?? { canonicalKey: one.canonicalKey, score: 0, compared: {} }, one)),
    ]
      .toSorted((a, b) => b.score - a.score || (a.canonicalKey < b.canonicalKey ? -1 : 1))
      .slice(0, options.maxSuggestions);
  };
  const result: FoundPair[] = [];
  let compared = 0;
  const pacer = createPacer();
  for (const [localKey, pairs] of open) {
    if (pacer.isDue()) await pacer.rest();
    result.push(...pairs.map((pair) => withLikeness(pair, index.compare(pair.evidence?.fields ?? {}, pair.canonicalKey ?? ''))));
    const evidence = pairs[0]?.evidence;
    const hasCandidate = pairs.some(
      ({ canonicalKey }) => canonicalKey !== null && authority.has(canonicalKey) && !rejected.has(pairKey(localKey, canonicalKey)),
    );
    if (hasCandidate || !evidence || compared++ >= options.maxCompared) continue;
    for (const { canonicalKey, score, compared: likeness } of candidatesOf(pairs, evidence.fields)) {
      if (rejected.has(pairKey(localKey, canonicalKey)) || pairs.some((pair) => pair.canonicalKey === canonicalKey)) continue;
      result.push({
        localKey,
        canonicalKey,
        matchedBy: 'evidence',
        state: 'candidate',
        validFrom: null,
        validTo: null,
        score,
        evidence: { ...evidence, compared: likeness },
      });
    }
  }
  return result;
}

/** What the source names and the authority does not have, or what cannot be a key as it is written. */
function unknownKeys(open: SuggestInput['open'], authority: SuggestInput['authority']): Set<string> {
  return new Set(
    [...open.values()]
      .flat()
      .map(writtenKey)
      .filter((key) => key !== '' && !authority.has(key)),
  );
}

/** Normalised or, where it could not be, as it stands there. */
const writtenKey = ({ canonicalKey, evidence }: FoundPair): string => canonicalKey ?? evidence?.raw ?? '';

/** The source's own key as a value that was compared. */
const COMPARED_KEY = 'canonicalKey';

/** A key one mistake away closes half of what is missing, as every value that agrees does. */
function withKey(one: Suggestion, near: NearKey | undefined): Suggestion {
  if (near === undefined) return one;
  const score = Math.round(near.score * 10_000) / 10_000;
  return { ...one, score: one.score + (1 - one.score) / 2, compared: { ...one.compared, [COMPARED_KEY]: { value: near.canonicalKey, score } } };
}

function withLikeness(pair: FoundPair, likeness: Suggestion | undefined): FoundPair {
  if (likeness === undefined || !pair.evidence || Object.keys(likeness.compared).length === 0) return pair;
  return { ...pair, score: likeness.score, evidence: { ...pair.evidence, compared: likeness.compared } };
}

function rejectedPairs(decided: readonly CrosswalkRow[]): ReadonlySet<string> {
  return new Set(decided.filter((row) => row.decision?.state === 'rejected').map((row) => pairKey(row.localKey, row.canonicalKey)));
}

const pairKey = (local: string, canonical: string | null): string => `${local}\0${canonical ?? ''}`;
