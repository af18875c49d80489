/**
 * `npm run bench [-- --quick] [--only W3,W4]`: the hub against SQL written by hand for each question. Builds the data once, checks that both answer alike,
 * then prints a table and writes `results.json`. A measurement, not a test: nothing fails for being slow.
 * With `--rights` the hub with tokens, policy, masks and its access log on is compared with the hub without.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { FULL } from './data.ts';
import { postRequest } from './load.ts';
import { machine } from './machine.ts';
import { measure, type Measured, type System } from './measure.ts';
import { MASKED, openRights } from './rights.ts';
import { residentMiB, startServer } from './processes.ts';
import { comparable } from './same-answer.ts';
import { openSetup, post, serverFile, startHub } from './setup.ts';
import { WORKLOADS, type Workload } from './workloads.ts';

const { values: asked } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string' }, rights: { type: 'boolean', default: false }, profile: { type: 'string' } },
});
const RESULTS = path.join(import.meta.dirname, 'results.json');
const CONNECTIONS = 32;
/** Different requests of one workload. */
const TURNS = 200;
/** After a workload that failed: what it left running ends, and circuits close. */
const RECOVERY_MS = 8_000;
const timing = asked.quick ? { rounds: 3, roundMs: 600, warmMs: 600, warmRequests: 1 } : { rounds: 6, roundMs: 1000, warmMs: 1000, warmRequests: 20_000 };
const only = asked.only?.split(',');
const chosen = WORKLOADS.filter(({ name }) => only === undefined || only.includes(name));

await using setup = await openSetup();
const { databases, env } = setup;
const rights = asked.rights ? await openRights(path.join(setup.folder, 'rights')) : undefined;
await using baseline = await (rights ? startHub(env) : startServer(serverFile('baseline/main.ts'), env));
const profiling = asked.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${asked.profile}`];
await using hub = await startHub(
  rights ? { ...env, STORE_URL: `sqlite:${setup.folder}/rights.sqlite`, RIGHTS: 'on', CONFIGURATION: rights.configurationFile } : env,
  profiling,
);

const results: { readonly workload: Workload; readonly hub: Measured; readonly baseline: Measured; readonly rssMiB: number }[] = [];
for (const workload of chosen) {
  const variables = Array.from({ length: TURNS }, (_, turn) => workload.variables(turn, FULL));
  await checkSame(workload, variables.slice(0, 3));
  const systems: System[] = [
    { name: 'baseline', port: baseline.port, pids: [baseline.pid], requests: variables.map((each) => baselineRequest(workload, each)) },
    {
      name: 'hub',
      port: hub.port,
      pids: [hub.pid],
      requests: variables.map((each) => postRequest('/graphql', { query: workload.query, variables: each }, rights?.headers)),
    },
  ];
  try {
    const [base, own] = (await measure(systems, { ...timing, connections: workload.connections ?? CONNECTIONS, databasePids: databases.processIds })) as [
      Measured,
      Measured,
    ];
    results.push({ workload, baseline: base, hub: own, rssMiB: await residentMiB(hub.pid) });
    printRow(workload, base, own);
    if (!asked.quick && !rights) await keep(rowOf(results.at(-1) as (typeof results)[number]));
  } catch (error) {
    console.log(`${workload.name.padEnd(4)} cannot be measured: ${String(error).slice(0, 300)}`);
    await new Promise((resolve) => setTimeout(resolve, RECOVERY_MS));
  }
}
function baselineRequest({ name, query }: Workload, variables: Readonly<Record<string, unknown>>): Buffer {
  return rights ? postRequest('/graphql', { query, variables }) : postRequest(`/${name}`, { variables });
}

async function checkSame(workload: Workload, variables: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
  for (const each of variables) {
    const [expected, actual] = await Promise.all([
      rights
        ? post(`http://127.0.0.1:${baseline.port}/graphql`, { query: workload.query, variables: each })
        : post(`http://127.0.0.1:${baseline.port}/${workload.name}`, { variables: each }),
      post(`http://127.0.0.1:${hub.port}/graphql`, { query: workload.query, variables: each }, rights?.headers),
    ]);
    if (!isDeepStrictEqual(comparable(readable(expected)), comparable(readable(actual))))
      throw new Error(
        `${workload.name} ${JSON.stringify(each)}: hub and baseline differ\n${JSON.stringify(expected).slice(0, 800)}\n${JSON.stringify(actual).slice(0, 800)}`,
      );
  }
}

/** Without what rights mask. */
function readable(answer: unknown): unknown {
  return rights ? JSON.parse(JSON.stringify(answer), (key, value: unknown) => (MASKED.includes(key) ? undefined : value)) : answer;
}

/** Puts a workload's row in the place of the one before; each row says when it was measured. */
async function keep(row: ReturnType<typeof rowOf>): Promise<void> {
  const known = await readFile(RESULTS, 'utf8').then(
    (text) => (JSON.parse(text) as { readonly workloads: readonly ReturnType<typeof rowOf>[] }).workloads,
    () => [],
  );
  const workloads = [...known.filter(({ name }) => name !== row.name), row].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  await writeFile(RESULTS, `${JSON.stringify({ machine: machine(), connections: CONNECTIONS, ...timing, workloads }, null, 2)}\n`);
}

function rowOf({ workload, baseline: base, hub: own, rssMiB }: (typeof results)[number]) {
  return {
    name: workload.name,
    measured: new Date().toISOString().slice(0, 16),
    loadAverage: machine()['loadAverage'],
    title: workload.title,
    ratio: round(own.ratio, 3),
    perSecond: Math.round(own.perSecond),
    nodeCpuUs: Math.round(own.nodeCpuUs),
    dbCpuUs: Math.round(own.dbCpuUs),
    p50Ms: round(own.p50Ms, 2),
    p99Ms: round(own.p99Ms, 2),
    rssMiB: Math.round(rssMiB),
    baseline: {
      perSecond: Math.round(base.perSecond),
      nodeCpuUs: Math.round(base.nodeCpuUs),
      dbCpuUs: Math.round(base.dbCpuUs),
      p50Ms: round(base.p50Ms, 2),
      p99Ms: round(base.p99Ms, 2),
    },
  };
}

function printRow(workload: Workload, base: Measured, own: Measured): void {
  if (workload === chosen[0]) console.log('       ratio   req/s hub/hand   Node CPU µs hub/hand (÷)   DB CPU µs hub/hand (÷)   p50 ms   p99 ms');
  const pair = (a: number, b: number): string => `${a.toFixed(0)}/${b.toFixed(0)}`.padStart(13);
  console.log(
    `${workload.name.padEnd(4)} ${own.ratio.toFixed(2).padStart(7)} ${pair(own.perSecond, base.perSecond)} ${pair(own.nodeCpuUs, base.nodeCpuUs)} (${(own.nodeCpuUs / base.nodeCpuUs).toFixed(2)}) ${pair(own.dbCpuUs, base.dbCpuUs)} (${(own.dbCpuUs / base.dbCpuUs).toFixed(2)}) ${own.p50Ms.toFixed(1).padStart(8)} ${own.p99Ms.toFixed(1).padStart(8)}`,
  );
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
