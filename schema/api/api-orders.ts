import type { UnifiedType } from '../model/unified.ts';
import { aggregateOrders } from './api-aggregates.ts';
import type { ApiContext, LeafTest } from './api-context.ts';
import { leafTraits } from './leaves.ts';
import {
  aggregateName,
  aggregateOrderByName,
  groupByName,
  groupFieldName,
  groupFieldValue,
  groupKeyName,
  groupKeyOrderByName,
  groupLeavesName,
  groupLeavesOrderByName,
  groupName,
  groupOrderByName,
  orderByName,
} from './names.ts';
import { block, field } from './sdl-writer.ts';

/** `XOrderBy`: one field at a time, through relations and their aggregates. */
export function orderTypes(context: ApiContext, type: UnifiedType): string {
  const { features } = context;
  const may: LeafTest = (entity, path, leaf) => leafTraits(leaf).equality && features.orderable(entity, path);
  const relations = context.relations(type, (relation) => features.relationOrder(type.name, relation.name));
  return block(`input ${orderByName(type.name)} @oneOf`, [
    ...context.leaves(type, may).map((leaf) => field(leaf.name, 'OrderDirection')),
    ...context.valueFields(type, may).map((value) => field(value.name, orderByName(value.type))),
    ...relations.map((relation) => field(relation.name, relation.many ? aggregateOrderByName(relation.target) : orderByName(relation.target))),
  ]);
}

function groupable({ features }: ApiContext): LeafTest {
  return (entity, path, leaf) => leafTraits(leaf).equality && features.aggregatable(entity, path);
}

/** `XGroup` and all that belongs to it; and `XGroupLeaves` for what relates to X or holds it. */
export function groupTypes(context: ApiContext, type: UnifiedType): string {
  const may = groupable(context);
  const leaves = context.leaves(type, may);
  const plain = leaves.map((leaf) => field(leaf.name, leaf.type.name));
  const orders = leaves.map((leaf) => field(leaf.name, 'OrderDirection'));
  const inside = block(`type ${groupLeavesName(type.name)}`, plain) + block(`input ${groupLeavesOrderByName(type.name)} @oneOf`, orders);
  if (type.kind === 'value') return inside;
  const { name } = type;
  const nested = nestedInKey(context, type);
  return (
    inside +
    block(`type ${groupName(name)}`, [`key: ${groupKeyName(name)}!`, `aggregate: ${aggregateName(name)}!`]) +
    block(
      `type ${groupKeyName(name)}`,
      [...plain, ...nested.map((each) => field(each.name, groupLeavesName(each.type)))],
      'What the group is by; no other field can be selected.',
    ) +
    block(`input ${groupByName(name)}`, [`field: ${groupFieldName(name)}!`, '"Only for days, months and times." truncate: DateTruncation']) +
    block(
      `enum ${groupFieldName(name)}`,
      groupPaths(context, type).map((path) => groupFieldValue(path)),
    ) +
    block(`input ${groupOrderByName(name)} @oneOf`, [...aggregateOrders(name), `key: ${groupKeyOrderByName(name)}`]) +
    block(`input ${groupKeyOrderByName(name)} @oneOf`, [...orders, ...nested.map((each) => field(each.name, groupLeavesOrderByName(each.type)))])
  );
}

/** What a group can be by: leaves, leaves of values, leaves of to-one relations' targets; as paths. */
export function groupPaths(context: ApiContext, type: UnifiedType): string[] {
  const may = groupable(context);
  const own = context.leaves(type, may).map((leaf) => leaf.name);
  const nested = nestedInKey(context, type).flatMap((each) => {
    const target = context.model.types.get(each.type)!;
    const test: LeafTest =
      target.kind === 'entity' ? may : (entity, path, leaf) => entity === type.name && path.startsWith(`${each.name}.`) && may(entity, path, leaf);
    return context.leaves(target, test).map((leaf) => `${each.name}.${leaf.name}`);
  });
  return [...own, ...nested];
}

function nestedInKey(context: ApiContext, type: UnifiedType): { readonly name: string; readonly type: string }[] {
  const relations = context.relations(type, (relation) => !relation.many && context.features.relationGroup(type.name, relation.name));
  return [...context.valueFields(type, groupable(context)), ...relations.map(({ name, target }) => ({ name, type: target }))];
}
