/** From a committed row to a subscriber, over a real graphql-ws client. */
import type { Client } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { untilLive, writeDemo } from '../helpers/changes.ts';
import { startTestHub, type TestHub } from '../helpers/hub.ts';
import { follow, openClient, type Result, type Subscriber } from '../helpers/subscriber.ts';

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

const LIGHTS = '2301-320500-04-01-123456';
const A_PAYMENT = `(select min(pzh) from zf_zfpz_2023 where zt <> '9')`;
const pay = (fen: number): Promise<void> => write('finance', `update zf_zfpz_2023 set zje = zje + ${fen} where pzh = ${A_PAYMENT}`);
const rename = (name: string): Promise<void> => write('development', `update inv_project set project_name = '${name}' where project_code = '${LIGHTS}'`);

/** Until the log has it, so that no test hears of another's. */
async function write(department: string, sql: string): Promise<void> {
  const { log } = test.hub.changes;
  const newest = await log.newest();
  writeDemo(test.folder, department, sql);
  await log.waitBeyond(newest, AbortSignal.timeout(10_000));
}

/** Subscribed, once the hub has begun: what is written from then on is told. */
async function subscribe(query: string, variables: Record<string, unknown> = {}): Promise<Subscriber> {
  const subscriber = follow(client.iterate({ query, variables }));
  // The answer to what is asked after it comes after it has begun.
  await follow(client.iterate({ query: '{ sources { ok } }' })).wait(1);
  await new Promise((resolve) => setTimeout(resolve, 100));
  return subscriber;
}
const data = (results: readonly Result[], field: string): Result[] => results.map((result) => result.data[field]);

describe('<type>Changes', () => {
  it('tells what was changed, before and after, with the whole entity from all departments', async () => {
    const subscriber = await subscribe(
      'subscription($unit: MoneyUnit) { paymentChanges { cursor op transition changedFields committedAt department source before { amount(unit: $unit) voucherNo } after { amount(unit: $unit) } node { amount project { code name } } __typename } }',
      { unit: 'WAN_YUAN' },
    );
    await pay(1_000_000);
    const [change] = data(await subscriber.wait(1), 'paymentChanges');
    expect(change).toEqual({
      cursor: expect.any(String),
      op: 'UPDATED',
      transition: 'STAYED',
      changedFields: ['amount'],
      committedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*\+08:00$/),
      department: 'finance',
      source: 'finance',
      before: { amount: expect.any(String), voucherNo: expect.any(String) },
      after: { amount: expect.any(String) },
      node: { amount: expect.any(String), project: expect.objectContaining({ code: expect.any(String) }) },
      __typename: 'PaymentChange',
    });
    expect(Number(change.after.amount) - Number(change.before.amount)).toBeCloseTo(1);
    expect(Number(change.node.amount)).toBeCloseTo(Number(change.after.amount) * 10_000);
    await subscriber.leave();
  });

  it('says what enters and leaves a filter on own fields, and is silent about the rest', async () => {
    const subscriber = await subscribe(
      'subscription { projectChanges(where: { name: { startsWith: "夜景" } }) { op transition before { name } after { name } } }',
    );
    for (const name of ['甲', '夜景一', '夜景二', '乙', '智慧城市照明提升工程']) await rename(name);
    await subscriber.wait(3);
    await rename('夜景三');
    expect(data(await subscriber.wait(4), 'projectChanges').map(({ transition, after }) => [transition, after.name])).toEqual([
      ['ENTERED', '夜景一'],
      ['STAYED', '夜景二'],
      ['LEFT', '乙'],
      ['ENTERED', '夜景三'],
    ]);
    await rename('智慧城市照明提升工程');
    await subscriber.leave();
  });

  it('filters through relations into other sources, on what is there now', async () => {
    const rich = await subscribe('subscription { projectChanges(where: { payments: { some: { amount: { gt: "0" } } } }) { after { name } node { code } } }');
    const poor = await subscribe('subscription { projectChanges(where: { not: { payments: { some: { amount: { gt: "0" } } } } }) { after { name } } }');
    await rename('照明甲');
    await rename('智慧城市照明提升工程');
    expect(data(await rich.wait(2), 'projectChanges')).toEqual([
      { after: { name: '照明甲' }, node: { code: LIGHTS } },
      { after: { name: '智慧城市照明提升工程' }, node: { code: LIGHTS } },
    ]);
    expect(poor.results).toEqual([]);
    await Promise.all([rich.leave(), poor.leave()]);
  });

  it('tells only the operations asked for; a deletion passes a filter that nobody can test any more', async () => {
    const deleted = await subscribe(
      'subscription($ops: [ChangeOperation!]) { paymentChanges(operations: $ops, where: { project: { code: { eq: "2301-320500-04-01-999999" } }, amount: { gte: "0" } }) { op transition before { amount } after { amount } node { amount } } }',
      { ops: ['DELETED'] },
    );
    await pay(100);
    await write('finance', `update zf_zfpz_2023 set zt = '9' where pzh = ${A_PAYMENT}`);
    expect(data(await deleted.wait(1), 'paymentChanges')).toEqual([
      { op: 'DELETED', transition: 'LEFT', before: { amount: expect.any(String) }, after: null, node: null },
    ]);
    await deleted.leave();
  });

  it('refuses a filter that no query could have', async () => {
    const failure = await follow(client.iterate({ query: 'subscription { projectChanges(where: { name: { eq: null } }) { op } }' })).ended();
    expect(failure).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  it('costs what its entity costs', async () => {
    const query = 'subscription { projectChanges { node { payments(first: 200) { nodes { project { payments(first: 200) { nodes { amount } } } } } } } }';
    expect(await follow(client.iterate({ query })).ended()).toMatchObject([{ extensions: { code: 'LIMIT_COST' } }]);
  });
});

describe('changes', () => {
  it('tells the types asked for, with what finds the entity', async () => {
    const some = await subscribe('subscription { changes(types: [PROJECT, AUDIT_FINDING]) { cursor type key id op department } }');
    const all = await subscribe('subscription { changes { type } }');
    await pay(100);
    await rename('照明乙');
    const [change] = data(await some.wait(1), 'changes');
    expect(change).toMatchObject({ type: 'PROJECT', key: LIGHTS, op: 'UPDATED', department: 'development' });
    expect((await test.post('query($id: ID!) { node(id: $id) { ... on Project { name } } }', { id: change.id })).body.data).toEqual({
      node: { name: '照明乙' },
    });
    expect(data(await all.wait(2), 'changes').map(({ type }) => type)).toEqual(['PAYMENT', 'PROJECT']);
    await rename('智慧城市照明提升工程');
    await Promise.all([some.leave(), all.leave()]);
  });
});

describe('cursors', () => {
  const QUERY = 'subscription($after: String) { projectChanges(after: $after) { cursor after { name } } }';

  it('replay what followed, then go live, with no gap and no duplicate', async () => {
    const first = await subscribe(QUERY);
    for (let i = 0; i < 5; i++) await rename(`照明${i}`);
    const [, second] = data(await first.wait(5), 'projectChanges');
    await first.leave();
    for (let i = 5; i < 10; i++) await rename(`照明${i}`);
    const again = follow(client.iterate({ query: QUERY, variables: { after: second.cursor } }));
    for (let i = 10; i < 15; i++) await rename(`照明${i}`);
    expect(data(await again.wait(13), 'projectChanges').map(({ after }) => after.name)).toEqual(Array.from({ length: 13 }, (_, i) => `照明${i + 2}`));
    await rename('智慧城市照明提升工程');
    await again.wait(14);
    await again.leave();
  });

  it('of the wrong kind are refused', async () => {
    const list = (await test.post('{ projects(first: 1) { pageInfo { endCursor } } }')).body.data.projects.pageInfo.endCursor;
    for (const after of ['', 'nonsense', list]) {
      const failure = await follow(client.iterate({ query: QUERY, variables: { after } })).ended();
      expect(failure).toMatchObject([{ extensions: { code: 'CURSOR_INVALID', retryable: false } }]);
    }
  });

  it('are remembered for a named consumer, who acknowledges', async () => {
    const query = 'subscription($consumer: String) { projectChanges(consumer: $consumer) { cursor after { name } } }';
    const first = await subscribe(query, { consumer: 'finance-dashboard' });
    for (const name of ['照明甲', '照明乙', '照明丙']) await rename(name);
    const seen = data(await first.wait(3), 'projectChanges');
    await first.leave();
    const ack = (cursor: string) =>
      test.post('mutation($cursor: String!) { ackChanges(consumer: "finance-dashboard", cursor: $cursor) { consumer cursor } }', { cursor });
    expect((await ack(seen[1].cursor)).body.data).toEqual({ ackChanges: { consumer: 'finance-dashboard', cursor: seen[1].cursor } });
    expect((await ack(seen[0].cursor)).body.data.ackChanges.cursor).toBe(seen[1].cursor);
    expect((await ack('nonsense')).body.errors?.[0]?.extensions['code']).toBe('CURSOR_INVALID');
    const again = follow(client.iterate({ query, variables: { consumer: 'finance-dashboard' } }));
    expect(data(await again.wait(1), 'projectChanges')[0].after.name).toBe('照明丙');
    await rename('智慧城市照明提升工程');
    await again.wait(2);
    await again.leave();
  });
});
