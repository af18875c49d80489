import { leavesOf } from '../schema/api/leaves.ts';
import type { Rights, TypeRights } from '../schema/model/rights.ts';
import type { UnifiedModel } from '../schema/model/unified.ts';

/** Whether something that could be seen or done no longer can. What was not in the model before cannot be lost. */
export function losesRights(before: Rights, after: Rights, model: UnifiedModel): boolean {
  if (before.key === after.key) return false;
  if ([...before.actions].some((action) => !after.actions.has(action))) return true;
  if (after.types === null) return false;
  for (const type of model.types.values()) {
    if (type.kind !== 'entity') continue;
    const had = before.types === null ? ALL : before.types.get(type.name);
    if (!had) continue;
    const has = after.types.get(type.name);
    if (
      !has ||
      JSON.stringify(has.rows) !== JSON.stringify(had.rows) ||
      has.purposeMissing !== had.purposeMissing ||
      JSON.stringify(has.totals) !== JSON.stringify(had.totals)
    )
      return true;
    const relations = [...type.fields.values()].filter(({ kind }) => kind === 'relation').map(({ name }) => name);
    const paths = [...leavesOf(model, type).map(({ path }) => path), ...relations];
    if (paths.some((path) => loses(had, has, path))) return true;
  }
  return false;
}

const ALL: TypeRights = { fields: new Map() };

function loses(had: TypeRights, has: TypeRights, path: string): boolean {
  const now = has.fields.get(path);
  const then = had.fields.get(path);
  return now !== undefined && then?.kind !== 'absent' && JSON.stringify(now) !== JSON.stringify(then);
}
