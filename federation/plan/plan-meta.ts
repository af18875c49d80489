import type { SelectionSetNode } from 'graphql';
import type { UnifiedType } from '../../schema/model/unified.ts';
import type { TypeBinding } from '../supergraph/binding.ts';
import { concrete, type PlanContext } from './plan-context.ts';
import { boundValue, maskOf, partSite } from './plan-leaf.ts';
import type { MetaField, MetaPart, MetaPlan, Ref, ValuePlan } from './output.ts';
import type { RowScope } from './row-scope.ts';
import { selectFields } from './selection.ts';
import { isShown, showsOpenKeys, showsRowKey, showsSource } from './visible.ts';

/** Where the entity's values come from, what of them could not be read, what other departments say, and which keys may still belong to it. */
export function planMeta(context: PlanContext, scope: RowScope, type: UnifiedType, sets: readonly SelectionSetNode[]): MetaPlan {
  const inner: Record<string, string> = { sources: 'SourceRef', issues: 'DataIssue', values: 'DepartmentValue', unresolved: 'OpenKey' };
  const fields = selectFields(context, 'EntityMeta', sets).map((f): MetaField => {
    const field = concrete(context, f.args['field']);
    return {
      key: f.key,
      name: f.name as MetaField['name'],
      ...(typeof field === 'string' ? { field } : {}),
      fields: inner[f.name] ? selectFields(context, inner[f.name] ?? '', f.sets).map((leaf) => ({ key: leaf.key, name: leaf.name })) : [],
    };
  });
  const wants = (name: MetaField['name']): boolean => fields.some((f) => f.name === name);
  const named = new Set(fields.flatMap((f) => (f.field === undefined ? [] : [f.field])));
  const parts = (context.supergraph.bindings.get(type.name) ?? []).flatMap((binding): MetaPart[] => {
    if (!showsSource(context.supergraph, binding)) return [];
    const part = binding === scope.binding ? { scope } : partSite(context, scope, type, binding);
    if (!part) return [];
    return [metaPart(context, part.scope, binding, 'ref' in part ? part.ref : undefined, (path) => wants('issues') || named.has(path))];
  });
  const key = type.key.length === 1 && wants('unresolved') ? keyValue(scope, type.key[0] ?? '') : undefined;
  return { type: type.name, fields, parts, ...(key ? { key, open: openSources(context, type.name) } : {}) };
}

/** Sources whose open keys of an entity may be told. */
function openSources({ supergraph }: PlanContext, entity: string): readonly string[] {
  return [...supergraph.crosswalks.values()].filter((each) => each.entity === entity && showsOpenKeys(supergraph, each)).map(({ source }) => source);
}

function keyValue(scope: RowScope, path: string): ValuePlan {
  return boundValue(scope, scope.binding, path);
}

function metaPart(context: PlanContext, scope: RowScope, binding: TypeBinding, ref: Ref | undefined, wanted: (path: string) => boolean): MetaPart {
  const fields = [...binding.fields]
    .filter(([, { drift }]) => !drift)
    .filter(([path]) => wanted(path) && isShown(context.supergraph, binding.type, path))
    .map(([path, field]) => {
      const refOf = { type: binding.type, source: binding.source, path };
      const masked = maskOf(context, binding.type, path);
      if (field.crosswalk)
        return { columns: [], field: refOf, ...masked, key: { entity: field.crosswalk.entity, column: scope.column(field.crosswalk.local) } };
      return { columns: scope.columns(field.reads), field: refOf, ...masked };
    });
  return {
    type: binding.type,
    source: binding.source,
    ...(ref ? { ref } : {}),
    ...(showsRowKey(context.supergraph, binding) ? { key: scope.columns(binding.key) } : {}),
    ...(binding.table ? { table: scope.column(binding.table) } : {}),
    fields,
  };
}
