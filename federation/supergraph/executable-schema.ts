import { makeExecutableSchema } from '@graphql-tools/schema';
import type { IResolvers } from '@graphql-tools/utils';
import {
  extendSchema,
  isInterfaceType,
  isObjectType,
  isUnionType,
  Kind,
  type OperationTypeNode,
  type DefinitionNode,
  type DocumentNode,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  type GraphQLTypeResolver,
} from 'graphql';
import { ROOTS } from './hub-api.ts';

type Members = Readonly<Record<string, unknown>>;

/**
 * A schema of a document and what runs it, in steps between which other work may run. Scalars and enums are made first and all else is built upon them:
 * to put them into a whole schema takes as long as to build it. Resolvers of what the document does not hold are left out.
 * @param document definitions that were checked
 */
export function* executableSchema({ definitions }: DocumentNode, resolvers: readonly IResolvers[]): Generator<void, GraphQLSchema> {
  const { leaves = [], others = [] } = Object.groupBy(definitions, (definition) => (isLeaf(definition) ? 'leaves' : 'others'));
  const base = makeExecutableSchema({
    typeDefs: documentOf(leaves),
    resolvers: [...resolvers],
    updateResolversInPlace: true,
    resolverValidationOptions: { requireResolversToMatchSchema: 'ignore' },
  });
  yield;
  const schema = extendSchema(base, documentOf([rootsOf(others), ...others]), { assumeValidSDL: true });
  yield;
  for (const each of resolvers) for (const [type, members] of Object.entries(each)) attach(schema, type, members as Members);
  return schema;
}

const documentOf = (definitions: readonly DefinitionNode[]): DocumentNode => ({ kind: Kind.DOCUMENT, definitions });

const isLeaf = ({ kind }: DefinitionNode): boolean => kind === Kind.SCALAR_TYPE_DEFINITION || kind === Kind.ENUM_TYPE_DEFINITION;

/** Whoever extends a schema must say which types are its roots. */
function rootsOf(definitions: readonly DefinitionNode[]): DefinitionNode {
  const roots = definitions.flatMap((each) => (each.kind === Kind.OBJECT_TYPE_DEFINITION && ROOTS.includes(each.name.value) ? [each.name] : []));
  return {
    kind: Kind.SCHEMA_DEFINITION,
    operationTypes: roots.map((name) => ({
      kind: Kind.OPERATION_TYPE_DEFINITION,
      operation: name.value.toLowerCase() as OperationTypeNode,
      type: { kind: Kind.NAMED_TYPE, name },
    })),
  };
}

function attach(schema: GraphQLSchema, name: string, members: Members): void {
  const type = schema.getType(name);
  if (isInterfaceType(type) || isUnionType(type)) {
    const { __resolveType: resolveType } = members as { readonly __resolveType?: GraphQLTypeResolver<unknown, unknown> };
    if (resolveType) type.resolveType = resolveType;
  }
  if (!isObjectType(type)) return;
  const fields = type.getFields();
  for (const [field, resolve] of Object.entries(members)) if (fields[field]) fields[field].resolve = resolve as GraphQLFieldResolver<unknown, unknown>;
}
