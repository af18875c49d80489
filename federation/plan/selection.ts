import {
  getNamedType,
  isInputObjectType,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  valueFromAST,
  visit,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLInputType,
  type GraphQLSchema,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';
import type { PlanContext, VariableRef } from './plan-context.ts';

/** One response key with everything that the document selects under it. */
export interface Selected {
  readonly key: string;
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly sets: readonly SelectionSetNode[];
}

/** What a document brings to planning. */
export interface DocumentContext {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Coerced; enums in their internal form. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Reads a variable and makes the plan depend on its value. */
  structural(variable: string): unknown;
  /** Nested selections are the hub's own: lists are whole. */
  readonly internal?: boolean;
}

/** Fields selected on an object type, fragments spread and directives applied, in document order. @see GraphQL, CollectFields */
export function selectFields(context: PlanContext, typeName: string, sets: readonly SelectionSetNode[]): Selected[] {
  const { document } = context;
  const groups = new Map<string, FieldNode[]>();
  const visited = new Set<string>();
  const walk = (set: SelectionSetNode): void => {
    for (const selection of set.selections) {
      if (!included(document, selection.directives)) continue;
      if (selection.kind === 'Field') {
        const key = selection.alias?.value ?? selection.name.value;
        const known = groups.get(key);
        if (known) known.push(selection);
        else groups.set(key, [selection]);
      } else {
        const fragment = selection.kind === 'InlineFragment' ? selection : document.fragments.get(selection.name.value);
        if (!fragment || (selection.kind === 'FragmentSpread' && visited.has(selection.name.value))) continue;
        if (selection.kind === 'FragmentSpread') visited.add(selection.name.value);
        if (applies(document.schema, typeName, fragment.typeCondition?.name.value)) walk(fragment.selectionSet);
      }
    }
  };
  sets.forEach(walk);
  const type = document.schema.getType(typeName);
  const fields = isObjectType(type) ? type.getFields() : {};
  return [...groups].map(([key, nodes]) => {
    const first = nodes[0] as FieldNode;
    const args: Record<string, unknown> = {};
    for (const arg of fields[first.name.value]?.args ?? []) {
      const node = first.arguments?.find((a) => a.name.value === arg.name);
      const value = node ? readInput(document, node.value, arg.type) : undefined;
      if (value !== undefined) args[arg.name] = value;
      else if (arg.defaultValue !== undefined) args[arg.name] = arg.defaultValue;
    }
    return { key, name: first.name.value, args, sets: nodes.flatMap((n) => (n.selectionSet ? [n.selectionSet] : [])) };
  });
}

function applies(schema: GraphQLSchema, typeName: string, condition: string | undefined): boolean {
  if (condition === undefined || condition === typeName) return true;
  const abstract = schema.getType(condition);
  const type = schema.getType(typeName);
  return isAbstractType(abstract) && isObjectType(type) && schema.isSubType(abstract, type);
}

function included(document: DocumentContext, directives: FieldNode['directives']): boolean {
  return (directives ?? []).every((directive) => {
    const name = directive.name.value;
    if (name !== 'skip' && name !== 'include') return true;
    const node = directive.arguments?.[0]?.value;
    const condition = node?.kind === 'Variable' ? document.structural(node.name.value) : node?.kind === 'BooleanValue' && node.value;
    return (condition === true) === (name === 'include');
  });
}

/** An argument's value; a variable at a leaf stays a reference, so that the plan does not depend on its value. */
function readInput(document: DocumentContext, node: ValueNode, type: GraphQLInputType): unknown {
  const bare = isNonNullType(type) ? type.ofType : type;
  if (node.kind === 'Variable') {
    const name = node.name.value;
    if (document.variables[name] === undefined) return undefined;
    if (document.variables[name] === null || !isLeafType(bare)) return document.structural(name);
    return { kind: 'variableRef', variable: name } satisfies VariableRef;
  }
  if (node.kind === 'NullValue') return null;
  if (node.kind === 'ObjectValue' && isInputObjectType(bare)) {
    const object: Record<string, unknown> = {};
    for (const [name, field] of Object.entries(bare.getFields())) {
      const given = node.fields.find((f) => f.name.value === name);
      const value = given ? readInput(document, given.value, field.type) : undefined;
      if (value !== undefined) object[name] = value;
      else if (field.defaultValue !== undefined) object[name] = field.defaultValue;
    }
    return object;
  }
  if (isListType(bare)) {
    return node.kind === 'ListValue'
      ? node.values.map((v) => readInput(document, v, bare.ofType as GraphQLInputType))
      : [readInput(document, node, bare.ofType as GraphQLInputType)];
  }
  return valueFromAST(node, getNamedType(type), variablesIn(document, node));
}

/** A custom scalar's value may be an object with variables in it. */
function variablesIn(document: DocumentContext, node: ValueNode): Record<string, unknown> | null {
  if (node.kind !== 'ObjectValue') return null;
  const variables: Record<string, unknown> = {};
  visit(node, { Variable: ({ name }) => void (variables[name.value] = document.structural(name.value)) });
  return variables;
}
