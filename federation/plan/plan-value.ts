import { HubError } from '../../schema/errors/hub-error.ts';
import type { LeafField, UnifiedType, ValueField } from '../../schema/model/unified.ts';
import { concrete, type PlanContext } from './plan-context.ts';
import { maskOf, printOf } from './plan-leaf.ts';
import type { Output, OutputField, ValuePlan } from './output.ts';
import { selectFields, type Selected } from './selection.ts';

type Args = Readonly<Record<string, unknown>>;

/** An embedded value type: its leaves are read from, or derived over, the entity that holds it. */
export function planValue(
  context: PlanContext,
  holder: UnifiedType,
  { name, type: valueType }: Pick<ValueField, 'name' | 'type'>,
  selected: Selected,
  valueOf: (leaf: LeafField, path: string, args: Args) => ValuePlan,
): Output {
  const inner = context.supergraph.model.types.get(valueType);
  if (!inner) throw new HubError('INTERNAL_SERVER_ERROR', `no type ${valueType}`);
  const fields = selectFields(context, valueType, selected.sets);
  const leafOf = (leaf: string, args: Args) => {
    const field = inner.fields.get(leaf);
    if (field?.kind !== 'leaf') throw new HubError('INTERNAL_SERVER_ERROR', `${valueType}.${leaf} is no leaf`);
    return { field, value: valueOf(field, `${name}.${leaf}`, { ...selected.args, ...args }) };
  };
  const { coordinates } = inner;
  if (coordinates) {
    const parts = { [coordinates.longitude]: 'longitude', [coordinates.latitude]: 'latitude', [coordinates.datum]: 'datum' } as const;
    return {
      kind: 'point',
      longitude: leafOf(coordinates.longitude, {}).value,
      latitude: leafOf(coordinates.latitude, {}).value,
      datum: leafOf(coordinates.datum, {}).value,
      to: String(concrete(context, selected.args['crs']) ?? 'AS_SUPPLIED'),
      fields: fields.map((f) => (f.name === '__typename' ? { key: f.key, part: 'typename', text: valueType } : { key: f.key, part: parts[f.name] ?? 'datum' })),
    };
  }
  return {
    kind: 'object',
    fields: fields.map((f): OutputField => {
      if (f.name === '__typename') return { key: f.key, output: { kind: 'text', json: JSON.stringify(valueType) } };
      const { field, value } = leafOf(f.name, f.args);
      const args = { ...selected.args, ...f.args };
      return {
        key: f.key,
        output: { kind: 'value', value, print: { ...printOf(context, field, args), ...maskOf(context, holder.name, `${name}.${f.name}`) } },
      };
    }),
  };
}
