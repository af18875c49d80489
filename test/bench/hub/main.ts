/** The hub as a process of its own, as `server/main.ts` runs it in production; databases and port come from the environment. */
import path from 'node:path';
import '../../../server/production.ts';
import { runHub } from '../../../server/main.ts';

await runHub({
  configurationFile: process.env['CONFIGURATION'] ?? path.join(import.meta.dirname, 'hub.yaml'),
  // What hand-written SQL is compared with keeps no log either; `--rights` says what it costs.
  unrecorded: process.env['RIGHTS'] !== 'on',
  // Without tokens loopback is the developer, who is not limited in requests.
  development: process.env['RIGHTS'] !== 'on',
  port: Number(process.env['PORT'] ?? 0),
  onListening: (_hub, address) => console.log(address),
});
