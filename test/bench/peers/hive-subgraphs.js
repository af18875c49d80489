/** The departments as subgraphs; prints their names, addresses and types. */
import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import Fastify from 'fastify';
import { parse } from 'graphql';
import { createContext, loaded, Query } from './resolvers.js';

const HEAD = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])\n';
const departments = {
  development: {
    typeDefs: `type Project @key(fields: "code") { code: String! name: String kind: String district: String owner: String status: String approved_investment: String approved_on: String }
      enum Order { CODE APPROVED_ON_DESC }
      type Query { project(code: String!): Project projects(district: String, order: Order, first: Int!): [Project!]! }`,
    queries: ['project', 'projects'],
    fields: {},
  },
  finance: {
    typeDefs: `type Project @key(fields: "code") { code: String! payments(first: Int): [Payment!]! paymentsSum: String }
      type Payment { id: Int! amount: String paid_on: String payee: String }`,
    queries: [],
    fields: { Project: ['payments', 'paymentsSum'] },
  },
  housing: {
    typeDefs: `type Project @key(fields: "code") { code: String! milestones: [Milestone!]! }
      type Site @key(fields: "code") { code: String! name: String district: String area: String contracts: [Contract!]! milestones: [Milestone!]! contractsTotal: Total milestonesCount: Int }
      type Total { count: Int! sum: String }
      type Contract { id: Int! contractor: String amount: String signed_on: String }
      type Milestone { id: Int! kind: String planned_on: String progress: Int }
      type Query { sites(district: String!, first: Int!): [Site!]! }`,
    queries: ['sites'],
    fields: { Project: ['milestones'], Site: ['contracts', 'milestones', 'contractsTotal', 'milestonesCount'] },
  },
  audit: {
    typeDefs: `type Project @key(fields: "code") { code: String! findings: [Finding!]! findingsCount: Int }
      type Finding { id: Int! severity: String status: String amount: String }`,
    queries: [],
    fields: { Project: ['findings', 'findingsCount'] },
  },
};

const services = await Promise.all(
  Object.entries(departments).map(async ([name, { typeDefs, queries, fields }]) => {
    const resolvers = queries.length > 0 ? { Query: Object.fromEntries(queries.map((query) => [query, Query[query]])) } : {};
    for (const [type, own] of Object.entries(fields)) resolvers[type] = loaded(type, own);
    const server = new ApolloServer({
      schema: buildSubgraphSchema({ typeDefs: parse(HEAD + typeDefs), resolvers }),
      plugins: [ApolloServerPluginCacheControlDisabled(), ApolloServerPluginInlineTraceDisabled(), ApolloServerPluginLandingPageDisabled()],
    });
    await server.start();
    const app = Fastify();
    app.post('/graphql', fastifyApolloHandler(server, { context: createContext }));
    return { name, url: `${await app.listen({ port: 0, host: '127.0.0.1' })}/graphql`, typeDefs: HEAD + typeDefs };
  }),
);
console.log(JSON.stringify(services));
