import { Kind, type FieldDefinitionNode, type ObjectTypeDefinitionNode, type TypeNode } from 'graphql';
import { lowerCamel, plural, RESERVED_FIELDS, screamingSnake } from '../api/names.ts';
import { BUILT_IN_SCALARS } from '../scalars/built-in.ts';
import type { Label, LeafField, UnifiedField, UnifiedType } from '../model/unified.ts';
import { readDerivation } from './sdl-derivations.ts';
import { readDirectives, type DirectiveUses } from './sdl-directives.ts';
import type { SdlDefinitions } from './sdl-documents.ts';
import { placeOf, type SdlReport } from './sdl-report.ts';
import { suggestion } from './suggest.ts';

/** A type with the syntax it came from, so that later checks can point at it. */
export interface ParsedType {
  readonly type: UnifiedType;
  readonly node: ObjectTypeDefinitionNode;
  readonly uses: DirectiveUses;
  readonly fields: ReadonlyMap<string, ParsedField>;
}

export interface ParsedField {
  readonly field: UnifiedField;
  readonly node: FieldDefinitionNode;
  readonly uses: DirectiveUses;
}

export type ParsedTypes = ReadonlyMap<string, ParsedType>;

/** Fields of entities that hold a value type. */
export function parentsOf(valueType: string, types: ParsedTypes): { readonly parent: ParsedType; readonly field: string }[] {
  return [...types.values()].flatMap((parent) =>
    [...parent.fields.values()]
      .filter((each) => parent.type.kind === 'entity' && each.field.kind === 'value' && each.field.type === valueType)
      .map((each) => ({ parent, field: each.field.name })),
  );
}

/** What can be said of each type by itself; how types fit together is checked afterwards. */
export function readTypes(definitions: SdlDefinitions, report: SdlReport): ParsedTypes {
  return new Map([...definitions.objects].map(([name, node]) => [name, readType(node, definitions, report)]));
}

function readType(node: ObjectTypeDefinitionNode, definitions: SdlDefinitions, report: SdlReport): ParsedType {
  const name = node.name.value;
  const uses = readDirectives(node.directives, 'OBJECT', report);
  for (const implemented of node.interfaces ?? [])
    report.error(implemented, `type "${name}" cannot implement "${implemented.name.value}"`, 'delete it; the hub adds its own interfaces');
  const key = uses.get('key');
  const keyFields =
    key
      ?.text('fields')
      ?.split(/\s+/)
      .filter((field) => field !== '') ?? [];
  if (key !== undefined && keyFields.length === 0)
    report.error(key.at('fields'), `the key of "${name}" names no field`, 'name the fields that identify it, such as @key(fields: "code")');
  // A malformed @key still says that this is an entity: it must not cause a second wave of errors.
  const kind = node.directives?.some((directive) => directive.name.value === 'key') === true ? 'entity' : 'value';
  const fields = new Map<string, ParsedField>();
  const screaming = new Map<string, string>();
  for (const fieldNode of node.fields ?? []) {
    const fieldName = fieldNode.name.value;
    if (fields.has(fieldName)) {
      report.error(fieldNode.name, `field "${name}.${fieldName}" is defined twice`, 'rename one or delete it');
      continue;
    }
    checkFieldName(fieldNode, name, kind, screaming, report);
    const parsed = readField(fieldNode, name, keyFields, uses, definitions, report);
    fields.set(fieldName, parsed);
  }
  if ((node.fields ?? []).length === 0) report.error(node.name, `type "${name}" has no fields`, 'give it fields or delete it');
  const names = uses.get('names');
  const one = names?.text('one') ?? lowerCamel(name);
  const coordinates = uses.get('coordinates');
  const authority = uses.get('authority')?.text('department');
  const type: UnifiedType = {
    name,
    kind,
    ...describe(node.description?.value, uses),
    names: { one, many: names?.text('many') ?? plural(one) },
    key: keyFields,
    ...(authority === undefined ? {} : { authority }),
    ...(coordinates === undefined
      ? {}
      : {
          coordinates: { longitude: coordinates.text('longitude') ?? '', latitude: coordinates.text('latitude') ?? '', datum: coordinates.text('datum') ?? '' },
        }),
    fields: new Map([...fields].map(([fieldName, parsed]) => [fieldName, parsed.field])),
    place: placeOf(node.name),
  };
  return { type, node, uses, fields };
}

function checkFieldName(node: FieldDefinitionNode, type: string, kind: UnifiedType['kind'], screaming: Map<string, string>, report: SdlReport): void {
  const name = node.name.value;
  const upper = screamingSnake(name);
  const twin = screaming.get(upper);
  screaming.set(upper, name);
  if (name.startsWith('_'))
    report.error(node.name, `field name "${type}.${name}" starts with "_"`, 'names with "_" in front belong to the hub; choose another');
  else if (name.includes('__')) report.error(node.name, `field name "${type}.${name}" contains "__"`, 'write a single "_" or camel case');
  else if (kind === 'entity' && RESERVED_FIELDS.has(name))
    report.error(
      node.name,
      `field name "${type}.${name}" belongs to the hub`,
      name === 'id' ? 'every entity has an opaque "id" already; choose another, such as "number"' : 'choose another',
    );
  else if (twin !== undefined) report.error(node.name, `fields "${twin}" and "${name}" of "${type}" are both ${upper} when grouping`, 'rename one of them');
}

function readField(
  node: FieldDefinitionNode,
  type: string,
  key: readonly string[],
  typeUses: DirectiveUses,
  definitions: SdlDefinitions,
  report: SdlReport,
): ParsedField {
  const name = node.name.value;
  const path = `${type}.${name}`;
  const uses = readDirectives(node.directives, 'FIELD_DEFINITION', report);
  for (const argument of node.arguments ?? [])
    report.error(argument, `field "${path}" cannot declare the argument "${argument.name.value}"`, 'delete it; arguments are generated');
  const shape = unwrap(node.type);
  const target = shape.name;
  const base = { name, ...describe(node.description?.value, uses), ...provenance(uses, typeUses), place: placeOf(node.name) };
  if (definitions.objects.has(target)) {
    const targetIsEntity = definitions.objects.get(target)!.directives?.some((directive) => directive.name.value === 'key') === true;
    if (shape.nonNull) report.error(node.type, `field "${path}" cannot be non-null`, 'make it nullable: one department’s absence must not wipe the rest');
    if (shape.lists > 1) report.error(node.type, `field "${path}" is a list of lists`, `write [${target}!]`);
    if (!targetIsEntity) {
      if (shape.lists > 0)
        report.error(node.type, `field "${path}" is a list of the value type "${target}"`, `give "${target}" a @key so that it is an entity, and relate it`);
      return { field: { kind: 'value', ...base, type: target }, node, uses };
    }
    const relation = uses.get('relation');
    if (relation === undefined && node.directives?.some((directive) => directive.name.value === 'relation') !== true) {
      report.error(node, `field "${path}" does not say how "${target}" is related`, 'add @relation(fields: […], references: […])');
    }
    return {
      field: {
        kind: 'relation',
        ...base,
        target,
        many: shape.lists > 0,
        fields: relation?.texts('fields') ?? [],
        references: relation?.texts('references') ?? [],
        distinctFrom: relation?.flag('distinctFrom') ?? false,
      },
      node,
      uses,
    };
  }
  const isEnum = definitions.enums.has(target);
  if (!isEnum && !definitions.scalars.has(target) && !BUILT_IN_SCALARS.has(target)) {
    report.error(
      node.type,
      `unknown type "${target}" of field "${path}"`,
      suggestion(target, [...definitions.objects.keys(), ...definitions.enums.keys(), ...definitions.scalars.keys(), ...BUILT_IN_SCALARS], 'define it'),
    );
  }
  if (shape.lists > 0)
    report.error(
      node.type,
      `field "${path}" is a list of ${target}, and lists of leaves are not supported`,
      'make it one value, or a type of its own with a @key and a @relation',
    );
  else if (shape.nonNull && !key.includes(name))
    report.error(node.type, `field "${path}" cannot be non-null`, 'make it nullable: one department’s absence must not wipe the rest');
  const unit = uses.get('unit')?.text('code');
  const derivation = readDerivation(uses, path, report);
  const field: LeafField = {
    kind: 'leaf',
    ...base,
    type: { kind: isEnum ? 'enum' : 'scalar', name: target },
    nonNull: shape.nonNull,
    // The enum is found when all enums are known.
    ...(unit === undefined ? {} : { unit: { enum: '', code: unit } }),
    ...(derivation === undefined ? {} : { derivation }),
  };
  return { field, node, uses };
}

/** `nonNull` is of the outermost type; a list's elements may be written either way. */
function unwrap(type: TypeNode): { readonly name: string; readonly nonNull: boolean; readonly lists: number } {
  let lists = 0;
  let inner = type;
  for (;;) {
    if (inner.kind === Kind.NAMED_TYPE) return { name: inner.name.value, nonNull: type.kind === Kind.NON_NULL_TYPE, lists };
    if (inner.kind === Kind.LIST_TYPE) lists += 1;
    inner = inner.type;
  }
}

/** Description, label and deprecation, each only where given. */
export function describe(
  description: string | undefined,
  uses: DirectiveUses,
): { readonly description?: string; readonly label?: Label; readonly deprecated?: string } {
  const label = uses.get('label');
  const zh = label?.text('zh');
  const en = label?.text('en');
  const deprecated = uses.get('deprecated')?.text('reason');
  return {
    ...(description === undefined ? {} : { description }),
    ...(zh === undefined && en === undefined ? {} : { label: { ...(zh === undefined ? {} : { zh }), ...(en === undefined ? {} : { en }) } }),
    ...(deprecated === undefined ? {} : { deprecated }),
  };
}

/** Who is right about a field, how it is shared (its type's class where it has none of its own), whether it is personal. */
function provenance(uses: DirectiveUses, typeUses: DirectiveUses): Pick<LeafField, 'authority' | 'sharing' | 'personal'> {
  const authority = uses.get('authority')?.text('department');
  const sharing = uses.get('sharing') ?? typeUses.get('sharing');
  const grade = sharing?.text('grade');
  const personal = uses.get('personal')?.text('kind');
  return {
    ...(authority === undefined ? {} : { authority }),
    ...(sharing === undefined
      ? {}
      : { sharing: { class: sharing.text('class') as 'UNCONDITIONAL' | 'CONDITIONAL' | 'NOT_SHARED', ...(grade === undefined ? {} : { grade }) } }),
    ...(personal === undefined ? {} : { personal }),
  };
}
