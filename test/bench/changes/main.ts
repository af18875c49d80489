/**
 * `npm run bench:changes`: how long a commit takes to reach subscribers, how many deliveries a second the hub makes, what subscribers that never read
 * cost, and filters through relations. `--only latency,ceiling,stuck,membership`, `--seconds 20` each, `--profile <folder>`. The hub runs in a process of its own; writer and subscribers share another, and so a clock.
 */
import '../../../server/production.ts';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import path from 'node:path';
import { parseArgs } from 'node:util';
import WebSocket from 'ws';
import { machine } from '../machine.ts';
import type { Order, Report } from './hub.ts';

const ALL = 'latency,ceiling,stuck,membership';
const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '20' }, only: { type: 'string', default: ALL }, profile: { type: 'string' } },
});
const SECONDS = Number(values.seconds);
const parts = new Set(values.only.split(','));
const SUBSCRIBERS = 100;

interface Bench {
  readonly child: ChildProcess;
  readonly address: string;
  readonly folder: string;
}

async function startHub(): Promise<Bench> {
  const child = fork(new URL('hub.ts', import.meta.url), {
    execArgv: ['--expose-gc', ...(values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`])],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
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

const memory = (bench: Bench, collect = true): Promise<Memory> => order(bench, { kind: 'memory', collect }, 'memory');

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
      if (text.includes('"payload":{"errors"')) throw new Error(`an event has errors: ${text.slice(0, 400)}`);
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
const ms = (value: number): string => value.toFixed(0);

const PAYMENTS = 'subscription { paymentChanges { cursor op after { purpose } node { amount project { code name } } } }';

/** One table of the results. */
interface Section {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: (string | number)[][];
}

const sections: Section[] = [];

function section(title: string, head: readonly string[]): (...cells: (string | number)[]) => void {
  const rows: Section['rows'] = [];
  sections.push({ title, head, rows });
  const line = (cells: readonly (string | number)[]): void => console.log(`| ${cells.join(' | ')} |`);
  console.log(`\n## ${title}\n`);
  line(head);
  line(head.map(() => '---'));
  return (...cells) => {
    rows.push(cells);
    line(cells);
  };
}

type Row = ReturnType<typeof section>;

/** From the commit in a department's file, or from the order to append to the change log, to the socket of each subscriber. */
async function latency(row: Row, bench: Bench, from: 'commit' | 'log', perSecond: number): Promise<void> {
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
async function ceiling(row: Row, bench: Bench, count: number, shared: boolean): Promise<void> {
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
  await sleep(1_000);
  let peak = 0;
  const watch = setInterval(() => void memory(bench, false).then(({ rss }) => (peak = Math.max(peak, rss))), 1_000);
  const stuckP99 = await run();
  clearInterval(watch);
  await sleep(200);
  const after = await memory(bench);
  const metrics = await (await fetch(`${bench.address.replace('ws', 'http')}/metrics`)).text();
  const closed = /yiwang_errors_total\{code="SLOW_CONSUMER"\} (\d+)/.exec(metrics)?.[1] ?? '0';
  const received = good.map(({ received: each }) => each);
  close([...good, ...bad]);
  const mb = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);
  const row = section(`${count} subscribers that never read, beside 20 that do; 100 events a second of 10 kB`, [
    'p99 without, ms',
    'p99 with, ms',
    'RSS before, MiB',
    'highest',
    'after',
    'closed as SLOW_CONSUMER',
    'events to each reader',
  ]);
  row(p99, stuckP99, mb(before.rss), mb(peak), mb(after.rss), closed, `${Math.min(...received)}…${Math.max(...received)}`);
}

/** What it costs that changes of related rows are told: 50 changes at a time, then one of a project by which it is seen that they have been judged. */
async function membership(bench: Bench): Promise<void> {
  const row = section('One filter, with and without conditions on related rows', ['filter of projects', 'changes of', 'changes/s', 'hub CPU per change, µs']);
  using database = new DatabaseSync(path.join(bench.folder, 'finance.sqlite'), { timeout: 5_000 });
  database.exec(`update zf_zfpz_2023 set zy = zy || '。'`);
  await sleep(2_000);
  const filters = { 'own field': '{ name: { ne: "" } }', 'some payment over 0': '{ payments: { some: { amount: { gt: "0" } } } }' };
  for (const [filter, where] of Object.entries(filters)) {
    for (const changed of ['projects', 'payments'] as const) {
      let told = '';
      const query = `subscription { projectChanges(where: ${where}) { cursor after { name } node { code name } } }`;
      const subscriber = await subscribe(bench, query, (text) => (told = /END\d+/.exec(text)?.[0] ?? told));
      await sleep(1_000);
      const before = await memory(bench);
      const start = performance.now();
      let sent = 0;
      while (performance.now() - start < SECONDS * 250) {
        await order(bench, { kind: 'append', count: 50, text: 'x', ...(changed === 'payments' ? { of: changed } : {}) }, 'appended');
        sent += 50;
        await order(bench, { kind: 'append', count: 1, text: `END${sent}` }, 'appended');
        while (told !== `END${sent}`) await sleep(1);
      }
      const seconds = (performance.now() - start) / 1_000;
      const after = await memory(bench);
      close([subscriber]);
      row(filter, changed, (sent / seconds).toFixed(0), (((after.cpuMs - before.cpuMs) * 1_000) / sent).toFixed(0));
    }
  }
}

const bench = await startHub();
if (parts.has('latency')) {
  const row = section(`Latency to ${SUBSCRIBERS} subscribers, with the whole entity`, [
    'from',
    'events/s',
    'deliveries',
    'missing',
    'p50 ms',
    'p95 ms',
    'p99 ms',
    'max ms',
    'hub CPU',
  ]);
  await latency(row, bench, 'commit', 20);
  await latency(row, bench, 'commit', 100);
  await latency(row, bench, 'log', 100);
}
if (parts.has('ceiling')) {
  const row = section('Ceiling: events as fast as all subscribers take them', ['subscribers', 'ask the same', 'events/s', 'deliveries/s', 'hub CPU']);
  for (const count of [100, 400]) for (const shared of [true, false]) await ceiling(row, bench, count, shared);
}
if (parts.has('stuck')) await stuck(bench, 50);
if (parts.has('membership')) await membership(bench);
if (values.only === ALL) {
  const results = { machine: machine(), seconds: SECONDS, sections };
  await writeFile(path.join(import.meta.dirname, '../changes-results.json'), `${JSON.stringify(results, null, 2)}\n`);
}
bench.child.send({ kind: 'end' } satisfies Order);
await once(bench.child, 'exit');
process.exit(0);
