/** What subscribers and data officers hear of changes that a source lost. */
import type { Client } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { LOSS } from '../../schema/model/change.ts';
import { untilLive, writeDemo } from '../helpers/changes.ts';
import { startTestHub, type TestHub } from '../helpers/hub.ts';
import { openEventStream } from '../helpers/event-stream.ts';
import { as } from '../helpers/people.ts';
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

/** As after restoring a copy: what was written since is not told. */
async function lose(): Promise<void> {
  const before = (await capture())?.gapAt;
  writeDemo(test.folder, 'finance', `begin; ${PAY} ${pay(-100)} delete from yiwang_changes; commit`);
  await vi.waitFor(
    async () => {
      const { gapAt, gapHealedAt } = (await capture()) ?? {};
      expect([gapAt === before, gapHealedAt]).toEqual([false, expect.any(String)]);
    },
    { timeout: 30_000 },
  );
}

/** Two changes that a consumer at the head hears of. */
async function heard(consumer: string): Promise<Subscriber['results']> {
  const subscriber = await begun(consumer);
  for (let count = 1; count <= 2; count++) {
    writeDemo(test.folder, 'finance', PAY);
    await subscriber.wait(count);
  }
  await subscriber.leave();
  return subscriber.results;
}

it('a named consumer is told once that changes were lost, also at the head, and goes on from the cursor given', async () => {
  const [first = '', newest = ''] = (await heard('head')).map(({ data }) => data.paymentChanges.cursor as string);
  await acknowledge('head', newest);
  await acknowledge('old', first);

  // What is found when the tables are read anew is what was known, so whoever was at the head still is.
  await lose();
  expect((await test.hub.changes.log.read(2, 10)).map(({ type }) => type)).toEqual([LOSS]);

  for (const consumer of ['head', 'old']) {
    const cursor = await gapOf(consumer);
    expect(await acknowledge(consumer, cursor)).toBe(cursor);
  }
  const subscribers = [await begun('head'), await begun('old'), await begun('new')];
  writeDemo(test.folder, 'finance', PAY);
  for (const [index, count] of [1, 2, 1].entries()) expect(await subscribers[index]?.wait(count)).toHaveLength(count);
  for (const subscriber of subscribers) await subscriber.leave();
});

it('ends streams whose filter asks rows of the source that lost changes, and no others', async () => {
  const stream = (where: string): Subscriber => follow(client.iterate({ query: `subscription { projectChanges${where} { cursor } }` }));
  const [asking, other] = [stream('(where: { payments: { some: { amount: { gt: "0" } } } })'), stream('(where: { milestones: { none: {} } })')];
  const rename = (): void => writeDemo(test.folder, 'development', "update inv_project set project_name = project_name || '。'");
  // Both are live when both tell of a project.
  while (asking.results.length * other.results.length === 0) {
    rename();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await lose();
  expect(await asking.ended()).toMatchObject([{ extensions: { code: 'EVENT_GAP', source: 'finance', cursor: expect.any(String) } }]);
  rename();
  await other.wait(other.results.length + 1);
  await other.leave();
});

describe('the hub’s own alert', () => {
  const LIST =
    '{ alerts(rules: ["hub:changes-lost"], states: [FIRING, RESOLVED], first: 1) { nodes { id state value severity redacted subject { type code } } } }';
  const STREAM = 'subscription { alerts(rules: ["hub:changes-lost"]) { state titleEn values subject { type code } } }';
  const tokenOf = async (person: Parameters<typeof as>[1]): Promise<{ authorization: string }> => (await as(test, person)) as { authorization: string };

  it('tells data officers of each loss, and that the tables have been read anew', async () => {
    const officer = openClient(test.address, { connectionParams: await tokenOf('finance-officer') });
    const events = follow(officer.iterate({ query: STREAM }));
    await follow(officer.iterate({ query: '{ sources { ok } }' })).wait(1);
    await lose();
    await lose();
    const told = (await events.wait(4)).map(({ data }) => data.alerts);
    expect(told.map(({ state }) => state)).toEqual(['FIRING', 'RESOLVED', 'FIRING', 'RESOLVED']);
    expect(told[0]).toMatchObject({
      titleEn: 'A source lost changes',
      values: { source: 'finance', department: 'finance', reason: expect.stringContaining('lost changes') },
      subject: { type: 'Source', code: 'finance' },
    });
    await officer.dispose();
    for (const person of ['finance-officer', 'steward', 'auditor'] as const) {
      const [found] = (await test.post(LIST, {}, await tokenOf(person))).body.data.alerts.nodes;
      expect(found).toMatchObject({
        state: 'RESOLVED',
        severity: 'WARNING',
        redacted: false,
        subject: { code: 'finance' },
        value: expect.stringContaining('lost'),
      });
    }
  });

  it('is not there for whoever may not see sources', async () => {
    const consumer = await tokenOf('housing-clerk');
    const { body } = await test.post(LIST, {}, consumer);
    expect(body.errors?.[0]?.extensions['code']).toBe('BAD_USER_INPUT');
    const all = (await test.post('{ alerts(states: [FIRING, RESOLVED], first: 200) { nodes { rule } } }', {}, consumer)).body.data.alerts.nodes;
    expect(all).not.toContainEqual({ rule: 'hub:changes-lost' });
    const [client, officer] = [consumer, await tokenOf('finance-officer')].map((connectionParams) => openClient(test.address, { connectionParams })) as [
      Client,
      Client,
    ];
    const query = 'subscription { alerts(states: [FIRING, RESOLVED]) { rule } }';
    const [events, told] = [follow(client.iterate({ query })), follow(officer.iterate({ query }))];
    await follow(client.iterate({ query: '{ hub { version } }' })).wait(1);
    // Whoever was not live yet at the first is at the second.
    for (const count of [2, 4]) {
      await lose();
      await told.wait(count);
    }
    expect(events.results).toEqual([]);
    expect(events.failure()).toBeUndefined();
    await officer.dispose();
    await client.dispose();
  });
});

it('an event source that connects again by itself goes on behind the loss', async () => {
  const query = 'subscription { paymentChanges { cursor } }';
  const { data } = (await heard('stream'))[0];
  await lose();
  const response = await fetch(`${test.address}/graphql/stream`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', 'last-event-id': data.paymentChanges.cursor },
    body: JSON.stringify({ query }),
  });
  const [, id = '', said] = /^id: (.+)\nevent: next\ndata: (.+)$/m.exec(await response.text()) ?? [];
  expect(JSON.parse(said ?? '')).toMatchObject({ errors: [{ extensions: { code: 'EVENT_GAP', cursor: id } }] });
  const again = await openEventStream(test.address, query, { 'last-event-id': id });
  writeDemo(test.folder, 'finance', PAY);
  await vi.waitFor(() => expect(again.texts).toHaveLength(2), { timeout: 10_000 });
  expect(again.texts.join()).not.toContain('errors');
  again.close();
});
