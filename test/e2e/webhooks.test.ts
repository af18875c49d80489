import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAddressRule } from '../../changes/webhooks/address-rule.ts';
import { secretOf } from '../../changes/webhooks/sign.ts';
import { alertCursor } from '../../resolvers/alert-fields.ts';
import { LOSS, type Change } from '../../schema/model/change.ts';
import { openStore } from '../../store/open-store.ts';
import { codes, DEMO_CONFIGURATION, startTestHub, type TestHub } from '../helpers/hub.ts';
import { as, PEOPLE, tokenOf } from '../helpers/people.ts';

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let test: TestHub;
let endpoint: Server;
let url: string;
let home: string;
const received: Received[] = [];
/** What the endpoint answers next; then 204. */
const answers: number[] = [];
/** Every post, also those that were not taken. */
const tried: Received[] = [];
/** What happens before the endpoint answers next. */
let meanwhile: (() => Promise<unknown>) | undefined;

beforeAll(async () => {
  endpoint = createServer(async (request, response) => {
    const body = (await request.toArray()).map(String).join('');
    tried.push({ headers: request.headers, body });
    const happens = meanwhile;
    meanwhile = undefined;
    await happens?.();
    const status = answers.shift() ?? 204;
    if (status < 300) received.push({ headers: request.headers, body });
    response.writeHead(status, status === 302 ? { location: url } : {}).end();
  }).listen(0, '127.0.0.1');
  await once(endpoint, 'listening');
  const { port } = endpoint.address() as AddressInfo;
  url = `http://127.0.0.1:${port}/hook`;
  const departments = path.dirname(DEMO_CONFIGURATION);
  home = mkdtempSync(path.join(tmpdir(), 'yiwang-test-webhooks-'));
  cpSync(departments, path.join(home, 'departments'), { recursive: true });
  symlinkSync(path.resolve(departments, '../schema'), path.join(home, 'schema'));
  const configurationFile = path.join(home, 'departments', 'hub.yaml');
  const allowed = `webhooks: { hosts: ['127.0.0.1:${port}'], networks: [127.0.0.0/8], retryMs: [20, 40] }\n`;
  writeFileSync(configurationFile, readFileSync(configurationFile, 'utf8').replace(/^release:/m, `${allowed}release:`));
  test = await startTestHub({ configurationFile });
});
afterAll(async () => {
  await test[Symbol.asyncDispose]();
  endpoint.close();
  rmSync(home, { recursive: true });
});

const REGISTER = `mutation($url: String!, $subscription: String!) {
  registerWebhook(name: "审计", url: $url, subscription: $subscription, variables: { ops: ["UPDATED"] }) { secret webhook { id subject cursor problem deadLetterCount } } }`;
const SUBSCRIPTION = 'subscription($ops: [ChangeOperation!]) { projectChanges(operations: $ops) { op after { name } node { code } } }';
const register = (to: string, subscription = SUBSCRIPTION) => test.post(REGISTER, { url: to, subscription });
const state = async () =>
  (await test.post('{ webhooks { id cursor problem deadLetterCount deadLetters { event attempts problem body } } }')).body.data.webhooks;

let made = 0;
async function change(name: string, type = 'Project'): Promise<void> {
  const id = `w${++made}`;
  const common = {
    id,
    transaction: id,
    committedAt: '2024-06-30T12:00:00+08:00',
    rowKey: '1',
    mappingVersion: 1,
    type,
    key: ['2301-320500-04-01-123456'],
  };
  const project: Change = {
    ...common,
    department: 'development',
    source: 'development',
    op: 'UPDATED',
    changedFields: ['name'],
    before: { name: '' },
    after: { name },
  };
  await test.hub.changes.log.append({ changes: [project] });
}
const names = (): string[] =>
  received.map(({ body }) => (JSON.parse(body) as { data: { projectChanges: { after: { name: string } } } }).data.projectChanges.after.name);

describe('a webhook', () => {
  it('may only go where the operator allows, and only for what could be subscribed to', async () => {
    for (const bad of ['ftp://x', 'https://evil.example/', 'http://169.254.169.254/latest', url.replace('://', '://user:pw@'), url.replace(/:\d+/, ':1')])
      expect(codes(await register(bad))).toEqual(['BAD_USER_INPUT']);
    expect(codes(await register(url, '{ hub { version } }'))).toEqual(['BAD_USER_INPUT']);
    expect(codes(await register(url, 'subscription { nothing }'))).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    expect(codes(await register(url, 'subscription { projectChanges(after: "nonsense") { op } }'))).toEqual([]);
    const [{ id }] = await state();
    await expect.poll(async () => String((await state())[0].problem), { timeout: 20_000 }).toMatch(/^CURSOR_INVALID/);
    expect((await test.post('mutation($id: ID!) { removeWebhook(id: $id) }', { id })).body.data).toEqual({ removeWebhook: true });
  }, 90_000);

  it('tells its endpoint that changes were lost, once and in order', async () => {
    const { webhook } = (await register(url)).body.data.registerWebhook;
    await change('before');
    await expect.poll(() => received.length, { timeout: 10_000 }).toBe(1);
    await change('', LOSS);
    await change('after');
    await expect.poll(() => received.length, { timeout: 20_000 }).toBe(3);
    const [before, lost, after] = received.map(({ body }) => JSON.parse(body));
    expect([before, after].map(({ data }) => data.projectChanges.after.name)).toEqual(['before', 'after']);
    expect(lost).toMatchObject({ errors: [{ extensions: { code: 'EVENT_GAP', source: 'development', department: 'development' } }] });
    await test.post('mutation($id: ID!) { removeWebhook(id: $id) }', { id: webhook.id });
    received.length = tried.length = 0;
  }, 60_000);

  it('posts every event in order, signed; tries again; puts aside what is not taken; and posts it again when told to', async () => {
    const { secret, webhook } = (await register(url)).body.data.registerWebhook;
    // At once: the stream has not begun.
    await change('一');
    expect(webhook).toMatchObject({ subject: 'developer', cursor: expect.any(String), problem: null, deadLetterCount: 0 });
    await change('二');
    await expect.poll(names, { timeout: 20_000 }).toEqual(['一', '二']);
    const [{ headers, body }] = received as [Received];
    expect(JSON.parse(body)).toEqual({ data: { projectChanges: { op: 'UPDATED', after: { name: '一' }, node: { code: '2301-320500-04-01-123456' } } } });
    const signed = `${headers['webhook-id'] as string}.${headers['webhook-timestamp'] as string}.${body}`;
    const signature = createHmac('sha256', Buffer.from(String(secret).slice('whsec_'.length), 'base64'))
      .update(signed)
      .digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${signature}`);
    expect(Math.abs(Number(headers['webhook-timestamp']) - Date.now() / 1_000)).toBeLessThan(30);

    answers.push(500, 302);
    await change('三');
    await expect.poll(names, { timeout: 20_000 }).toEqual(['一', '二', '三']);

    answers.push(500, 302, 404);
    await change('四');
    await change('五');
    await expect.poll(names, { timeout: 20_000 }).toEqual(['一', '二', '三', '五']);
    const [aside] = await state();
    expect(aside).toMatchObject({
      problem: null,
      deadLetterCount: 1,
      deadLetters: [{ attempts: 3, problem: 'the endpoint answered 404', body: expect.stringContaining('四') }],
    });

    answers.push(503);
    const redeliver = () => test.post('mutation($id: ID!) { redeliverWebhook(id: $id) { taken webhook { deadLetterCount problem } } }', { id: webhook.id });
    expect((await redeliver()).body.data.redeliverWebhook).toEqual({ taken: 0, webhook: { deadLetterCount: 1, problem: 'the endpoint answered 503' } });
    expect((await redeliver()).body.data.redeliverWebhook).toMatchObject({ taken: 1, webhook: { deadLetterCount: 0 } });
    expect(names()).toEqual(['一', '二', '三', '五', '四']);
    expect(received.at(-1)?.headers['webhook-id']).toBe(aside.deadLetters[0].event);
  }, 90_000);

  it('posts nothing more once its registrant is denied, and goes on from there, under the same secret, when somebody renews it', async () => {
    for (const { id } of await state()) await test.post('mutation($id: ID!) { removeWebhook(id: $id) }', { id });
    received.length = 0;
    const officer = { authorization: `Bearer ${await tokenOf(test, { subject: 'hooker', ...PEOPLE['housing-officer'] })}` };
    const query = 'subscription { projectChanges { after { name } } }';
    const registered = await test.post(REGISTER.replace(', variables: { ops: ["UPDATED"] }', ''), { url, subscription: query }, officer);
    const { webhook } = registered.body.data.registerWebhook;
    await change('甲');
    await expect.poll(names, { timeout: 20_000 }).toEqual(['甲']);
    await test.post('mutation { denyIdentity(kind: SUBJECT, value: "hooker", why: "left") { by } }', {}, await as(test, 'security'));
    await expect.poll(async () => (await state())[0].problem, { timeout: 5_000 }).toMatch(/^SUBSCRIPTION_REVOKED/);
    await change('乙');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(names()).toEqual(['甲']);
    expect(codes(await test.post('mutation($id: ID!) { redeliverWebhook(id: $id) { taken } }', { id: webhook.id }))).toEqual(['SUBSCRIPTION_REVOKED']);
    const renewed = await test.post('mutation($id: ID!) { renewWebhook(id: $id) { subject expiresAt problem } }', { id: webhook.id });
    expect(renewed.body.data.renewWebhook).toMatchObject({ subject: 'developer', problem: null });
    expect(Date.parse(renewed.body.data.renewWebhook.expiresAt)).toBeGreaterThan(Date.now() + 89 * 86_400_000);
    await expect.poll(names, { timeout: 20_000 }).toEqual(['甲', '乙']);
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(2);
  }, 90_000);

  it('is nobody’s but its department’s: to others it does not exist', async () => {
    const { webhook } = (await register(url)).body.data.registerWebhook;
    const finance = await as(test, 'finance-officer');
    expect((await test.post('{ webhooks { id } }', {}, finance)).body.data.webhooks).toEqual([]);
    const step = async (name: string) => (await test.post(`mutation($id: ID!) { step: ${name}(id: $id) }`, { id: webhook.id }, finance)).body;
    expect((await step('removeWebhook')).data).toEqual({ step: false });
    for (const name of ['renewWebhook', 'redeliverWebhook']) {
      const query = `mutation($id: ID!) { ${name}(id: $id) { __typename } }`;
      const [answer, other] = [await test.post(query, { id: webhook.id }, finance), await test.post(query, { id: 'none' }, finance)];
      expect(codes(answer)).toEqual(['BAD_USER_INPUT']);
      expect(answer.body.errors?.[0]?.message).toBe(other.body.errors?.[0]?.message);
    }
    expect((await state()).map(({ id }: { id: string }) => id)).toContain(webhook.id);
    await test.post('mutation($id: ID!) { removeWebhook(id: $id) }', { id: webhook.id });
  });

  it('posts nothing more once the token that registered it is denied', async () => {
    const officer = { authorization: `Bearer ${await tokenOf(test, { subject: 'robbed', ...PEOPLE['housing-officer'], id: 'stolen' })}` };
    const query = 'subscription { projectChanges { after { name } } }';
    const registered = await test.post(REGISTER.replace(', variables: { ops: ["UPDATED"] }', ''), { url, subscription: query }, officer);
    const { id } = registered.body.data.registerWebhook.webhook;
    await test.post('mutation { denyIdentity(kind: TOKEN, value: "stolen", why: "lost") { by } }', {}, await as(test, 'security'));
    const problem = async () => (await state()).find((each: { id: string }) => each.id === id).problem;
    await expect.poll(problem, { timeout: 5_000 }).toMatch(/^SUBSCRIPTION_REVOKED/);
    await test.post('mutation($id: ID!) { removeWebhook(id: $id) }', { id });
  }, 30_000);

  it('posts nothing more once its days are over, and goes on from there when it is renewed', async () => {
    const [{ id }] = await state();
    received.length = 0;
    await change('丙');
    await expect.poll(names, { timeout: 20_000 }).toEqual(['丙']);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 91 * 86_400_000 });
    try {
      await expect.poll(async () => (await state())[0].problem, { timeout: 20_000 }).toMatch(/^TOKEN_EXPIRED/);
      await change('丁');
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(names()).toEqual(['丙']);
      await test.post('mutation($id: ID!) { renewWebhook(id: $id) { problem } }', { id });
      await expect.poll(names, { timeout: 20_000 }).toEqual(['丙', '丁']);
    } finally {
      vi.useRealTimers();
    }
  }, 90_000);
});

describe('where a webhook begins', () => {
  const begins = async (subscription: string) => {
    const { webhook } = (await register(url, subscription)).body.data.registerWebhook;
    await test.post('mutation($id: ID!) { removeWebhook(id: $id) }', { id: webhook.id });
    return webhook.cursor;
  };

  it('is kept before its registration is answered: the newest alert, or what the subscription says', async () => {
    await using store = await openStore(test.hub.configuration.store.url);
    expect(await begins('subscription { alerts { rule } }')).toBe(alertCursor(test.hub, await store.alertEvents.newest()));
    const cursor = await begins(SUBSCRIPTION);
    expect(cursor).toEqual(expect.any(String));
    expect(await begins(`subscription { alerts(after: "${cursor}") { rule } }`)).toBe(cursor);
    expect(await begins(`subscription { projectChanges(after: "${cursor}") { op } }`)).toBe(cursor);
  });
});

describe('a webhook whose rights change', () => {
  const PURPOSE = '农民工工资核查';
  const CHANGED = 'subscription { paymentChanges { changedFields node { voucherNo } } }';
  let headers: Readonly<Record<string, string>>;
  let officer: Readonly<Record<string, string>>;
  beforeAll(async () => {
    officer = await as(test, 'finance-officer');
    headers = await as(test, 'housing-officer', PURPOSE);
  });
  beforeEach(async () => {
    for (const { id } of await state()) await test.post('mutation($id: ID!) { removeWebhook(id: $id) }', { id });
    received.length = tried.length = 0;
  });

  /** @returns to withdraw it */
  async function agree(): Promise<() => Promise<unknown>> {
    const input = { type: 'Payment', fields: ['amount'], purpose: PURPOSE, legalBasis: '保障农民工工资支付条例' };
    const asked = await test.post('mutation ($input: AgreementRequestInput!) { requestAgreement(input: $input) { id } }', { input }, headers);
    const { id } = asked.body.data.requestAgreement;
    const decide = 'mutation ($id: ID!) { decideAgreement(id: $id, grant: true, validTo: "2024-12-31T00:00:00+08:00") { state } }';
    expect((await test.post(decide, { id }, officer)).body.data.decideAgreement.state).toBe('IN_FORCE');
    return () => test.post('mutation ($id: ID!) { withdrawAgreement(id: $id) { state } }', { id }, officer);
  }
  const hook = async (subscription: string): Promise<string> =>
    (await test.post(REGISTER.replace(', variables: { ops: ["UPDATED"] }', ''), { url, subscription }, headers)).body.data.registerWebhook.webhook.id;
  const redeliver = (id: string) => test.post('mutation($id: ID!) { redeliverWebhook(id: $id) { taken webhook { deadLetterCount problem } } }', { id });
  async function pay(...changedFields: string[]): Promise<void> {
    const id = `w${++made}`;
    const image = { voucherNo: 'ZF2024000045', amount: '1.00', status: 'PAID' };
    const payment: Change = {
      id,
      transaction: id,
      committedAt: '2024-06-30T12:00:00+08:00',
      rowKey: 'ZF2024000045',
      mappingVersion: 1,
      type: 'Payment',
      key: ['ZF2024000045'],
      department: 'finance',
      source: 'finance',
      op: 'UPDATED',
      changedFields,
      before: { ...image, amount: '0.00' },
      after: image,
    };
    await test.hub.changes.log.append({ changes: [payment] });
  }
  const fieldsIn = ({ body }: Received): string[] => JSON.parse(body).data.paymentChanges.changedFields;
  const idOf = ({ headers: { 'webhook-id': id } }: Received) => id;

  it('makes what was not taken anew under the rights of now, under the same id', async () => {
    const withdraw = await agree();
    await hook(CHANGED);
    meanwhile = withdraw;
    answers.push(500);
    await pay('amount', 'status');
    await pay('status');
    await expect.poll(() => received.length, { timeout: 20_000 }).toBe(2);
    expect(fieldsIn(tried[0]!)).toEqual(['amount', 'status']);
    expect(received.map(fieldsIn)).toEqual([['status'], ['status']]);
    expect(idOf(received[0]!)).toBe(idOf(tried[0]!));
    expect(new Set(received.map(idOf)).size).toBe(2);
  }, 90_000);

  it('makes dead letters anew before they are posted again, and forgets those of what may no longer be told', async () => {
    const withdraw = await agree();
    const id = await hook(CHANGED);
    answers.push(500, 500, 500, 500, 500, 500, 500, 500, 500);
    await pay('status');
    await pay('amount');
    await pay('amount', 'status');
    await expect.poll(async () => (await state())[0].deadLetterCount, { timeout: 20_000 }).toBe(3);
    const seenBy = async (who: Readonly<Record<string, string>>) =>
      (await test.post('{ webhooks { deadLetters { body } } }', {}, who)).body.data.webhooks[0].deadLetters.map(
        (letter: { body: string | null }) => letter.body !== null,
      );
    expect(await seenBy(headers)).toEqual([true, true, true]);
    expect(await seenBy(await as(test, 'housing-officer'))).toEqual([false, false, false]);
    expect((await test.post('{ webhooks { id } }', {}, officer)).body.data.webhooks).toEqual([]);
    await withdraw();
    expect(await seenBy(headers)).toEqual([false, false, false]);
    const letters = (await state())[0].deadLetters as { event: string; body: string }[];
    expect(letters.filter(({ body }) => body.includes('amount'))).toHaveLength(2);
    expect((await redeliver(id)).body.data.redeliverWebhook).toMatchObject({ taken: 2, webhook: { deadLetterCount: 0 } });
    expect(received.map(fieldsIn)).toEqual([['status'], ['status']]);
    expect(received.map(idOf)).toEqual([letters[2]?.event, letters[0]?.event]);
  }, 90_000);

  it('posts nothing when it asks for what it may no longer see, and says so', async () => {
    const withdraw = await agree();
    const id = await hook('subscription { paymentChanges { node { amount } } }');
    answers.push(500, 500, 500);
    await pay('amount');
    await expect.poll(async () => (await state())[0].deadLetterCount, { timeout: 20_000 }).toBe(1);
    meanwhile = withdraw;
    answers.push(500);
    await pay('status');
    await expect.poll(async () => (await state())[0].problem, { timeout: 20_000 }).toMatch(/^(GRAPHQL_VALIDATION_FAILED|AGREEMENT_REQUIRED): .*amount/);
    const refused = await redeliver(id);
    expect(refused.body.errors?.[0]?.message).toMatch(/^The rights of this webhook have changed .* cannot be: .*amount/);
    expect(received).toEqual([]);
    expect(tried).toHaveLength(4);
    expect((await state())[0].deadLetterCount).toBe(1);
  }, 90_000);
});

describe('the secret of a webhook', () => {
  it('is the same each time that it is made, and no other webhook or hub has it', () => {
    const [key, other] = ['k'.repeat(32), 'o'.repeat(32)];
    expect(secretOf(key, 'a')).toBe(secretOf(key, 'a'));
    expect(new Set([secretOf(key, 'a'), secretOf(key, 'b'), secretOf(other, 'a')]).size).toBe(3);
  });
});

describe('the address rule', () => {
  const open = createAddressRule({ hosts: ['hooks.example.cn'], networks: [], retryMs: [], validDays: 1 });
  const inner = createAddressRule({ hosts: [], networks: ['10.20.0.0/16'], retryMs: [], validDays: 1 });

  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '::1',
    '::',
    'fe80::1',
    'fd00::1',
    '::ffff:169.254.169.254',
    '64:ff9b::a9fe:a9fe',
  ])('takes %s for an inner address', (address) => expect(open.mayConnect(address)).toBe(false));

  it('lets public addresses pass, and inner ones that are allowed', () => {
    expect(['1.2.3.4', '2400:3200::1'].map((address) => open.mayConnect(address))).toEqual([true, true]);
    expect(['10.20.3.4', '10.21.3.4'].map((address) => inner.mayConnect(address))).toEqual([true, false]);
  });

  it.each(['http://2852039166/', 'http://0xa9fea9fe/', 'http://0251.0376.0251.0376/', 'http://[::ffff:169.254.169.254]/'])(
    'knows %s under its other names',
    (text) => {
      const { host } = new URL(text);
      const listed = createAddressRule({ hosts: [host], networks: [], retryMs: [], validDays: 1 });
      expect(() => listed.checkUrl(text)).toThrow(/inner network/);
    },
  );
});
