import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import WebSocket from 'ws';
import type { Change } from '../../schema/model/change.ts';
import { startTestHub, type TestHub } from '../helpers/hub.ts';
import { follow, openClient, type Subscriber } from '../helpers/subscriber.ts';

let test: TestHub;
beforeAll(async () => {
  test = await startTestHub();
});
afterAll(() => test[Symbol.asyncDispose]());

const QUERY = 'subscription { projectChanges { cursor after { name } node { code name payments(first: 1) { nodes { amount } } } } }';
const KEY = ['2301-320500-04-01-123456'];
let made = 0;

function change(name: string): Change {
  const id = `s${++made}`;
  const common = { id, transaction: id, committedAt: '2024-06-30T12:00:00+08:00', rowKey: '1', mappingVersion: 1, type: 'Project', key: KEY };
  return { ...common, department: 'development', source: 'development', op: 'UPDATED', changedFields: ['name'], before: { name }, after: { name } };
}

/** It shakes hands, subscribes, and never reads again. */
async function stuck(subscriptions = 1): Promise<{ readonly socket: WebSocket; readonly closed: Promise<number> }> {
  const socket = new WebSocket(`${test.address.replace('http', 'ws')}/graphql`, ['graphql-transport-ws']);
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init' }));
  await once(socket, 'message');
  for (let id = 1; id <= subscriptions; id++) {
    // Another document each, so that each has a cursor of its own.
    socket.send(
      JSON.stringify({
        id: String(id),
        type: 'subscribe',
        payload: { query: QUERY.replace('projectChanges', `projectChanges(where: { name: { ne: "${id}" } })`) },
      }),
    );
  }
  await new Promise((resolve) => setTimeout(resolve, 100));
  socket.pause();
  return { socket, closed: once(socket, 'close').then(([code]) => code as number) };
}

async function errorsCounted(code: string): Promise<number> {
  const metrics = await (await fetch(`${test.address}/metrics`)).text();
  return Number(new RegExp(`yiwang_errors_total\\{code="${code}"\\} (\\d+)`).exec(metrics)?.[1] ?? 0);
}

it('closes subscribers that do not read, with their cursor, and nobody else; equal subscriptions ask the sources once', async () => {
  const slow = await Promise.all([stuck(), stuck(), stuck()]);
  const clients = Array.from({ length: 4 }, () => openClient(test.address));
  const good: Subscriber[] = clients.map((client) => follow(client.iterate({ query: QUERY })));
  await new Promise((resolve) => setTimeout(resolve, 500));
  const before = /yiwang_source_calls_total\{source="finance",outcome="ok"\} (\d+)/;
  const calls = async (): Promise<number> => Number(before.exec(await (await fetch(`${test.address}/metrics`)).text())?.[1] ?? 0);
  const start = await calls();
  const large = '长'.repeat(8_000);
  let batches = 0;
  for (let sent = 0; sent < 300; sent += 10, batches++) await test.hub.changes.log.append({ changes: Array.from({ length: 10 }, () => change(large)) });
  for (const subscriber of good) {
    const results = await subscriber.wait(300, 60_000);
    expect(new Set(results.map(({ data }) => data.projectChanges.cursor)).size).toBe(300);
  }
  // Not once for each of the seven who ask the same.
  expect((await calls()) - start).toBeLessThanOrEqual(batches * 2);
  await expect.poll(() => errorsCounted('SLOW_CONSUMER'), { timeout: 10_000 }).toBe(3);
  expect(good.every((subscriber) => subscriber.failure() === undefined)).toBe(true);
  for (const { socket, closed } of slow) {
    let reason = '';
    let last = '';
    socket.on('message', (data) => (last = /"cursor":"([^"]+)"/.exec(String(data))?.[1] ?? last));
    socket.once('close', (_code, why) => (reason = String(why)));
    socket.resume();
    const code = await closed;
    expect([code, reason]).toEqual([4008, `SLOW_CONSUMER ${last}`]);
    const again = follow(openClient(test.address).iterate({ query: QUERY.replace('projectChanges', `projectChanges(after: "${last}")`) }));
    await test.hub.changes.log.append({ changes: [change('结束')] });
    await expect.poll(() => again.results.at(-1)?.data.projectChanges.after.name, { timeout: 20_000 }).toBe('结束');
    await again.leave();
  }
  for (const client of clients) await client.dispose();
}, 90_000);

it('tells one with several subscriptions the cursor of each before it closes, though its queue is full', async () => {
  const before = await errorsCounted('SLOW_CONSUMER');
  const { socket, closed } = await stuck(2);
  const large = '长'.repeat(8_000);
  for (let sent = 0; sent < 300; sent += 10) await test.hub.changes.log.append({ changes: Array.from({ length: 10 }, () => change(large)) });
  await expect.poll(() => errorsCounted('SLOW_CONSUMER'), { timeout: 20_000 }).toBeGreaterThan(before);
  const last: Record<string, string> = {};
  let told: unknown;
  socket.on('message', (data) => {
    const { id, type, payload } = JSON.parse(String(data));
    if (type === 'ping') told = payload?.cursors;
    if (type === 'next') last[id] = payload.data.projectChanges.cursor;
  });
  socket.resume();
  expect(await closed).toBe(4008);
  expect(Object.keys(last)).toEqual(['1', '2']);
  expect(told).toEqual(last);
}, 90_000);

it('tells many different subscriptions of an event without asking a source more at once than it can take', async () => {
  const clients = Array.from({ length: 6 }, () => openClient(test.address));
  const different = clients.flatMap((client, i) =>
    Array.from({ length: 15 }, (_, n) => follow(client.iterate({ query: QUERY.replace('node { code', `node { own${i}x${n}: __typename code`) }))),
  );
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await test.hub.changes.log.append({ changes: [change('众')] });
  const told = await Promise.all(different.map(async (subscriber) => (await subscriber.wait(1, 20_000))[0]));
  expect(told.map((result) => [result?.errors, result?.data.projectChanges.node.code])).toEqual(different.map(() => [undefined, KEY[0]]));
  await Promise.all(different.map((subscriber) => subscriber.leave()));
  for (const client of clients) await client.dispose();
}, 60_000);
