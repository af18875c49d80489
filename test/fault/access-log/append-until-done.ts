/** Run under strace by `failing-disk.ts`: writes records on a log, and prints which of them were promised to be on the disk. */
import { openAccessLog } from '../../../access/log/open-access-log.ts';
import type { AccessEvent } from '../../../access/log/record.ts';
import type { AccessLogConfiguration } from '../../../schema/model/configuration.ts';
import { openStore } from '../../../store/open-store.ts';

const configuration = JSON.parse(process.argv[2] ?? '') as AccessLogConfiguration;
const count = Number(process.argv[3]);
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
await using store = await openStore('sqlite::memory:');
const promised: string[] = [];
const refused: string[] = [];
{
  await using log = await openAccessLog({ configuration, store, log: silent });
  for (let i = 0; i < count; i++) {
    const event: AccessEvent = { kind: 'operation', request: `r${i}`, who: { subject: 's', roles: [] }, decision: 'allowed' };
    try {
      await log.record(event);
      promised.push(event.request);
    } catch {
      refused.push(event.request);
      for (let waited = 0; waited < 10_000 && log.status().failure; waited += 50) await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
console.log(JSON.stringify({ promised, refused }));
