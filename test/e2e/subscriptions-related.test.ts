/** Entities that enter and leave a subscription because of other departments' rows: sites in SQLite, firms in PostgreSQL, payments in MariaDB. */
import type { Client } from 'graphql-ws';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { tokenOf } from '../helpers/people.ts';
import { follow, openClient, type Result, type Subscriber } from '../helpers/subscriber.ts';
import { openWorksHub, type WorksHub } from '../helpers/works-hub.ts';

let world: WorksHub;
let client: Client;
beforeAll(async () => {
  world = await openWorksHub();
  client = openClient(world.address);
}, 60_000);
afterAll(async () => {
  await client.dispose();
  await world[Symbol.asyncDispose]();
});

const pay = (voucher: string, site: string, amount: number): Promise<void> =>
  world.write('treasury', `insert into payment values ('${voucher}', '${site}', ${amount})`);
const unpay = (voucher: string): Promise<void> => world.write('treasury', `delete from payment where voucher = '${voucher}'`);
const move = (voucher: string, site: string): Promise<void> => world.write('treasury', `update payment set site_code = '${site}' where voucher = '${voucher}'`);
const suspend = (firm: string, suspended: boolean): Promise<void> =>
  world.write('registry', `update firm set suspended = ${suspended} where number = '${firm}'`);

const SITES = (where: string, more = ''): string =>
  `subscription($after: String) { siteChanges(where: ${where}, after: $after${more}) { cursor op transition changedFields department before { name } after { name } node { code paid } } }`;

/** Subscribed, and its filter read: what is committed from then on is told. */
async function subscribe(query: string, after?: string, by = client): Promise<Subscriber> {
  const start = Date.now();
  const subscriber = follow(by.iterate({ query, variables: { after } }));
  if (query.includes('changes {')) await rest();
  else {
    await vi.waitFor(() => (world.membersReadMs() >= start ? undefined : Promise.reject(new Error('its members are not read'))), { timeout: 10_000 });
    // MariaDB tells the time of a commit in whole seconds.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  return subscriber;
}
const rest = (ms = 400): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
/** Conditions on other rows are tested as things are now: one write after the other, each once the one before has surely been told, on a busy machine too. */
async function each(...writes: readonly (() => Promise<void>)[]): Promise<void> {
  for (const write of writes) {
    await write();
    await rest(1_500);
  }
}
const said = (results: readonly Result[]): string[] => results.map(({ data: { siteChanges: each } }) => `${each.transition} ${each.node?.code ?? 'none'}`);
/** What it has been told once nothing more comes. */
async function settled(subscriber: Subscriber, count: number): Promise<string[]> {
  await subscriber.wait(count);
  await rest();
  return said(subscriber.results);
}

beforeEach(async () => {
  await world.writeUnseen('treasury', `delete from payment where voucher <> 'P1'`, `update payment set site_code = 'S1', amount = 100`);
  await world.writeUnseen('registry', 'update firm set suspended = false where suspended');
  await world.writeUnseen('works', `update site set budget = 1000, name = case code when 'S1' then 'North' when 'S2' then 'South' else 'East' end`);
  await rest();
});

describe('a change of a related row tells that an entity', () => {
  it('enters and leaves a filter with some, each once, with the whole entity', async () => {
    const subscriber = await subscribe(SITES('{ payments: { some: { amount: { gt: "50" } } } }'));
    await each(
      () => pay('P2', 'S2', 60),
      () => pay('P3', 'S2', 70),
      () => pay('P4', 'S1', 70),
      () => unpay('P2'),
      () => unpay('P3'),
    );
    expect(await settled(subscriber, 2)).toEqual(['ENTERED S2', 'LEFT S2']);
    expect(subscriber.results[0].data.siteChanges).toEqual({
      cursor: expect.any(String),
      op: 'UPDATED',
      transition: 'ENTERED',
      changedFields: [],
      department: 'works',
      before: null,
      after: null,
      node: { code: 'S2', paid: '60' },
    });
    await subscriber.leave();
  });

  it('enters and leaves filters with every, none and a derived total', async () => {
    const every = await subscribe(SITES('{ code: { in: ["S1"] }, payments: { every: { amount: { lt: "500" } } } }'));
    const none = await subscribe(SITES('{ payments: { none: {} } }'));
    const total = await subscribe(SITES('{ paid: { gte: "600" } }'));
    await each(
      () => pay('P2', 'S1', 600),
      () => world.write('treasury', `update payment set amount = 400 where voucher = 'P2'`),
      () => pay('P3', 'S3', 1),
      () => unpay('P3'),
    );
    expect([await settled(every, 2), await settled(none, 2), await settled(total, 2)]).toEqual([
      ['LEFT S1', 'ENTERED S1'],
      ['LEFT S3', 'ENTERED S3'],
      ['ENTERED S1', 'LEFT S1'],
    ]);
    await Promise.all([every.leave(), none.leave(), total.leave()]);
  });

  it('leaves and another enters by one change, each with a cursor of its own', async () => {
    const query = SITES('{ payments: { some: {} } }');
    const subscriber = await subscribe(query);
    await move('P1', 'S3');
    const all = await settled(subscriber, 2);
    expect(all.toSorted()).toEqual(['ENTERED S3', 'LEFT S1']);
    const [first] = subscriber.results;
    await subscriber.leave();
    const again = await subscribe(query, first.data.siteChanges.cursor);
    expect(await settled(again, 1)).toEqual(all.slice(1));
    await again.leave();
  });

  it('enters and leaves by a row two relations away, and by a row that many hang on', async () => {
    const subscriber = await subscribe(
      'subscription { paymentChanges(where: { site: { firm: { suspended: { eq: true } } } }) { transition node { voucher } } }',
    );
    const sites = await subscribe(SITES('{ firm: { suspended: { eq: true } } }'));
    await each(
      () => suspend('F1', true),
      () => suspend('F1', false),
    );
    await subscriber.wait(2);
    expect(subscriber.results.map(({ data: { paymentChanges: each } }) => `${each.transition} ${each.node.voucher}`)).toEqual(['ENTERED P1', 'LEFT P1']);
    const all = await settled(sites, 4);
    expect([all.slice(0, 2).toSorted(), all.slice(2).toSorted()]).toEqual([
      ['ENTERED S1', 'ENTERED S2'],
      ['LEFT S1', 'LEFT S2'],
    ]);
    await Promise.all([subscriber.leave(), sites.leave()]);
  });

  it('is in the filter or not, whichever of its own row and the related one changes', async () => {
    const subscriber = await subscribe(SITES('{ name: { startsWith: "N" }, payments: { some: { amount: { gt: "50" } } } }'));
    const rename = (name: string): Promise<void> => world.write('works', `update site set name = '${name}' where code = 'S2'`);
    await each(
      () => rename('Noon'),
      () => pay('P2', 'S2', 60),
      () => rename('Night'),
      () => unpay('P2'),
      () => rename('South'),
    );
    expect(await settled(subscriber, 3)).toEqual(['ENTERED S2', 'STAYED S2', 'LEFT S2']);
    await subscriber.leave();
  });

  it('is not told to who asked only for what is created', async () => {
    const created = await subscribe(SITES('{ payments: { some: { amount: { gt: "50" } } } }', ', operations: [CREATED]'));
    const all = await subscribe(SITES('{ payments: { some: { amount: { gt: "50" } } } }'));
    await pay('P2', 'S2', 60);
    await settled(all, 1);
    expect(created.results).toEqual([]);
    await Promise.all([created.leave(), all.leave()]);
  });

  it('comes into sight and goes out of it by a row rule on a related row, without anything of what is hidden', async () => {
    const token = await tokenOf(world, { subject: 'clerk', department: 'registry', roles: ['consumer'] });
    const clerk = openClient(world.address, { connectionParams: { authorization: `Bearer ${token}` } });
    const subscriber = await subscribe('subscription { siteChanges { op transition before { name } after { name } node { code name } } }', undefined, clerk);
    await each(
      () => suspend('F2', true),
      () => world.write('works', `update site set name = 'Hidden' where code = 'S3'`),
      () => suspend('F2', false),
    );
    await subscriber.wait(2);
    expect(subscriber.results.map(({ data }) => data.siteChanges)).toEqual([
      { op: 'UPDATED', transition: 'LEFT', before: null, after: null, node: null },
      { op: 'UPDATED', transition: 'ENTERED', before: null, after: null, node: { code: 'S3', name: 'Hidden' } },
    ]);
    await clerk.dispose();
  });
});

describe('who comes back', () => {
  const query = SITES('{ payments: { some: { amount: { gt: "50" } } } }');

  it('is told what entered and left meanwhile, also over a restart of the hub, in the same order and once', async () => {
    const first = await subscribe(query);
    await pay('P2', 'S2', 60);
    await settled(first, 1);
    const { cursor } = first.results[0].data.siteChanges;
    await each(
      () => pay('P3', 'S3', 60),
      () => unpay('P2'),
    );
    await settled(first, 3);
    const seen = first.results.slice(1).map(({ data }) => data.siteChanges.cursor);
    await first.leave();
    await client.dispose();
    await world.stop();
    // Nobody listens, and nobody captures.
    await world.writeUnseen('treasury', `insert into payment values ('P4', 'S2', 80)`, `delete from payment where voucher = 'P3'`);
    await world.start();
    client = openClient(world.address);
    const again = await subscribe(query, cursor);
    expect(await settled(again, 4)).toEqual(['ENTERED S3', 'LEFT S2', ...said(again.results.slice(2))]);
    expect(said(again.results.slice(2)).toSorted()).toEqual(['ENTERED S2', 'LEFT S3']);
    expect(again.results.slice(0, 2).map(({ data }) => data.siteChanges.cursor)).toEqual(seen);
    await pay('P5', 'S2', 90);
    await pay('P6', 'S3', 90);
    expect((await settled(again, 5)).slice(4)).toEqual(['ENTERED S3']);
    expect(new Set(again.results.map(({ data }) => data.siteChanges.cursor)).size).toBe(5);
    await again.leave();
  });

  it('to a filter that nobody had asked for before is told how things are of whoever was touched', async () => {
    const whole = await subscribe('subscription { changes { cursor type } }');
    await pay('P2', 'S2', 60);
    await whole.wait(1);
    const { cursor } = whole.results[0].data.changes;
    await pay('P3', 'S3', 77);
    await whole.wait(2);
    const late = await subscribe(SITES('{ payments: { some: { amount: { gt: "76" } } } }'), cursor);
    expect(await settled(late, 1)).toEqual(['ENTERED S3']);
    await Promise.all([whole.leave(), late.leave()]);
  });
});

it('a replay to a filter that nobody had asked for before does not tell what hangs on a change by a row that cannot be seen', async () => {
  const query =
    'subscription($after: String) { paymentChanges(where: { site: { firm: { suspended: { eq: true } } } }, after: $after) { transition node { voucher } } }';
  const start = await subscribe('subscription { changes { cursor type } }');
  await pay('P2', 'S3', 60);
  await start.wait(1);
  const { cursor } = start.results[0].data.changes;
  await suspend('F1', true); // hides the sites of P1
  await start.wait(2);
  const told = async (by: Client): Promise<string[]> => {
    const late = await subscribe(query, cursor, by);
    await rest();
    await late.leave();
    return late.results.map(({ data: { paymentChanges: each } }) => `${each.transition} ${each.node?.voucher}`);
  };
  const token = await tokenOf(world, { subject: 'clerk', department: 'registry', roles: ['consumer'] });
  const clerk = openClient(world.address, { connectionParams: { authorization: `Bearer ${token}` } });
  expect(await told(client)).toEqual(['ENTERED P1']);
  expect(await told(clerk)).toEqual([]);
  await clerk.dispose();
  await suspend('F1', false);
  await start.leave();
});

it('a filter through three departments lives through publishes that do not touch it: who enters and leaves meanwhile is told once', async () => {
  const subscriber = await subscribe(SITES('{ firm: { suspended: { eq: false } }, payments: { some: { amount: { gt: "50" } } } }'));
  const { federation } = world.hub;
  for (let round = 0; round < 3; round++) {
    const release = federation.release();
    const publishing = federation.publish({ ...release, version: release.version + 1 });
    await pay(`R${round}`, 'S2', 60);
    await publishing;
    await subscriber.wait(2 * round + 1, 20_000);
    await unpay(`R${round}`);
    await subscriber.wait(2 * round + 2, 20_000);
  }
  expect(await settled(subscriber, 6)).toEqual(Array.from({ length: 3 }, () => ['ENTERED S2', 'LEFT S2']).flat());
  expect(subscriber.failure()).toBeUndefined();
  await subscriber.leave();
});
