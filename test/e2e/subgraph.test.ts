/** The hub as a subgraph of Apollo Federation 2: what a router composes and asks. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ApolloGateway, LocalGraphQLDataSource, RemoteGraphQLDataSource } from '@apollo/gateway';
import { composeServices } from '@apollo/composition';
import { ApolloServer } from '@apollo/server';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codes, demoFolder, DEMO_CONFIGURATION, startTestHub, type Answer, type TestHub } from '../helpers/hub.ts';
import { as } from '../helpers/people.ts';

const CODE = '2301-320500-04-01-123456';
const ENTITIES = `query ($of: [_Any!]!) { _entities(representations: $of) { __typename ... on Project { code name district payments(first: 1) { totalCount } } ... on Organization { name contactPhone } ... on Payment { voucherNo } } }`;

let hub: TestHub;
let plain: Awaited<ReturnType<typeof demoFolder>>;

beforeAll(async () => {
  plain = await demoFolder();
  const departments = path.dirname(DEMO_CONFIGURATION);
  const yaml = readFileSync(DEMO_CONFIGURATION, 'utf8')
    .replace('../schema/unified', path.resolve(departments, '../schema/unified'))
    .replaceAll(/'\*\/(mapping|alerts|policy)\.yaml'/g, `'${departments}/*/$1.yaml'`)
    .replaceAll(/: (normalizers|checks)\.yaml/g, `: ${departments}/$1.yaml`);
  const file = path.join(plain.folder, 'hub.yaml');
  writeFileSync(file, `${yaml}\nsubgraph: true\n`);
  hub = await startTestHub({ configurationFile: file });
  while (hub.hub.federation.generation().offline.length > 0) await new Promise((resolve) => setTimeout(resolve, 200));
}, 60_000);
afterAll(async () => {
  await hub[Symbol.asyncDispose]();
  plain.remove();
});

const entities = async (of: readonly object[], headers = {}): Promise<Answer> => hub.post(ENTITIES, { of }, headers);
const sdlFor = async (headers = {}): Promise<string> => (await hub.post('{ _service { sdl } }', {}, headers)).body.data._service.sdl as string;

const NOTES = {
  name: 'notes',
  typeDefs: parse(`
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])
    scalar ProjectCode
    type PageInfo @shareable { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
    type Query { notes: [Note!]! }
    type Note { text: String! project: Project }
    type Project @key(fields: "code") { code: ProjectCode! remark: String }
  `),
};

describe('a subgraph', () => {
  it('has an SDL that composes with another’s, of what whoever asks may see', async () => {
    const [full, clerk] = [await sdlFor(), await sdlFor(await as(hub, 'housing-clerk'))];
    for (const sdl of [full, clerk]) {
      const { errors, supergraphSdl } = composeServices([
        { name: 'hub', url: hub.address, typeDefs: parse(sdl) },
        { ...NOTES, url: 'http://notes' },
      ]);
      expect(errors).toBeUndefined();
      expect(supergraphSdl).toContain('remark: String');
    }
    expect(full).toContain('type Project implements Node @key(fields: "code")');
    expect(full).toMatch(/type Payment [^}]*amount/);
    expect(clerk).not.toMatch(/type Payment [^}]*amount\(/);
  });

  it('gives entities by their keys, each type in one batch, in the order asked', async () => {
    const unknown = { __typename: 'Project', code: '2301-320500-04-01-999999' };
    const { body } = await entities([
      { __typename: 'Project', code: CODE },
      unknown,
      { __typename: 'Payment', voucherNo: 'ZF2023000123' },
      { __typename: 'Project', code: CODE },
      { __typename: 'Nothing', id: 1 },
      { __typename: 'Project' },
      { __typename: 'Project', code: { $ne: 1 } },
      { __typename: 'Money', code: CODE },
    ]);
    expect(body.errors?.map(({ message, path, extensions }) => [path, extensions['code'], message])).toEqual([
      [['_entities', 4], 'BAD_USER_INPUT', expect.stringContaining('"Nothing"')],
      [['_entities', 5], 'BAD_USER_INPUT', 'A representation of Project has no code; its key is code.'],
      [['_entities', 7], 'BAD_USER_INPUT', expect.stringContaining('"Money"')],
    ]);
    expect(body.data._entities).toEqual([
      { __typename: 'Project', code: CODE, name: expect.any(String), district: expect.any(String), payments: { totalCount: expect.any(Number) } },
      null,
      { __typename: 'Payment', voucherNo: 'ZF2023000123' },
      body.data._entities[0],
      null,
      null,
      null,
      null,
    ]);
    const { body: explained } = await hub.post(`${ENTITIES}`, { of: Array.from({ length: 30 }, () => ({ __typename: 'Project', code: CODE })) });
    expect(explained.data._entities).toHaveLength(30);
    expect(codes(await entities(Array.from({ length: 5_000 }, () => unknown)))).toEqual([expect.stringMatching(/^LIMIT_/)]);
  });

  it('reads representations that hold variables', async () => {
    const { body } = await hub.post(
      'query ($code: String!) { _entities(representations: [{ __typename: "Project", code: $code }]) { ... on Project { code } } }',
      { code: CODE },
    );
    expect(body).toEqual({ data: { _entities: [{ code: CODE }] } });
  });

  it('keeps rows, fields and masks as anywhere else', async () => {
    const clerk = await as(hub, 'housing-clerk');
    const all = (await hub.post('{ projects { nodes { code district } } }')).body.data.projects.nodes as { code: string; district: string }[];
    const own = 'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Project { code } } }';
    const { body } = await hub.post(own, { of: all.map(({ code }) => ({ __typename: 'Project', code })) }, clerk);
    expect(body.data._entities.map((found: { code: string } | null) => found?.code ?? null)).toEqual(
      all.map(({ code, district }) => (district === '320500' ? code : null)),
    );
    const amount = 'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Payment { amount } } }';
    const refused = await hub.post(amount, { of: [{ __typename: 'Payment', voucherNo: 'ZF2023000123' }] }, clerk);
    expect(codes(refused)).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    const entitiesOf = (sdl: string): string[] => [...sdl.matchAll(/^type (\w+) .*@key/gm)].map(([, name = '']) => name);
    const shown = entitiesOf(await sdlFor(clerk));
    const [hidden = 'none'] = entitiesOf(await sdlFor()).filter((name) => !shown.includes(name));
    const unseen = await hub.post(own, { of: [{ __typename: hidden }, { __typename: 'Nothing' }] }, clerk);
    expect(unseen.body.errors?.map(({ message }) => message.replace(hidden, 'Nothing'))).toEqual([
      expect.stringContaining('no entity "Nothing"'),
      unseen.body.errors?.[1]?.message,
    ]);
    const [organization] = (await hub.post('{ organizations(where: { contactPhone: { isNull: false } }, first: 1) { nodes { code } } }')).body.data
      .organizations.nodes;
    const masked = await entities([{ __typename: 'Organization', code: organization.code }], await as(hub, 'auditor'));
    expect(masked.body.data._entities[0].contactPhone).toContain('*');
  });

  it('is asked by a gateway for what another subgraph refers to', async () => {
    const { supergraphSdl } = composeServices([
      { name: 'hub', url: `${hub.address}/graphql`, typeDefs: parse(await sdlFor()) },
      { ...NOTES, url: 'http://notes' },
    ]);
    const notes = makeExecutableSchema({
      typeDefs: 'scalar ProjectCode type Query { notes: [Note!]! } type Note { text: String! project: Project } type Project { code: ProjectCode! }',
      resolvers: { Query: { notes: () => [{ text: 'look at this', project: { code: CODE } }] } },
    });
    const gateway = new ApolloGateway({
      supergraphSdl: supergraphSdl ?? '',
      buildService: ({ name, url }) => (name === 'notes' ? new LocalGraphQLDataSource(notes) : new RemoteGraphQLDataSource({ url: url ?? '' })),
    });
    const server = new ApolloServer({ gateway });
    const { body } = await server.executeOperation({ query: '{ notes { text project { name paidTotal } } }' });
    await server.stop();
    const own = await hub.post(`{ project(code: "${CODE}") { name paidTotal } }`);
    expect(body.kind === 'single' ? body.singleResult : undefined).toMatchObject({
      data: { notes: [{ text: 'look at this', project: own.body.data.project }] },
    });
  });
});

it('is none where the configuration does not say so', async () => {
  await using other = await startTestHub();
  for (const query of ['{ _service { sdl } }', '{ _entities(representations: []) { __typename } }'])
    expect(codes(await other.post(query))).toEqual(['GRAPHQL_VALIDATION_FAILED']);
  expect((await other.post('{ __type(name: "_Entity") { name } }')).body.data).toEqual({ __type: null });
});
