/**
 * `npm run bench:changes`: how long a commit takes to reach subscribers, how many deliveries a second the hub makes, and what subscribers that never read
 * cost. The hub runs in a process of its own; writer and subscribers share another, and so a clock.
 */
import '../../../server/production.ts';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { DatabaseSync } from 'node:sqlite';
import path from 'node:path';
import { parseArgs } from 'node:util';
import WebSocket from 'ws';
import type { Order, Report } from './hub.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '20' } } });
const SECONDS = Number(values.seconds);
const SUBSCRIBERS = 100;

interface Bench {
  readonly child: ChildProcess;
  readonly address: string;
  readonly folder: string;
}

async function startHub(): Promise<Bench> {
  const child = fork(new URL('hub.ts', import.meta.url), { execArgv: ['--expose-gc'], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const [ready] = (await once(child, 'message')) as [Extract<Report, { kind: 'ready' }>];
  return { child, address: ready.address.replace('http', 'ws'), folder: ready.folder };
}

type Memory = Extract<Report, { kind: 'memory' }>;

async function order<K extends Report['kind']>({ child }: Bench, message: Order, answer: K): Promise<Extract<Report, { kind: K }>> {
  child.send(message);
  for (;;) {
    const [report] = (await once(child, 'message')) as [Report];
    if (report.kind === answer) return report as Extract<Report, { kind: K }>;
  }
}

const memory = (bench: Bench): Promise<Memory> => order(bench, { kind: 'memory' }, 'memory');

interface Subscriber {
  readonly socket: WebSocket;
  received: number;
}

/** Subscribed, by the bare protocol, so that what is measured is the hub. */
async function subscribe({ address }: Bench, query: string, onEvent?: (text: string) => void): Promise<Subscriber> {
  const socket = new WebSocket(`${address}/graphql`, ['graphql-transport-ws']);
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init' }));
  await once(socket, 'message');
  const subscriber: Subscriber = { socket, received: 0 };
  socket.on('message', (data: Buffer) => {
    const text = data.toString('latin1');
    if (text.includes('"type":"next"')) {
      subscriber.received += 1;
      onEvent?.(text);
    } else if (!text.includes('"type":"ping"')) console.error(data.toString());
  });
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));
  return subscriber;
}

const close = (subscribers: readonly Subscriber[]): void => subscribers.forEach(({ socket }) => socket.terminate());
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const percentile = (sorted: readonly number[], p: number): number => sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * p) / 100))] ?? NaN;
const row = (...cells: readonly (string | number)[]): void => console.log(`| ${cells.join(' | ')} |`);
const ms = (value: number): string => value.toFixed(0);

const PAYMENTS = 'subscription { paymentChanges { cursor op after { purpose } node { amount project { code name } } } }';

/** From the commit in a department's file, or from the order to append to the change log, to the socket of each subscriber. */
async function latency(bench: Bench, from: 'commit' | 'log', perSecond: number): Promise<void> {
  const times: number[] = [];
  const onEvent = (text: string): void => {
    const sent = /@([\d.]+)@/.exec(text)?.[1];
    if (sent !== undefined) times.push(performance.now() - Number(sent));
  };
  const subscribers = await Promise.all(Array.from({ length: SUBSCRIBERS }, () => subscribe(bench, from === 'commit' ? PAYMENTS : own(0), onEvent)));
  await sleep(1_000);
  using database = new DatabaseSync(path.join(bench.folder, 'finance.sqlite'), { timeout: 5_000 });
  const update = database.prepare(`update zf_zfpz_2023 set zy = ? where pzh = (select min(pzh) from zf_zfpz_2023 where zt <> '9')`);
  const write = (stamp: string): unknown =>
    from === 'commit' ? update.run(stamp) : bench.child.send({ kind: 'append', count: 1, text: stamp } satisfies Order);
  const before = await memory(bench);
  const start = performance.now();
  const total = SECONDS * perSecond;
  for (let i = 0; i < total; i++) {
    const due = start + (i * 1_000) / perSecond;
    if (performance.now() < due) await sleep(due - performance.now());
    void write(`@${performance.now()}@`);
  }
  const wrote = (performance.now() - start) / 1_000;
  for (let i = 0; i < 300 && times.length < total * SUBSCRIBERS; i++) await sleep(100);
  const after = await memory(bench);
  close(subscribers);
  times.sort((a, b) => a - b);
  const cpu = (after.cpuMs - before.cpuMs) / (wrote * 10);
  row(
    from,
    (total / wrote).toFixed(0),
    times.length,
    total * SUBSCRIBERS - times.length,
    ...[50, 95, 99, 100].map((p) => ms(percentile(times, p))),
    `${cpu.toFixed(0)} %`,
  );
}

const own = (i: number): string => `subscription { projectChanges { cursor op after { name } node { code name } own${i}: __typename } }`;

/** Events as fast as all subscribers take them. */
async function ceiling(bench: Bench, count: number, shared: boolean): Promise<void> {
  const subscribers = await Promise.all(Array.from({ length: count }, (_, i) => subscribe(bench, own(shared ? 0 : i))));
  await sleep(1_000);
  const start = performance.now();
  const before = await memory(bench);
  let sent = 0;
  while (performance.now() - start < SECONDS * 500) {
    await order(bench, { kind: 'append', count: 50, text: 'x'.repeat(200) }, 'appended');
    sent += 50;
    while (subscribers.some(({ received }) => received < sent - 200)) await sleep(2);
  }
  while (subscribers.some(({ received }) => received < sent)) await sleep(2);
  const seconds = (performance.now() - start) / 1_000;
  const after = await memory(bench);
  close(subscribers);
  row(
    count,
    shared ? 'yes' : 'no',
    (sent / seconds).toFixed(0),
    ((sent * count) / seconds).toFixed(0),
    `${((after.cpuMs - before.cpuMs) / (seconds * 10)).toFixed(0)} %`,
  );
}

/** Subscribers that shake hands and never read, beside some that do. */
async function stuck(bench: Bench, count: number): Promise<void> {
  const times: number[] = [];
  const good = await Promise.all(
    Array.from({ length: 20 }, () =>
      subscribe(bench, own(0), (text) => {
        const sent = /@([\d.]+)@/.exec(text)?.[1];
        if (sent !== undefined) times.push(performance.now() - Number(sent));
      }),
    ),
  );
  const run = async (): Promise<string> => {
    times.length = 0;
    for (let i = 0; i < SECONDS * 20; i++) {
      await order(bench, { kind: 'append', count: 5, text: `@${performance.now()}@${'x'.repeat(10_000)}` }, 'appended');
      await sleep(50);
    }
    await sleep(1_000);
    times.sort((a, b) => a - b);
    return ms(percentile(times, 99));
  };
  await sleep(500);
  const p99 = await run();
  const before = await memory(bench);
  const bad = await Promise.all(Array.from({ length: count }, () => subscribe(bench, own(0))));
  for (const { socket } of bad) socket.pause();
  let peak = 0;
  const watch = setInterval(() => void memory(bench).then(({ rss }) => (peak = Math.max(peak, rss))), 1_000);
  const stuckP99 = await run();
  clearInterval(watch);
  await sleep(200);
  const after = await memory(bench);
  const metrics = await (await fetch(`${bench.address.replace('ws', 'http')}/metrics`)).text();
  const closed = /yiwang_errors_total\{code="SLOW_CONSUMER"\} (\d+)/.exec(metrics)?.[1] ?? '0';
  const received = good.map(({ received: each }) => each);
  close([...good, ...bad]);
  const mb = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);
  console.log(`\n## ${count} subscribers that never read, 100 events/s of 10 kB, 20 that read\n`);
  row('p99 without ms', 'p99 with ms', 'RSS before MB', 'peak MB', 'after MB', 'closed as SLOW_CONSUMER', 'events to each reader');
  row('---', '---', '---', '---', '---', '---', '---');
  row(p99, stuckP99, mb(before.rss), mb(peak), mb(after.rss), closed, `${Math.min(...received)}…${Math.max(...received)}`);
}

const bench = await startHub();
console.log(`\n## Latency to ${SUBSCRIBERS} subscribers with the whole entity, ${SECONDS} s\n`);
row('from', 'events/s', 'deliveries', 'missing', 'p50 ms', 'p95 ms', 'p99 ms', 'max ms', 'hub CPU');
row('---', '---', '---', '---', '---', '---', '---', '---', '---');
await latency(bench, 'commit', 20);
await latency(bench, 'commit', 100);
await latency(bench, 'log', 100);
console.log('\n## Ceiling: events as fast as all subscribers take them\n');
row('subscribers', 'shared evaluation', 'events/s', 'deliveries/s', 'hub CPU');
row('---', '---', '---', '---', '---');
for (const [count, shared] of [
  [100, true],
  [100, false],
  [400, true],
  [400, false],
] as const)
  await ceiling(bench, count, shared);
await stuck(bench, 50);
bench.child.send({ kind: 'end' } satisfies Order);
await once(bench.child, 'exit');
process.exit(0);
