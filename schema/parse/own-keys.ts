import type { HubConfiguration } from '../model/configuration.ts';
import type { CrosswalkMapping, Mapping } from '../model/mapping.ts';
import type { UnifiedModel, UnifiedType } from '../model/unified.ts';
import { withOriginOf } from './origin.ts';

interface Parts {
  readonly model: UnifiedModel;
  readonly mappings: readonly Mapping[];
  readonly configuration: HubConfiguration;
}

/**
 * Mappings in which the authority of every entity that others match by a crosswalk has one too: where its mapping says nothing, each row's own key stands
 * for the canonical key in that row, and what others compare by is compared with the columns it maps those fields from.
 */
export function completeCrosswalks(parts: Parts): Mapping[] {
  const { model, mappings, configuration } = parts;
  const wanted = new Set(mappings.flatMap((mapping) => [...mapping.crosswalks.keys()]));
  return mappings.map((mapping) => {
    const added = [...wanted].flatMap((name): [string, CrosswalkMapping][] => {
      const entity = model.types.get(name);
      if (entity === undefined || mapping.crosswalks.has(name) || configuration.sources.get(mapping.source)?.department !== entity.authority) return [];
      const own = ownCrosswalk(entity, mapping, mappings);
      return own === undefined ? [] : [[name, own]];
    });
    return added.length === 0 ? mapping : withOriginOf(mapping, { ...mapping, crosswalks: new Map([...mapping.crosswalks, ...added]) });
  });
}

/** True when some mapping of the entity's authority says, or implies, which keys there are. */
export function authorityHasKeys(entity: UnifiedType, { mappings, configuration }: Parts): boolean {
  return mappings.some((mapping) => {
    if (configuration.sources.get(mapping.source)?.department !== entity.authority) return false;
    const given = mapping.crosswalks.get(entity.name);
    return given === undefined ? ownCrosswalk(entity, mapping, mappings) !== undefined : given.of !== undefined;
  });
}

function ownCrosswalk(entity: UnifiedType, mapping: Mapping, mappings: readonly Mapping[]): CrosswalkMapping | undefined {
  const type = mapping.types.get(entity.name);
  const [keyField = '', secondField] = entity.key;
  const [local, secondColumn] = type?.key ?? [];
  const key = type?.fields.get(keyField);
  if (type === undefined || key === undefined || key.crosswalk !== undefined || local === undefined || secondField !== undefined || secondColumn !== undefined)
    return undefined;
  const compared = new Set(mappings.flatMap((each) => Object.keys(each.crosswalks.get(entity.name)?.evidence ?? {})));
  const evidence = [...compared].flatMap((field): [string, string][] => {
    const column = type.fields.get(field)?.column;
    return column === undefined ? [] : [[field, column]];
  });
  return { of: entity.name, local, evidence: Object.fromEntries(evidence), place: type.place };
}
