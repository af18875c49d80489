/** The hub as a process of its own, as `server/main.ts` runs it in production; databases and port come from the environment. */
import path from 'node:path';
import '../../../server/production.ts';
import { runHub } from '../../../server/main.ts';

await runHub({
  configurationFile: path.join(import.meta.dirname, 'hub.yaml'),
  port: Number(process.env['PORT'] ?? 0),
  onListening: (_hub, address) => console.log(address),
});
