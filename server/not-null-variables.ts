import { isNonNullType, Kind, TypeInfo, visit, visitWithTypeInfo, type DocumentNode, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';

/**
 * The variables of an operation that may be null by their type, but not where they stand: GraphQL allows that when they or the place have a default, and makes null an
 * error of whoever sends it.
 */
export function notNullVariables(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): readonly string[] {
  const nullable = new Set(
    (operation.variableDefinitions ?? []).flatMap(({ variable, type }) => (type.kind === Kind.NON_NULL_TYPE ? [] : [variable.name.value])),
  );
  const found = new Set<string>();
  if (nullable.size === 0) return [];
  const types = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(types, {
      VariableDefinition: () => false,
      OperationDefinition: (node) => (node === operation ? undefined : false),
      Variable({ name }) {
        if (nullable.has(name.value) && isNonNullType(types.getInputType())) found.add(name.value);
      },
    }),
  );
  return [...found];
}
