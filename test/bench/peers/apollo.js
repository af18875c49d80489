import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import { makeExecutableSchema } from '@graphql-tools/schema';
import DataLoader from 'dataloader';
import Fastify from 'fastify';
import { batches, Query, typeDefs } from './resolvers.js';

const fields = Object.fromEntries(
  Object.entries(batches).map(([type, own]) => [
    type,
    Object.fromEntries(Object.keys(own).map((field) => [field, (row, _args, { loaderOf }) => loaderOf(type, field).load(row.code)])),
  ]),
);
const server = new ApolloServer({
  schema: makeExecutableSchema({ typeDefs, resolvers: { Query, ...fields } }),
  plugins: [ApolloServerPluginCacheControlDisabled(), ApolloServerPluginLandingPageDisabled()],
});
await server.start();
const app = Fastify();
app.post(
  '/graphql',
  fastifyApolloHandler(server, {
    async context() {
      const loaders = new Map();
      return {
        loaderOf(type, field) {
          const name = `${type}.${field}`;
          if (!loaders.has(name)) loaders.set(name, new DataLoader((codes) => batches[type][field](codes)));
          return loaders.get(name);
        },
      };
    },
  }),
);
console.log(await app.listen({ port: Number(process.env.PORT ?? 0), host: '127.0.0.1' }));
