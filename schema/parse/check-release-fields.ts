import type { Mapping, Normalizer, TypeMapping, ValueMapping } from '../model/mapping.ts';
import type { LeafField, Place, UnifiedModel, UnifiedType } from '../model/unified.ts';
import { fieldsAsWritten, isWhole } from './as-written.ts';
import { canonicalFault } from './canonical-text.ts';
import type { ReleaseParts } from './check-release.ts';
import { placeWithin } from './origin.ts';
import type { Report } from './report.ts';
import { suggestion } from './suggest.ts';

/** Whether every mapped field exists, may be mapped, and is of a type that its value can become. */
export function checkFields(type: UnifiedType, typeMapping: TypeMapping, mapping: Mapping, parts: ReleaseParts, report: Report): void {
  for (const [path, value] of typeMapping.fields) {
    checkNormalizers(value, parts.normalizers, report);
    const leaf = findLeaf(type, path, value.place, parts.model, report);
    if (leaf !== undefined) checkValue(`${type.name}.${path}`, leaf, value, mapping, parts, report);
  }
  const written = fieldsAsWritten(mapping, type.name);
  for (const key of type.key) {
    if (!written.has(key))
      report.error(
        placeWithin(typeMapping, ['fields'], typeMapping.place),
        `the mapping of "${type.name}" gives its key field "${key}" no value`,
        `map "${key}"; where this source has a key of its own, through a crosswalk`,
      );
  }
  checkCoordinates(type, written, parts.model, report);
}

/** Follows `field` or `field.leaf` to a leaf that mappings may give a value. */
function findLeaf(type: UnifiedType, path: string, place: Place, model: UnifiedModel, report: Report): LeafField | undefined {
  const [name = '', inner] = path.split('.');
  const field = type.fields.get(name);
  if (field === undefined) {
    const known = [...type.fields.values()].filter((each) => each.kind !== 'relation').map((each) => each.name);
    report.error(place, `"${type.name}" has no field "${name}"`, suggestion(name, known));
    return undefined;
  }
  if (field.kind === 'relation') {
    report.error(
      place,
      `"${type.name}.${name}" is a relation to "${field.target}" and has no value of its own`,
      `map ${field.fields.map((each) => `"${each}"`).join(', ')}, by which it is related`,
    );
    return undefined;
  }
  if (field.kind === 'value') {
    const valueType = model.types.get(field.type);
    const leaves = [...(valueType?.fields.keys() ?? [])];
    if (inner === undefined) {
      report.error(place, `"${type.name}.${name}" is made of parts`, `map each: ${leaves.map((leaf) => `${name}.${leaf}`).join(', ')}`);
      return undefined;
    }
    const leaf = valueType?.fields.get(inner);
    if (leaf?.kind !== 'leaf') {
      report.error(place, `"${field.type}" has no field "${inner}"`, suggestion(inner, leaves));
      return undefined;
    }
    return mappable(leaf, `${type.name}.${path}`, place, report);
  }
  if (inner !== undefined) {
    report.error(place, `"${type.name}.${name}" has no parts`, `write "${name}"`);
    return undefined;
  }
  return mappable(field, `${type.name}.${path}`, place, report);
}

function mappable(leaf: LeafField, path: string, place: Place, report: Report): LeafField | undefined {
  if (leaf.derivation === undefined) return leaf;
  report.error(
    place,
    `"${path}" is derived (@${leaf.derivation.kind}) and takes no value from a source`,
    'remove it from the mapping, or its directive from the schema',
  );
  return undefined;
}

const NUMBERS = ['Int', 'Float', 'Decimal', 'BigInt'];
/** The types that a conversion can end in. */
const RESULTS: Readonly<Record<'scale' | 'date' | 'time' | 'boolean' | 'number' | 'amount', readonly string[]>> = {
  scale: NUMBERS,
  date: ['Date', 'DateTime', 'YearMonth'],
  time: ['DateTime', 'Date'],
  boolean: ['Boolean'],
  number: NUMBERS,
  amount: NUMBERS,
};

const STEPS = [
  'fold',
  'part',
  'replace',
  'extract',
  'normalize',
  'scale',
  'date',
  'time',
  'codes',
  'boolean',
  'number',
  'amount',
  'crosswalk',
  'concat',
  'firstValid',
] as const;

function checkValue(path: string, leaf: LeafField, value: ValueMapping, mapping: Mapping, parts: ReleaseParts, report: Report): void {
  const at = (...keys: string[]): Place => placeWithin(value, keys, value.place);
  const { model } = parts;
  const isDocument = leaf.type.name === 'JSON' || leaf.type.name === 'GeoJSON';
  if (isDocument && ((value.column ?? value.json) === undefined || STEPS.some((step) => value[step] !== undefined))) {
    report.error(
      value.place,
      `"${path}" is ${leaf.type.name} and must be read from a column as it is`,
      'write { json: column } or { json: column, path: … } alone',
    );
    return;
  }
  if (!isDocument && value.json !== undefined && value.path === undefined)
    report.error(at('json'), `"${path}" is ${leaf.type.name}, not JSON, so it needs one value of the JSON`, 'add "path", e.g. path: site.lng');
  for (const key of Object.keys(RESULTS) as (keyof typeof RESULTS)[]) {
    if (value[key] !== undefined && !RESULTS[key].includes(leaf.type.name))
      report.error(
        at(key),
        `"${key}" makes no ${leaf.type.name}, which "${path}" is`,
        `"${key}" is for ${RESULTS[key].join(', ')}; remove it or change the field's type`,
      );
  }
  for (const [code, target] of Object.entries(value.codes ?? {})) {
    const fault = canonicalFault(target, leaf.type, model);
    if (fault !== undefined) report.error(at('codes', code), `code "${code}" of "${path}" becomes "${target}", ${fault.message}`, fault.remedy);
  }
  if (value.constant !== undefined) {
    const fault = canonicalFault(String(value.constant), leaf.type, model);
    if (fault !== undefined) report.error(at('constant'), `"${path}" is the constant "${value.constant}", ${fault.message}`, fault.remedy);
  }
  // Inside a value that is converted as a whole, parts are text.
  const converted = [...Object.keys(RESULTS), 'codes'].some((key) => value[key as keyof ValueMapping] !== undefined);
  if (!converted) for (const part of value.firstValid ?? []) checkValue(path, leaf, part, mapping, parts, report);
  if (value.crosswalk !== undefined) checkCrosswalkUse(path, leaf, value.crosswalk, at('crosswalk'), mapping, parts, report);
}

function checkCrosswalkUse(
  path: string,
  leaf: LeafField,
  name: string,
  place: Place,
  mapping: Mapping,
  { model, mappings, unread }: ReleaseParts,
  report: Report,
): void {
  const ofSource = mappings.filter((each) => each.source === mapping.source);
  if (unread || ofSource.some((each) => !isWhole(each, 'crosswalks', name))) return;
  const names = ofSource.flatMap((each) => [...each.crosswalks.keys()]);
  const entity = model.types.get(name);
  if (!names.includes(name)) {
    report.error(
      place,
      `"${path}" goes through the crosswalk "${name}", which source "${mapping.source}" does not have`,
      entity === undefined || entity.key.length === 0
        ? suggestion(name, names, 'add it under "crosswalks"')
        : `add it under "crosswalks": ${name}: { table: …, local: …, canonical: … }`,
    );
    return;
  }
  const key = entity?.fields.get(entity.key[0] ?? '');
  if (key?.kind === 'leaf' && key.type.name !== leaf.type.name)
    report.warning(place, `"${path}" is ${leaf.type.name}, but the key of "${name}" is ${key.type.name}`, `declare the field as ${key.type.name}`);
}

/** Every normaliser that a value names, at any depth, must exist. */
export function checkNormalizers(value: ValueMapping, normalizers: ReadonlyMap<string, Normalizer>, report: Report): void {
  if (value.normalize !== undefined && !normalizers.has(value.normalize)) {
    report.error(
      placeWithin(value, ['normalize'], value.place),
      `there is no normaliser "${value.normalize}"`,
      suggestion(value.normalize, [...normalizers.keys()], 'define it in normalizers.yaml'),
    );
  }
  for (const part of [...(value.concat ?? []), ...(value.firstValid ?? [])]) checkNormalizers(part, normalizers, report);
}

/** A coordinate is worth nothing without its datum, nor one half of it without the other. */
function checkCoordinates(type: UnifiedType, fields: TypeMapping['fields'], model: UnifiedModel, report: Report): void {
  for (const field of type.fields.values()) {
    const valueType = field.kind === 'value' ? model.types.get(field.type) : undefined;
    if (valueType?.coordinates === undefined) continue;
    const { longitude, latitude, datum } = valueType.coordinates;
    const mapped = [longitude, latitude, datum].filter((leaf) => isGiven(valueType, leaf) || fields.has(`${field.name}.${leaf}`));
    const first = [longitude, latitude].map((leaf) => fields.get(`${field.name}.${leaf}`)).find((value) => value !== undefined);
    const missing = [longitude, latitude, datum].find((leaf) => !mapped.includes(leaf));
    if (first !== undefined && missing !== undefined) {
      report.error(
        first.place,
        `the point "${type.name}.${field.name}" has no "${missing}"`,
        missing === datum ? `say which datum the source uses, e.g. ${field.name}.${datum}: { constant: CGCS2000 }` : `map "${field.name}.${missing}"`,
      );
    }
  }
}

function isGiven(type: UnifiedType, leaf: string): boolean {
  const field = type.fields.get(leaf);
  return field?.kind === 'leaf' && field.derivation !== undefined;
}
