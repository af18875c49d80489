import { RESERVED_ROOTS } from '../api/names.ts';
import type { LeafField, UnifiedEnum, UnifiedField } from '../model/unified.ts';
import { scalarTraits } from '../scalars/built-in.ts';
import type { DirectiveUse } from './sdl-directives.ts';
import { checkDerivation } from './sdl-derivation-checks.ts';
import type { SdlReport } from './sdl-report.ts';
import { parentsOf, type ParsedField, type ParsedType, type ParsedTypes } from './sdl-types.ts';
import { suggestion } from './suggest.ts';

/** Whether the types fit together. Reports every fault; changes nothing. */
export function checkTypes(types: ParsedTypes, enums: ReadonlyMap<string, UnifiedEnum>, report: SdlReport): void {
  for (const parsed of types.values()) {
    if (parsed.type.kind === 'entity') checkEntity(parsed, report);
    else checkValueType(parsed, types, enums, report);
    for (const field of parsed.fields.values()) {
      checkPlacement(field, parsed, report);
      if (field.field.kind === 'relation') checkRelation(field, parsed, types, report);
      if (field.field.kind === 'leaf') {
        checkUnit(field, parsed, enums, report);
        checkDerivation(field, parsed, types, report);
      }
    }
  }
  checkRootNames(types, report);
}

function checkEntity({ type, uses, fields }: ParsedType, report: SdlReport): void {
  const coordinates = uses.get('coordinates');
  if (coordinates !== undefined)
    report.error(coordinates.node, `"@coordinates" cannot stand on the entity "${type.name}"`, 'put it on a value type that holds only the point');
  const key = uses.get('key');
  if (key === undefined) return;
  for (const name of type.key) {
    const field = fields.get(name);
    if (field === undefined) {
      report.error(key.at('fields'), `key field "${name}" does not exist in "${type.name}"`, suggestion(name, [...fields.keys()]));
    } else if (field.field.kind !== 'leaf') {
      report.error(key.at('fields'), `key field "${type.name}.${name}" is no leaf`, 'a key is made of scalars and enums');
    } else {
      const { field: leaf } = field;
      if (!leaf.nonNull) report.error(field.node.type, `key field "${type.name}.${name}" is nullable`, `write ${leaf.type.name}!`);
      if (leaf.derivation !== undefined)
        report.error(field.node, `key field "${type.name}.${name}" is derived`, 'a key comes from the sources; take another field or map it');
      if (leaf.type.kind === 'scalar' && (!scalarTraits(leaf.type.name).equality || leaf.type.name === 'Float'))
        report.error(
          field.node.type,
          `key field "${type.name}.${name}" is of type ${leaf.type.name}, whose values have no exact equality`,
          'use a text, number or date scalar',
        );
    }
  }
  const twice = type.key.find((name, index) => type.key.indexOf(name) !== index);
  if (twice !== undefined) report.error(key.at('fields'), `key field "${twice}" is named twice`, 'name it once');
}

function checkValueType({ type, node, uses, fields }: ParsedType, types: ParsedTypes, enums: ReadonlyMap<string, UnifiedEnum>, report: SdlReport): void {
  for (const name of ['authority', 'names']) {
    const use = uses.get(name);
    if (use !== undefined)
      report.error(use.node, `"@${name}" cannot stand on "${type.name}", which has no key`, 'give the type a @key, or delete the directive');
  }
  for (const { field, node: fieldNode } of fields.values()) {
    if (field.kind === 'value')
      report.error(fieldNode.type, `value type "${type.name}" holds the value type "${field.type}"`, 'value types nest one level deep; move the fields up');
    if (field.kind === 'relation')
      report.error(fieldNode.type, `value type "${type.name}" holds the entity "${field.target}"`, 'put the relation on the entity that holds the value');
  }
  if (parentsOf(type.name, types).length === 0)
    report.warning(node.name, `value type "${type.name}" is not used`, 'give it a @key if it is an entity, or delete it');
  const { coordinates } = type;
  const use = uses.get('coordinates');
  if (coordinates === undefined || use === undefined) return;
  for (const part of ['longitude', 'latitude', 'datum'] as const) {
    const field = fields.get(coordinates[part])?.field;
    if (field === undefined)
      report.error(use.at(part), `field "${coordinates[part]}" does not exist in "${type.name}"`, suggestion(coordinates[part], [...fields.keys()]));
    else if (part === 'datum' ? !isDatum(field) : !isCoordinate(field))
      report.error(
        use.at(part),
        `"${type.name}.${coordinates[part]}" cannot be the ${part}`,
        part === 'datum' ? 'it must be of the enum Crs' : 'it must be Float or Decimal',
      );
  }
  const crs = enums.get('Crs');
  if (crs === undefined) report.error(use.node, `"${type.name}" has coordinates, but there is no enum "Crs"`, `define enum Crs { ${DATUMS.join(' ')} }`);
  const unknown = crs?.values.find((value) => !DATUMS.includes(value.name));
  if (unknown !== undefined)
    report.error(use.node, `enum "Crs" has the value "${unknown.name}", to which nothing can be converted`, `keep to ${DATUMS.join(', ')}`);
}

const DATUMS = ['AS_SUPPLIED', 'WGS84', 'CGCS2000', 'GCJ02', 'BD09'];

function isDatum(field: UnifiedField): boolean {
  return field.kind === 'leaf' && field.type.kind === 'enum' && field.type.name === 'Crs';
}

function isCoordinate(field: UnifiedField): boolean {
  return field.kind === 'leaf' && (field.type.name === 'Float' || field.type.name === 'Decimal');
}

/** Directives that only leaves, or only relations, can have. */
function checkPlacement({ field, node, uses }: ParsedField, { type }: ParsedType, report: SdlReport): void {
  for (const [name, use] of uses) {
    const forRelation = name === 'relation';
    const forLeaf = ['aggregate', 'pick', 'computed', 'from', 'unit', 'personal'].includes(name);
    if (forRelation ? field.kind !== 'relation' : forLeaf && field.kind !== 'leaf') {
      report.error(
        use.node,
        `"@${name}" cannot stand on "${type.name}.${node.name.value}"`,
        forRelation ? 'it belongs on a field whose type has a @key' : 'it belongs on a scalar or enum field',
      );
    }
  }
}

function checkRelation({ field, uses }: ParsedField, owner: ParsedType, types: ParsedTypes, report: SdlReport): void {
  const use = uses.get('relation');
  if (use === undefined || field.kind !== 'relation' || owner.type.kind === 'value') return;
  const path = `${owner.type.name}.${field.name}`;
  const target = types.get(field.target)!;
  const ends = [leavesAt(field.fields, 'fields', owner, use, report), leavesAt(field.references, 'references', target, use, report)] as const;
  if (field.fields.length !== field.references.length)
    report.error(
      use.node,
      `"${path}" relates ${field.fields.length} fields to ${field.references.length} references`,
      'name as many references as fields, pairwise',
    );
  else if (field.fields.length === 0) report.error(use.node, `"${path}" is related by no field`, 'name at least one field and its reference');
  for (const [index, leaf] of ends[0].entries()) {
    const reference = ends[1][index];
    if (leaf === undefined || reference === undefined) continue;
    if (leaf.type.name !== reference.type.name)
      report.error(
        use.node,
        `"${owner.type.name}.${leaf.name}" is ${leaf.type.name}, but "${field.target}.${reference.name}" is ${reference.type.name}`,
        'related fields need the same type',
      );
    else if (leaf.type.kind === 'scalar' && !scalarTraits(leaf.type.name).equality)
      report.error(use.node, `${leaf.type.name} values cannot relate entities`, 'use fields with equality');
  }
  if (field.distinctFrom && field.target !== owner.type.name)
    report.error(use.at('distinctFrom'), `"${path}" leads to another type, so nothing is to be left out`, 'delete distinctFrom');
}

function leavesAt(names: readonly string[], argument: string, { type, fields }: ParsedType, use: DirectiveUse, report: SdlReport): (LeafField | undefined)[] {
  return names.map((name) => {
    const field = fields.get(name)?.field;
    if (field?.kind === 'leaf') return field;
    const leaves = [...fields.values()].filter((each) => each.field.kind === 'leaf').map((each) => each.field.name);
    report.error(
      use.at(argument),
      field === undefined ? `field "${name}" does not exist in "${type.name}"` : `"${type.name}.${name}" is no leaf`,
      suggestion(name, leaves),
    );
    return undefined;
  });
}

function checkUnit({ field, uses }: ParsedField, { type }: ParsedType, enums: ReadonlyMap<string, UnifiedEnum>, report: SdlReport): void {
  const use = uses.get('unit');
  if (use === undefined || field.kind !== 'leaf') return;
  const code = use.text('code') ?? '';
  if (field.type.kind === 'enum' || field.type.name !== 'Decimal')
    report.error(use.node, `"${type.name}.${field.name}" is ${field.type.name}, which has no unit`, 'make it Decimal or delete @unit');
  const lists = unitEnums(code, enums);
  if (lists.length > 1) report.error(use.at('code'), `unit "${code}" is listed by ${lists.join(' and ')}`, 'name units so that one enum lists each');
  if (lists.length > 0) return;
  const codes = [...enums.values()].flatMap((each) => each.values.filter((value) => value.factor !== undefined).map((value) => value.name));
  report.error(
    use.at('code'),
    `unit "${code}" is listed by no enum whose values carry @factor`,
    suggestion(code, codes, `define one: enum MoneyUnit { ${code} @factor(value: "1") }`),
  );
}

/** Names of the enums that list a unit. */
export function unitEnums(code: string, enums: ReadonlyMap<string, UnifiedEnum>): string[] {
  return [...enums.values()].filter((each) => each.values.some((value) => value.name === code && value.factor !== undefined)).map((each) => each.name);
}

function checkRootNames(types: ParsedTypes, report: SdlReport): void {
  const owners = new Map<string, string>([...RESERVED_ROOTS].map((name) => [name, 'the hub']));
  for (const { type, node, uses } of types.values()) {
    if (type.kind === 'value') continue;
    for (const part of ['one', 'many'] as const) {
      const name = type.names[part];
      const at = uses.get('names')?.at(part) ?? node.name;
      const owner = owners.get(name);
      if (!/^[a-z][A-Za-z0-9]*$/.test(name)) report.error(at, `"${name}" cannot name a root field`, 'write a lower camel case name');
      else if (owner !== undefined)
        report.error(at, `root field "${name}" of "${type.name}" belongs to ${owner} already`, 'choose another with @names(one:, many:)');
      owners.set(name, part === 'one' && owner === undefined ? `"${type.name}"` : (owner ?? `"${type.name}"`));
    }
  }
}
