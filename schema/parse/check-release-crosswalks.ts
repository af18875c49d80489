import type { CrosswalkMapping, Mapping } from '../model/mapping.ts';
import type { Place, UnifiedType } from '../model/unified.ts';
import { isWhole } from './as-written.ts';
import { checkNormalizers } from './check-release-fields.ts';
import type { ReleaseParts } from './check-release.ts';
import { placeWithin } from './origin.ts';
import { authorityHasKeys } from './own-keys.ts';
import type { Report } from './report.ts';
import { suggestion } from './suggest.ts';

export function checkCrosswalks(mapping: Mapping, parts: ReleaseParts, seen: Map<string, Mapping>, report: Report): void {
  const { model, normalizers } = parts;
  for (const [name, crosswalk] of mapping.crosswalks) {
    const first = seen.get(`${mapping.source} crosswalk ${name}`);
    if (first !== undefined)
      report.error(crosswalk.place, `source "${mapping.source}" has two crosswalks for "${name}" (the other in ${first.file})`, 'keep one');
    seen.set(`${mapping.source} crosswalk ${name}`, mapping);
    if (crosswalk.canonical !== undefined) checkNormalizers(crosswalk.canonical, normalizers, report);
    const entity = model.types.get(name);
    if (entity === undefined)
      report.error(crosswalk.place, `there is no unified type "${name}"`, suggestion(name, [...model.types.keys()], 'define it in the schema'));
    else if (entity.kind === 'value' || entity.key.length === 0)
      report.error(crosswalk.place, `"${name}" has no key, so nothing can be matched to it`, 'a crosswalk leads to an entity; give the type a @key');
    else {
      checkCrosswalk(entity, crosswalk, mapping, report);
      checkAuthorityOf(entity, crosswalk, parts, report);
    }
  }
}

/** Without an authority's own keys nothing could ever be matched. */
function checkAuthorityOf(entity: UnifiedType, { place }: CrosswalkMapping, parts: ReleaseParts, report: Report): void {
  const { name, key, authority } = entity;
  if (key.length > 1) return; // reported
  if (authority === undefined) report.error(place, `"${name}" has no authority, so nothing says which keys exist`, 'add @authority(department: …) to the type');
  else if (mapsIt(parts, name, authority) && isRead(parts, name) && !authorityHasKeys(entity, parts))
    report.error(
      place,
      `the mapping of "${name}" by its authority "${authority}" does not say which column is its own key`,
      `add to it crosswalks: ${name}: { of: ${name}, local: <a column that identifies a row> }`,
    );
}

const isRead = ({ mappings }: ReleaseParts, name: string): boolean =>
  mappings.every((mapping) => isWhole(mapping, 'types', name) && isWhole(mapping, 'crosswalks', name));

const mapsIt = ({ mappings, configuration }: ReleaseParts, type: string, department: string): boolean =>
  mappings.some((mapping) => mapping.types.has(type) && configuration.sources.get(mapping.source)?.department === department);

function checkCrosswalk(entity: UnifiedType, crosswalk: CrosswalkMapping, mapping: Mapping, report: Report): void {
  const at = (...path: string[]): Place => placeWithin(crosswalk, path, crosswalk.place);
  const [key, second] = entity.key;
  if (second !== undefined)
    report.error(
      crosswalk.place,
      `the key of "${entity.name}" has several fields (${entity.key.join(' ')})`,
      'a crosswalk leads to an entity with one key field; map the key fields themselves',
    );
  if (crosswalk.of !== undefined && crosswalk.canonical === undefined && key !== undefined) {
    const value = mapping.types.get(crosswalk.of)?.fields.get(key);
    if (value?.crosswalk !== undefined)
      report.error(
        at('of'),
        `the crosswalk "${entity.name}" takes its key from "${crosswalk.of}.${key}", which comes through the same crosswalk`,
        'add "canonical" with the column that holds the canonical key',
      );
  }
  const leaves = [...entity.fields.values()].filter((field) => field.kind === 'leaf').map((field) => field.name);
  for (const field of Object.keys(crosswalk.evidence)) {
    if (!leaves.includes(field)) report.error(at('evidence', field), `"${entity.name}" has no field "${field}" to compare by`, suggestion(field, leaves));
  }
}
