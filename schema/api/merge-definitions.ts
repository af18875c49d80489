import { Kind, type DefinitionNode, type DocumentNode } from 'graphql';

/** One document of several: the hub's own each bring root fields of theirs, and name scalars that the generated API has. */
export function mergeDefinitions(documents: readonly DocumentNode[]): DocumentNode {
  return { kind: Kind.DOCUMENT, definitions: unrepeated(documents.flatMap(({ definitions }) => definitions)) };
}

/** A type that comes again extends the first of its name, a scalar is left out. */
function unrepeated(definitions: readonly DefinitionNode[]): DefinitionNode[] {
  const seen = new Set<string>();
  return definitions.flatMap((each): DefinitionNode[] => {
    if (each.kind !== Kind.OBJECT_TYPE_DEFINITION && each.kind !== Kind.SCALAR_TYPE_DEFINITION) return [each];
    if (seen.has(each.name.value)) return each.kind === Kind.SCALAR_TYPE_DEFINITION ? [] : [{ ...each, kind: Kind.OBJECT_TYPE_EXTENSION }];
    seen.add(each.name.value);
    return [each];
  });
}
