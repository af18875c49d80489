import type { LeafField, UnifiedType, ValueField } from '../model/unified.ts';
import type { ApiContext } from './api-context.ts';
import { labelled } from './description.ts';
import { unitArgument, valueArguments } from './api-objects.ts';
import { changeFieldName, changeName, CHANGED_TYPE, imageName, screamingSnake, whereName } from './names.ts';
import { block, field } from './sdl-writer.ts';

const AFTER = '"A cursor: what followed it is sent first, then what happens from now on, with no gap and no duplicate." after: String';
const CONSUMER = '"Your name for this subscriber: without `after`, the hub continues where this consumer last acknowledged (`ackChanges`)." consumer: String';
const OPERATIONS = 'operations: [ChangeOperation!]';

/** `Subscription`: one field for each entity, and one for all of them. */
export function subscriptionType({ entities }: ApiContext): string {
  const perType = entities.map((type) =>
    field(changeFieldName(type.names.one), `${changeName(type.name)}!`, {
      args: [`where: ${whereName(type.name)}`, OPERATIONS, AFTER, CONSUMER],
      description: labelled(`Changes of ${type.name}; with \`where\`, those before or after which it meets the filter.`, type.label),
    }),
  );
  const all = field('changes', 'Change!', {
    args: [`"Default: all." types: [${CHANGED_TYPE}!]`, OPERATIONS, AFTER, CONSUMER],
    description: '变更 Changes of several types, or of all.',
  });
  return entities.length === 0 ? '' : block('type Subscription', [...perType, all]);
}

/** `ChangedType`: every entity. Its inner values are the types' names. */
export function changedTypeEnum({ entities }: ApiContext): string {
  return block(
    `enum ${CHANGED_TYPE}`,
    entities.map((type) => screamingSnake(type.name)),
  );
}

/** `XChange`, and `XImage` where a source maps anything of the type. */
export function changeTypes(context: ApiContext, type: UnifiedType): string {
  const image = imageName(type.name);
  const shown = [...type.fields.values()].flatMap((each) => {
    const options = { description: labelled(each.description, each.label), deprecated: each.deprecated };
    if (each.kind === 'leaf' && imageLeaves(context, type).includes(each)) return [field(each.name, each.type.name, { ...options, args: unitArgument(each) })];
    if (each.kind === 'value' && imageValues(context, type).includes(each))
      return [field(each.name, each.type, { ...options, args: valueArguments(context, type.name, each.name, each.type) })];
    return [];
  });
  return (
    block(
      `type ${changeName(type.name)}`,
      [
        '"Resumes strictly after this change." cursor: String!',
        'op: ChangeOperation!',
        '"What it did to the result of the filter." transition: ChangeTransition!',
        '"Paths of the fields that differ; all that are not null for CREATED and DELETED." changedFields: [String!]!',
        '"The source’s own time of commit where it says one." committedAt: DateTime!',
        'department: String!',
        'source: String!',
        `"Own fields of the source row as they were; null for CREATED." before: ${image}`,
        `"Own fields of the source row as they became; null for DELETED." after: ${image}`,
        `"The whole entity as it is now, from all departments; null when it is gone." node: ${type.name}`,
      ],
      `One change of ${type.name} in one source.`,
    ) + block(`type ${image}`, shown, `What one source says of ${type.name} itself: its own fields, those of other sources null.`)
  );
}

/** What a mapping gives, and so what stands in a source row. */
function imageLeaves(context: ApiContext, type: UnifiedType): LeafField[] {
  return context.leaves(type, (_entity, _path, leaf) => leaf.derivation === undefined);
}

/** Those of whose leaves none is always there: a source may map only some. */
function imageValues(context: ApiContext, type: UnifiedType): ValueField[] {
  return context
    .valueFields(type, (_entity, _path, leaf) => leaf.derivation === undefined)
    .filter((value) => [...(context.model.types.get(value.type)?.fields.values() ?? [])].every((leaf) => leaf.kind !== 'leaf' || !leaf.nonNull));
}
