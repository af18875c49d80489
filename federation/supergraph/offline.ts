import type { Mapping } from '../../schema/model/mapping.ts';
import type { UnifiedModel } from '../../schema/model/unified.ts';
import type { CrosswalkBinding, FieldBinding, TypeBinding } from './binding.ts';

/** Bindings of a source that has never been introspected: enough to know which fields it will give. */
export function offlineBindings(
  mapping: Mapping,
  model: UnifiedModel,
  department: string,
): { readonly types: TypeBinding[]; readonly crosswalks: CrosswalkBinding[] } {
  const rows = { kind: 'table', table: '', columns: [] } as const;
  const local = { kind: 'column', column: '', type: { kind: 'text' } } as const;
  const types = [...mapping.types].map(([type, typeMapping]): TypeBinding => ({
    type,
    source: mapping.source,
    department,
    rows,
    key: [],
    tables: [],
    offline: true,
    fields: new Map(
      [...typeMapping.fields].map(([path, value]): [string, FieldBinding] => [
        path,
        {
          path,
          scalar: 'String',
          reads: [],
          decode: () => null,
          encode: () => null,
          expr: local,
          ...(value.crosswalk === undefined ? {} : { crosswalk: { entity: value.crosswalk, local } }),
        },
      ]),
    ),
  }));
  const crosswalks = [...mapping.crosswalks].map(([entity, crosswalk]): CrosswalkBinding => ({
    entity,
    source: mapping.source,
    department,
    rows,
    local,
    reads: [],
    decode: () => [],
    evidence: new Map(),
    authority: crosswalk.of !== undefined && model.types.get(entity)?.authority === department,
  }));
  return { types, crosswalks };
}
