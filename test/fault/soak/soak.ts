/** `node test/fault/soak/soak.ts [minutes]`: a mixed load on a hub in a process of its own; prints its memory every ten seconds. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { WebSocket } from 'ws';
import { runHostile } from '../../e2e/attacks/hostile.ts';
import { demoFolder, send } from '../../helpers/hub.ts';
import { startOptions } from '../../helpers/start-options.ts';

export interface SoakResult {
  readonly minutes: number;
  readonly requests: number;
  /** MiB, over time. */
  readonly rss: readonly number[];
  /** MiB in use, garbage included, over time. */
  readonly heap: readonly number[];
  /** MiB that the heap holds of the system, over time. */
  readonly heapTotal: readonly number[];
  /** MiB outside of the heap that it keeps alive, over time. */
  readonly external: readonly number[];
  readonly rssMax: number;
  /** Least heap of the last third over that of the one before. */
  readonly heapGrowth: number;
}

const HUB = path.join(import.meta.dirname, '../access-log/traced-hub.ts');
const QUERIES = [
  '{ projects(first: 20) { nodes { code name payments(first: 5) { nodes { amount paidOn } } findings { nodes { number severity } } } } }',
  '{ payments(where: { amount: { gt: "1000" } }, orderBy: [{ amount: DESC }], first: 20) { totalCount nodes { payeeName amount } } }',
  '{ projects { groups(by: [{ field: DISTRICT }]) { key { district } aggregate { count } } } }',
  '{ projects(first: 1, after: "x") { nodes { code } } }',
  '{ accessLog(first: 20) { nodes { request reads { fields } } } }',
];
const MIB = 1_048_576;

export async function soak(minutes: number, sampleMs: number): Promise<SoakResult> {
  const demo = await demoFolder();
  const child = spawn(process.execPath, [...startOptions(), HUB], {
    env: { ...process.env, ...demo.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [printed] = (await once(child.stdout, 'data')) as [Buffer];
    const address = /http:\/\/[^/]+/.exec(String(printed))?.[0] ?? '';
    return await load(address, minutes, sampleMs);
  } finally {
    child.kill('SIGKILL');
    demo.remove();
  }
}

async function load(address: string, minutes: number, sampleMs: number): Promise<SoakResult> {
  const ask = (query: string) => send(`${address}/graphql`, { query });
  // A connection that the hub closed while it was idle is opened anew.
  const post = (query: string) => ask(query).catch(() => ask(query));
  const until = performance.now() + minutes * 60_000;
  const running = (): boolean => performance.now() < until;
  const rss: number[] = [];
  const heap: number[] = [];
  const heapTotal: number[] = [];
  const external: number[] = [];
  let requests = 0;
  const asking = Array.from({ length: 4 }, async (_, worker) => {
    for (let i = worker; running(); i++) {
      await post(QUERIES[i % QUERIES.length] ?? '');
      requests++;
    }
  });
  const attacking = (async () => {
    for (let seed = 1; running(); seed++) requests += (await runHostile({ address, post }, 50, seed)).requests;
  })();
  const subscribing = (async () => {
    while (running()) {
      await subscribeOnce(address);
      requests += 5;
    }
  })();
  const sampling = (async () => {
    while (running()) {
      await new Promise((resolve) => setTimeout(resolve, sampleMs));
      const text = await (await fetch(`${address}/metrics`)).text();
      const read = (name: string): number => Math.round(Number(new RegExp(`^yiwang_${name} (\\S+)`, 'm').exec(text)?.[1]) / MIB);
      rss.push(read('process_resident_memory_bytes'));
      heap.push(read('nodejs_heap_size_used_bytes'));
      heapTotal.push(read('nodejs_heap_size_total_bytes'));
      external.push(read('nodejs_external_memory_bytes'));
    }
  })();
  await Promise.all([...asking, attacking, subscribing, sampling]);
  const third = Math.max(1, Math.floor(heap.length / 3));
  const heapGrowth = Math.min(...heap.slice(-third)) / Math.min(...heap.slice(-2 * third, -third));
  return { minutes, requests, rss, heap, heapTotal, external, rssMax: Math.max(...rss), heapGrowth: Math.round(heapGrowth * 100) / 100 };
}

async function subscribeOnce(address: string): Promise<void> {
  const socket = new WebSocket(`${address.replace('http', 'ws')}/graphql`, ['graphql-transport-ws']);
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init' }));
  await once(socket, 'message');
  for (let id = 0; id < 5; id++)
    socket.send(JSON.stringify({ type: 'subscribe', id: String(id), payload: { query: 'subscription { projectChanges { op } }' } }));
  await new Promise((resolve) => setTimeout(resolve, 300));
  socket.close();
  await once(socket, 'close');
}

if (process.argv[1] === import.meta.filename) {
  const result = await soak(Number(process.argv[2] ?? 30), 10_000);
  console.log(JSON.stringify(result));
  process.exitCode = result.rssMax <= 512 && result.heapGrowth <= 1.05 ? 0 : 1;
}
