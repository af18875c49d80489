import { buildSchema, Kind, parse, type OperationDefinitionNode } from 'graphql';
import { describe, expect, it } from 'vitest';
import { compileObjectCount } from '../../../../server/limits/operation-cost.ts';

const schema = buildSchema(`
  type Query { thing: Thing things(first: Int, last: Int, after: String): ThingConnection nodes(ids: [ID!]!): [Thing] }
  type Thing { name: String owner: Thing parts(first: Int, last: Int): ThingConnection tags: [Thing] }
  type ThingConnection { edges: [ThingEdge!]! nodes: [Thing!]! pageInfo: Info! totalCount: Int aggregate: Info groups(first: Int): [Info!] }
  type ThingEdge { cursor: String! node: Thing! }
  type Info { n: Int }
`);

function objects(text: string, variables: Readonly<Record<string, unknown>> = {}): number {
  const document = parse(text);
  const operation = document.definitions.find((each): each is OperationDefinitionNode => each.kind === Kind.OPERATION_DEFINITION);
  if (!operation) throw new Error('no operation');
  return compileObjectCount(schema, document, operation, { pageDefault: 20, pageMax: 200 })(variables);
}

describe('compileObjectCount', () => {
  it.each([
    ['leaves are free', '{ thing { name } }', 1],
    ['to-one objects count for each parent', '{ things(first: 5) { nodes { owner { name } } } }', 1 + 5 + 5],
    ['a list counts its page, and pages multiply', '{ things(first: 10) { nodes { parts(last: 3) { nodes { name } } } } }', 1 + 10 + 10 + 30],
    ['the default page counts where none is given', '{ things { nodes { name } } }', 1 + 20],
    ['edges are no more than nodes', '{ things(first: 7) { edges { cursor node { owner { name } } } } }', 1 + 7 + 7],
    ['a connection without its rows is one object, and its totals are one each', '{ things(first: 50) { totalCount aggregate { n } pageInfo { n } } }', 3],
    ['groups count as a page of their own', '{ things { groups(first: 9) { n } } }', 1 + 9],
    ['a page larger than allowed counts as the largest', '{ things(first: 100000) { nodes { name } } }', 1 + 200],
    ['ids count one each', '{ nodes(ids: ["a", "b", "c"]) { name } }', 3],
    [
      'fragments count where they are spread',
      '{ things(first: 4) { ...C } } fragment C on ThingConnection { nodes { ... on Thing { owner { name } } } }',
      1 + 4 + 4,
    ],
  ])('%s', (_title, text, expected) => {
    expect(objects(text)).toBe(expected);
  });

  it('takes pages from variables, and the default when one is missing', () => {
    const text = 'query($n: Int, $ids: [ID!]!) { things(first: $n) { nodes { name } } nodes(ids: $ids) { name } }';
    expect(objects(text, { n: 30, ids: ['a', 'b'] })).toBe(1 + 30 + 2);
    expect(objects(text, { ids: [] })).toBe(1 + 20);
  });
});
