import type { Canonical } from '../../schema/model/canonical.ts';
import type { WireValue } from '../../schema/model/physical-type.ts';
import type { TypeBinding } from '../supergraph/binding.ts';

/** Says of each row whether an earlier one had its key: the one that the mapping names, or the one that clients see. */
export type KeyWatch = (raw: readonly WireValue[], unified: Readonly<Record<string, Canonical>>) => boolean;

/** @param key the type's. Where it comes through a crosswalk, several rows of a source may stand for one entity */
export function createKeyWatch({ fields }: TypeBinding, key: readonly string[]): KeyWatch {
  const isOwn = key.length > 0 && key.every((path) => fields.get(path)?.crosswalk === undefined);
  const [seenRaw, seenUnified] = [new Set<string>(), new Set<string>()];
  const isSeen = (seen: Set<string>, values: readonly (WireValue | Canonical | undefined)[]): boolean => {
    if (values.length === 0 || values.some((value) => value === null || value === undefined)) return false;
    return seen.size === seen.add(JSON.stringify(values)).size;
  };
  return (raw, unified) => {
    const isRepeated = isSeen(seenRaw, raw);
    const isRepeatedForClients =
      isOwn &&
      isSeen(
        seenUnified,
        key.map((path) => unified[path]),
      );
    return isRepeated || isRepeatedForClients;
  };
}
