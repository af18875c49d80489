/** A thread that asks a hub at a steady rate and listens to it, so that what is measured is the hub and not its client. */
import http from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

export interface LoadOrder {
  readonly address: string;
  /** Requests a second. */
  readonly rate: number;
  /** How many listen to what no publication touches, and how many to what each does. */
  readonly untouched: number;
  readonly touched: number;
}

export interface LoadReport {
  readonly sent: number;
  readonly answered: number;
  readonly failed: readonly string[];
  /** Answers that hold two releases at once. */
  readonly mixed: number;
  /** Answers of a release before one that was live when they were asked for. */
  readonly stale: number;
  /** Sorted. */
  readonly ms: readonly number[];
  /** Of each subscription, what it was told, and why it ended. */
  readonly untouched: readonly Told[];
  readonly touched: readonly Told[];
}

interface Told {
  readonly visits: readonly number[];
  readonly ended: string | null;
}

const QUERY = '{ books { nodes { edition print stock } } again: books(where: { pages: { gt: 1 } }) { nodes { edition } } hub { version } }';
/** Connections: a machine that is busy with other things is asked less, not more and more at once. */
const IN_FLIGHT = 16;

const WARM_UP = 200;

const { address, rate, untouched, touched } = workerData as LoadOrder;
/** Connections that the hub would soon close as idle are not used again. */
const agent = new http.Agent({ keepAlive: true, maxSockets: IN_FLIGHT, timeout: 4_000 });
const seen = { sent: 0, answered: 0, failed: [] as string[], mixed: 0, stale: 0, ms: [] as number[] };
let live = 1;
let stop = false;

// oxlint-disable-next-line typescript/no-explicit-any -- what comes over the wire
function post(query: string): Promise<{ data?: any; errors?: unknown }> {
  const body = JSON.stringify({ query });
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const request = http.request(`${address}/graphql`, { method: 'POST', agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if (response.statusCode === 200) resolve(JSON.parse(text));
        else reject(new Error(`${response.statusCode} ${text.slice(0, 200)}`));
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

async function ask(): Promise<void> {
  const atLeast = live;
  const start = performance.now();
  try {
    const { data, errors } = await post(QUERY);
    if (errors) throw new Error(JSON.stringify(errors));
    const versions = new Set<number>([...data.books.nodes, ...data.again.nodes].flatMap((node: object) => Object.values(node)));
    const [version = 0] = versions;
    if (versions.size !== 1 || data.books.nodes.length !== 3 || data.hub.version !== version + 1) seen.mixed++;
    if (version < atLeast) seen.stale++;
    seen.answered++;
  } catch (error) {
    seen.failed.push(String(error));
  }
  seen.ms.push(performance.now() - start);
}

const clients = Array.from({ length: 5 }, () => createClient({ url: `${address.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket, retryAttempts: 0 }));
function listen(number: number, query: string, field: string): Told {
  const told = { visits: [] as number[], ended: null as string | null };
  void (async () => {
    try {
      for await (const { data, errors } of clients[number % clients.length]!.iterate<Record<string, { after: Record<string, number> }>>({ query })) {
        if (errors) throw new Error(JSON.stringify(errors));
        told.visits.push(Object.values(data?.[field]?.after ?? {})[0] ?? -1);
      }
      told.ended = 'complete';
    } catch (error) {
      told.ended = JSON.stringify(error) + String(error);
    }
  })();
  return told;
}

const quiet = Array.from({ length: untouched }, (_, n) => listen(n, 'subscription { readerChanges { after { visits } node { name } } }', 'readerChanges'));
const loud = Array.from({ length: touched }, (_, n) => listen(n, 'subscription { bookChanges { after { pages } node { edition } } }', 'bookChanges'));
parentPort?.on('message', (message: { live: number } | 'stop' | 'report') => {
  if (message === 'stop') stop = true;
  else if (message === 'report') void report();
  else live = message.live;
});

await pause(300);
for (const client of clients) for await (const _answer of client.iterate({ query: '{ hub { version } }' })); // subscribed before it is heard
for (let n = 0; n < WARM_UP; n++) await post(QUERY); // a hub that has been running
parentPort?.postMessage('listening');
const inFlight = new Set<Promise<void>>();
for (const begin = performance.now(); !stop; await pause(4))
  while (seen.sent < ((performance.now() - begin) / 1_000) * rate && inFlight.size < IN_FLIGHT) {
    seen.sent++;
    const one = ask().finally(() => inFlight.delete(one));
    inFlight.add(one);
  }
await Promise.all(inFlight);
parentPort?.postMessage('stopped');

async function report(): Promise<void> {
  const answer: LoadReport = { ...seen, ms: seen.ms.sort((a, b) => a - b), untouched: quiet, touched: loud };
  parentPort?.postMessage(answer);
  for (const client of clients) await client.dispose();
  agent.destroy();
  parentPort?.close();
}
