import { readFileSync } from 'node:fs';
import {
  buildASTSchema,
  getNamedType,
  isEnumType,
  isRequiredArgument,
  parse,
  print,
  valueFromAST,
  type ASTNode,
  type ConstDirectiveNode,
  type GraphQLArgument,
  type GraphQLDirective,
  type GraphQLEnumType,
} from 'graphql';
import type { SdlReport } from './sdl-report.ts';
import { suggestion } from './suggest.ts';

const directiveSchema = buildASTSchema(parse(readFileSync(new URL('../directives.graphql', import.meta.url), 'utf8')));
const directives: ReadonlyMap<string, GraphQLDirective> = new Map(directiveSchema.getDirectives().map((directive) => [directive.name, directive]));
const usable = [
  'key',
  'authority',
  'relation',
  'aggregate',
  'pick',
  'computed',
  'from',
  'unit',
  'factor',
  'coordinates',
  'format',
  'sharing',
  'personal',
  'label',
  'names',
  'deprecated',
];

/** Names of the enums that the directives' arguments use; they are no types of the unified schema. */
export const DIRECTIVE_ENUMS: ReadonlySet<string> = new Set(
  Object.values(directiveSchema.getTypeMap())
    .filter((type) => isEnumType(type) && !type.name.startsWith('__'))
    .map((type) => type.name),
);

export type DirectiveLocation = 'OBJECT' | 'FIELD_DEFINITION' | 'ENUM' | 'ENUM_VALUE' | 'SCALAR';

/** One use of a directive whose arguments are all well-formed; defaults are filled in. */
export interface DirectiveUse {
  readonly node: ConstDirectiveNode;
  text(argument: string): string | undefined;
  texts(argument: string): readonly string[];
  number(argument: string): number | undefined;
  flag(argument: string): boolean;
  /** The argument's value, for places; the directive's own where the argument is absent. */
  at(argument: string): ASTNode;
}

export type DirectiveUses = ReadonlyMap<string, DirectiveUse>;

/** Checks the directives of one definition against `directives.graphql`. What is not well-formed is reported and left out. */
export function readDirectives(nodes: readonly ConstDirectiveNode[] | undefined, location: DirectiveLocation, report: SdlReport): DirectiveUses {
  const uses = new Map<string, DirectiveUse>();
  for (const node of nodes ?? []) {
    const name = node.name.value;
    const directive = usable.includes(name) ? directives.get(name) : undefined;
    if (directive === undefined) {
      report.error(node, `unknown directive "@${name}"`, suggestion(name, usable));
    } else if (!(directive.locations as readonly string[]).includes(location)) {
      report.error(
        node,
        `"@${name}" cannot stand on ${WORDS[location]}`,
        `it belongs on ${directive.locations.map((at) => WORDS[at as DirectiveLocation] ?? at).join(' or ')}`,
      );
    } else if (uses.has(name)) {
      report.error(node, `"@${name}" is written twice`, 'keep one of them');
    } else {
      const use = readArguments(node, directive, report);
      if (use !== undefined) uses.set(name, use);
    }
  }
  return uses;
}

const WORDS: Record<DirectiveLocation, string> = {
  OBJECT: 'a type',
  FIELD_DEFINITION: 'a field',
  ENUM: 'an enum',
  ENUM_VALUE: 'an enum value',
  SCALAR: 'a scalar',
};

function readArguments(node: ConstDirectiveNode, directive: GraphQLDirective, report: SdlReport): DirectiveUse | undefined {
  const values = new Map<string, unknown>();
  const places = new Map<string, ASTNode>();
  const definitions = new Map(directive.args.map((argument) => [argument.name, argument]));
  let sound = true;
  const fail = (at: ASTNode, message: string, remedy: string): void => {
    report.error(at, message, remedy);
    sound = false;
  };
  for (const argument of node.arguments ?? []) {
    const name = argument.name.value;
    const definition = definitions.get(name);
    if (definition === undefined) {
      fail(argument, `"@${directive.name}" has no argument "${name}"`, suggestion(name, [...definitions.keys()]));
    } else if (places.has(name)) {
      fail(argument, `argument "${name}" is written twice`, 'keep one of them');
    } else {
      places.set(name, argument.value);
      const value: unknown = valueFromAST(argument.value, definition.type);
      if (value === undefined) fail(argument.value, `argument "${name}" of "@${directive.name}" cannot be ${print(argument.value)}`, expected(definition));
      else if (value !== null) values.set(name, value);
    }
  }
  for (const definition of directive.args) {
    if (isRequiredArgument(definition) && !places.has(definition.name))
      fail(node, `"@${directive.name}" needs the argument "${definition.name}"`, `write @${directive.name}(${definition.name}: …)`);
    if (!places.has(definition.name) && definition.defaultValue !== undefined) values.set(definition.name, definition.defaultValue);
  }
  if (!sound) return undefined;
  return {
    node,
    text: (name) => values.get(name) as string | undefined,
    texts: (name) => (values.get(name) ?? []) as readonly string[],
    number: (name) => values.get(name) as number | undefined,
    flag: (name) => values.get(name) === true,
    at: (name) => places.get(name) ?? node,
  };
}

function expected(argument: GraphQLArgument): string {
  const type = getNamedType(argument.type);
  if (isEnumType(type))
    return `write one of ${(type as GraphQLEnumType)
      .getValues()
      .map((value) => value.name)
      .join(', ')}`;
  return `it is of type ${String(argument.type)}`;
}
