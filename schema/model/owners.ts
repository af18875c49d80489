import type { HubConfiguration } from './configuration.ts';
import type { Mapping } from './mapping.ts';
import type { UnifiedModel } from './unified.ts';

/** Whose each field is: the department that may say who sees it. */
export interface Owners {
  /** Of a leaf that mappings give, or of a relation; undefined for what is derived. */
  of(type: string, path: string): string | undefined;
}

/** A field is its authority's; else its type's authority's, if that gives it; else whose mapping gives it first. A relation is its type's authority's. */
export function ownersOf(model: UnifiedModel, mappings: readonly Mapping[], configuration: Pick<HubConfiguration, 'sources'>): Owners {
  const givers = new Map<string, string[]>();
  for (const mapping of mappings) {
    const department = configuration.sources.get(mapping.source)?.department;
    if (department === undefined) continue;
    for (const [type, { fields }] of mapping.types)
      for (const path of fields.keys()) givers.set(`${type}.${path}`, [...(givers.get(`${type}.${path}`) ?? []), department]);
  }
  return {
    of(type, path) {
      const entity = model.types.get(type);
      const [head = '', leaf] = path.split('.');
      const field = entity?.fields.get(head);
      if (field?.kind === 'relation') return entity?.authority;
      const own = leaf === undefined || field?.kind !== 'value' ? field : model.types.get(field.type)?.fields.get(leaf);
      if (own?.kind !== 'leaf' || own.derivation) return undefined;
      const given = givers.get(`${type}.${path}`) ?? [];
      const byType = entity?.authority !== undefined && (given.length === 0 || given.includes(entity.authority)) ? entity.authority : undefined;
      return own.authority ?? byType ?? given[0];
    },
  };
}
