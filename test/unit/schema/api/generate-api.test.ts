import { readFileSync } from 'node:fs';
import { makeExecutableSchema } from '@graphql-tools/schema';
import {
  buildSchema,
  graphqlSync,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  parse,
  validate,
  validateSchema,
  type GraphQLEnumType,
  type GraphQLSchema,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { everyFeature, type ApiFeatures } from '../../../../schema/api/features.ts';
import { generateApi, printApi } from '../../../../schema/api/generate-api.ts';
import type { UnifiedModel } from '../../../../schema/model/unified.ts';
import { parseSdl } from '../../../../schema/parse/sdl.ts';

const model = modelOf(readFileSync(new URL('model.graphql', import.meta.url), 'utf8'));
const options = { timeZone: 'Asia/Shanghai' };

function modelOf(text: string): UnifiedModel {
  const { model: parsed, problems } = parseSdl([{ text, file: 'model.graphql' }]);
  if (parsed === undefined) throw new Error(JSON.stringify(problems));
  return parsed;
}

function schemaFor(changes: Partial<ApiFeatures> = {}, of = model): GraphQLSchema {
  const { document, resolvers } = generateApi(of, { ...everyFeature(of), ...changes }, options);
  return makeExecutableSchema({ typeDefs: document, resolvers, resolverValidationOptions: { requireResolversToMatchSchema: 'error' } });
}

function faults(schema: GraphQLSchema, document: string): string[] {
  return validate(schema, parse(document)).map((error) => error.message);
}

function fieldsOf(schema: GraphQLSchema, type: string): string[] {
  const found = schema.getType(type);
  return isObjectType(found) || isInputObjectType(found) || isInterfaceType(found) ? Object.keys(found.getFields()) : [];
}

describe('generateApi', () => {
  it('keeps the API of the sample model as it is', async () => {
    await expect(printApi(generateApi(model, everyFeature(model), options).document)).toMatchFileSnapshot('../../../golden/api/sample-model.graphql');
  });

  it('makes a valid, executable schema', () => {
    const schema = schemaFor();
    expect(validateSchema(schema)).toEqual([]);
    expect(graphqlSync({ schema, source: '{ __schema { types { name } } projects { totalCount } node(id: "x") { id } }' })).toMatchObject({
      data: { projects: null, node: null },
    });
  });

  it('does not depend on the order of files', () => {
    const reversed: UnifiedModel = { ...model, types: new Map([...model.types].toReversed()), enums: new Map([...model.enums].toReversed()) };
    expect(printApi(generateApi(reversed, everyFeature(reversed), options).document)).toBe(printApi(generateApi(model, everyFeature(model), options).document));
  });

  it('accepts queries as they are published', () => {
    const document = `{
      projects(
        where: { district: { in: ["320508"] }, payments: { some: { status: { eq: PAID }, paidOn: { gte: "2024-01-01" } }, aggregate: { count: { gt: 3 }, sum: { amount: { gt: "1000000" } } } }, not: { siblings: { none: { late: { eq: true } } } } }
        orderBy: [{ paid: DESC }, { payments: { sum: { amount: DESC_NULLS_LAST } } }, { location: { lng: ASC } }, { code: ASC }], first: 50) {
        totalCount pageInfo { hasNextPage endCursor }
        edges { cursor node { id } }
        nodes { id code approved(unit: WAN_YUAN) late(asOf: "2024-01-01") funds(asOf: "2024-01-01") { paidRate } location(crs: GCJ02) { lng lat }
                payments(first: 3, orderBy: [{ paidOn: DESC }]) { nodes { amount project { name } } aggregate { count sum { amount(unit: FEN) } max { paidOn } countDistinct { status } } }
                checks(codes: ["X"]) { code failed severity } _meta { sources { table } issues { code } values(field: "name") { value } unresolved { localKey } } }
        groups(by: [{ field: DISTRICT }, { field: FUNDS__PAID_RATE }], having: { count: { gt: 1 } }, orderBy: [{ sum: { approved: DESC } }, { key: { district: ASC } }], first: 5) { key { district funds { paidRate } } aggregate { count avg { approved } } } }
      payments(where: { project: { name: { contains: "x" } } }, orderBy: [{ project: { name: ASC } }]) { groups(by: [{ field: PROJECT__DISTRICT }, { field: PAID_ON, truncate: MONTH }]) { key { paidOn project { district } } } }
      project(code: "1234-123456") { name } node(id: "x") { ... on Payment { number } } nodes(ids: ["x"]) { id }
    }`;
    expect(faults(schemaFor(), document)).toEqual([]);
  });

  it('has no operator that a type cannot honour', () => {
    const schema = schemaFor();
    const TEXT = ['contains', 'startsWith', 'endsWith', 'iContains'];
    const ORDERED = ['eq', 'ne', 'in', 'notIn', 'lt', 'lte', 'gt', 'gte', 'between', 'isNull'];
    expect(fieldsOf(schema, 'StringFilter')).toEqual([...ORDERED, ...TEXT]);
    expect(fieldsOf(schema, 'ProjectCodeFilter')).toEqual([...ORDERED, ...TEXT]);
    expect(fieldsOf(schema, 'DecimalFilter')).toEqual(ORDERED);
    expect(fieldsOf(schema, 'DateTimeFilter')).toEqual(ORDERED);
    expect(fieldsOf(schema, 'PaymentStatusFilter')).toEqual(['eq', 'ne', 'in', 'notIn', 'isNull']);
    expect(fieldsOf(schema, 'BooleanFilter')).toEqual(['eq', 'ne', 'isNull']);
    expect(fieldsOf(schema, 'JSONFilter')).toEqual(['isNull']);
    expect(fieldsOf(schema, 'PaymentAggregateNumbers')).toEqual(['amount', 'quantity']);
    expect(fieldsOf(schema, 'PaymentAggregateValues')).not.toContain('status');
    expect(fieldsOf(schema, 'ProjectOrderBy')).not.toContain('documents');
  });

  it('lets an order name one field at a time', () => {
    expect(faults(schemaFor(), '{ projects(orderBy: [{ name: ASC, code: ASC }]) { totalCount } }')).toEqual([
      'OneOf Input Object "ProjectOrderBy" must specify exactly one key.',
    ]);
  });

  it('gives group fields their paths as inner values', () => {
    const type = schemaFor().getType('PaymentGroupField') as GraphQLEnumType;
    expect(isEnumType(type)).toBe(true);
    expect(type.getValue('PROJECT__PLANNED_END')?.value).toBe('project.plannedEnd');
    expect(type.getValue('PAID_ON')?.value).toBe('paidOn');
  });

  it('leaves out what no source gives', () => {
    const schema = schemaFor({ readable: (type, path) => !(type === 'Project' && (path === 'name' || path === 'location.lng' || path.startsWith('funds.'))) });
    expect(fieldsOf(schema, 'Project')).not.toContain('name');
    expect(fieldsOf(schema, 'Project')).not.toContain('funds');
    expect(fieldsOf(schema, 'Point')).toEqual(['lat', 'datum']);
    for (const type of ['ProjectWhere', 'ProjectOrderBy', 'ProjectGroupKey', 'ProjectAggregateDistinct']) expect(fieldsOf(schema, type)).not.toContain('name');
    expect(schema.getType('Funds')).toBeUndefined();
    expect(schema.getType('FundsWhere')).toBeUndefined();
  });

  it('leaves out an entity without its key, and what leads to it', () => {
    const schema = schemaFor({ readable: (type, path) => !(type === 'Payment' && path === 'number') });
    expect(fieldsOf(schema, 'Query')).toEqual(['project', 'projects', 'node', 'nodes']);
    expect(fieldsOf(schema, 'Project')).not.toContain('payments');
    expect(Object.keys(schema.getTypeMap()).filter((name) => name.startsWith('Payment'))).toEqual([]);
  });

  it('offers no filter, order, measure or group where the sources cannot', () => {
    const none = schemaFor({
      filterable: () => false,
      orderable: () => false,
      aggregatable: () => false,
      relationWhere: () => 'none',
      relationOrder: () => false,
      relationGroup: () => false,
      hasChecks: () => false,
    });
    expect(validateSchema(none)).toEqual([]);
    const names = Object.keys(none.getTypeMap());
    expect(names.filter((name) => /(?:Where|OrderBy|Group|Having|Filter|Numbers)$/.test(name))).toEqual([]);
    expect(fieldsOf(none, 'ProjectAggregate')).toEqual(['count']);
    expect(fieldsOf(none, 'ProjectConnection')).toEqual(['edges', 'nodes', 'pageInfo', 'totalCount', 'aggregate']);
    expect(names).not.toContain('CheckResult');
    expect(names).not.toContain('Severity');
  });

  it('offers relation filters and orders one by one', () => {
    const schema = schemaFor({
      relationWhere: (_, relation) => (relation === 'payments' ? 'none' : 'all'),
      relationOrder: (_, relation) => relation === 'payments',
      relationGroup: () => false,
    });
    expect(fieldsOf(schema, 'ProjectWhere')).toContain('siblings');
    expect(fieldsOf(schema, 'ProjectWhere')).not.toContain('payments');
    expect(fieldsOf(schema, 'ProjectOrderBy')).toContain('payments');
    expect(fieldsOf(schema, 'PaymentOrderBy')).not.toContain('project');
    expect((schema.getType('PaymentGroupField') as GraphQLEnumType).getValues().some((value) => value.name.startsWith('PROJECT__'))).toBe(false);
  });

  it('prints an API without any entity', () => {
    const schema = schemaFor({}, { types: new Map(), enums: new Map(), scalars: new Map() });
    expect(validateSchema(schema)).toEqual([]);
    expect(fieldsOf(schema, 'Query')).toEqual(['node', 'nodes']);
  });

  it('keeps descriptions with quotes and several lines', () => {
    const { document } = generateApi(
      modelOf('"""\nSays \\"""so\\""" and \\\\ too:\n  indented "\n"""\ntype A @key(fields: "a") { a: ID! }'),
      everyFeature(model),
      options,
    );
    expect(buildSchema(printApi(document)).getType('Query')).toBeDefined();
  });
});
