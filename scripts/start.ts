/** `npm start`: the four departments' demo on this machine, with no database server and nothing to configure. */
import '../server/production.ts';
import path from 'node:path';
import { runHub } from '../server/main.ts';
import { createLog } from '../server/log.ts';
import { ensureDemo } from './demo-data/ensure.ts';
import { prepareGraphiql } from './graphiql/prepare.ts';

const root = path.resolve(import.meta.dirname, '..');
const data = path.join(root, '.yiwang');
const SHOWN = 3;

const log = createLog(process.env['YIWANG_LOG_LEVEL'] ?? 'warn');
if (await ensureDemo(data)) console.log('Made the four departments’ demo databases in .yiwang/');
const graphiql = await prepareGraphiql(data, (reason) => log.warn({ reason }, 'GraphiQL could not be built'));
await runHub({
  configurationFile: path.join(root, 'departments', 'hub.yaml'),
  development: true,
  log,
  console: graphiql,
  onListening(hub, address) {
    console.log(`\nYiwang 一网 answers at ${address}/graphql · GraphiQL: ${address}/graphiql · stop with Ctrl-C\n`);
    console.log('DEVELOPMENT: there is no access control. Whoever can reach this machine’s loopback address may read everything and change the crosswalk.\n');
    console.log('Try:\n');
    graphiql.build();
    for (const { title, document } of hub.examples.slice(0, SHOWN)) {
      const body = JSON.stringify({ query: document.replaceAll(/^\s*#.*\n/gm, '').replaceAll(/\s+/g, ' ').trim() });
      console.log(`# ${title}\ncurl -s ${address}/graphql -H 'content-type: application/json' -d '${body.replaceAll("'", String.raw`'\''`)}'\n`);
    }
  },
});
