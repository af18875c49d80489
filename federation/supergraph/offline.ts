import type { Mapping } from '../../schema/model/mapping.ts';
import type { UnifiedModel } from '../../schema/model/unified.ts';
import { leafAt, mappableLeaves } from './bind-target.ts';
import type { CrosswalkBinding, FieldBinding, TypeBinding } from './binding.ts';

/** Bindings of a source that has never been introspected: enough to know which fields it will give. */
export function offlineBindings(
  mapping: Mapping,
  model: UnifiedModel,
  department: string,
): { readonly types: TypeBinding[]; readonly crosswalks: CrosswalkBinding[] } {
  const rows = { kind: 'table', table: '', columns: [] } as const;
  const local = { kind: 'column', column: '', type: { kind: 'text' } } as const;
  const types = [...mapping.types].flatMap(([name, typeMapping]): TypeBinding[] => {
    const type = model.types.get(name);
    if (!type) return [];
    const fields = mappableLeaves(type, model).flatMap((path): [string, FieldBinding][] => {
      const value = typeMapping.fields.get(path);
      if (!value) return [];
      const crosswalk = value.crosswalk === undefined ? {} : { crosswalk: { entity: value.crosswalk, local } };
      const scalar = leafAt(type, path, model).type.name;
      return [[path, { path, scalar, reads: [], decode: () => null, encode: () => null, expr: local, ...crosswalk }]];
    });
    return [{ type: name, source: mapping.source, department, rows, key: [], tables: [], offline: true, fields: new Map(fields) }];
  });
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
