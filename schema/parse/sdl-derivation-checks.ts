import type { Derivation, LeafField } from '../model/unified.ts';
import { scalarTraits } from '../scalars/built-in.ts';
import type { DirectiveUse } from './sdl-directives.ts';
import type { SdlReport } from './sdl-report.ts';
import { parentsOf, type ParsedField, type ParsedType, type ParsedTypes } from './sdl-types.ts';
import { suggestion } from './suggest.ts';

/** Whether what a leaf is derived from exists and has the right type. In a value type that is asked of every entity that holds it. */
export function checkDerivation({ field, uses }: ParsedField, owner: ParsedType, types: ParsedTypes, report: SdlReport): void {
  if (field.kind !== 'leaf' || field.derivation === undefined) return;
  const { derivation } = field;
  const use = uses.get(derivation.kind)!;
  const path = `${owner.type.name}.${field.name}`;
  if (derivation.kind === 'computed') {
    if (derivation.scale !== undefined && field.type.name !== 'Decimal')
      report.error(use.at('scale'), `"${path}" is ${field.type.name}, which has no scale`, 'make it Decimal or delete scale');
    return;
  }
  if (derivation.kind === 'from' && owner.type.kind === 'entity') {
    report.error(
      use.node,
      `"@from" cannot stand on the entity field "${path}"`,
      'it takes a field of the entity that holds a value type; map the field instead',
    );
    return;
  }
  const scopes = owner.type.kind === 'entity' ? [owner] : [...new Set(parentsOf(owner.type.name, types).map(({ parent }) => parent))];
  for (const scope of scopes) {
    if (derivation.kind === 'from') checkFrom(derivation.field, field, path, scope, use, report);
    else checkMeasure(derivation, field, path, scope, types, use, report);
  }
}

function checkFrom(name: string, leaf: LeafField, path: string, scope: ParsedType, use: DirectiveUse, report: SdlReport): void {
  const source = scope.fields.get(name)?.field;
  if (source?.kind !== 'leaf') {
    report.error(
      use.at('field'),
      source === undefined ? `field "${name}" does not exist in "${scope.type.name}", which holds "${path}"` : `"${scope.type.name}.${name}" is no leaf`,
      suggestion(name, leafNames(scope)),
    );
  } else if (source.type.name !== leaf.type.name) {
    report.error(use.at('field'), `"${path}" is ${leaf.type.name}, but "${scope.type.name}.${name}" is ${source.type.name}`, `make it ${source.type.name}`);
  } else {
    expectUnit(source, leaf, path, use, report);
  }
}

function checkMeasure(
  derivation: Extract<Derivation, { kind: 'aggregate' | 'pick' }>,
  leaf: LeafField,
  path: string,
  scope: ParsedType,
  types: ParsedTypes,
  use: DirectiveUse,
  report: SdlReport,
): void {
  const relation = scope.fields.get(derivation.relation)?.field;
  if (relation?.kind !== 'relation' || !relation.many) {
    const lists = [...scope.fields.values()].filter((each) => each.field.kind === 'relation' && each.field.many).map((each) => each.field.name);
    report.error(
      use.at('relation'),
      relation === undefined
        ? `field "${derivation.relation}" does not exist in "${scope.type.name}"`
        : `"${scope.type.name}.${derivation.relation}" is no to-many relation`,
      suggestion(derivation.relation, lists, `"${scope.type.name}" has no to-many relation`),
    );
    return;
  }
  const target = types.get(relation.target)!;
  if (derivation.kind === 'pick') {
    const picked = leafOf(derivation.field, target, use, report);
    if (picked === undefined) return;
    expectType(picked.type.name, leaf, path, use, report);
    expectUnit(picked, leaf, path, use, report);
    return;
  }
  const measure = derivation.function;
  if (measure === 'COUNT') {
    if (derivation.field !== undefined) leafOf(derivation.field, target, use, report);
    expectType('Int', leaf, path, use, report, ['BigInt']);
    return;
  }
  if (derivation.field === undefined) {
    report.error(use.node, `${measure} of "${path}" has no field`, `name a field of "${target.type.name}": field: "…"`);
    return;
  }
  const measured = leafOf(derivation.field, target, use, report);
  if (measured === undefined) return;
  const traits = measured.type.kind === 'enum' ? undefined : scalarTraits(measured.type.name);
  const refuse = (remedy: string): void =>
    report.error(use.at('field'), `${measure} of "${target.type.name}.${measured.name}" is not possible: it is ${measured.type.name}`, remedy);
  if (measure === 'COUNT_DISTINCT') {
    if (traits?.equality === false) refuse('count a field with equality');
    expectType('Int', leaf, path, use, report, ['BigInt']);
    return;
  }
  expectUnit(measured, leaf, path, use, report);
  if (measure === 'SUM' || measure === 'AVG') {
    if (traits?.numeric !== true) refuse('take a field of type Decimal, Int, BigInt or Float');
    else if (measure === 'SUM' && measured.type.name !== 'Decimal') expectType(measured.type.name, leaf, path, use, report, ['Decimal', 'BigInt']);
    else expectType('Decimal', leaf, path, use, report);
  } else {
    if (traits?.ordered !== true) refuse('take a number, date or text');
    else expectType(measured.type.name, leaf, path, use, report);
  }
}

/** A leaf of the target, or of a value type that it holds (`value.leaf`). */
function leafOf(name: string, target: ParsedType, use: DirectiveUse, report: SdlReport): LeafField | undefined {
  const field = target.fields.get(name)?.field;
  if (field?.kind === 'leaf') return field;
  report.error(
    use.at('field'),
    field === undefined ? `field "${name}" does not exist in "${target.type.name}"` : `"${target.type.name}.${name}" is no leaf`,
    suggestion(name, leafNames(target)),
  );
  return undefined;
}

function expectType(type: string, leaf: LeafField, path: string, use: DirectiveUse, report: SdlReport, others: readonly string[] = []): void {
  if (leaf.type.name !== type && !others.includes(leaf.type.name))
    report.error(use.node, `"${path}" is ${leaf.type.name}, but this measure gives ${type}`, `make it ${type}`);
}

/** Values pass unchanged, so an amount cannot become one of another unit on the way. */
function expectUnit(source: LeafField, leaf: LeafField, path: string, use: DirectiveUse, report: SdlReport): void {
  if (source.unit !== undefined && source.unit.code !== leaf.unit?.code)
    report.error(
      use.node,
      leaf.unit === undefined
        ? `"${path}" has no unit, but what it is made of is in ${source.unit.code}`
        : `"${path}" is in ${leaf.unit.code}, but what it is made of is in ${source.unit.code}`,
      `write @unit(code: "${source.unit.code}")`,
    );
}

function leafNames({ fields }: ParsedType): string[] {
  return [...fields.values()].filter((each) => each.field.kind === 'leaf').map((each) => each.field.name);
}
