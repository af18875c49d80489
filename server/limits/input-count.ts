import {
  getNamedType,
  isInputObjectType,
  Kind,
  typeFromAST,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';
import { fragmentsOf } from '../../schema/parse/fragments-of.ts';

/** Of the arguments of a query or a subscription: past them a filter has more conditions than some databases take, and planning it takes noticeably long. */
export const INPUT_FIELDS_MAX = 500;

/** How many fields of input objects (conditions, orders, group keys) the arguments of an operation have, given its coerced variables. */
export type InputCount = (variables: Readonly<Record<string, unknown>>) => number;

/** Compiles it for a valid operation: a variable counts wherever it is used, a fragment wherever it is spread. */
export function compileInputCount(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): InputCount {
  const fragments = fragmentsOf(document);
  const inputs = new Set(
    (operation.variableDefinitions ?? []).flatMap(({ variable, type }) => {
      const named = typeFromAST(schema, type as Parameters<typeof typeFromAST>[1]);
      return named && isInputObjectType(getNamedType(named)) ? [variable.name.value] : [];
    }),
  );
  const uses = new Map<string, number>();
  let written = 0;
  const read = (value: ValueNode): void => {
    if (value.kind === Kind.LIST) value.values.forEach(read);
    else if (value.kind === Kind.OBJECT) {
      written += value.fields.length;
      for (const field of value.fields) read(field.value);
    } else if (value.kind === Kind.VARIABLE && inputs.has(value.name.value)) uses.set(value.name.value, (uses.get(value.name.value) ?? 0) + 1);
  };
  const walk = (set: SelectionSetNode | undefined): void => {
    for (const selection of set?.selections ?? []) {
      if (selection.kind === Kind.FIELD) for (const { value } of selection.arguments ?? []) read(value);
      walk(selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value)?.selectionSet : selection.selectionSet);
    }
  };
  walk(operation.selectionSet);
  return (variables) => {
    let count = written;
    for (const [name, times] of uses) count += times * fieldsOf(variables[name]);
    return count;
  };
}

function fieldsOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const inner = Object.values(value);
  return inner.reduce<number>((sum, each) => sum + fieldsOf(each), Array.isArray(value) ? 0 : inner.length);
}
