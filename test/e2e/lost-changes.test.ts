/** What a named consumer hears of changes that a source lost. */
import type { Client } from 'graphql-ws';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { untilLive, writeDemo } from '../helpers/changes.ts';
import { startTestHub, type TestHub } from '../helpers/hub.ts';
import { follow, openClient, type Subscriber } from '../helpers/subscriber.ts';

let test: TestHub;
let client: Client;
beforeAll(async () => {
  test = await startTestHub();
  await untilLive(test.hub);
  client = openClient(test.address);
});
afterAll(async () => {
  await client.dispose();
  await test[Symbol.asyncDispose]();
});

const pay = (fen: number): string => `update zf_zfpz_2023 set zje = zje + ${fen} where pzh = (select min(pzh) from zf_zfpz_2023 where zt <> '9');`;
const PAY = pay(100);
const listen = (consumer: string): Subscriber =>
  follow(client.iterate({ query: 'subscription($consumer: String) { paymentChanges(consumer: $consumer) { cursor } }', variables: { consumer } }));
/** What is written from then on is told. */
async function begun(consumer: string): Promise<Subscriber> {
  const subscriber = listen(consumer);
  await follow(client.iterate({ query: '{ sources { ok } }' })).wait(1);
  await new Promise((resolve) => setTimeout(resolve, 100));
  return subscriber;
}
const acknowledge = async (consumer: string, cursor: string): Promise<string> =>
  (await test.post('mutation($consumer: String!, $cursor: String!) { ackChanges(consumer: $consumer, cursor: $cursor) { cursor } }', { consumer, cursor })).body
    .data.ackChanges.cursor;
const gapOf = async (consumer: string): Promise<string> => {
  const [error] = (await listen(consumer).ended()) as readonly { readonly extensions: Record<string, string> }[];
  expect(error?.extensions).toMatchObject({ code: 'EVENT_GAP', source: 'finance' });
  return error?.extensions['cursor'] ?? '';
};
const capture = async () => (await test.hub.changes.captures()).find(({ source }) => source === 'finance');

/** The cursors of two changes that a consumer at the head hears of. */
async function heard(): Promise<readonly string[]> {
  const subscriber = await begun('head');
  for (let count = 1; count <= 2; count++) {
    writeDemo(test.folder, 'finance', PAY);
    await subscriber.wait(count);
  }
  await subscriber.leave();
  return subscriber.results.map(({ data }) => data.paymentChanges.cursor as string);
}

it('a named consumer is told once that changes were lost, also at the head, and goes on from the cursor given', async () => {
  const [first = '', newest = ''] = await heard();
  await acknowledge('head', newest);
  await acknowledge('old', first);

  // What is found when the tables are read anew is what was known, so whoever was at the head still is.
  writeDemo(test.folder, 'finance', `begin; ${PAY} ${pay(-100)} delete from yiwang_changes; commit`);
  await vi.waitFor(async () => expect((await capture())?.gapHealedAt).toBeTruthy(), { timeout: 30_000 });
  expect(await test.hub.changes.log.newest()).toBe(2);

  for (const consumer of ['head', 'old']) {
    const cursor = await gapOf(consumer);
    expect(await acknowledge(consumer, cursor)).toBe(cursor);
  }
  const subscribers = [await begun('head'), await begun('old'), await begun('new')];
  writeDemo(test.folder, 'finance', PAY);
  for (const [index, count] of [1, 2, 1].entries()) expect(await subscribers[index]?.wait(count)).toHaveLength(count);
  for (const subscriber of subscribers) await subscriber.leave();
});
