import { Kind, type DocumentNode, type FragmentDefinitionNode } from 'graphql';

/** By name. */
export const fragmentsOf = ({ definitions }: Pick<DocumentNode, 'definitions'>): ReadonlyMap<string, FragmentDefinitionNode> =>
  new Map(definitions.flatMap((each) => (each.kind === Kind.FRAGMENT_DEFINITION ? [[each.name.value, each] as const] : [])));
