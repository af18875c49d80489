import {
  getNamedType,
  getNullableType,
  isAbstractType,
  isListType,
  isObjectType,
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { fragmentsOf } from '../../schema/parse/fragments-of.ts';
import type { Limits } from '../../schema/model/configuration.ts';

/** So many objects cost one point. */
export const OBJECTS_PER_POINT = 10;

/** How many objects an operation may answer with at most, given its coerced variables. */
export type ObjectCount = (variables: Readonly<Record<string, unknown>>) => number;

/** `times` for every parent. */
interface Term {
  readonly times: (variables: Readonly<Record<string, unknown>>) => number;
  readonly counts: boolean;
  readonly terms: readonly Term[];
}

const once = (): number => 1;

/**
 * Compiles what an operation costs: every object that it may answer with counts one, a list counts its page, and both multiply downwards. A page larger than
 * allowed counts as the largest: it is refused for itself. Directives are ignored, so this is an upper bound.
 */
export function compileObjectCount(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  limits: Pick<Limits, 'pageDefault' | 'pageMax'>,
): ObjectCount {
  const root = schema.getRootType(operation.operation);
  if (!root) return () => 0;
  const fragments = fragmentsOf(document);
  const terms = termsOf({ schema, fragments, limits }, root, operation.selectionSet, undefined);
  return (variables) => sum(terms, 1, variables);
}

function sum(terms: readonly Term[], parents: number, variables: Readonly<Record<string, unknown>>): number {
  let total = 0;
  for (const term of terms) {
    const count = parents * term.times(variables);
    total += (term.counts ? count : 0) + sum(term.terms, count, variables);
  }
  return total;
}

interface Context {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly limits: Pick<Limits, 'pageDefault' | 'pageMax'>;
}

/** `page`: of the connection that these are the fields of. */
function termsOf(context: Context, type: GraphQLNamedType, set: SelectionSetNode, page: Term['times'] | undefined): Term[] {
  return set.selections.flatMap((selection): Term[] => {
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const on = selection.typeCondition ? context.schema.getType(selection.typeCondition.name.value) : type;
      return on ? termsOf(context, on, selection.selectionSet, page) : [];
    }
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      const fragment = context.fragments.get(selection.name.value);
      const on = fragment && context.schema.getType(fragment.typeCondition.name.value);
      return on ? termsOf(context, on, fragment.selectionSet, page) : [];
    }
    return fieldTerms(context, type, selection, page);
  });
}

function fieldTerms(context: Context, type: GraphQLNamedType, node: FieldNode, page: Term['times'] | undefined): Term[] {
  const name = node.name.value;
  const field = isObjectType(type) ? type.getFields()[name] : undefined;
  const target = field && getNamedType(field.type);
  if (!field || !node.selectionSet || !(isObjectType(target) || isAbstractType(target))) return [];
  const isPaged = field.args.some((arg) => arg.name === 'first');
  const isConnection = isPaged && isObjectType(target) && target.getFields()['nodes'] !== undefined;
  if (isConnection) return [{ times: once, counts: true, terms: termsOf(context, target, node.selectionSet, pageOf(context, field, node)) }];
  if (page && (name === 'nodes' || name === 'edges')) return [{ times: page, counts: true, terms: termsOf(context, target, node.selectionSet, undefined) }];
  const isEdge = name === 'node' && isObjectType(type) && type.getFields()['cursor'] !== undefined;
  const times = isPaged ? pageOf(context, field, node) : isListType(getNullableType(field.type)) ? listLength(field, node) : once;
  return [{ times, counts: !isEdge, terms: termsOf(context, target, node.selectionSet, undefined) }];
}

function pageOf({ limits }: Context, field: GraphQLField<unknown, unknown>, node: FieldNode): Term['times'] {
  const clamp = (value: unknown): number | undefined => (typeof value === 'number' ? Math.min(Math.max(value, 0), limits.pageMax) : undefined);
  const given = ['first', 'last'].map((name) => argument(field, node, name));
  return (variables) => {
    for (const read of given) {
      const page = clamp(read(variables));
      if (page !== undefined) return page;
    }
    return limits.pageDefault;
  };
}

/** Only lists by ids have a length that the client chooses. */
function listLength(field: GraphQLField<unknown, unknown>, node: FieldNode): Term['times'] {
  const named = field.args.find((arg) => arg.name === 'ids' || arg.name === 'representations');
  if (!named) return once;
  const ids = argument(field, node, named.name);
  return (variables) => {
    const value = ids(variables);
    return Array.isArray(value) ? value.length : 1;
  };
}

function argument(field: GraphQLField<unknown, unknown>, node: FieldNode, name: string): (variables: Readonly<Record<string, unknown>>) => unknown {
  const fallback = field.args.find((arg) => arg.name === name)?.defaultValue;
  const value = node.arguments?.find((arg) => arg.name.value === name)?.value;
  if (value?.kind === Kind.VARIABLE) return (variables) => variables[value.name.value] ?? fallback;
  if (value?.kind === Kind.INT) return () => Number(value.value);
  if (value?.kind === Kind.LIST) return () => value.values;
  return () => fallback;
}
