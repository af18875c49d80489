import type { IResolvers } from '@graphql-tools/utils';
import { Kind, type DefinitionNode, type DocumentNode, type FieldDefinitionNode } from 'graphql';
import { namesIn, reachableTypes } from '../../schema/api/prune.ts';
import type { Action } from '../../schema/model/action.ts';

/** The hub's own part of the API, merged with the generated one. */
export interface HubApi {
  readonly document: DocumentNode;
  readonly resolvers: IResolvers;
  /** What using a root field takes, by `Query.sources`. A root field that is not listed is for those who may do everything. */
  readonly actions: ReadonlyMap<string, Action>;
}

export const ROOTS: readonly string[] = ['Query', 'Mutation', 'Subscription'];

/**
 * The hub's own fields that whoever may do these actions may use, and the types that they lead to.
 * @param whole the whole generated API
 * @param remaining what the rights leave of that: types that only the hub's own fields still need are taken from the whole
 */
export function restrictHubApi(
  hub: HubApi,
  allowed: ReadonlySet<Action>,
  whole: DocumentNode,
  remaining: DocumentNode,
): Pick<HubApi, 'document' | 'resolvers'> {
  const may = (root: string, field: FieldDefinitionNode): boolean => {
    const action = hub.actions.get(`${root}.${field.name.value}`);
    return action !== undefined && allowed.has(action);
  };
  const definitions = hub.document.definitions.flatMap((definition): DefinitionNode[] => {
    if ((definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.OBJECT_TYPE_EXTENSION) || !ROOTS.includes(definition.name.value))
      return [definition];
    const fields = (definition.fields ?? []).filter((field) => may(definition.name.value, field));
    return fields.length === 0 ? [] : [{ ...definition, fields }];
  });
  const there = new Set(remaining.definitions.map(nameOf));
  const shared = whole.definitions.filter((definition) => !ROOTS.includes(nameOf(definition)) && !there.has(nameOf(definition)));
  const all = [...definitions, ...shared];
  const reached = reachableTypes(all, ROOTS);
  return { document: { ...hub.document, definitions: all.filter((definition) => reached.has(nameOf(definition))) }, resolvers: hub.resolvers };
}

/** Types that the hub's own fields use and the generated API defines. */
export function sharedTypes({ document: { definitions } }: Pick<HubApi, 'document'>): string[] {
  const own = new Set(definitions.map(nameOf));
  return [...new Set(definitions.flatMap(namesIn))].filter((name) => !own.has(name));
}

const nameOf = (definition: DefinitionNode): string => ('name' in definition ? (definition.name?.value ?? '') : '');
