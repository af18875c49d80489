/** Random operations over any generated API: filters with real values, orders, pages, relations, aggregates, groups. */
import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';

export interface Random {
  (): number; // 0 ≤ x < 1
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Values that fields really have, by `Type.field`. */
export type Values = ReadonlyMap<string, readonly unknown[]>;

/** A query that reads some rows of a type with all its leaves: what `collectValues` takes. */
export function sampleQuery(schema: GraphQLSchema, root: string, first = 40): string {
  const type = nodeType(schema, root);
  const leaves = leafFields(type).filter((name) => name !== 'id');
  return `{ ${root}(first: ${first}) { nodes { ${leaves.join(' ')} } } }`;
}

export function collectValues(type: string, nodes: readonly Record<string, unknown>[], into: Map<string, unknown[]>): void {
  for (const node of nodes)
    for (const [field, value] of Object.entries(node)) if (value !== null) into.set(`${type}.${field}`, [...(into.get(`${type}.${field}`) ?? []), value]);
}

export const listRoots = (schema: GraphQLSchema): string[] =>
  Object.values(schema.getQueryType()?.getFields() ?? {})
    .filter((f) => {
      const type = getNamedType(f.type);
      return isObjectType(type) && type.getFields()['aggregate'] !== undefined;
    })
    .map((f) => f.name);

export function nodeType(schema: GraphQLSchema, root: string): GraphQLObjectType {
  const connection = getNamedType(schema.getQueryType()?.getFields()[root]?.type);
  return getNamedType((connection as GraphQLObjectType).getFields()['nodes']?.type) as GraphQLObjectType;
}

const leafFields = (type: GraphQLObjectType): string[] =>
  Object.values(type.getFields())
    .filter((f) => isScalarType(getNamedType(f.type)) || isEnumType(getNamedType(f.type)))
    .map((f) => f.name);

export function randomOperation(schema: GraphQLSchema, values: Values, random: Random): string {
  const { pick, listField } = createGenerator(values, random);
  return `{ ${listField(schema.getQueryType() as GraphQLObjectType, pick(listRoots(schema)), 2)} }`;
}

/** Follows changes of one type, of several, or alerts, after a cursor. */
export function randomSubscription(schema: GraphQLSchema, values: Values, random: Random, after: string): string {
  const { pick, chance, where, some, inputOf, entity } = createGenerator(values, random);
  const subscription = schema.getSubscriptionType() as GraphQLObjectType;
  const field = pick(Object.values(subscription.getFields()).filter(({ name }) => name !== 'alerts'));
  const args = [`after: ${JSON.stringify(after)}`];
  if (chance(0.3)) args.push(`operations: [${some(['CREATED', 'UPDATED', 'DELETED'], 2).join(', ')}]`);
  const types = getNamedType(field.args.find(({ name }) => name === 'types')?.type);
  if (isEnumType(types) && chance(0.7))
    args.push(
      `types: [${some(types.getValues(), 3)
        .map(({ name }) => name)
        .join(', ')}]`,
    );
  const whereType = inputOf(subscription, field.name, 'where');
  const w = whereType && chance(0.6) ? where(whereType, 2) : undefined;
  if (w) args.push(`where: ${w}`);
  const event = getNamedType(field.type) as GraphQLObjectType;
  const parts = ['cursor', ...leafFields(event).filter((name) => name !== 'committedAt' && chance(0.6))];
  for (const name of ['before', 'after', 'node']) {
    const inner = getNamedType(event.getFields()[name]?.type);
    if (isObjectType(inner) && chance(0.7)) parts.push(`${name} { ${entity(inner, name === 'node' ? 1 : 0)} }`);
  }
  return `subscription { ${field.name}(${args.join(', ')}) { ${[...new Set(parts)].join(' ')} } }`;
}

/** Parts of operations. */
function createGenerator(values: Values, random: Random) {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const chance = (share: number): boolean => random() < share;
  const some = <T>(list: readonly T[], max: number): T[] => {
    const count = Math.min(list.length, 1 + Math.floor(random() * max));
    return [...list].toSorted(() => random() - 0.5).slice(0, count);
  };
  const literal = (value: unknown, field: GraphQLInputField): string => {
    const named = getNamedType(field.type);
    return isEnumType(named) || typeof value === 'number' || typeof value === 'boolean' ? String(value) : JSON.stringify(value);
  };
  const valueOf = (owner: string, name: string): unknown => pick(values.get(`${owner}.${name}`) ?? [undefined]);

  const filter = (type: GraphQLInputObjectType, owner: string, name: string): string | undefined => {
    const fields = type.getFields();
    const op = pick(Object.keys(fields));
    const field = fields[op] as GraphQLInputField;
    const value = valueOf(owner, name);
    if (op === 'isNull') return `{ isNull: ${String(chance(0.5))} }`;
    if (value === undefined) return undefined;
    if (op === 'in' || op === 'notIn') return `{ ${op}: [${[value, valueOf(owner, name)].map((v) => literal(v, field)).join(', ')}] }`;
    if (op === 'between')
      return `{ between: [${[value, valueOf(owner, name)]
        .toSorted((a, b) => (String(a) < String(b) ? -1 : 1))
        .map((v) => literal(v, field))
        .join(', ')}] }`;
    if (['contains', 'startsWith', 'endsWith', 'iContains'].includes(op)) {
      const text = String(value);
      const length = 1 + Math.floor(random() * Math.min(4, text.length));
      const start = op === 'startsWith' ? 0 : op === 'endsWith' ? text.length - length : Math.floor(random() * (text.length - length + 1));
      return `{ ${op}: ${JSON.stringify(text.slice(start, start + length))} }`;
    }
    return `{ ${op}: ${literal(value, field)} }`;
  };
  const count = (): string => `{ ${pick(['eq', 'gt', 'gte', 'lt', 'lte'])}: ${Math.floor(random() * 4)} }`;
  const where = (type: GraphQLInputObjectType, depth: number): string | undefined => {
    const owner = type.name.replace(/Where$/, '');
    const parts = some(Object.values(type.getFields()), 2).flatMap((field): string[] => {
      const named = getNamedType(field.type);
      if (!isInputObjectType(named)) return [];
      if (field.name === 'and' || field.name === 'or') {
        if (depth <= 0) return [];
        const inner = [where(type, depth - 1), where(type, depth - 1)].filter((w) => w !== undefined);
        return inner.length > 0 ? [`${field.name}: [${inner.join(', ')}]`] : [];
      }
      if (field.name === 'not') {
        const inner = depth > 0 ? where(type, depth - 1) : undefined;
        return inner ? [`not: ${inner}`] : [];
      }
      if (named.name.endsWith('ListWhere')) {
        if (depth <= 0) return [];
        if (chance(0.3)) return [`${field.name}: { aggregate: { count: ${count()} } }`];
        const target = getNamedType(named.getFields()['some']?.type);
        const inner = isInputObjectType(target) ? where(target, depth - 1) : undefined;
        return inner ? [`${field.name}: { ${pick(['some', 'none', 'every'])}: ${inner} }`] : [];
      }
      if (named.name.endsWith('Where')) {
        const inner = depth > 0 ? where(named, depth - 1) : undefined;
        return inner ? [`${field.name}: ${inner}`] : [];
      }
      const inner = filter(named, owner, field.name);
      return inner ? [`${field.name}: ${inner}`] : [];
    });
    return parts.length > 0 ? `{ ${parts.join(', ')} }` : undefined;
  };
  const orderBy = (type: GraphQLInputObjectType): string | undefined => {
    const leaves = Object.values(type.getFields()).filter((f) => isEnumType(getNamedType(f.type)));
    const directions = ['ASC', 'DESC', 'ASC_NULLS_LAST', 'DESC_NULLS_FIRST'];
    return leaves.length > 0
      ? `[${some(leaves, 2)
          .map((f) => `{ ${f.name}: ${pick(directions)} }`)
          .join(', ')}]`
      : undefined;
  };
  const inputOf = (type: GraphQLObjectType, field: string, arg: string): GraphQLInputObjectType | undefined => {
    let named = type.getFields()[field]?.args.find((a) => a.name === arg)?.type;
    while (named && (isListType(named) || isNonNullType(named))) named = named.ofType as typeof named;
    return isInputObjectType(named) ? named : undefined;
  };
  const listField = (owner: GraphQLObjectType, name: string, depth: number): string => {
    const connection = getNamedType(owner.getFields()[name]?.type) as GraphQLObjectType;
    const node = getNamedType(connection.getFields()['nodes']?.type) as GraphQLObjectType;
    const whereType = inputOf(owner, name, 'where');
    const orderType = inputOf(owner, name, 'orderBy');
    const w = whereType && chance(0.7) ? where(whereType, 2) : undefined;
    const o = orderType && chance(0.6) ? orderBy(orderType) : undefined;
    const args = [...(w ? [`where: ${w}`] : []), ...(o ? [`orderBy: ${o}`] : []), `${chance(0.85) ? 'first' : 'last'}: ${1 + Math.floor(random() * 12)}`];
    const parts = [chance(0.2) ? `edges { cursor node { ${entity(node, depth)} } }` : `nodes { ${entity(node, depth)} }`];
    if (chance(0.4)) parts.push('totalCount');
    if (chance(0.2)) parts.push('pageInfo { hasNextPage hasPreviousPage endCursor }');
    if (chance(0.3)) parts.push(`aggregate { count ${measures(connection)} }`);
    const groups = connection.getFields()['groups'];
    if (groups && chance(0.3)) parts.push(groupField(connection));
    return `${name}(${args.join(', ')}) { ${parts.join(' ')} }`;
  };
  const measures = (connection: GraphQLObjectType): string => {
    const aggregate = getNamedType(connection.getFields()['aggregate']?.type) as GraphQLObjectType;
    return Object.values(aggregate.getFields())
      .flatMap((f) => {
        const type = getNamedType(f.type);
        return isObjectType(type) && chance(0.5) ? [`${f.name} { ${pick(leafFields(type))} }`] : [];
      })
      .join(' ');
  };
  const groupField = (connection: GraphQLObjectType): string => {
    const by = inputOf(connection, 'groups', 'by');
    const enumType = getNamedType(by?.getFields()['field']?.type);
    const key = getNamedType((getNamedType(connection.getFields()['groups']?.type) as GraphQLObjectType).getFields()['key']?.type) as GraphQLObjectType;
    const leaves = leafFields(key);
    if (!isEnumType(enumType) || leaves.length === 0) return 'totalCount';
    const name = pick(leaves);
    const value = enumType.getValues().find((v) => v.value === name)?.name;
    if (value === undefined) return 'totalCount';
    return `groups(by: [{ field: ${value} }], first: 20${chance(0.3) ? ', having: { count: { gt: 1 } }' : ''}${chance(0.3) ? ', orderBy: [{ count: DESC }]' : ''}) { key { ${name} } aggregate { count ${measures(connection)} } }`;
  };
  const entity = (type: GraphQLObjectType, depth: number): string => {
    const fields = Object.values(type.getFields());
    const parts = some(leafFields(type), 5);
    for (const field of some(
      fields.filter((f) => !parts.includes(f.name)),
      4,
    )) {
      const named = getNamedType(field.type);
      if (!isObjectType(named) || field.name === '_meta' || field.name === 'checks' || depth <= 0) continue;
      if (named.name.endsWith('Connection')) parts.push(listField(type, field.name, depth - 1));
      else {
        const inner = entity(named, depth - 1);
        if (inner) parts.push(`${field.name} { ${inner} }`);
      }
    }
    return parts.join(' ') || '__typename';
  };
  return { pick, chance, some, where, inputOf, entity, listField };
}
