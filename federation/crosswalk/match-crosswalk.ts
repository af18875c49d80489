import type { FoundPair } from '../../store/crosswalk-table.ts';
import type { ScannedKey } from './scan-crosswalk.ts';

/**
 * What a scan says of each pair of keys, one row a pair: confirmed by the source (its cell being exactly the canonical key, or only after normalising),
 * a candidate where the source does not confirm it, or unmatched where a key names no canonical key at all. The same number in several spellings is one pair:
 * confirmed if any is, valid as long as the longest of those. Pure; today's date, the authority and the officers' decisions are judged when it is used.
 */
export function matchCrosswalk(scanned: readonly ScannedKey[]): FoundPair[] {
  const pairs = new Map<string, FoundPair[]>();
  for (const key of scanned) {
    let known = pairs.get(key.local);
    if (known === undefined) pairs.set(key.local, (known = []));
    for (const canonical of key.canonical) {
      const one = pairOf(key, canonical);
      const at = known.findIndex((other) => other.canonicalKey === canonical);
      const other = known[at];
      if (other === undefined) known.push(one);
      else known[at] = merge(other, one);
    }
  }
  for (const key of scanned) {
    const known = pairs.get(key.local);
    if (known?.length === 0) known.push({ ...pairOf(key, ''), canonicalKey: null, matchedBy: null, state: 'unmatched', validTo: null });
  }
  return [...pairs.values()].flat();
}

function pairOf(key: ScannedKey, canonical: string): FoundPair {
  return {
    localKey: key.local,
    canonicalKey: canonical,
    matchedBy: key.raw === canonical ? 'exact' : 'normalised',
    state: key.confirmed ? 'confirmed' : 'candidate',
    validFrom: null,
    validTo: key.validTo,
    score: null,
    evidence: { raw: key.raw, fields: key.evidence },
  };
}

function merge(left: FoundPair, right: FoundPair): FoundPair {
  if (left.state !== right.state) return left.state === 'confirmed' ? left : right;
  const longest = left.validTo === null || (right.validTo !== null && right.validTo <= left.validTo) ? left : right;
  return { ...longest, matchedBy: left.matchedBy === 'exact' || right.matchedBy === 'exact' ? 'exact' : 'normalised' };
}
