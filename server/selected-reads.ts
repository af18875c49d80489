import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type GraphQLEnumType,
  type GraphQLInputType,
  type GraphQLNamedType,
} from 'graphql';
import type { RecordedReads } from '../access/log/record.ts';
import type { StreamRequest } from '../changes/subscriptions/stream-request.ts';
import { leavesOf } from '../schema/api/leaves.ts';
import { mappedLeaves } from '../schema/api/mapped-leaves.ts';
import { groupFieldName, groupFieldValue, RESERVED_ENDINGS } from '../schema/api/names.ts';
import { compareText } from '../schema/model/compare-text.ts';
import type { UnifiedType } from '../schema/model/unified.ts';
import { maskedOf } from './record-operation.ts';

/** The mapped fields that a subscription shows, filters, orders, groups or measures by, by the sources that could give them; what is derived counts as what it is made of. */
export function selectedReads({ view, document, operation, variables }: Pick<StreamRequest, 'view' | 'document' | 'operation' | 'variables'>): RecordedReads[] {
  const { model, bindings } = view.supergraph;
  const bySource = new Map<string, { readonly department: string; readonly fields: Set<string> }>();
  const types = new TypeInfo(view.schema);

  const addLeaf = (type: string, path: string): void => {
    for (const { source, department, fields } of bindings.get(type) ?? []) {
      if (!fields.has(path)) continue;
      const known = bySource.get(source) ?? { department, fields: new Set() };
      bySource.set(source, { department, fields: known.fields.add(`${type}.${path}`) });
    }
  };
  /** The entity that an API type is made for. */
  const entityOf = ({ name }: GraphQLNamedType): UnifiedType | undefined => {
    for (let left = name; ;) {
      const type = model.types.get(left);
      if (type) return type.kind === 'entity' ? type : undefined;
      const ending = RESERVED_ENDINGS.find((each) => left.endsWith(each));
      if (ending === undefined) return undefined;
      left = left.slice(0, -ending.length);
    }
  };
  const add = (of: GraphQLNamedType | null | undefined, name: string): void => {
    const entity = of && entityOf(of);
    if (!entity) return;
    // A change shows which entity it is of.
    if (name === 'id' || (name === 'key' && !entity.fields.has(name))) entity.key.forEach((path) => addLeaf(entity.name, path));
    for (const { path } of leavesOf(model, entity))
      if (path === name || path.startsWith(`${name}.`)) for (const leaf of mappedLeaves(model, entity.name, path)) addLeaf(leaf.type, leaf.path);
  };
  const addGroup = (of: GraphQLEnumType, value: string): void => {
    const entity = entityOf(of);
    if (!entity || of.name !== groupFieldName(entity.name)) return;
    for (const { path } of leavesOf(model, entity)) if (groupFieldValue(path) === value) add(of, path);
    for (const field of entity.fields.values()) {
      const target = field.kind === 'relation' ? model.types.get(field.target) : undefined;
      for (const { path } of target ? leavesOf(model, target) : [])
        if (target && groupFieldValue(`${field.name}.${path}`) === value)
          for (const leaf of mappedLeaves(model, target.name, path)) addLeaf(leaf.type, leaf.path);
    }
  };
  const addValue = (value: unknown, type: GraphQLInputType | null | undefined): void => {
    const named = getNamedType(type);
    if (Array.isArray(value)) return value.forEach((item) => addValue(item, type));
    if (isEnumType(named)) return addGroup(named, String(value));
    if (!isInputObjectType(named) || typeof value !== 'object' || value === null) return;
    for (const [name, inner] of Object.entries(value)) {
      add(named, name);
      addValue(inner, named.getFields()[name]?.type);
    }
  };

  const named = operation.name?.value;
  const definitions = document.definitions.filter((each) => each.kind !== 'OperationDefinition' || each.name?.value === named);
  visit(
    { ...document, definitions },
    visitWithTypeInfo(types, {
      Field: ({ name }) => add(types.getParentType(), name.value),
      ObjectField: ({ name }) => add(getNamedType(types.getParentInputType()), name.value),
      EnumValue({ value }) {
        const type = getNamedType(types.getInputType());
        if (isEnumType(type)) addGroup(type, value);
      },
      Variable: ({ name }) => addValue(variables[name.value], types.getInputType()),
    }),
  );
  return [...bySource].map(([source, { department, fields }]) => {
    const names = [...fields].sort(compareText);
    return { department, source, fields: names, ...maskedOf(view, names), rows: 0 };
  });
}
