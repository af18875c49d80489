import { Kind, type DefinitionNode, type DocumentNode, type FieldDefinitionNode, type InputValueDefinitionNode, type TypeNode } from 'graphql';
import { GRAPHQL_SCALARS } from '../scalars/built-in.ts';

/**
 * What is left when every field and argument whose type does not exist is taken out, again until nothing changes, and then every
 * definition that neither `Query`, `Subscription` nor one of `kept` leads to. An input type counts as existing when it leads to a leaf, so that no chain of inputs
 * is empty.
 */
export function pruneDocument(document: DocumentNode, kept: readonly string[] = []): DocumentNode {
  let definitions = document.definitions;
  for (let isStable = false; !isStable;) {
    const existing = existingTypes(definitions);
    const isMissing = ({ type }: { readonly type: TypeNode }): boolean => !existing.has(namedType(type));
    isStable = true;
    definitions = definitions.flatMap((definition) => {
      if (!existing.has(nameOf(definition))) return [];
      if (!('fields' in definition) || !definition.fields?.some((field) => isMissing(field) || argumentsOf(field).some(isMissing))) return [definition];
      const fields = definition.fields.flatMap((field: FieldDefinitionNode | InputValueDefinitionNode) => {
        if (isMissing(field)) return [];
        const missing = argumentsOf(field).filter(isMissing);
        if (missing.length === 0) return [field];
        if (missing.every((argument) => argument.type.kind !== Kind.NON_NULL_TYPE))
          return [{ ...field, arguments: argumentsOf(field).filter((argument) => !missing.includes(argument)) }];
        // It could have been what its type exists for.
        isStable = false;
        return [];
      });
      return [{ ...definition, fields } as DefinitionNode];
    });
  }
  const reached = reachableTypes(definitions, ['Query', 'Subscription', ...kept]);
  return { ...document, definitions: definitions.filter((definition) => reached.has(nameOf(definition))) };
}

/** Least fixpoint: leaves exist, an object or input exists when one of its fields' types does, and all those that it requires. */
function existingTypes(definitions: readonly DefinitionNode[]): ReadonlySet<string> {
  const existing = new Set<string>(GRAPHQL_SCALARS);
  const open: DefinitionNode[] = [];
  for (const definition of definitions) {
    if ('fields' in definition && definition.fields !== undefined) open.push(definition);
    else if (nameOf(definition) !== '') existing.add(nameOf(definition));
  }
  const waiting = new Map<string, DefinitionNode[]>();
  // Grows by those that wait for a type which turns out to exist.
  for (const definition of open) {
    const name = nameOf(definition);
    if (existing.has(name)) continue;
    if (!exists(definition, existing)) {
      for (const { type } of fieldsOf(definition)) {
        const needed = namedType(type);
        const others = waiting.get(needed);
        if (others) others.push(definition);
        else if (!existing.has(needed)) waiting.set(needed, [definition]);
      }
      continue;
    }
    existing.add(name);
    open.push(...(waiting.get(name) ?? []));
    waiting.delete(name);
  }
  return existing;
}

function exists(definition: DefinitionNode, existing: ReadonlySet<string>): boolean {
  const fields = fieldsOf(definition);
  const isThere = ({ type }: { readonly type: TypeNode }): boolean => existing.has(namedType(type));
  if (!fields.some(isThere)) return false;
  return definition.kind !== Kind.INPUT_OBJECT_TYPE_DEFINITION || fields.every((field) => field.type.kind !== Kind.NON_NULL_TYPE || isThere(field));
}

const nameOf = (definition: DefinitionNode): string => ('name' in definition ? (definition.name?.value ?? '') : '');
const fieldsOf = (definition: DefinitionNode): readonly (FieldDefinitionNode | InputValueDefinitionNode)[] =>
  'fields' in definition ? (definition.fields ?? []) : [];
const argumentsOf = (field: FieldDefinitionNode | InputValueDefinitionNode): readonly InputValueDefinitionNode[] =>
  field.kind === Kind.FIELD_DEFINITION ? (field.arguments ?? []) : [];

/** Names of the definitions that `roots` lead to; Several definitions may share a name. */
export function reachableTypes(definitions: readonly DefinitionNode[], roots: readonly string[]): ReadonlySet<string> {
  const byName = Map.groupBy(definitions, nameOf);
  const reached = new Set<string>();
  const queue = [...roots];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (reached.has(name)) continue;
    for (const definition of byName.get(name) ?? []) {
      reached.add(name);
      queue.push(...namesIn(definition));
    }
  }
  return reached;
}

/** Types that a definition names, some of them more than once. */
export function namesIn(definition: DefinitionNode): string[] {
  const names: string[] = [];
  const add = (type: TypeNode): void => void names.push(namedType(type));
  if ('interfaces' in definition) definition.interfaces?.forEach(add);
  if ('types' in definition) definition.types?.forEach(add);
  if ('fields' in definition) {
    for (const field of definition.fields ?? []) {
      add(field.type);
      if (field.kind === Kind.FIELD_DEFINITION) field.arguments?.forEach(({ type }) => add(type));
    }
  }
  if (definition.kind === Kind.DIRECTIVE_DEFINITION) definition.arguments?.forEach(({ type }) => add(type));
  return names;
}

function namedType(type: TypeNode): string {
  let inner = type;
  while (inner.kind !== Kind.NAMED_TYPE) inner = inner.type;
  return inner.name.value;
}
