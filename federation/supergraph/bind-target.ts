import { suggestion } from '../../schema/parse/suggest.ts';
import type { Normalizer } from '../../schema/model/mapping.ts';
import type { LeafField, LeafType, UnifiedModel, UnifiedType } from '../../schema/model/unified.ts';
import type { Target } from '../transforms/plain.ts';
import { MappingFault } from '../transforms/value.ts';
import { normalizerOf } from './bind-value.ts';

export function targetOf(type: LeafType, model: UnifiedModel, normalizers: ReadonlyMap<string, Normalizer>): Target {
  const values = type.kind === 'enum' ? model.enums.get(type.name)?.values.map((value) => value.name) : undefined;
  if (values !== undefined) return { name: type.name, values };
  const scalar = model.scalars.get(type.name);
  return {
    name: type.name,
    ...(scalar?.pattern === undefined ? {} : { pattern: scalar.pattern }),
    ...(scalar?.normalize === undefined ? {} : { normalizer: normalizerOf(scalar.normalize, normalizers) }),
  };
}

/** The leaf that a mapping's field name means. @throws {MappingFault} when mappings cannot give it a value. */
export function leafAt(type: UnifiedType, path: string, model: UnifiedModel): LeafField {
  const [head = '', ...rest] = path.split('.');
  const field = type.fields.get(head);
  if (field === undefined) throw new MappingFault(`type ${type.name} has no field "${head}"`, suggestion(head, [...type.fields.keys()]));
  if (field.kind === 'relation') throw new MappingFault(`${type.name}.${head} is a relation; it follows from the fields that it relates`, 'leave it out');
  if (field.kind === 'value') {
    const inner = model.types.get(field.type);
    if (rest.length === 0 || inner === undefined)
      throw new MappingFault(
        `${type.name}.${head} is a ${field.type}; its parts are mapped, not itself`,
        `map ${[...(inner?.fields.keys() ?? [])].map((leaf) => `"${head}.${leaf}"`).join(', ')}`,
      );
    return leafAt(inner, rest.join('.'), model);
  }
  if (rest.length > 0) throw new MappingFault(`${type.name}.${head} has no parts`, `map "${head}" itself`);
  if (field.derivation !== undefined)
    throw new MappingFault(`${type.name}.${head} is derived (@${field.derivation.kind}); it needs no mapping`, 'leave it out');
  return field;
}

/** Every leaf whose value mappings give, by the name that mappings use. */
export function mappableLeaves(type: UnifiedType, model: UnifiedModel): string[] {
  return [...type.fields.values()].flatMap((field) => {
    if (field.kind === 'relation') return [];
    if (field.kind === 'leaf') return field.derivation === undefined ? [field.name] : [];
    const inner = model.types.get(field.type);
    return inner === undefined ? [] : mappableLeaves(inner, model).map((leaf) => `${field.name}.${leaf}`);
  });
}
