import type { IResolvers } from '@graphql-tools/utils';
import { Kind, parse, print, visit, type DefinitionNode, type FieldDefinitionNode } from 'graphql';
import { reachableTypes } from '../../schema/api/prune.ts';
import type { Action } from '../../schema/model/action.ts';

/** The hub's own part of the API, merged with the generated one. */
export interface HubApi {
  readonly typeDefs: string;
  readonly resolvers: IResolvers;
  /** What using a root field takes, by `Query.sources`. A root field that is not listed is for those who may do everything. */
  readonly actions: ReadonlyMap<string, Action>;
}

const ROOTS: readonly string[] = ['Query', 'Mutation', 'Subscription'];

/**
 * The hub's own fields that whoever may do these actions may use, and the types that they lead to.
 * @param whole SDL of the whole generated API
 * @param remaining what the rights leave of that: types that only the hub's own fields still need are taken from the whole
 */
export function restrictHubApi(hub: HubApi, allowed: ReadonlySet<Action>, whole: string, remaining: string): Pick<HubApi, 'typeDefs' | 'resolvers'> {
  const may = (root: string, field: FieldDefinitionNode): boolean => {
    const action = hub.actions.get(`${root}.${field.name.value}`);
    return action !== undefined && allowed.has(action);
  };
  const definitions = definitionsOf(hub.typeDefs).flatMap((definition): DefinitionNode[] => {
    if ((definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.OBJECT_TYPE_EXTENSION) || !ROOTS.includes(definition.name.value))
      return [definition];
    const fields = (definition.fields ?? []).filter((field) => may(definition.name.value, field));
    return fields.length === 0 ? [] : [{ ...definition, fields }];
  });
  const there = new Set(definitionsOf(remaining).map(nameOf));
  const shared = definitionsOf(whole).filter((definition) => !ROOTS.includes(nameOf(definition)) && !there.has(nameOf(definition)));
  const all = [...definitions, ...shared];
  const reached = reachableTypes(all, ROOTS);
  const kept = all.filter((definition) => reached.has(nameOf(definition)));
  return { typeDefs: kept.map(print).join('\n'), resolvers: hub.resolvers };
}

/** Types that the hub's own fields use and the generated API defines. */
export function sharedTypes({ typeDefs }: Pick<HubApi, 'typeDefs'>): string[] {
  const definitions = definitionsOf(typeDefs);
  const own = new Set(definitions.map(nameOf));
  return [...new Set(definitions.flatMap(namesIn))].filter((name) => !own.has(name));
}

function namesIn(definition: DefinitionNode): string[] {
  const names: string[] = [];
  visit(definition, { NamedType: ({ name }) => void names.push(name.value) });
  return names;
}

const definitionsOf = (sdl: string): readonly DefinitionNode[] => (sdl === '' ? [] : parse(sdl, { noLocation: true }).definitions);
const nameOf = (definition: DefinitionNode): string => ('name' in definition ? (definition.name?.value ?? '') : '');
