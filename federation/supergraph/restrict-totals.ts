import type { ApiFeatures, TotalsFeature } from '../../schema/api/features.ts';
import { leafAt, leavesOf, leafTraits } from '../../schema/api/leaves.ts';
import { limitOf, type Rights, type TotalsKey } from '../../schema/model/rights.ts';
import type { UnifiedModel, UnifiedType } from '../../schema/model/unified.ts';

/** Types of which some rights leave only totals, with the keys and measures that whoever asks may see. What they may not see does not shape the cells. */
export function restrictTotals(
  whole: ApiFeatures,
  offered: Pick<ApiFeatures, 'readable'>,
  model: UnifiedModel,
  rights: Pick<Rights, 'types'>,
): ReadonlyMap<string, TotalsFeature> {
  const found = new Map<string, TotalsFeature>();
  for (const [name, { totals, fields }] of rights.types ?? []) {
    const type = model.types.get(name);
    if (!totals || !type) continue;
    const plain = (path: string): boolean => fields.get(path) === undefined && whole.aggregatable(name, path);
    const seen = ({ path }: TotalsKey): boolean => {
      const [head = '', leaf] = path.split('.');
      if (leaf === undefined) return leafAt(model, name, path) !== undefined && plain(path);
      const relation = type.fields.get(head);
      if (relation?.kind !== 'relation' || fields.has(head) || !whole.relationGroup(name, head)) return false;
      return offered.readable(relation.target, leaf) && limitOf(rights, relation.target, leaf) === undefined && keyIsThere(model, rights, relation.target);
    };
    const measures = leavesOf(model, type).flatMap(({ path, leaf }) => (!path.includes('.') && leafTraits(leaf).numeric && plain(path) ? [path] : []));
    found.set(name, { atLeast: totals.atLeast, by: totals.by.filter(seen), measures });
  }
  return found;
}

const keyIsThere = (model: UnifiedModel, rights: Pick<Rights, 'types'>, name: string): boolean =>
  (model.types.get(name) as UnifiedType | undefined)?.key.every((path) => limitOf(rights, name, path) === undefined) ?? false;
