import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHub, type Hub } from '../../server/hub.ts';
import { createLog } from '../../server/log.ts';
import { createDatabase } from '../helpers/services.ts';
import { createBaseline, type Baseline } from './baseline/server.ts';
import { type DataSize, fillAudit, fillDevelopment, fillFinance, fillHousing } from './data.ts';
import { comparable } from './same-answer.ts';
import { WORKLOADS } from './workloads.ts';

const SMALL: DataSize = { projects: 200 };

let hub: Hub;
let baseline: Baseline;
let hubAddress: string;
let baselineAddress: string;
const drops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const databases = await Promise.all((['postgres', 'mariadb', 'postgres', 'mariadb'] as const).map((engine) => createDatabase(engine, 'bench')));
  drops.push(...databases.map((each) => () => each.drop()));
  const [development, finance, housing, audit] = databases.map(({ url }) => url) as [string, string, string, string];
  await Promise.all([fillDevelopment(development, SMALL), fillFinance(finance, SMALL), fillHousing(housing, SMALL), fillAudit(audit, SMALL)]);
  const folder = await mkdtemp(path.join(tmpdir(), 'yiwang-bench-'));
  drops.push(() => rm(folder, { recursive: true, force: true }));
  hub = await createHub({
    configurationFile: path.join(import.meta.dirname, 'hub/hub.yaml'),
    env: { DEVELOPMENT_URL: development, FINANCE_URL: finance, HOUSING_URL: housing, AUDIT_URL: audit, STORE_URL: `sqlite:${folder}/hub.sqlite` },
    development: true, // not limited in requests
    log: createLog('silent'),
  });
  hubAddress = await hub.listen(0);
  baseline = createBaseline({ development, finance, housing, audit });
  baselineAddress = await baseline.listen(0);
});

afterAll(async () => {
  await Promise.allSettled([hub[Symbol.asyncDispose](), baseline[Symbol.asyncDispose]()]);
  await Promise.allSettled(drops.map((drop) => drop()));
});

describe('the benchmark', () => {
  it.each(WORKLOADS)('$name: the hub answers as the SQL written by hand does', async ({ name, query, variables }) => {
    for (const turn of [0, 1, 7]) {
      const given = variables(turn, SMALL);
      const [expected, actual] = await Promise.all([
        post(`${baselineAddress}/${name}`, { variables: given }),
        post(`${hubAddress}/graphql`, { query, variables: given }),
      ]);
      expect(comparable(actual)).toEqual(comparable(expected));
      expect(JSON.stringify(expected).length).toBeGreaterThan(100);
    }
  });
});

async function post(url: string, body: unknown): Promise<unknown> {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  return response.json();
}
