import { createHash } from 'node:crypto';
import type { CrosswalkFound, CrosswalkPair, CrosswalkRow } from '../../store/crosswalk-row.ts';
import type { FoundPair } from '../../store/crosswalk-table.ts';
import type { Store } from '../../store/store.ts';
import type { CrosswalkBinding } from '../supergraph/binding.ts';
import type { Crosswalk } from './crosswalk.ts';
import type { EvidenceFields } from './evidence-index.ts';
import { matchCrosswalk } from './match-crosswalk.ts';
import { createPacer } from './pacer.ts';
import type { ScannedKey } from './scan-crosswalk.ts';
import { selectOpenKeys, suggestMatches, type SuggestOptions } from './suggest-matches.ts';

export interface RefreshSlice {
  readonly store: Store;
  readonly binding: CrosswalkBinding;
  /** Rows of one local key follow each other. */
  readonly scanned: readonly ScannedKey[];
  readonly crosswalk: Crosswalk;
  /** The authority's source, when known. */
  readonly authority: string | undefined;
  readonly today: string;
  readonly now: Date;
  readonly options: SuggestOptions;
  readonly memory: RefreshMemory;
}

/** What the last refresh of a slice was made from; kept between refreshes to skip work whose outcome is known. */
export interface RefreshMemory {
  whole?: string;
  suggestions?: string;
}

const KEYS_PER_MATCH = 1000;
const ITEMS_PER_UPDATE = 500;

/** Matches what was scanned and brings the store to it: one transaction that writes only what differs. Officers' decisions stay. Lets the event loop run in between. */
export async function refreshSlice(input: RefreshSlice): Promise<{ readonly changed: boolean }> {
  const { store, binding, scanned, now, memory } = input;
  const { entity, source } = binding;
  const revisionOf = await revisions(store, entity);
  const revision = revisionOf(source);
  const basis = [input.today, input.options, revisionOf(input.authority ?? '')];
  const content = await digestOf(scanned);
  const whole = JSON.stringify([...basis, revision, content]);
  const scan = { entity, source, authority: binding.authority, scannedAt: now.toISOString(), rowCount: scanned.length };
  if (whole === memory.whole) {
    await store.crosswalk.markScanned(scan);
    return { changed: false };
  }

  const stored = new Map<string, CrosswalkRow>();
  for await (const page of store.crosswalk.pages(entity, source, { evidence: 'all' })) for (const row of page) stored.set(pairKey(row), row);
  const matched = await match(scanned);
  // A row without a key is no entity: in the authority it is nothing to match either.
  const { found, suggestions } = binding.authority
    ? { found: matched.filter((pair) => pair.canonicalKey !== null) }
    : await withSuggestions(input, matched, stored, basis);

  const changes: FoundPair[] = [];
  const gone = new Map([...stored].filter(([, row]) => row.found !== null));
  const seen = new Set<string>();
  const pacer = createPacer();
  for (const pair of found) {
    if (pacer.isDue()) await pacer.rest();
    const key = pairKey(pair);
    if (seen.has(key)) continue; // its rows did not follow each other: the source changed between two pages
    seen.add(key);
    gone.delete(key);
    if (!sameFound(stored.get(key)?.found ?? null, pair)) changes.push(pair);
  }
  const changed = changes.length + gone.size > 0;
  const newRevision = await store.transaction(async (tables) => {
    await tables.crosswalk.saveFound(entity, source, changes);
    await tables.crosswalk.removeFound(entity, source, [...gone.values()]);
    await tables.crosswalk.markScanned(scan);
    return changed ? (await tables.crosswalk.touch(entity, source)).revision : revision;
  });
  // The authority's own new revision is part of the basis only of the others.
  const next = source === input.authority ? [input.today, input.options, newRevision] : basis;
  memory.whole = JSON.stringify([...next, newRevision, content]);
  if (suggestions !== undefined) memory.suggestions = suggestions;
  return { changed };
}

async function match(scanned: readonly ScannedKey[]): Promise<FoundPair[]> {
  const found: FoundPair[] = [];
  const pacer = createPacer();
  for (let start = 0; start < scanned.length;) {
    let end = Math.min(start + KEYS_PER_MATCH, scanned.length);
    while (end < scanned.length && scanned[end]?.local === scanned[end - 1]?.local) end++;
    for (const pair of matchCrosswalk(scanned.slice(start, end))) found.push(pair);
    start = end;
    if (pacer.isDue()) await pacer.rest();
  }
  return found;
}

async function withSuggestions(
  input: RefreshSlice,
  found: readonly FoundPair[],
  stored: ReadonlyMap<string, CrosswalkRow>,
  basis: readonly unknown[],
): Promise<{ readonly found: readonly FoundPair[]; readonly suggestions?: string }> {
  const { store, binding, crosswalk, authority, today, options, memory } = input;
  const { entity } = binding;
  const decided = [...stored.values()].filter((row) => row.decision !== null);
  const open = await selectOpenKeys({ found, decided, exists: (canonical) => crosswalk.exists(entity, canonical), today });
  if (open.size === 0 || authority === undefined) return { found };
  const rest = found.filter((pair) => !open.has(pair.localKey));

  const suggestions = JSON.stringify([...basis, await digestOf(decided), await digestOf([...open])]);
  if (memory.suggestions === suggestions) {
    const kept = [...stored.values()].filter((row) => row.found !== null && open.has(row.localKey));
    return { found: [...rest, ...kept.map(({ localKey, canonicalKey, found: was }) => ({ localKey, canonicalKey, ...(was as CrosswalkFound) }))], suggestions };
  }
  const entities = new Map<string, EvidenceFields>();
  for await (const page of store.crosswalk.pages(entity, authority, { evidence: 'all' })) {
    for (const { canonicalKey, found: own } of page)
      if (canonicalKey !== null && crosswalk.exists(entity, canonicalKey)) entities.set(canonicalKey, own?.evidence?.fields ?? {});
  }
  const suggested = await suggestMatches({ open, decided, authority: entities, fields: [...binding.evidence.keys()], options });
  return { found: [...rest, ...suggested], suggestions };
}

/** Of each source's part of the entity's crosswalk. */
async function revisions(store: Store, entity: string): Promise<(source: string) => number> {
  const scans = await store.crosswalk.scans();
  return (source) => scans.find((scan) => scan.entity === entity && scan.source === source)?.revision ?? 0;
}

async function digestOf(items: readonly unknown[]): Promise<string> {
  const hash = createHash('sha256');
  const pacer = createPacer();
  for (let start = 0; start < items.length; start += ITEMS_PER_UPDATE) {
    hash.update(JSON.stringify(items.slice(start, start + ITEMS_PER_UPDATE)));
    if (pacer.isDue()) await pacer.rest();
  }
  return hash.digest('base64');
}

/** Whether a scan found what is stored. */
export function sameFound(stored: CrosswalkFound | null, found: CrosswalkFound): boolean {
  if (stored === null) return false;
  const scalars = ['matchedBy', 'state', 'validFrom', 'validTo', 'score'] as const;
  return scalars.every((name) => stored[name] === found[name]) && JSON.stringify(stored.evidence) === JSON.stringify(found.evidence);
}

const pairKey = ({ localKey, canonicalKey }: Pick<CrosswalkPair, 'localKey' | 'canonicalKey'>): string => `${localKey}\0${canonicalKey ?? ''}`;
