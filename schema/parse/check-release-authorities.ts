import type { TypeMapping } from '../model/mapping.ts';
import type { Place, UnifiedModel, UnifiedType } from '../model/unified.ts';
import type { ReleaseParts } from './check-release.ts';
import type { Report } from './report.ts';
import { suggestion } from './suggest.ts';

/** Whether the departments that the schema relies on exist and give what it promises. */
export function checkAuthorities(parts: ReleaseParts, report: Report): void {
  for (const type of parts.model.types.values()) {
    checkDepartment(type.authority, type.place, `"${type.name}"`, parts, report);
    for (const field of type.fields.values()) checkDepartment(field.authority, field.place, `"${type.name}.${field.name}"`, parts, report);
    if (type.kind === 'entity') checkEntity(type, parts, report);
  }
  checkScalars(parts, report);
}

function checkDepartment(department: string | undefined, place: Place, what: string, { configuration }: ReleaseParts, report: Report): void {
  if (department !== undefined && !configuration.departments.has(department)) {
    report.error(place, `the authority of ${what} is "${department}", which is no department`, suggestion(department, [...configuration.departments.keys()], 'list it under "departments" in hub.yaml'));
  }
}

function checkEntity(type: UnifiedType, { model, mappings, configuration }: ReleaseParts, report: Report): void {
  const all: { readonly department: string | undefined; readonly mapping: TypeMapping }[] = mappings.flatMap((mapping) => {
    const found = mapping.types.get(type.name);
    return found === undefined ? [] : [{ department: configuration.sources.get(mapping.source)?.department, mapping: found }];
  });
  const own = type.authority === undefined ? all : all.filter(({ department }) => department === type.authority);
  if (own.length === 0) {
    report.warning(type.place, type.authority === undefined ? `no source maps "${type.name}", so it is always empty` : `no source of department "${type.authority}", its authority, maps "${type.name}", so it is always empty`, 'map it, or remove the type');
    return;
  }
  for (const [path, nonNull, place] of mappedLeaves(type, model)) {
    if (!all.some(({ mapping }) => mapping.fields.has(path))) {
      if (nonNull) report.error(place, `"${type.name}.${path}" is non-null, but no source gives it a value`, 'map it, or make it nullable');
      else report.warning(place, `no source gives "${type.name}.${path}" a value, so it is always null`, 'map it, or remove the field');
    } else if (nonNull && !type.key.includes(path)) {
      for (const { mapping } of own) {
        if (!mapping.fields.has(path)) report.error(mapping.place, `"${type.name}.${path}" is non-null, but this mapping, its authority's, gives it no value`, 'map it, or make it nullable in the schema');
      }
    }
  }
}

/** The leaves that mappings must give a value: path, whether null is excluded, place. */
function mappedLeaves(type: UnifiedType, model: UnifiedModel): [string, boolean, Place][] {
  return [...type.fields.values()].flatMap((field): [string, boolean, Place][] => {
    if (field.kind === 'leaf') return field.derivation === undefined ? [[field.name, field.nonNull, field.place]] : [];
    if (field.kind === 'relation') return [];
    const leaves = [...(model.types.get(field.type)?.fields.values() ?? [])];
    return leaves.flatMap((leaf): [string, boolean, Place][] => (leaf.kind === 'leaf' && leaf.derivation === undefined ? [[`${field.name}.${leaf.name}`, false, field.place]] : []));
  });
}

/** A scalar has no place in the model; where it is first used is the next best. */
function checkScalars({ model, normalizers }: ReleaseParts, report: Report): void {
  for (const scalar of model.scalars.values()) {
    if (scalar.normalize === undefined || normalizers.has(scalar.normalize)) continue;
    const user = [...model.types.values()].flatMap((type) => [...type.fields.values()]).find((field) => field.kind === 'leaf' && field.type.name === scalar.name);
    if (user !== undefined) report.error(user.place, `the scalar ${scalar.name} names the normaliser "${scalar.normalize}", which does not exist`, suggestion(scalar.normalize, [...normalizers.keys()], 'define it in normalizers.yaml'));
  }
}
