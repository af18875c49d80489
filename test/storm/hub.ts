/** The hub of the storm, to be killed: `node test/storm/hub.ts <port>`, its databases named by the environment. */
import path from 'node:path';
import { runHub } from '../../server/main.ts';

await runHub({
  configurationFile: path.resolve(import.meta.dirname, '../fixtures/storm/hub.yaml'),
  development: true,
  port: Number(process.argv[2]),
  onListening: () => console.log('listening'),
});
