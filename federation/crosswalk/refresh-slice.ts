import { createHash } from 'node:crypto';
import type { CrosswalkFound, CrosswalkPair, CrosswalkRow } from '../../store/crosswalk-row.ts';
import type { FoundPair } from '../../store/crosswalk-table.ts';
import type { Store } from '../../store/store.ts';
import type { CrosswalkBinding } from '../supergraph/binding.ts';
import type { Crosswalk } from './crosswalk.ts';
import type { EvidenceFields } from './evidence-index.ts';
import { matchCrosswalk } from './match-crosswalk.ts';
import type { ScannedKey } from './scan-crosswalk.ts';
import { selectOpenKeys, suggestMatches, type SuggestOptions } from './suggest-matches.ts';

export interface RefreshSlice {
  readonly store: Store;
  readonly binding: CrosswalkBinding;
  readonly scanned: readonly ScannedKey[];
  readonly crosswalk: Crosswalk;
  /** The authority's source, when known. */
  readonly authority: string | undefined;
  readonly today: string;
  readonly now: Date;
  readonly options: SuggestOptions;
  /** What the last suggestions were made from, by slice: they are made again only when it changes. */
  readonly suggestedFrom: Map<string, string>;
}

/** Matches what was scanned and brings the store to it: one transaction that writes only what differs. Officers' decisions stay. */
export async function refreshSlice(input: RefreshSlice): Promise<{ readonly changed: boolean }> {
  const { store, binding, now } = input;
  const { entity, source } = binding;
  const stored = new Map<string, CrosswalkRow>();
  for await (const page of store.crosswalk.pages(entity, source, { evidence: 'all' })) for (const row of page) stored.set(pairKey(row), row);
  const matched = matchCrosswalk(input.scanned);
  // A row without a national code is no entity: in the authority it is nothing to match either.
  const found = binding.authority ? matched.filter((pair) => pair.canonicalKey !== null) : await withSuggestions(input, matched, stored);

  const changes = found.filter((pair) => !sameFound(stored.get(pairKey(pair))?.found ?? null, pair));
  const present = new Set(found.map(pairKey));
  const gone = [...stored.values()].filter((row) => row.found !== null && !present.has(pairKey(row)));
  return store.transaction(async (tables) => {
    await tables.crosswalk.saveFound(entity, source, changes);
    await tables.crosswalk.removeFound(entity, source, gone);
    await tables.crosswalk.markScanned({ entity, source, authority: binding.authority, scannedAt: now.toISOString(), rowCount: input.scanned.length });
    const changed = changes.length + gone.length > 0;
    if (changed) await tables.crosswalk.touch(entity, source);
    return { changed };
  });
}

async function withSuggestions({ store, binding, crosswalk, authority, today, options, suggestedFrom }: RefreshSlice, found: readonly FoundPair[], stored: ReadonlyMap<string, CrosswalkRow>): Promise<readonly FoundPair[]> {
  const { entity, source } = binding;
  const decided = [...stored.values()].filter((row) => row.decision !== null);
  const open = selectOpenKeys({ found, decided, exists: (canonical) => crosswalk.exists(entity, canonical), today });
  if (open.size === 0 || authority === undefined) return found;
  const rest = found.filter((pair) => !open.has(pair.localKey));

  const scan = (await store.crosswalk.scans()).find((one) => one.entity === entity && one.source === authority);
  const basis = createHash('sha256').update(JSON.stringify([[...open], decided, options, today, scan?.revision])).digest('base64');
  const key = pairKey({ localKey: entity, canonicalKey: source });
  if (suggestedFrom.get(key) === basis) {
    const kept = [...stored.values()].filter((row) => row.found !== null && open.has(row.localKey));
    return [...rest, ...kept.map(({ localKey, canonicalKey, found: was }) => ({ localKey, canonicalKey, ...(was as CrosswalkFound) }))];
  }
  const entities = new Map<string, EvidenceFields>();
  for await (const page of store.crosswalk.pages(entity, authority, { evidence: 'all' })) {
    for (const { canonicalKey, found: own } of page) if (canonicalKey !== null && crosswalk.exists(entity, canonicalKey)) entities.set(canonicalKey, own?.evidence?.fields ?? {});
  }
  const suggested = await suggestMatches({ open, decided, authority: entities, fields: [...binding.evidence.keys()], options });
  suggestedFrom.set(key, basis);
  return [...rest, ...suggested];
}

function sameFound(stored: CrosswalkFound | null, found: CrosswalkFound): boolean {
  if (stored === null) return false;
  const scalars = ['matchedBy', 'state', 'validFrom', 'validTo', 'score'] as const;
  return scalars.every((name) => stored[name] === found[name]) && JSON.stringify(stored.evidence) === JSON.stringify(found.evidence);
}

const pairKey = ({ localKey, canonicalKey }: Pick<CrosswalkPair, 'localKey' | 'canonicalKey'>): string => JSON.stringify([localKey, canonicalKey]);
