import type { UnifiedModel } from '../model/unified.ts';
import type { LeafRef } from './dependencies.ts';
import { leafAt } from './leaves.ts';
import { readingsOf } from './readings.ts';

/** The leaves that mappings give and a leaf or relation is made of: a mapped one of itself, a derived one of all that it reads, a relation of what it compares. */
export function mappedLeaves(model: UnifiedModel, type: string, path: string, seen: Set<string> = new Set()): LeafRef[] {
  const key = `${type}.${path}`;
  if (seen.has(key)) return [];
  seen.add(key);
  const field = model.types.get(type)?.fields.get(path);
  if (field?.kind === 'relation')
    return [
      ...field.fields.flatMap((leaf) => mappedLeaves(model, type, leaf, seen)),
      ...field.references.flatMap((leaf) => mappedLeaves(model, field.target, leaf, seen)),
    ];
  if (leafAt(model, type, path)?.derivation === undefined) return [{ type, path }];
  return readingsOf(model, type, path).flatMap((reading) => mappedLeaves(model, reading.type, reading.path, seen));
}
