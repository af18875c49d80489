import type { CrosswalkPair } from '../../store/crosswalk-row.ts';
import type { StoreTables } from '../../store/store.ts';
import type { CrosswalkBinding } from '../supergraph/binding.ts';
import { matchCrosswalk } from './match-crosswalk.ts';
import { sameFound } from './refresh-slice.ts';
import type { ScannedKey } from './scan-crosswalk.ts';

/**
 * Brings the stored pairs of some local keys to what all rows of these keys say. Suggestions for a key that still names nothing stay: making new ones is a
 * scan's work.
 * @returns the pairs that changed
 */
export async function learnKeys(
  tables: StoreTables,
  { entity, source, authority }: CrosswalkBinding,
  locals: readonly string[],
  scanned: readonly ScannedKey[],
): Promise<CrosswalkPair[]> {
  const stored = await tables.crosswalk.ofLocals(entity, source, locals);
  // A row without a key is no entity: in the authority it is nothing to match either.
  const found = matchCrosswalk(scanned).filter((pair) => !authority || pair.canonicalKey !== null);
  const textOf = (pair: Pick<CrosswalkPair, 'localKey' | 'canonicalKey'>): string => `${pair.localKey}\t${pair.canonicalKey ?? ''}`;
  const known = new Map(stored.map((row) => [textOf(row), row]));
  const named = new Set(found.filter((pair) => pair.canonicalKey !== null).map((pair) => pair.localKey));
  const still = new Set(found.map((pair) => pair.localKey));
  const changes = found.filter((pair) => {
    const isSuggested = stored.some((row) => row.localKey === pair.localKey && row.found?.matchedBy === 'evidence');
    return !(pair.canonicalKey === null && isSuggested) && !sameFound(known.get(textOf(pair))?.found ?? null, pair);
  });
  const meant = new Set(found.map(textOf));
  const gone = stored.filter((row) => {
    if (row.found === null || meant.has(textOf(row))) return false;
    return !(row.found.matchedBy === 'evidence' && still.has(row.localKey) && !named.has(row.localKey));
  });
  await tables.crosswalk.saveFound(entity, source, changes);
  await tables.crosswalk.removeFound(entity, source, gone);
  return [...changes, ...gone].map(({ localKey, canonicalKey }) => ({ entity, source, localKey, canonicalKey }));
}
