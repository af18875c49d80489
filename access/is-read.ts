import { leafAt } from '../schema/api/leaves.ts';
import { readingsOf } from '../schema/api/readings.ts';
import type { UnifiedModel } from '../schema/model/unified.ts';

/** Whether an operation that reads these mapped fields (`Type.path`) reads this one: what is derived is read with all that it is made of. */
export function isRead(model: UnifiedModel, type: string, path: string, reads: ReadonlySet<string>): boolean {
  if (reads.has(`${type}.${path}`)) return true;
  const made = madeOf(model, type, path, new Set());
  // Keys are seldom read for what they say.
  const telling = made.filter(([of, leaf]) => model.types.get(of)?.key.includes(leaf) !== true);
  const all = telling.length > 0 ? telling : made;
  return all.length > 0 && all.every(([of, leaf]) => reads.has(`${of}.${leaf}`));
}

/** The mapped leaves below a derived leaf or a relation; none below a mapped one. */
function madeOf(model: UnifiedModel, type: string, path: string, seen: Set<string>): (readonly [type: string, path: string])[] {
  const key = `${type}.${path}`;
  if (seen.has(key)) return [];
  seen.add(key);
  const field = model.types.get(type)?.fields.get(path);
  const parts =
    field?.kind === 'relation'
      ? [...field.fields.map((leaf) => ({ type, path: leaf })), ...field.references.map((leaf) => ({ type: field.target, path: leaf }))]
      : readingsOf(model, type, path);
  return parts.flatMap((part) => {
    const isMapped = leafAt(model, part.type, part.path)?.derivation === undefined && model.types.get(part.type)?.fields.get(part.path)?.kind !== 'relation';
    return isMapped ? [[part.type, part.path] as const] : madeOf(model, part.type, part.path, seen);
  });
}
