import Fastify from 'fastify';
import mercurius from 'mercurius';
import { batches, Query, typeDefs } from './resolvers.js';

const loaders = Object.fromEntries(
  Object.entries(batches).map(([type, fields]) => [
    type,
    Object.fromEntries(
      Object.entries(fields).map(([field, batch]) => [field, { loader: (queries) => batch(queries.map(({ obj }) => obj.code)), opts: { cache: false } }]),
    ),
  ]),
);
const app = Fastify();
app.register(mercurius, { schema: typeDefs, resolvers: { Query }, loaders, jit: 1 });
console.log(await app.listen({ port: Number(process.env.PORT ?? 0), host: '127.0.0.1' }));
