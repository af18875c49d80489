/** Alerts for those who may not see everything: a purpose that must be stated, a source that decides and does not answer, rights that change under a stream. */
import { rename } from 'node:fs/promises';
import path from 'node:path';
import { parse, type OperationDefinitionNode } from 'graphql';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { StreamRequest } from '../../changes/subscriptions/stream-request.ts';
import type { View } from '../../federation/supergraph/view.ts';
import { alertCursor } from '../../resolvers/alert-fields.ts';
import { createAlertTopic } from '../../resolvers/alert-topic.ts';
import type { HubContext } from '../../resolvers/context.ts';
import type { Principal } from '../../schema/model/principal.ts';
import { createStreamContext } from '../../server/stream-context.ts';
import { accessRecords } from '../helpers/access-records.ts';
import { untilFiring } from '../helpers/alerts.ts';
import { untilLive, writeDemo } from '../helpers/changes.ts';
import { codes, startTestHub, type TestHub } from '../helpers/hub.ts';
import { as, PEOPLE, tokenOf, type Person } from '../helpers/people.ts';
import { createSinkClient, type SinkClient } from '../helpers/stream-client.ts';
import { follow, openClient, type Subscriber } from '../helpers/subscriber.ts';

let test: TestHub;
beforeAll(async () => {
  test = await startTestHub();
  await untilLive(test.hub);
  await untilFiring(test.hub, 'report-overdue', { WT202311050001: true });
  writeDemo(test.folder, 'finance', `update zf_zfpz_2024 set zje = 28000000000 where pzh = 'ZF2024000045'`);
  await untilFiring(test.hub, 'paid-ahead-of-progress', { '2301-320500-04-01-123456': true });
});
afterAll(() => test[Symbol.asyncDispose]());

const rest = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const nodes = async (query: string, headers = {}) => (await test.post(query, {}, headers)).body.data.alerts.nodes;
const idsOf = async (rule: string): Promise<string[]> =>
  (await nodes(`{ alerts(rules: ["${rule}"], first: 200) { nodes { id } } }`)).map(({ id }: { id: string }) => id);
/** An event that reads no source. */
const acknowledge = async (id = ''): Promise<void> => {
  const { body } = await test.post('mutation ($id: ID!) { acknowledgeAlert(id: $id) { id } }', { id });
  expect(body.errors).toBeUndefined();
};

async function subscribe(headers: Readonly<Record<string, string>>, query: string): Promise<Subscriber> {
  const { authorization, 'x-purpose': purpose } = headers;
  const client = openClient(test.address, {
    connectionParams: { authorization, ...(purpose === undefined ? {} : { purpose: decodeURIComponent(purpose) }) },
  });
  const subscriber = follow(client.iterate({ query }));
  await rest(1_000);
  return { ...subscriber, leave: async () => client.dispose() };
}

describe('what is read for a stated purpose only', () => {
  const QUERY = '{ alerts(first: 200) { totalCount nodes { rule redacted values value evidence { causes { rowKey } } subject { type name } } } }';

  it('is in no alert while none is stated, and in all once one is', async () => {
    const without = (await test.post(QUERY, {}, await as(test, 'auditor'))).body.data.alerts;
    const of = (list: typeof without, wanted: string) => list.nodes.filter(({ rule }: { rule: string }) => rule === wanted);
    expect(without.nodes.filter(({ subject }: { subject: { type: string } }) => subject.type === 'Payment')).toEqual([]);
    expect(without.totalCount).toBeNull();
    expect(of(without, 'paid-ahead-of-progress')).toMatchObject([{ redacted: true, values: { contractTotal: '366000000.00' }, value: null, evidence: null }]);
    expect(of(without, 'paid-ahead-of-progress')[0].values).not.toHaveProperty('paidTotal');
    expect(of(without, 'started-without-permit')[0]).toMatchObject({ redacted: false });

    const stated = (await test.post(QUERY, {}, await as(test, 'auditor', '年度审计'))).body.data.alerts;
    expect(stated.totalCount).toBe(stated.nodes.length);
    expect(of(stated, 'paid-ahead-of-progress')[0].values).toHaveProperty('paidTotal');
    expect(of(stated, 'payee-not-contractor')[0]).toMatchObject({ redacted: false, values: { status: 'PAID', payeeName: expect.any(String) } });
  });

  it('is in no event of a stream either', async () => {
    const query = 'subscription { alerts(states: [ACKNOWLEDGED]) { rule values } }';
    const without = await subscribe(await as(test, 'auditor'), query);
    const stated = await subscribe(await as(test, 'auditor', '年度审计'), query);
    await acknowledge((await idsOf('payee-not-contractor'))[0]);
    await acknowledge((await idsOf('started-without-permit'))[0]);
    const rulesOf = ({ results }: Subscriber): string[] => results.map(({ data }) => data.alerts.rule);
    await stated.wait(2);
    await without.wait(1);
    expect(rulesOf(stated)).toEqual(['payee-not-contractor', 'started-without-permit']);
    expect(rulesOf(without)).toEqual(['started-without-permit']);
    await Promise.all([without.leave(), stated.leave()]);
  });
});

describe('what a stream of alerts shows', () => {
  it('is in the access log: whom each event is about, and what its values were made of', async () => {
    const streams = await Promise.all(
      ['{ rule values }', '{ rule state }'].map(async (selection) =>
        subscribe(await as(test, 'auditor', '年度审计'), `subscription { alerts(states: [ACKNOWLEDGED]) ${selection} }`),
      ),
    );
    await acknowledge((await idsOf('payee-not-contractor'))[0]);
    for (const stream of streams) {
      await stream.wait(1);
      await stream.leave();
    }
    const deliveries = accessRecords(path.join(test.folder, 'access-log')).flatMap((record) => (record.kind === 'delivery' ? [record] : []));
    const [full, bare] = [deliveries.at(-2), deliveries.at(-1)].toSorted((a, b) => (b?.reads?.length ?? 0) - (a?.reads?.length ?? 0));
    expect(full?.reads).toContainEqual(expect.objectContaining({ department: 'finance', fields: expect.arrayContaining(['Payment.payeeName', 'Payment.status']) })); // prettier-ignore
    expect(bare?.reads).toEqual([]);
    for (const { subjects } of [full!, bare!]) expect(subjects).toMatchObject([{ type: 'Payment', count: 1, keys: [expect.any(String)] }]);
  });
});

describe('an alert of a row that is hidden', () => {
  it('is acknowledged as little as one that does not exist', async () => {
    const [id = ''] = await idsOf('payee-not-contractor');
    const ask = async (asked: string, headers: Readonly<Record<string, string>>) => {
      const answer = await test.post('mutation ($id: ID!) { acknowledgeAlert(id: $id, note: "x") { id } }', { id: asked }, headers);
      return JSON.stringify([codes(answer), answer.body.data, answer.body.errors?.[0]?.message]).replaceAll(asked, 'ID');
    };
    const officer = async (department: string) => ({
      authorization: `Bearer ${await tokenOf(test, { subject: 'o', roles: ['auditor', 'officer'], department })}`,
    });
    // To auditors, payments are there for a stated purpose.
    expect(await ask(id, await officer('audit'))).toBe(await ask('00000000-0000-0000-0000-000000000000', await officer('audit')));
    expect(await ask(id, { ...(await officer('audit')), 'x-purpose': 'p' })).toBe('[[],{"acknowledgeAlert":{"id":"ID"}},null]');
  });
});

describe('while the source that decides who sees the subject does not answer', { timeout: 60_000 }, () => {
  const QUERY = '{ alerts(first: 200) { nodes { id subject { type } } } }';
  const file = (): string => path.join(test.folder, 'development.sqlite');
  let isDown = false;
  const takeDown = async (): Promise<void> => {
    await rename(file(), `${file()}.away`);
    isDown = true;
    await vi.waitFor(async () => expect((await test.post('{ projects(first: 1) { nodes { code name } } }')).body.errors).toBeDefined(), { timeout: 10_000 });
  };
  const putUp = async (): Promise<void> => {
    if (isDown) await rename(`${file()}.away`, file());
    isDown = false;
    await vi.waitFor(async () => expect((await test.post('{ projects(first: 1) { nodes { code name } } }')).body.errors).toBeUndefined(), { timeout: 20_000 });
  };
  afterEach(async () => {
    vi.restoreAllMocks();
    await putUp();
  });
  const ofProject = async (): Promise<string> =>
    (await nodes(QUERY, await as(test, 'housing-clerk'))).find(({ subject }: { subject: { type: string } }) => subject.type === 'Project').id;

  it('a list fails with its error', async () => {
    const clerk = await as(test, 'housing-clerk');
    await takeDown();
    const answer = await test.post(QUERY, {}, clerk);
    expect(answer.body.errors).toMatchObject([{ path: ['alerts'], extensions: { source: 'development', retryable: true } }]);
    expect(codes(answer)[0]).toMatch(/^SOURCE_/);
  });

  it('a stream waits for it, and loses nothing', async () => {
    const id = await ofProject();
    const stream = await subscribe(await as(test, 'housing-clerk'), 'subscription { alerts(states: [ACKNOWLEDGED]) { alert { id } } }');
    await takeDown();
    await acknowledge(id);
    await rest(1_000);
    expect([stream.results, stream.failure()]).toEqual([[], undefined]);
    await putUp();
    expect((await stream.wait(1, 20_000))[0]).toEqual({ data: { alerts: { alert: { id } } } });
    await stream.leave();
  });

  it('a stream that has waited too long ends with its error and the cursor of what was told last', async () => {
    const id = await ofProject();
    const stream = await subscribe(await as(test, 'housing-clerk'), 'subscription { alerts(states: [ACKNOWLEDGED]) { cursor } }');
    await acknowledge(id);
    const [{ data }] = await stream.wait(1);
    await takeDown();
    await acknowledge(id);
    await rest(500);
    const now = performance.now.bind(performance);
    vi.spyOn(performance, 'now').mockImplementation(() => now() + 60_000);
    expect(await stream.ended(20_000)).toMatchObject([
      { extensions: { code: expect.stringMatching(/^SOURCE_/), source: 'development', cursor: data.alerts.cursor } },
    ]);
    await stream.leave();
  });
});

describe('a stream whose reader’s rights change', () => {
  /** A session that itself ends nothing, as a webhook's. */
  async function run(
    person: Person,
    viewOf: { now: View },
  ): Promise<{ readonly client: SinkClient; readonly ended: Promise<void>; readonly recheck: () => void }> {
    const text = 'subscription { alerts(states: [ACKNOWLEDGED]) { rule values } }';
    const document = parse(text);
    const { roles } = PEOPLE[person];
    const request: StreamRequest = {
      requestId: 'r',
      document,
      operation: document.definitions[0] as OperationDefinitionNode,
      text,
      rawVariables: {},
      variables: {},
      view: viewOf.now,
      currentView: () => viewOf.now,
      principal: { subject: person, roles: [...roles], attributes: {} },
    };
    const accessLog = { subjectKeys: 10 } as HubContext['accessLog'];
    const topic = createAlertTopic(createStreamContext({ ...test.hub, accessLog } as unknown as Parameters<typeof createStreamContext>[0]));
    const client = createSinkClient();
    const ended = topic.run(request, client.sink);
    ended.catch(() => undefined);
    await expect.poll(client.cursor).toBeDefined();
    return { client, ended, recheck: () => topic.recheck?.() };
  }
  const viewFor = (principal: Omit<Principal, 'subject' | 'attributes'>): View =>
    test.hub.federation.generation().view(test.hub.access.rightsOf({ subject: 'x', attributes: {}, ...principal }));
  const told = ({ texts }: SinkClient) => texts.map((text) => (JSON.parse(text) as { data: { alerts: { rule: string; values: object } } }).data.alerts);

  it('goes on with what they are now', async () => {
    const AUDITOR = { roles: ['auditor'], department: 'audit' } as const;
    const view = { now: viewFor({ ...AUDITOR, purpose: '年度审计' }) };
    const { client, ended } = await run('auditor', view);
    const [permit] = await idsOf('started-without-permit');
    const [payee] = await idsOf('payee-not-contractor');
    await acknowledge(payee);
    await expect.poll(() => told(client).length, { timeout: 5_000 }).toBe(1);
    expect(told(client)[0]?.values).toHaveProperty('amount');
    view.now = viewFor(AUDITOR);
    await acknowledge(payee);
    await acknowledge(permit);
    await expect.poll(() => told(client).length, { timeout: 5_000 }).toBe(2);
    expect(told(client)[1]?.rule).toBe('started-without-permit');
    client.leave();
    await ended;
  });

  it('ends with SUBSCRIPTION_REVOKED and its cursor, at once, when it no longer may have alerts', async () => {
    const view = { now: viewFor({ roles: ['auditor'], department: 'audit' }) };
    const { client, ended, recheck } = await run('auditor', view);
    view.now = viewFor({ roles: ['operator'] });
    recheck();
    await expect(ended).rejects.toMatchObject({ code: 'SUBSCRIPTION_REVOKED', cursor: alertCursor(test.hub, await test.hub.alerts.log.newest()) });
    expect(client.texts).toEqual([]);
  });
});

describe('a rule that there is not', () => {
  const message = 'There is no alert rule "started-without-permt"; did you mean "started-without-permit"?';

  it('is refused in a list, with the nearest that there is', async () => {
    const answer = await test.post('{ alerts(rules: ["started-without-permit", "started-without-permt"]) { totalCount } }');
    expect(answer.body.errors).toMatchObject([{ message, path: ['alerts'], extensions: { code: 'BAD_USER_INPUT' } }]);
    const far = await test.post('{ alerts(rules: ["no-such-rule"]) { totalCount } }');
    expect(far.body.errors?.[0]?.message).toMatch(/^There is no alert rule "no-such-rule"; there are .*payee-not-contractor/);
  });

  it('is refused by a stream', async () => {
    const stream = await subscribe(await as(test, 'auditor'), 'subscription { alerts(rules: ["started-without-permt"]) { rule } }');
    expect(await stream.ended()).toMatchObject([{ message, extensions: { code: 'BAD_USER_INPUT' } }]);
    await stream.leave();
  });
});
