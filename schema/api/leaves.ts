import type { LeafField, UnifiedModel, UnifiedType } from '../model/unified.ts';
import { ENUM_TRAITS, scalarTraits, type ScalarTraits } from '../scalars/built-in.ts';

/** A leaf of an entity, its own or one of an embedded value type. */
export interface LeafPath {
  /** `amount`, or `location.lng`. */
  readonly path: string;
  readonly leaf: LeafField;
}

/** All leaves of an entity, in the order of the SDL. */
export function leavesOf(model: UnifiedModel, entity: UnifiedType): LeafPath[] {
  return [...entity.fields.values()].flatMap((field): LeafPath[] => {
    if (field.kind === 'leaf') return [{ path: field.name, leaf: field }];
    if (field.kind === 'relation') return [];
    const parts = [...(model.types.get(field.type)?.fields.values() ?? [])];
    return parts.flatMap((part) => (part.kind === 'leaf' ? [{ path: `${field.name}.${part.name}`, leaf: part }] : []));
  });
}

/** The leaf at a path of an entity, or undefined. */
export function leafAt(model: UnifiedModel, entity: string, path: string): LeafField | undefined {
  const [head = '', tail] = path.split('.');
  const field = model.types.get(entity)?.fields.get(head);
  if (tail === undefined) return field?.kind === 'leaf' ? field : undefined;
  if (field?.kind !== 'value') return undefined;
  const part = model.types.get(field.type)?.fields.get(tail);
  return part?.kind === 'leaf' ? part : undefined;
}

export function leafTraits({ type }: LeafField): ScalarTraits {
  return type.kind === 'enum' ? ENUM_TRAITS : scalarTraits(type.name);
}
