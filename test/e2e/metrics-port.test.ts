import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../../scripts/cli/query.ts';
import { freePort } from '../../scripts/services/port.ts';
import { createHub } from '../../server/hub.ts';
import { HubProblem } from '../../server/hub-problem.ts';
import { createLog } from '../../server/log.ts';
import { createSmallHub, type RunningHub, type SmallHub } from '../helpers/small-hub.ts';

describe('server.metricsPort', () => {
  let small: SmallHub;
  let hub: RunningHub;
  let metricsPort: number;
  beforeAll(async () => {
    metricsPort = await freePort();
    small = createSmallHub();
    small.write('hub.yaml', `${readFileSync(small.file, 'utf8')}server: { metricsPort: ${metricsPort} }\n`);
    hub = await small.start();
  });
  afterAll(async () => {
    await hub[Symbol.asyncDispose]();
    await small[Symbol.asyncDispose]();
  });

  it('is left to the running hub by a command beside it', async () => {
    small.write('q.graphql', '{ books { totalCount } }');
    expect(await ask(path.join(small.folder, 'q.graphql'), { config: small.file })).toEqual({ data: { books: { totalCount: 3 } } });
    expect((await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).status).toBe(200);
  });

  it('is named where another program has it', async () => {
    await using second = await createHub({ configurationFile: small.file, log: createLog('silent') });
    await expect(second.listen(0)).rejects.toEqual(
      new HubProblem(`server.metricsPort ${metricsPort} on 127.0.0.1 is taken; stop what uses it, or choose another in hub.yaml`),
    );
  });
});
