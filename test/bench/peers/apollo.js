import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import { makeExecutableSchema } from '@graphql-tools/schema';
import Fastify from 'fastify';
import { batches, createContext, loaded, Query, typeDefs } from './resolvers.js';

const fields = Object.fromEntries(Object.keys(batches).map((type) => [type, loaded(type)]));
const server = new ApolloServer({
  schema: makeExecutableSchema({ typeDefs, resolvers: { Query, ...fields } }),
  plugins: [ApolloServerPluginCacheControlDisabled(), ApolloServerPluginLandingPageDisabled()],
});
await server.start();
const app = Fastify();
app.post('/graphql', fastifyApolloHandler(server, { context: createContext }));
console.log(await app.listen({ port: Number(process.env.PORT ?? 0), host: '127.0.0.1' }));
