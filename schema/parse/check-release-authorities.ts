import type { Place, UnifiedModel, UnifiedType } from '../model/unified.ts';
import { isWhole } from './as-written.ts';
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
    report.error(
      place,
      `the authority of ${what} is "${department}", which is no department`,
      suggestion(department, [...configuration.departments.keys()], 'list it under "departments" in hub.yaml'),
    );
  }
}

/** Says nothing of a type while a file that has errors may map it: what it gives will be seen when they are mended. */
function checkEntity(type: UnifiedType, { model, mappings, configuration, unread }: ReleaseParts, report: Report): void {
  if (unread || mappings.some((mapping) => !isWhole(mapping, 'types', type.name))) return;
  const all = mappings.filter((mapping) => mapping.types.has(type.name));
  const own =
    type.authority === undefined ? all : all.filter((mapping) => (configuration.sources.get(mapping.source)?.department ?? type.authority) === type.authority);
  if (own.length === 0) {
    if (type.authority !== undefined && !configuration.departments.has(type.authority)) return;
    const nobody = type.authority === undefined ? 'no source maps' : `no source of department "${type.authority}", its authority, maps`;
    report.warning(type.place, `${nobody} "${type.name}", so it is always empty`, 'map it, or remove the type');
    return;
  }
  for (const [path, place] of mappedLeaves(type, model)) {
    if (all.some((mapping) => mapping.types.get(type.name)?.fields.has(path))) continue;
    report.warning(place, `no source gives "${type.name}.${path}" a value, so it is always null`, 'map it, or remove the field');
  }
}

/** The leaves that only mappings give a value, with their places; key fields are checked in each mapping. */
function mappedLeaves(type: UnifiedType, model: UnifiedModel): [string, Place][] {
  return [...type.fields.values()].flatMap((field): [string, Place][] => {
    if (field.kind === 'leaf') return field.derivation === undefined && !type.key.includes(field.name) ? [[field.name, field.place]] : [];
    if (field.kind === 'relation') return [];
    const leaves = [...(model.types.get(field.type)?.fields.values() ?? [])];
    return leaves.flatMap((leaf): [string, Place][] =>
      leaf.kind === 'leaf' && leaf.derivation === undefined ? [[`${field.name}.${leaf.name}`, field.place]] : [],
    );
  });
}

/** A scalar has no place in the model; where it is first used is the next best. */
function checkScalars({ model, normalizers }: ReleaseParts, report: Report): void {
  for (const scalar of model.scalars.values()) {
    if (scalar.normalize === undefined || normalizers.has(scalar.normalize)) continue;
    const user = [...model.types.values()]
      .flatMap((type) => [...type.fields.values()])
      .find((field) => field.kind === 'leaf' && field.type.name === scalar.name);
    if (user !== undefined)
      report.error(
        user.place,
        `the scalar ${scalar.name} names the normaliser "${scalar.normalize}", which does not exist`,
        suggestion(scalar.normalize, [...normalizers.keys()], 'define it in normalizers.yaml'),
      );
  }
}
