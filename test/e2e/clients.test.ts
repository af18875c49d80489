import { ApolloClient, CombinedGraphQLErrors, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { Client, fetchExchange } from '@urql/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createHubClient } from '../../docs/guides/app-client/client.ts';
import { projectFunds } from '../../docs/guides/app-client/project-funds.ts';
import { startTestHub, type TestHub } from '../helpers/hub.ts';

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub();
});
afterAll(() => hub[Symbol.asyncDispose]());

const QUERY =
  'query Projects($first: Int!, $after: String) { projects(first: $first, after: $after, orderBy: [{ code: ASC }]) { totalCount pageInfo { hasNextPage endCursor } nodes { id code name } } }';

interface Page {
  readonly projects: {
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
    readonly nodes: readonly { readonly code: string }[];
  };
}

/** Each client has a type of its own for what it read. */
async function allCodes(read: (variables: { first: number; after: string | null }) => Promise<unknown>): Promise<string[]> {
  const codes: string[] = [];
  for (let after: string | null = null, more = true; more;) {
    const { projects } = (await read({ first: 3, after })) as Page;
    codes.push(...projects.nodes.map(({ code }) => code));
    more = projects.pageInfo.hasNextPage;
    after = projects.pageInfo.endCursor;
  }
  return codes;
}

const EXPECTED = ['2018-320500-48-01-515465', '2205-320508-04-01-654321', '2205-320508-04-01-654399', '2301-320500-04-01-123456'];

it('Apollo Client reads a connection', async () => {
  const client = new ApolloClient({ link: new HttpLink({ uri: `${hub.address}/graphql` }), cache: new InMemoryCache() });
  expect(await allCodes(async (variables) => (await client.query({ query: gql(QUERY), variables })).data)).toEqual(EXPECTED);
});

it('urql reads a connection', async () => {
  const client = new Client({ url: `${hub.address}/graphql`, exchanges: [fetchExchange], preferGetMethod: false });
  expect(await allCodes(async (variables) => (await client.query(QUERY, variables).toPromise()).data)).toEqual(EXPECTED);
});

it('Apollo Client and urql are told the code of a request that is refused whole', async () => {
  const [url, headers] = [`${hub.address}/graphql`, { authorization: 'Bearer nonsense' }];
  const apollo = new ApolloClient({ link: new HttpLink({ uri: url, headers }), cache: new InMemoryCache() });
  const error = await apollo.query({ query: gql(QUERY), variables: { first: 1 } }).catch((caught: unknown) => caught);
  expect(CombinedGraphQLErrors.is(error) && error.errors.map(({ extensions }) => extensions?.['code'])).toEqual(['UNAUTHENTICATED']);
  const urql = new Client({ url, exchanges: [fetchExchange], preferGetMethod: false, fetchOptions: { headers } });
  const told = await urql.query(QUERY, { first: 1 }).toPromise();
  expect(told.error?.graphQLErrors.map(({ extensions }) => extensions['code'])).toEqual(['UNAUTHENTICATED']);
});

it.each([
  ['JSON that is named before', 'application/json, text/event-stream', 'application/json'],
  ['JSON to whoever takes anything', 'text/event-stream;q=0.5, */*', 'application/json'],
  ['events that are named before', 'text/event-stream, application/json', 'text/event-stream'],
])('answers with %s', async (_case, accept, type) => {
  const answer = await fetch(`${hub.address}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body: JSON.stringify({ query: '{ __typename }' }),
  });
  expect(answer.headers.get('content-type')).toMatch(type);
  await answer.text();
});

it('plain fetch reads a connection', async () => {
  expect(await allCodes(async (variables) => (await hub.post(QUERY, variables)).body.data)).toEqual(EXPECTED);
});

it('the guide’s typed client reads projects with their money from three departments', async () => {
  const client = createHubClient({ url: `${hub.address}/graphql` });
  const projects = await Array.fromAsync(projectFunds(client, '320500', (errors) => expect(errors).toEqual([])));
  expect(projects.map(({ code, funds }) => [code, funds?.approved, funds?.paid])).toEqual([
    ['2018-320500-48-01-515465', expect.any(String), expect.any(String)],
    ['2301-320500-04-01-123456', '39650.50', '28980.00'],
  ]);
});
