import type { LeafField, UnifiedField, UnifiedType } from '../model/unified.ts';
import type { ApiContext } from './api-context.ts';
import { totalsRoots } from './api-totals.ts';
import { usesClock } from './dependencies.ts';
import { labelled } from './description.ts';
import { aggregateName, connectionName, edgeName, groupByName, groupName, groupOrderByName, havingName, orderByName, whereName } from './names.ts';
import { block, deprecate, describe, field } from './sdl-writer.ts';

const AS_OF = '"The day that it is asked for; default: today." asOf: Date';

export function queryType(context: ApiContext): string {
  const { entities, model } = context;
  const roots = entities.flatMap((type) => {
    const key = type.key.map((name) => `${name}: ${leafTypeOf(model.types.get(type.name)?.fields.get(name))}!`);
    return [
      field(type.names.one, type.name, { args: key, description: labelled(type.description, type.label) }),
      field(type.names.many, connectionName(type.name), { args: listArguments(type.name), description: labelled(undefined, type.label) }),
    ];
  });
  return block('type Query', [
    ...roots,
    ...totalsRoots(context),
    '"By an id that the API gave out; null where there is nothing to see." node(id: ID!): Node',
    '"As `node`, in the order of the ids." nodes(ids: [ID!]!): [Node]!',
  ]);
}

function leafTypeOf(leaf: UnifiedField | undefined): string {
  return leaf?.kind === 'leaf' ? leaf.type.name : 'ID';
}

function listArguments(type: string): string[] {
  return [`where: ${whereName(type)}`, `orderBy: [${orderByName(type)}!]`, 'first: Int', 'after: String', 'last: Int', 'before: String', 'offset: Int'];
}

/** The entity itself and its connection. */
export function entityTypes(context: ApiContext, type: UnifiedType): string {
  const { model, features } = context;
  const leaves = new Set(context.leaves(type).map((leaf) => leaf.name));
  const values = new Set(context.valueFields(type).map((value) => value.name));
  const relations = new Set(context.relations(type).map((relation) => relation.name));
  const fields = [...type.fields.values()].flatMap((each) => {
    const options = { description: labelled(each.description, each.label), deprecated: each.deprecated };
    if (each.kind === 'leaf' && leaves.has(each.name)) return [leafField(each, usesClock(model, type.name, each.name))];
    if (each.kind === 'value' && values.has(each.name))
      return [field(each.name, each.type, { ...options, args: valueArguments(context, type.name, each.name, each.type) })];
    if (each.kind === 'relation' && relations.has(each.name))
      return [
        each.many ? field(each.name, connectionName(each.target), { ...options, args: listArguments(each.target) }) : field(each.name, each.target, options),
      ];
    return [];
  });
  const checks = features.hasChecks(type.name) ? ['"核验 Checks of this entity, all of them or those named." checks(codes: [String!]): [CheckResult!]'] : [];
  const own = ['"Opaque; for `node`." id: ID!', ...fields, ...checks, '"Provenance and data issues." _meta: EntityMeta!'];
  return block(`type ${type.name} implements Node`, own, labelled(type.description, type.label)) + connectionTypes(type.name);
}

/** A value type; its clock and datum are arguments of the field that holds it. */
export function valueType(context: ApiContext, type: UnifiedType): string {
  return block(
    `type ${type.name}`,
    context.leaves(type).map((leaf) => leafField(leaf, false)),
    labelled(type.description, type.label),
  );
}

function leafField(leaf: LeafField, clock: boolean): string {
  const args = [...unitArgument(leaf), ...(clock ? [AS_OF] : [])];
  return field(leaf.name, leaf.nonNull ? `${leaf.type.name}!` : leaf.type.name, {
    args,
    description: labelled(leaf.description, leaf.label),
    deprecated: leaf.deprecated,
  });
}

/** The unit only changes what is printed. */
export function unitArgument({ unit }: LeafField): string[] {
  return unit === undefined ? [] : [`unit: ${unit.enum} = ${unit.code}`];
}

export function valueArguments({ model }: ApiContext, entity: string, name: string, valueName: string): string[] {
  const value = model.types.get(valueName);
  const clock = [...(value?.fields.keys() ?? [])].some((leaf) => usesClock(model, entity, `${name}.${leaf}`));
  const supplied = model.enums.get('Crs')?.values.some((each) => each.name === 'AS_SUPPLIED') === true;
  return [...(value?.coordinates === undefined ? [] : [`"Datum of the coordinates." crs: Crs${supplied ? ' = AS_SUPPLIED' : ''}`]), ...(clock ? [AS_OF] : [])];
}

function connectionTypes(type: string): string {
  const groupArguments = [
    `by: [${groupByName(type)}!]!`,
    `"In addition to the list’s own filter." where: ${whereName(type)}`,
    `having: ${havingName(type)}`,
    `orderBy: [${groupOrderByName(type)}!]`,
    'first: Int',
  ];
  return (
    block(`type ${connectionName(type)}`, [
      `edges: [${edgeName(type)}!]!`,
      `nodes: [${type}!]!`,
      'pageInfo: PageInfo!',
      '"Over the whole filter, whatever the page." totalCount: Int',
      `"Over the whole filter, whatever the page." aggregate: ${aggregateName(type)}`,
      `"Over the whole filter, whatever the page." groups(${groupArguments.join(' ')}): [${groupName(type)}!]`,
    ]) + block(`type ${edgeName(type)}`, ['cursor: String!', `node: ${type}!`])
  );
}

/** Enums of the model; pruning keeps those in use. */
export function enumTypes({ model }: ApiContext): string {
  return [...model.enums.values()]
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((each) =>
      block(
        `enum ${each.name}`,
        each.values.map((value) => `${describe(labelled(value.description, value.label))}${value.name}${deprecate(value.deprecated)}`),
        labelled(each.description, each.label),
      ),
    )
    .join('');
}
