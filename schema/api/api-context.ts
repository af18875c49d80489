import type { LeafField, RelationField, UnifiedModel, UnifiedType, ValueField } from '../model/unified.ts';
import type { ApiFeatures } from './features.ts';

/** What the parts of the generator ask of the model and the features. */
export interface ApiContext {
  readonly model: UnifiedModel;
  readonly features: ApiFeatures;
  /** Entities whose key can be read, by name. */
  readonly entities: readonly UnifiedType[];
  /** Value types, by name. */
  readonly values: readonly UnifiedType[];
  /** Readable leaves for which `may` holds; in a value type, for which it holds in some entity. */
  leaves(type: UnifiedType, may?: LeafTest): LeafField[];
  /** Value fields of an entity that have such a leaf; none in a value type. */
  valueFields(type: UnifiedType, may?: LeafTest): ValueField[];
  /** Readable relations to entities that are there. */
  relations(type: UnifiedType, may?: (relation: RelationField) => boolean): RelationField[];
}

export type LeafTest = (entity: string, path: string, leaf: LeafField) => boolean;

export function createApiContext(model: UnifiedModel, features: ApiFeatures): ApiContext {
  const types = [...model.types.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const entities = types.filter((type) => type.kind === 'entity' && type.key.every((name) => features.readable(type.name, name)));
  const present = new Set(entities.map((type) => type.name));
  const holders = new Map<string, { entity: string; field: string }[]>();
  for (const entity of entities) {
    for (const field of entity.fields.values())
      if (field.kind === 'value') holders.set(field.type, [...(holders.get(field.type) ?? []), { entity: entity.name, field: field.name }]);
  }
  const yes: LeafTest = () => true;
  const readable = (entity: string, path: string, leaf: LeafField, may: LeafTest): boolean => features.readable(entity, path) && may(entity, path, leaf);
  return {
    model,
    features,
    entities,
    values: types.filter((type) => type.kind === 'value'),
    leaves: (type, may = yes) =>
      [...type.fields.values()].filter((field): field is LeafField => {
        if (field.kind !== 'leaf') return false;
        if (type.kind === 'entity') return readable(type.name, field.name, field, may);
        return (holders.get(type.name) ?? []).some((holder) => readable(holder.entity, `${holder.field}.${field.name}`, field, may));
      }),
    valueFields: (type, may = yes) =>
      [...type.fields.values()].filter((field): field is ValueField => {
        if (field.kind !== 'value' || type.kind !== 'entity') return false;
        return [...(model.types.get(field.type)?.fields.values() ?? [])].some(
          (leaf) => leaf.kind === 'leaf' && readable(type.name, `${field.name}.${leaf.name}`, leaf, may),
        );
      }),
    relations: (type, may = () => true) =>
      [...type.fields.values()].filter(
        (field): field is RelationField =>
          field.kind === 'relation' && type.kind === 'entity' && present.has(field.target) && features.relationReadable(type.name, field.name) && may(field),
      ),
  };
}
