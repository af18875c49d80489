/** Run under strace by `durable-first.ts`: the developer's hub, whose requests nobody counts. */
import '../../../server/production.ts';
import { createLog } from '../../../server/log.ts';
import { runHub } from '../../../server/main.ts';
import { DEMO_CONFIGURATION } from '../../helpers/hub.ts';

await runHub({
  configurationFile: DEMO_CONFIGURATION,
  development: true,
  port: 0,
  log: createLog('silent'),
  onListening: (_hub, address) => console.log(`${process.pid} ${address}/graphql`),
});
