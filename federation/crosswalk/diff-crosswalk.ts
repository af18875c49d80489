import type { Crosswalk } from './crosswalk.ts';
import { listOf, type CrosswalkSlice } from './slice.ts';

/** What the keys of one entity stand for differently. */
export interface CrosswalkDifference {
  readonly entity: string;
  /** Canonical keys to which a source's key was added, or from which one was taken. */
  readonly keys: readonly string[];
  /** Of them, those from which one was taken: what had it cannot be found through the crosswalk any more. */
  readonly lost: readonly string[];
}

/** Compares two snapshots; slices that are the same object are not looked into. */
export function diffCrosswalk(before: Crosswalk, after: Crosswalk): CrosswalkDifference[] {
  const keys = new Map<string, { readonly all: Set<string>; readonly lost: Set<string> }>();
  for (const name of new Set([...before.slices.keys(), ...after.slices.keys()])) {
    const [old, now] = [before.slices.get(name), after.slices.get(name)];
    const entity = now?.entity ?? old?.entity;
    if (old === now || entity === undefined) continue;
    const found = keys.get(entity) ?? { all: new Set<string>(), lost: new Set<string>() };
    keys.set(entity, found);
    for (const local of new Set([...(old?.toCanonical.keys() ?? []), ...(now?.toCanonical.keys() ?? [])])) {
      const [had, has] = [namesOf(old, local), namesOf(now, local)];
      const taken = had.filter((key) => !has.includes(key));
      for (const key of taken) found.lost.add(key);
      for (const key of [...taken, ...has.filter((one) => !had.includes(one))]) found.all.add(key);
    }
  }
  return [...keys].filter(([, { all }]) => all.size > 0).map(([entity, { all, lost }]) => ({ entity, keys: [...all], lost: [...lost] }));
}

function namesOf(slice: CrosswalkSlice | undefined, local: string): readonly string[] {
  const known = slice?.toCanonical.get(local);
  return known === undefined ? [] : listOf(known);
}
