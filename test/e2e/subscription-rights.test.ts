/** What a subscriber may see, live and in a replay: rows, masks, filters; and that nothing is told once the rights have ended. */
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessRecords, recordsOf } from '../helpers/access-records.ts';
import { untilLive, writeDemo } from '../helpers/changes.ts';
import { send, startTestHub, type TestHub } from '../helpers/hub.ts';
import { as, tokenOf, type Person } from '../helpers/people.ts';
import { follow, openClient, type Result, type Subscriber } from '../helpers/subscriber.ts';

let test: TestHub;
beforeAll(async () => {
  test = await startTestHub();
  await untilLive(test.hub);
});
afterAll(() => test[Symbol.asyncDispose]());

/** In the clerk's district, and in another. */
const [LIGHTS, SCHOOL] = ['320500230000000000017', '320508220000000000042'];
const payment = (voucher: string, project: string): string =>
  `insert into zf_zfpz_2024 (pzh, xmdm, htbh, zje, zfrq, zffs, zjxz, skrmc, zt, gxsj) values ('${voucher}', '${project}', 'SZZJ-2023-0087', 100, '20240301', '11', '111', '某公司', '2', '2024-06-30 09:00:00')`;
const move = (voucher: string, project: string): string => `update zf_zfpz_2024 set xmdm = '${project}' where pzh = '${voucher}'`;

async function write(department: string, sql: string): Promise<void> {
  const { log } = test.hub.changes;
  const newest = await log.newest();
  writeDemo(test.folder, department, sql);
  await log.waitBeyond(newest, AbortSignal.timeout(10_000));
  await rest(300);
}
const rest = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function subscribe(authorization: string, query: string, after?: string): Promise<Subscriber> {
  const client = openClient(test.address, { connectionParams: { authorization } });
  const subscriber = follow(client.iterate({ query, variables: { after } }));
  await rest(1_500);
  return { ...subscriber, leave: async () => client.dispose() };
}
const bearer = async (person: Person): Promise<string> => (await as(test, person))['authorization'] ?? '';
const data = (results: readonly Result[], field: string): Result[] => results.map((result) => result.data[field]);

describe('A40 rows that a rule hides', () => {
  const QUERY =
    'subscription($after: String) { paymentChanges(after: $after) { cursor op transition before { voucherNo } after { voucherNo payeeName } node { voucherNo } } }';

  it('are told when they come into sight and, without anything new, when they go out of it; a replay tells only of what is in sight now', async () => {
    const clerk = await bearer('housing-clerk');
    const subscriber = await subscribe(clerk, QUERY);
    await write('finance', payment('R1', LIGHTS));
    await write('finance', payment('R2', SCHOOL)); // never seen
    await write('finance', `update zf_zfpz_2024 set skrmc = '另一公司' where pzh = 'R2'`);
    await write('finance', move('R2', LIGHTS));
    await write('finance', move('R1', SCHOOL));
    await write('finance', `update zf_zfpz_2024 set skrmc = '另一公司' where pzh = 'R1'`);
    const [{ cursor }] = data(await subscriber.wait(3), 'paymentChanges');
    const meanwhile = await subscribe(clerk, QUERY, cursor);
    // A rule that leads to another row is tested as things are now: of R2 all is told, of R1 no value.
    for (const { before, after, node } of data(await meanwhile.wait(2), 'paymentChanges'))
      expect([before, after, node].flatMap((part) => part?.voucherNo ?? [])).not.toContain('R1');
    expect(JSON.stringify(meanwhile.results)).toContain('R2');
    expect(JSON.stringify(meanwhile.results)).not.toContain('R1');
    await meanwhile.leave();
    await write('finance', `delete from zf_zfpz_2024 where pzh = 'R1'`); // hidden by now
    await write('finance', `delete from zf_zfpz_2024 where pzh = 'R2'`);
    const told = data(await subscriber.wait(4), 'paymentChanges');
    await rest(500);
    expect(subscriber.results).toHaveLength(4);
    expect(told.map(({ transition, after }) => [transition, after?.voucherNo ?? null])).toEqual([
      ['ENTERED', 'R1'],
      ['ENTERED', 'R2'],
      ['LEFT', null],
      ['LEFT', null],
    ]);
    expect(told[1]).toMatchObject({ op: 'UPDATED', after: { voucherNo: 'R2' }, node: { voucherNo: 'R2' } });
    expect(told[2]).toMatchObject({ op: 'UPDATED', node: null });
    await subscriber.leave();

    // What is gone by now can be tested by nobody: only that it left is told of it.
    const again = await subscribe(clerk, QUERY, told[0].cursor);
    for (const { after, node } of data(again.results, 'paymentChanges')) expect([after, node]).toEqual([null, null]);
    await again.leave();
  });
});

describe('fields', () => {
  const QUERY =
    'subscription($after: String) { siteReportChanges(after: $after) { cursor changedFields before { reporterPhone } after { reporterPhone } node { reporterPhone } } }';
  const REPORT = `insert into "现场问题" ("单号", "项目编号", "来源", "类别", "上报时间", "状态", "上报电话") values ('M1', '3205002303010201', 1, 'LAMP', 1719712800000, 1, '13812345678')`;

  it('that are masked are masked in images and entities, live and in a replay', async () => {
    const officer = await bearer('housing-officer');
    const subscriber = await subscribe(officer, QUERY);
    await write('housing', REPORT);
    await write('housing', `update "现场问题" set "上报电话" = '13987654321' where "单号" = 'M1'`);
    const told = data(await subscriber.wait(2), 'siteReportChanges');
    expect(told.map(({ before, after }) => [before?.reporterPhone ?? null, after.reporterPhone])).toEqual([
      [null, '138****5678'],
      ['138****5678', '139****4321'],
    ]);
    expect(told[1].node).toEqual({ reporterPhone: '139****4321' });
    await subscriber.leave();
    const again = await subscribe(officer, QUERY, told[0].cursor);
    expect(data(await again.wait(1), 'siteReportChanges')[0]).toEqual(told[1]);
    await again.leave();
  });

  it('A40 that are hidden or masked cannot be filtered by', async () => {
    for (const [person, query, code] of [
      ['housing-officer', 'subscription { siteReportChanges(where: { reporterPhone: { startsWith: "138" } }) { op } }', 'FORBIDDEN_FILTER'],
      ['housing-clerk', 'subscription { siteReportChanges(where: { reporterPhone: { startsWith: "138" } }) { op } }', 'GRAPHQL_VALIDATION_FAILED'],
    ] as const) {
      const subscriber = await subscribe(await bearer(person), query);
      expect([person, await subscriber.ended()]).toMatchObject([person, [{ message: expect.stringContaining('reporterPhone'), extensions: { code } }]]);
    }
  });
});

describe('a type that is read for a purpose only', () => {
  it('A40 is not told of to whoever states none', async () => {
    for (const query of ['subscription { paymentChanges { op after { amount } } }', 'subscription { changes(types: [PAYMENT]) { op } }']) {
      const subscriber = await subscribe(await bearer('auditor'), query);
      expect(await subscriber.ended()).toMatchObject([{ extensions: { code: 'PURPOSE_REQUIRED' } }]);
    }
    const everything = await subscribe(await bearer('auditor'), 'subscription { changes { type } }');
    await write('finance', payment('PURPOSE-1', LIGHTS));
    await write('development', `update inv_project set project_name = '乙' where project_code = '2301-320500-04-01-123456'`);
    expect(data(await everything.wait(1), 'changes').map(({ type }) => type)).not.toContain('Payment');
    await everything.leave();
  });
});

describe('what was told', () => {
  it('is in the access log, with whom it was about, under the keys that a query of them is recorded with', async () => {
    const token = await tokenOf(test, { subject: 'follower', roles: ['consumer'], department: 'development' });
    const authorization = `Bearer ${token}`;
    const code = '2301-320500-04-01-123456';
    const subscriber = await subscribe(authorization, 'subscription { projectChanges { after { name } node { payments(first: 1) { nodes { voucherNo } } } } }');
    await write('development', `update inv_project set project_name = '甲' where project_code = '${code}'`);
    const [told] = data(await subscriber.wait(1), 'projectChanges');
    expect(told.node.payments.nodes).toHaveLength(1);
    await subscriber.leave();
    const folder = path.join(test.folder, 'access-log');
    const query = `{ project(code: "${code}") { name payments(first: 1) { nodes { voucherNo } } } }`;
    await send(`${test.address}/graphql`, { query }, { authorization, 'x-request-id': 'the-same' });
    const keysOf = (subjects: readonly { readonly type: string; readonly keys: readonly string[] }[] | undefined): unknown =>
      Object.fromEntries((subjects ?? []).map(({ type, keys }) => [type, keys]));
    const asked = keysOf(recordsOf(folder, 'the-same')[0]?.subjects);
    expect(asked).toEqual({ Project: [expect.any(String)], Payment: [expect.any(String)] });
    const deliveries = accessRecords(folder).flatMap((record) => (record.kind === 'delivery' && record.who?.subject === 'follower' ? [record] : []));
    expect(deliveries.map(({ count, subjects }) => [count, keysOf(subjects)])).toEqual([[1, asked]]);
    expect(JSON.stringify(deliveries)).not.toContain(code);
    const read = (deliveries[0]?.reads ?? []).map(({ department, fields }) => [department, fields]);
    expect(read).toEqual(expect.arrayContaining([['development', ['Project.name']], ['finance', ['Payment.voucherNo']]])); // prettier-ignore

    // Whose data it was can ask who was told of an entity.
    const { voucherNo } = told.node.payments.nodes[0];
    const officer = await tokenOf(test, { subject: 'f', roles: ['officer'], department: 'finance' });
    const who =
      'query ($entity: AccessEntity!) { accessLog(filter: { entity: $entity, kind: DELIVERY }) { nodes { subject reads { department fields } subjects { type } } } }';
    const variables = { entity: { type: 'Payment', key: voucherNo } };
    const { body } = await send(`${test.address}/graphql`, { query: who, variables }, { authorization: `Bearer ${officer}` });
    expect(body.data.accessLog.nodes).toEqual([
      { subject: 'follower', reads: [{ department: 'finance', fields: expect.arrayContaining(['Payment.voucherNo']) }], subjects: [{ type: 'Payment' }] },
    ]);
  });
});

describe('rights that end', { timeout: 40_000 }, () => {
  const QUERY = 'subscription { projectChanges { cursor after { name } } }';
  const rename = (name: string): Promise<void> =>
    write('development', `update inv_project set project_name = '${name}' where project_code = '2301-320500-04-01-123456'`);

  /** The same subscription over both transports, and what each was told. */
  async function both(token: string): Promise<{
    readonly socket: Subscriber;
    readonly closes: readonly unknown[];
    readonly stream: { readonly text: string; readonly endedAt: number };
    leave(): Promise<void>;
  }> {
    const authorization = `Bearer ${token}`;
    const closes: { readonly at: number; readonly reason: string }[] = [];
    const client = openClient(test.address, {
      connectionParams: { authorization },
      on: { closed: (event) => closes.push({ at: Date.now(), reason: (event as { reason: string }).reason }) },
    });
    const socket = follow(client.iterate({ query: QUERY }));
    const stream = { text: '', endedAt: 0 };
    const response = await fetch(`${test.address}/graphql/stream`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization },
      body: JSON.stringify({ query: QUERY }),
    });
    void (async () => {
      const decoder = new TextDecoder();
      for await (const part of response.body ?? []) stream.text += decoder.decode(part as Uint8Array, { stream: true });
      stream.endedAt = Date.now();
    })();
    await rest(800);
    return { socket, closes, stream, leave: async () => client.dispose() };
  }

  it.each<[string, number, () => Promise<void>]>([
    ['TOKEN_EXPIRED', 6, async () => Promise.resolve()],
    [
      'SUBSCRIPTION_REVOKED',
      600,
      async () => {
        const { body } = await test.post(
          'mutation { denyIdentity(kind: SUBJECT, value: "SUBSCRIPTION_REVOKED", why: "left") { by } }',
          {},
          await as(test, 'security'),
        );
        expect(body.errors).toBeUndefined();
      },
    ],
  ])('end every stream with %s within five seconds, and nothing is told after', async (code, seconds, end) => {
    const expiresAt = Date.now() + seconds * 1_000;
    // A token is taken until so long after its time, as clocks may differ.
    const skew = 30;
    const streams = await both(await tokenOf(test, { subject: code, roles: ['consumer'], department: 'development', seconds: seconds - skew }));
    await rename(`${code}甲`);
    await streams.socket.wait(1);
    await expect.poll(() => streams.stream.text).toContain(`${code}甲`);
    await end();
    const ends = code === 'TOKEN_EXPIRED' ? expiresAt : Date.now();
    await streams.socket.ended(12_000);
    await expect.poll(() => streams.stream.endedAt, { timeout: 12_000 }).toBeGreaterThan(0);
    expect(Math.max(streams.stream.endedAt, Date.now()) - ends).toBeLessThan(5_000);
    expect(streams.stream.text).toContain(code);
    expect(JSON.stringify([streams.closes, streams.socket.failure()])).toContain(code);
    const [told, text] = [streams.socket.results.length, streams.stream.text];
    await rename(`${code}乙`);
    expect([streams.socket.results.length, streams.stream.text]).toEqual([told, text]);
    await streams.leave();
  });
});
