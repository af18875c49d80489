import type { ApiFeatures } from '../../schema/api/features.ts';
import { limitOf, type FieldLimit, type Rights } from '../../schema/model/rights.ts';
import type { UnifiedModel } from '../../schema/model/unified.ts';

/** What remains of an API for some rights: absent fields are gone from all of it, masked ones can only be read. */
export function restrictFeatures(whole: ApiFeatures, model: UnifiedModel, rights: Pick<Rights, 'types'>): Omit<ApiFeatures, 'hasChecks'> {
  const limit = createLimits(whole, model, rights);
  const visible = (type: string, path: string): boolean => limit(type, path) === undefined;
  const follows = (type: string, name: string): boolean => {
    const field = model.types.get(type)?.fields.get(name);
    return visible(type, name) && field?.kind === 'relation' && entityIsThere(model, rights, field.target);
  };
  return {
    readable: (type, path) => limit(type, path)?.kind !== 'absent' && whole.readable(type, path),
    filterable: (type, path) => visible(type, path) && whole.filterable(type, path),
    orderable: (type, path) => visible(type, path) && whole.orderable(type, path),
    aggregatable: (type, path) => visible(type, path) && whole.aggregatable(type, path),
    relationReadable: (type, name) => follows(type, name) && whole.relationReadable(type, name),
    relationWhere: (type, name) => (follows(type, name) ? whole.relationWhere(type, name) : 'none'),
    relationOrder: (type, name) => follows(type, name) && whole.relationOrder(type, name),
    relationGroup: (type, name) => follows(type, name) && whole.relationGroup(type, name),
  };
}

/** An entity is there when its whole key is plainly visible: a masked key could neither be asked for nor kept out of ids. */
export function entityIsThere(model: UnifiedModel, rights: Pick<Rights, 'types'>, type: string): boolean {
  return model.types.get(type)?.key.every((path) => limitOf(rights, type, path) === undefined) ?? false;
}

type Limits = (type: string, path: string) => FieldLimit | undefined;

/**
 * The limit of a leaf or relation. An embedded value type is one type wherever it is embedded, so its leaf is as limited as where it is limited most, among
 * the entities that have the value at all.
 */
function createLimits(whole: ApiFeatures, model: UnifiedModel, rights: Pick<Rights, 'types'>): Limits {
  const embedded = new Map<string, FieldLimit | undefined>();
  const ofEmbedded = (valueType: string, leaf: string): FieldLimit | undefined => {
    const key = `${valueType}.${leaf}`;
    if (embedded.has(key)) return embedded.get(key);
    const leaves = [...(model.types.get(valueType)?.fields.keys() ?? [])];
    const limits = [...model.types.values()].flatMap((type) =>
      [...type.fields.values()].flatMap((field) => {
        if (field.kind !== 'value' || field.type !== valueType || !entityIsThere(model, rights, type.name)) return [];
        const shown = (name: string): boolean =>
          whole.readable(type.name, `${field.name}.${name}`) && limitOf(rights, type.name, `${field.name}.${name}`)?.kind !== 'absent';
        return leaves.some(shown) && whole.readable(type.name, `${field.name}.${leaf}`) ? [limitOf(rights, type.name, `${field.name}.${leaf}`)] : [];
      }),
    );
    const strictest = limits.find((limit) => limit?.kind === 'absent') ?? limits.find((limit) => limit !== undefined);
    embedded.set(key, strictest);
    return strictest;
  };
  return (type, path) => {
    const own = limitOf(rights, type, path);
    const [head = '', leaf] = path.split('.');
    if (leaf === undefined || own?.kind === 'absent') return own;
    const field = model.types.get(type)?.fields.get(head);
    return field?.kind === 'value' ? (ofEmbedded(field.type, leaf) ?? own) : own;
  };
}
