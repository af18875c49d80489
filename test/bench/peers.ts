/**
 * `npm run bench:peers [-- --quick] [--only W1]`: the same questions asked of other GraphQL servers over the same databases. They are installed from npm into
 * `peers/` when they are first needed. Each is told what it must answer in its own words; its values must be the hub's.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual, parseArgs, promisify } from 'node:util';
import { FULL } from './data.ts';
import { postRequest } from './load.ts';
import { machine } from './machine.ts';
import { measure, type System } from './measure.ts';
import { startServer, type Started } from './processes.ts';
import { comparable } from './same-answer.ts';
import { openSetup, post, serverFile, startHub } from './setup.ts';
import { WORKLOADS } from './workloads.ts';

const { values: asked } = parseArgs({ options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } } });
const CONNECTIONS = 32;
const TURNS = 200;
const timing = asked.quick ? { rounds: 3, roundMs: 600, warmMs: 800, warmRequests: 1 } : { rounds: 5, roundMs: 1000, warmMs: 1000, warmRequests: 20_000 };
const only = asked.only?.split(',');
const folder = serverFile('peers');
const RESULTS = path.join(import.meta.dirname, 'peers-results.json');

interface Peer {
  readonly title: string;
  readonly queries: Readonly<Record<string, string>>;
}

if (!existsSync(path.join(folder, 'node_modules'))) {
  console.log('installing the peers …');
  await promisify(execFile)('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder });
}
const { peers } = (await import(path.join(folder, 'queries.js'))) as { readonly peers: Readonly<Record<string, Peer>> };
await using setup = await openSetup();
const { databases, env } = setup;
await using running = new AsyncDisposableStack();
const hub = running.use(await startHub(env));
const servers = new Map<string, Started>();
for (const name of Object.keys(peers)) servers.set(name, running.use(await startServer(path.join(folder, `${name}.js`), env)));

const results: unknown[] = [];
console.log(`      ${['hub', ...Object.keys(peers)].map((name) => name.padStart(24)).join('')}      (requests per second, Node CPU in µs)`);
for (const workload of WORKLOADS.filter(({ name }) => only === undefined || only.includes(name))) {
  const variables = Array.from({ length: TURNS }, (_, turn) => workload.variables(turn, FULL));
  const able = Object.entries(peers).filter(([, peer]) => peer.queries[workload.name] !== undefined);
  const expected = leaves(await post(`http://127.0.0.1:${hub.port}/graphql`, { query: workload.query, variables: variables[0] }));
  for (const [name, peer] of able) {
    const answer = await post(`http://127.0.0.1:${servers.get(name)?.port ?? 0}/graphql`, { query: peer.queries[workload.name], variables: variables[0] });
    if (!isDeepStrictEqual(leaves(answer), expected)) throw new Error(`${name} answers ${workload.name} differently: ${JSON.stringify(answer).slice(0, 400)}`);
  }
  const systems: System[] = [
    { name: 'hub', port: hub.port, pids: [hub.pid], requests: variables.map((each) => postRequest('/graphql', { query: workload.query, variables: each })) },
    ...able.map(([name, peer]): System => {
      const { port, pid } = servers.get(name) as Started;
      return { name, port, pids: [pid], requests: variables.map((each) => postRequest('/graphql', { query: peer.queries[workload.name], variables: each })) };
    }),
  ];
  const measured = await measure(systems, { ...timing, connections: workload.connections ?? CONNECTIONS, databasePids: databases.processIds });
  const cells = ['hub', ...Object.keys(peers)].map((name) => {
    const found = measured.find((each) => each.name === name);
    return (found ? `${found.ratio.toFixed(2)} ${found.perSecond.toFixed(0)}/s ${found.nodeCpuUs.toFixed(0)}` : '–').padStart(24);
  });
  console.log(`${workload.name.padEnd(6)}${cells.join('')}`);
  const rounded = measured.map(({ name, ratio, perSecond, nodeCpuUs, dbCpuUs }) => ({
    name,
    ratioToHub: Number(ratio.toFixed(3)),
    perSecond: Math.round(perSecond),
    nodeCpuUs: Math.round(nodeCpuUs),
    dbCpuUs: Math.round(dbCpuUs),
  }));
  results.push({ name: workload.name, title: workload.title, systems: rounded });
}
if (only === undefined)
  await writeFile(RESULTS, `${JSON.stringify({ machine: machine(), connections: CONNECTIONS, ...timing, workloads: results }, null, 2)}\n`);

/** All values of an answer, in an order of their own: peers name and nest things differently. */
function leaves(answer: unknown): readonly string[] {
  const found: string[] = [];
  const visit = (value: unknown): void => {
    if (typeof value === 'object' && value !== null) Object.values(value).forEach(visit);
    else found.push(String(value));
  };
  visit(comparable(answer));
  return found.sort();
}
