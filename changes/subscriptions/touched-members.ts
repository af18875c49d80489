import type { Dependencies } from '../../federation/dependencies/dependencies.ts';
import { isRead, touchedKeys, type TouchWorld } from '../../federation/dependencies/touched-keys.ts';
import type { EntityKey } from '../../federation/execute/entity-reader.ts';
import type { LoggedChange } from '../../schema/model/change.ts';

/** An entity whose membership changes of other rows may have altered. */
export interface TouchedMember {
  readonly key: EntityKey;
  /** Those changes, in order; at least one. */
  readonly causes: readonly LoggedChange[];
}

/** More than this are not looked at one by one. */
const TOUCHED_MAX = 2_000;

/**
 * Entities that changes touch otherwise than by being their own row in the source that has them.
 * @returns undefined when they are too many, or cannot be told: anybody may be touched. @throws {HubError} when a source that must be asked cannot be
 */
export async function touchedMembers(
  world: TouchWorld,
  dependencies: Dependencies,
  changes: readonly LoggedChange[],
): Promise<readonly TouchedMember[] | undefined> {
  const relevant = changes.filter((change) => isRead(dependencies, change));
  if (relevant.length === 0) return [];
  const touched = await touchedKeys(world, dependencies, relevant);
  if (touched.kind === 'all') return undefined;
  const primary = world.supergraph.bindings.get(dependencies.subject)?.[0]?.source;
  const isOwn = ({ type, source, key }: LoggedChange, of: EntityKey): boolean =>
    type === dependencies.subject && source === primary && JSON.stringify(key) === JSON.stringify(of);
  const members = touched.keys.flatMap(({ key, causes }): TouchedMember[] => {
    const others = causes.flatMap((at) => relevant[at] ?? []).filter((change) => !isOwn(change, key));
    return others.length === 0 ? [] : [{ key, causes: others }];
  });
  return members.length > TOUCHED_MAX ? undefined : members;
}
