import {
  getIntrospectionQuery,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  isWrappingType,
  Kind,
  parse,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLArgument,
  type GraphQLDirective,
  type GraphQLEnumValue,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLSchema,
  type GraphQLType,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { fragmentsOf } from '../../schema/parse/fragments-of.ts';
import { costError } from './cost-error.ts';

/** What introspection shows as an object. */
type Part = GraphQLSchema | GraphQLDirective | GraphQLType | GraphQLField<unknown, unknown> | GraphQLInputField | GraphQLArgument | GraphQLEnumValue;

/** An operation may ask for so many times what clients ask for that load the whole schema. */
const WHOLE_SCHEMAS = 2;

const wholes = new WeakMap<GraphQLSchema, number>();

/** Refuses a query whose introspection is far larger than the schema: its lists multiply, and graphql-js answers it in one go. @throws {GraphQLError} LIMIT_COST */
export function checkIntrospection(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): void {
  const size = introspectionSize(schema, document, operation);
  if (size === 0) return;
  const max = WHOLE_SCHEMAS * wholeSchema(schema);
  if (size <= max) return;
  const number = (value: number): string => value.toLocaleString('en');
  throw costError(`The introspection has up to ${number(size)} objects; at most ${number(max)} are allowed: ask for less of the schema.`);
}

function wholeSchema(schema: GraphQLSchema): number {
  const known = wholes.get(schema);
  if (known !== undefined) return known;
  const options = { specifiedByUrl: true, directiveIsRepeatable: true, schemaDescription: true, inputValueDeprecation: true, oneOf: true };
  const document = parse(getIntrospectionQuery(options), { noLocation: true });
  const whole = introspectionSize(
    schema,
    document,
    document.definitions.find((each) => each.kind === Kind.OPERATION_DEFINITION),
  );
  wholes.set(schema, whole);
  return whole;
}

/** How many objects of introspection a valid operation answers with at most, whatever its directives. Quick: each selection is counted once for each part of the schema. */
export function introspectionSize(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode | undefined): number {
  const fragments = fragmentsOf(document);
  const known = new Map<SelectionSetNode, { readonly fields: readonly FieldNode[]; readonly sizes: Map<Part, number> }>();
  const sizeOf = (part: Part, set: SelectionSetNode): number => {
    const { fields, sizes } = known.get(set) ?? { fields: fieldsOf(set, fragments), sizes: new Map<Part, number>() };
    known.set(set, { fields, sizes });
    const counted = sizes.get(part);
    if (counted !== undefined) return counted;
    let size = 1;
    for (const { name, selectionSet } of fields) {
      if (selectionSet) for (const inner of partsOf(part, name.value, schema)) size += sizeOf(inner, selectionSet);
    }
    sizes.set(part, size);
    return size;
  };
  let total = 0;
  for (const field of operation ? fieldsOf(operation.selectionSet, fragments) : []) {
    const { selectionSet } = field;
    if (!selectionSet) continue;
    if (field.name.value === '__schema') total += sizeOf(schema, selectionSet);
    if (field.name.value === '__type') total += Math.max(0, ...typesOf(schema, field).map((type) => sizeOf(type, selectionSet)));
  }
  return total;
}

/** That `__type` may show: any, where a variable says which. */
function typesOf(schema: GraphQLSchema, field: FieldNode): readonly GraphQLType[] {
  const name = field.arguments?.find((argument) => argument.name.value === 'name')?.value;
  return name?.kind === Kind.STRING ? present(schema.getType(name.value)) : Object.values(schema.getTypeMap());
}

/** Fragments spread: each once, since what it selects is answered once. */
function fieldsOf(set: SelectionSetNode, fragments: ReadonlyMap<string, FragmentDefinitionNode>, spread = new Set<string>()): readonly FieldNode[] {
  return set.selections.flatMap((selection): readonly FieldNode[] => {
    if (selection.kind === Kind.FIELD) return [selection];
    if (selection.kind === Kind.INLINE_FRAGMENT) return fieldsOf(selection.selectionSet, fragments, spread);
    const fragment = spread.has(selection.name.value) ? undefined : fragments.get(selection.name.value);
    spread.add(selection.name.value);
    return fragment ? fieldsOf(fragment.selectionSet, fragments, spread) : [];
  });
}

function partsOf(part: Part, field: string, schema: GraphQLSchema): readonly Part[] {
  switch (field) {
    case 'types':
      return Object.values(schema.getTypeMap());
    case 'queryType':
    case 'mutationType':
    case 'subscriptionType':
      return present({ queryType: schema.getQueryType(), mutationType: schema.getMutationType(), subscriptionType: schema.getSubscriptionType() }[field]);
    case 'directives':
      return schema.getDirectives();
    case 'type':
      return 'type' in part ? [part.type] : [];
    case 'args':
      return 'args' in part ? part.args : [];
    case 'ofType':
      return isWrappingType(part) ? [part.ofType as GraphQLType] : [];
    case 'fields':
      return isObjectType(part) || isInterfaceType(part) ? Object.values(part.getFields()) : [];
    case 'inputFields':
      return isInputObjectType(part) ? Object.values(part.getFields()) : [];
    case 'enumValues':
      return isEnumType(part) ? part.getValues() : [];
    case 'interfaces':
      return isObjectType(part) || isInterfaceType(part) ? part.getInterfaces() : [];
    case 'possibleTypes':
      return isInterfaceType(part) || isUnionType(part) ? schema.getPossibleTypes(part) : [];
    default:
      return [];
  }
}

const present = <T>(value: T | null | undefined): readonly T[] => (value === null || value === undefined ? [] : [value]);
