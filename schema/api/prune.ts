import { Kind, type DefinitionNode, type DocumentNode, type FieldDefinitionNode, type InputValueDefinitionNode, type TypeNode } from 'graphql';
import { GRAPHQL_SCALARS } from '../scalars/built-in.ts';

/**
 * What is left when every field and argument whose type does not exist is taken out, again until nothing changes, and then every
 * definition that neither `Query`, `Subscription` nor one of `kept` leads to. An input type counts as existing when it leads to a leaf, so that no chain of inputs
 * is empty.
 */
export function pruneDocument(document: DocumentNode, kept: readonly string[] = []): DocumentNode {
  let definitions = document.definitions;
  for (;;) {
    const existing = existingTypes(definitions);
    const next = definitions
      .filter((definition) => 'name' in definition && existing.has(definition.name!.value))
      .map((definition) => withoutMissing(definition, existing));
    const stable = next.length === definitions.length && next.every((definition, index) => definition === definitions[index]);
    definitions = next;
    if (stable) break;
  }
  const reached = reachableTypes(definitions, ['Query', 'Subscription', ...kept]);
  return { ...document, definitions: definitions.filter((definition) => 'name' in definition && reached.has(definition.name!.value)) };
}

/** Least fixpoint: leaves exist, an object or input exists when one of its fields' types does. */
function existingTypes(definitions: readonly DefinitionNode[]): ReadonlySet<string> {
  const existing = new Set<string>(GRAPHQL_SCALARS);
  for (let size = -1; size !== existing.size;) {
    size = existing.size;
    for (const definition of definitions) {
      if (!('name' in definition) || definition.name === undefined) continue;
      const fields = 'fields' in definition ? (definition.fields ?? []) : undefined;
      const required = definition.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION ? (fields ?? []).filter((field) => field.type.kind === Kind.NON_NULL_TYPE) : [];
      if (
        fields === undefined ||
        (fields.some((field) => existing.has(namedType(field.type))) && required.every((field) => existing.has(namedType(field.type))))
      )
        existing.add(definition.name.value);
    }
  }
  return existing;
}

function withoutMissing(definition: DefinitionNode, existing: ReadonlySet<string>): DefinitionNode {
  if (!('fields' in definition) || definition.fields === undefined) return definition;
  const fields = definition.fields.flatMap((field: FieldDefinitionNode | InputValueDefinitionNode) => {
    if (!existing.has(namedType(field.type))) return [];
    if (field.kind === Kind.INPUT_VALUE_DEFINITION || field.arguments === undefined) return [field];
    const missing = field.arguments.filter((argument) => !existing.has(namedType(argument.type)));
    if (missing.some((argument) => argument.type.kind === Kind.NON_NULL_TYPE)) return [];
    return [missing.length === 0 ? field : { ...field, arguments: field.arguments.filter((argument) => !missing.includes(argument)) }];
  });
  const same = fields.length === definition.fields.length && fields.every((field, index) => field === definition.fields![index]);
  return same ? definition : ({ ...definition, fields } as DefinitionNode);
}

/** Names of the definitions that `roots` lead to; Several definitions may share a name. */
export function reachableTypes(definitions: readonly DefinitionNode[], roots: readonly string[]): ReadonlySet<string> {
  const byName = Map.groupBy(definitions, (definition) => ('name' in definition ? (definition.name?.value ?? '') : ''));
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
