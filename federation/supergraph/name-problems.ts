import { Kind, type DocumentNode } from 'graphql';
import { RESERVED_ENDINGS } from '../../schema/api/names.ts';
import type { Problem } from '../../schema/errors/problem.ts';
import type { Place, UnifiedModel } from '../../schema/model/unified.ts';
import { ROOTS } from './hub-api.ts';

/** Unified types and enums whose API has names that the hub's own types have already. */
export function nameProblems({ types }: UnifiedModel, api: DocumentNode, hub: DocumentNode): Problem[] {
  const own = new Set(typeNames(hub));
  const taken = new Set(typeNames(api).filter((name) => own.has(name)));
  if (taken.size === 0) return [];
  const places = new Map<string, Place>([...types.values()].map(({ name, place }) => [name, place]));
  // An enum is in the API for a field that has it.
  for (const { fields } of types.values())
    for (const field of fields.values()) if (field.kind === 'leaf' && field.type.kind === 'enum') places.set(field.type.name, field.place);
  return [...places].flatMap(([name, place]): Problem[] => {
    const theirs = ['', ...RESERVED_ENDINGS].map((ending) => name + ending).find((each) => taken.has(each));
    if (theirs === undefined) return [];
    const message = theirs === name ? `type name "${name}" belongs to the hub` : `the API of "${name}" has a type "${theirs}", which belongs to the hub`;
    return [{ ...place, message, remedy: `choose another, such as "${name}Record"`, severity: 'error' }];
  });
}

/** Both name scalars, and both bring root fields. */
function typeNames({ definitions }: DocumentNode): string[] {
  return definitions.flatMap((each) =>
    'name' in each && each.name && each.kind !== Kind.SCALAR_TYPE_DEFINITION && !ROOTS.includes(each.name.value) ? [each.name.value] : [],
  );
}
