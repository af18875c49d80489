import {
  GraphQLError,
  Kind,
  parse,
  Source,
  type DefinitionNode,
  type EnumTypeDefinitionNode,
  type ObjectTypeDefinitionNode,
  type ScalarTypeDefinitionNode,
} from 'graphql';
import { RESERVED_ENDINGS, RESERVED_TYPES } from '../api/names.ts';
import { BUILT_IN_SCALARS } from '../scalars/built-in.ts';
import { DIRECTIVE_ENUMS } from './sdl-directives.ts';
import { placeOf, type SdlReport } from './sdl-report.ts';

/** Definitions of all files by name, duplicates and foreign kinds left out. */
export interface SdlDefinitions {
  readonly objects: ReadonlyMap<string, ObjectTypeDefinitionNode>;
  readonly enums: ReadonlyMap<string, EnumTypeDefinitionNode>;
  readonly scalars: ReadonlyMap<string, ScalarTypeDefinitionNode>;
}

export interface SdlSource {
  readonly text: string;
  /** As it shall appear in problems. */
  readonly file: string;
}

/** Parses every file and gathers what it defines. */
export function collectDefinitions(sources: readonly SdlSource[], report: SdlReport): SdlDefinitions {
  const objects = new Map<string, ObjectTypeDefinitionNode>();
  const enums = new Map<string, EnumTypeDefinitionNode>();
  const scalars = new Map<string, ScalarTypeDefinitionNode>();
  const seen = new Map<string, DefinitionNode>();
  for (const definition of sources.flatMap((source) => parseSource(source, report))) {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.ENUM_TYPE_DEFINITION && definition.kind !== Kind.SCALAR_TYPE_DEFINITION) {
      report.error(
        definition,
        `${describe(definition)} has no place in the unified schema`,
        'keep types, enums and scalars only; queries, filters and inputs are generated',
      );
      continue;
    }
    const name = definition.name.value;
    const earlier = seen.get(name);
    if (earlier !== undefined) {
      const place = placeOf(earlier);
      report.error(definition.name, `"${name}" is defined twice`, `rename one or delete it; the other is at ${place.file}:${place.line}`);
      continue;
    }
    seen.set(name, definition);
    if (definition.kind === Kind.SCALAR_TYPE_DEFINITION && BUILT_IN_SCALARS.has(name)) {
      const directive = definition.directives?.[0];
      if (directive !== undefined) report.error(directive, `"${name}" is built in and takes no directive`, 'define a scalar of your own');
      continue;
    }
    checkTypeName(definition, name, report);
    // Fields go on meaning the scalar: one mistake, not one for each of them.
    if (BUILT_IN_SCALARS.has(name)) continue;
    if (definition.kind === Kind.OBJECT_TYPE_DEFINITION) objects.set(name, definition);
    else if (definition.kind === Kind.ENUM_TYPE_DEFINITION) enums.set(name, definition);
    else scalars.set(name, definition);
  }
  return { objects, enums, scalars };
}

function parseSource(source: SdlSource, report: SdlReport): readonly DefinitionNode[] {
  if (/^(?:[\s,\uFEFF]|#.*)*$/.test(source.text)) return [];
  try {
    return parse(new Source(source.text, source.file)).definitions;
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const location = error.locations?.[0];
    report.errorAt(
      { file: source.file, line: location?.line ?? 1, column: location?.column ?? 1 },
      error.message.replace(/\.$/, ''),
      'mend the GraphQL syntax here',
    );
    return [];
  }
}

function describe(definition: DefinitionNode): string {
  const name = 'name' in definition && definition.name !== undefined ? ` "${definition.name.value}"` : '';
  return `${definition.kind
    .replace(/(Type)?(Definition|Extension)$/, '')
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toLowerCase()}${definition.kind.endsWith('Extension') ? ' extension' : ''}${name}`;
}

function checkTypeName(definition: ObjectTypeDefinitionNode | EnumTypeDefinitionNode | ScalarTypeDefinitionNode, name: string, report: SdlReport): void {
  const at = definition.name;
  if (name.startsWith('_')) report.error(at, `type name "${name}" starts with "_"`, 'names with "_" in front belong to the hub; choose another');
  else if (RESERVED_TYPES.has(name) || DIRECTIVE_ENUMS.has(name) || BUILT_IN_SCALARS.has(name))
    report.error(at, `type name "${name}" belongs to the hub`, `choose another, such as "${name}Record"`);
  else {
    const ending = RESERVED_ENDINGS.find((end) => name.endsWith(end));
    if (ending !== undefined) report.error(at, `type name "${name}" ends in "${ending}", as generated types do`, 'choose another ending');
  }
}
