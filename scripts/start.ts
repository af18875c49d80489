/** `npm start`: the four departments' demo on this machine, with no database server and nothing to configure. */
import '../server/production.ts';
import { runHub } from '../server/main.ts';
import { createLog } from '../server/log.ts';
import { DEMO } from './cli/options.ts';
import { DEMO_DATA, ensureDemo } from './demo-data/ensure.ts';
import { prepareGraphiql } from './graphiql/prepare.ts';

const SHOWN = 3;

const log = createLog(process.env['YIWANG_LOG_LEVEL'] ?? 'warn');
if (await ensureDemo(DEMO_DATA)) console.log('Made the four departments’ demo databases in .yiwang/');
const graphiql = await prepareGraphiql(DEMO_DATA, (reason) => log.warn({ reason }, 'GraphiQL could not be built'));
await runHub({
  configurationFile: DEMO,
  development: true,
  log,
  console: graphiql,
  onListening(hub, address) {
    console.log(`\nYiwang 一网 answers at ${address}/graphql · GraphiQL: ${address}/graphiql · stop with Ctrl-C\n`);
    console.log('Try:\n');
    graphiql.build();
    for (const { title, document } of hub.examples.slice(0, SHOWN)) {
      const body = JSON.stringify({
        query: document
          .replaceAll(/^\s*#.*\n/gm, '')
          .replaceAll(/\s+/g, ' ')
          .trim(),
      });
      console.log(`# ${title}\ncurl -s ${address}/graphql -H 'content-type: application/json' -d '${body.replaceAll("'", String.raw`'\''`)}'\n`);
    }
  },
});
