import { mappedLeaves } from '../schema/api/mapped-leaves.ts';
import type { UnifiedModel } from '../schema/model/unified.ts';

/** Whether an operation that reads these mapped fields (`Type.path`) reads this one: what is derived is read with all that it is made of. */
export function isRead(model: UnifiedModel, type: string, path: string, reads: ReadonlySet<string>): boolean {
  const made = mappedLeaves(model, type, path);
  // Keys are seldom read for what they say.
  const telling = made.filter((leaf) => model.types.get(leaf.type)?.key.includes(leaf.path) !== true);
  return made.length > 0 && (telling.length > 0 ? telling : made).every((leaf) => reads.has(`${leaf.type}.${leaf.path}`));
}
