import { createServer } from 'node:http';
import { grafserv } from 'postgraphile/grafserv/node';
import { postgraphile } from 'postgraphile';
import { makePgService } from 'postgraphile/adaptors/pg';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';

const service = (name, connectionString) =>
  makePgService({
    name,
    connectionString,
    schemas: ['public'],
    poolConfig: { max: 8 },
    pgSettingsKey: `${name}Settings`,
    withPgClientKey: `with${name}Client`,
  });
const preset = {
  extends: [PostGraphileAmberPreset],
  pgServices: [service('main', process.env.DEVELOPMENT_URL), service('housing', process.env.HOUSING_URL)],
  schema: { defaultBehavior: '+list -connection' },
  grafserv: { graphqlPath: '/graphql', websockets: false },
  grafast: { explain: false },
};
const serv = postgraphile(preset).createServ(grafserv);
const server = createServer();
await serv.addTo(server);
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
