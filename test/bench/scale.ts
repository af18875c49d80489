/**
 * `npm run bench:scale [-- --quick]`: how costs grow with the page, the depth, the sources, the tables and the mapped types. Prints curves and writes
 * `scale-results.json`.
 */
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import '../../server/production.ts';
import { openConnector } from '../../connectors/registry.ts';
import { compose } from '../../federation/supergraph/compose.ts';
import { readRelease } from '../../federation/supergraph/read-release.ts';
import { hubApi } from '../../resolvers/hub-api.ts';
import { readHubFiles } from '../../server/hub.ts';
import type { DataSize } from './data.ts';
import { codeOf } from './data.ts';
import { generateTypes } from './generated-types.ts';
import { machine } from './machine.ts';
import { postRequest, percentile, runLoad } from './load.ts';
import { cpuTimeUs, residentMiB, type Started } from './processes.ts';
import { openSetup, post, startHub, type BenchSetup } from './setup.ts';
import { WORKLOADS, type Workload, type WorkloadName } from './workloads.ts';

const { values: asked } = parseArgs({ options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } } });
const MS = asked.quick ? 800 : 3000;
const SIZES = asked.quick ? [1_000, 20_000] : [500, 5_000, 50_000, 500_000];
const TYPES = asked.quick ? [10, 300] : [10, 100, 300, 1_000, 2_000];
const results: Record<string, unknown[]> = {};

interface Cost {
  readonly p50Ms: number;
  readonly nodeCpuUs: number;
  readonly dbCpuUs: number;
}

const wanted = (name: string): boolean => asked.only === undefined || asked.only.split(',').includes(name);
if (['page', 'depth', 'sources', 'tables'].some(wanted)) {
  await using setup = await openSetup();
  await using hub = await startHub(setup.env);
  if (wanted('page')) {
    for (const first of [10, 100, 1_000, 10_000])
      record(
        'page',
        { first },
        await costOf(setup, hub, '{ projects(first: $first) { nodes { code name kind status approvedInvestment approvedOn } } }', { first }),
      );
  }
  if (wanted('depth')) {
    const nested = (depth: number): string => (depth === 0 ? '' : `payments(first: 3) { nodes { number project { code ${nested(depth - 1)} } } }`);
    for (const depth of [1, 2, 3])
      record('depth', { depth, rows: 3 ** depth * 3 }, await costOf(setup, hub, `{ projects(first: 3) { nodes { code ${nested(depth)} } } }`, {}));
  }
  if (wanted('sources')) {
    const parts = ['payments(first: 5) { nodes { amount } }', 'milestones(first: 5) { nodes { kind } }', 'findings(first: 5) { nodes { status } }'];
    for (let sources = 1; sources <= 4; sources++)
      record('sources', { sources }, await costOf(setup, hub, `{ projects(first: 50) { nodes { code ${parts.slice(0, sources - 1).join(' ')} } } }`, {}));
  }
}
if (wanted('tables')) {
  for (const projects of SIZES) {
    await using setup = await openSetup({ projects });
    await using hub = await startHub(setup.env);
    const code = codeOf(Math.floor(projects / 2));
    record(
      'tables',
      { rows: projects * 20, query: 'one by key' },
      await costOf(setup, hub, `{ project(code: $code) { code name } }`, { code }, '$code: String!'),
    );
    const fan = 'code payments(first: 10) { nodes { amount } } milestones { nodes { kind } } findings { nodes { status } }';
    record(
      'tables',
      { rows: projects * 20, query: '50 by default order, four databases' },
      await costOf(setup, hub, `{ projects(first: 50) { nodes { ${fan} } } }`, {}),
    );
    const filtered = workloadOf('W6');
    record(
      'tables',
      { rows: projects * 20, query: 'first 50 filtered by two other databases' },
      await costOf(setup, hub, filtered.query.slice(filtered.query.indexOf('{')), filtered.variables(0, { projects }), '$total: Decimal!'),
    );
  }
}
if (wanted('types')) for (const types of TYPES) await measureTypes(types);
if (wanted('memory')) await measureMemory({ projects: 20_000 });
if (!asked.quick && asked.only === undefined)
  await writeFile(path.join(import.meta.dirname, 'scale-results.json'), `${JSON.stringify({ machine: machine(), ...results }, null, 2)}\n`);

function workloadOf(wanted: WorkloadName): Workload {
  const workload = WORKLOADS.find(({ name }) => name === wanted);
  if (!workload) throw new Error(`unreachable: there is ${wanted}`);
  return workload;
}

async function costOf(setup: BenchSetup, hub: Started, body: string, variables: Readonly<Record<string, unknown>>, declared = '$first: Int'): Promise<Cost> {
  const query = Object.keys(variables).length === 0 ? body : `query Q(${declared}) ${body}`;
  const answer = (await post(`http://127.0.0.1:${hub.port}/graphql`, { query, variables })) as { readonly errors?: unknown };
  if (answer.errors) throw new Error(JSON.stringify(answer.errors).slice(0, 400));
  const target = { port: hub.port, requests: [postRequest('/graphql', { query, variables })] };
  await runLoad(target, 4, MS / 2);
  const databases = async (): Promise<number> => (await Promise.all(setup.databases.processIds.map(cpuTimeUs))).reduce((sum, each) => sum + each, 0);
  const [node, database] = [await cpuTimeUs(hub.pid), await databases()];
  const { requests, latenciesMs } = await runLoad(target, 4, MS);
  return {
    p50Ms: Number(percentile(latenciesMs, 0.5).toFixed(2)),
    nodeCpuUs: Math.round(((await cpuTimeUs(hub.pid)) - node) / requests),
    dbCpuUs: Math.round(((await databases()) - database) / requests),
  };
}

/** Composing in this process, and a hub as a process of its own: from its start to its first answer, the second time, when modules are compiled. */
async function measureTypes(types: number): Promise<void> {
  const folder = await generateTypes(types);
  try {
    const file = path.join(folder, 'hub.yaml');
    const { configuration } = await readHubFiles(file);
    const [source] = [...configuration.sources.values()];
    if (!source) throw new Error('unreachable: there is one source');
    const connector = await openConnector({
      source: source.name,
      department: source.department,
      kind: source.kind,
      url: source.url,
      pool: source.pool,
      timeZone: 'UTC',
    });
    const catalog = await connector.introspect({ signal: AbortSignal.timeout(60_000), timeoutMs: 60_000 });
    await connector.close();
    const begun = performance.now();
    const { release, problems } = await readRelease(configuration);
    const read = performance.now();
    if (!release) throw new Error(problems.map(({ message }) => message).join('; '));
    compose(configuration, { ...release, version: 1 }, new Map([[source.name, catalog]]), hubApi);
    const composed = performance.now();
    await startOnce(file);
    const firstAnswerMs = await startOnce(file);
    record('types', { types }, { readMs: Math.round(read - begun), composeMs: Math.round(composed - read), firstAnswerMs });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function startOnce(configurationFile: string): Promise<number> {
  const begun = performance.now();
  await using hub = await startHub({ CONFIGURATION: configurationFile, PORT: '0' });
  await post(`http://127.0.0.1:${hub.port}/graphql`, { query: '{ kinds1(first: 1) { nodes { name } } }' });
  return Math.round(performance.now() - begun);
}

async function measureMemory(size: DataSize): Promise<void> {
  await using setup = await openSetup(size);
  await using hub = await startHub(setup.env);
  const workload = workloadOf('W4');
  const requests = Array.from({ length: 100 }, (_, turn) => postRequest('/graphql', { query: workload.query, variables: workload.variables(turn, size) }));
  const startedMiB = Math.round(await residentMiB(hub.pid));
  await runLoad({ port: hub.port, requests }, 32, MS * 3);
  record('memory', { workload: 'W4, 32 connections' }, { startedMiB, loadedMiB: Math.round(await residentMiB(hub.pid)) });
}

function record(curve: string, at: Readonly<Record<string, unknown>>, cost: object): void {
  (results[curve] ??= []).push({ ...at, ...cost });
  console.log(
    `${curve.padEnd(8)} ${Object.entries({ ...at, ...cost })
      .map(([name, value]) => `${name} ${String(value)}`)
      .join(' · ')}`,
  );
}
