import { readFileSync } from 'node:fs';
import WebSocket from 'ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { followPayments } from '../../docs/guides/follow-payments.ts';
import { untilLive, writeDemo } from '../helpers/changes.ts';
import { startTestHub, type TestHub } from '../helpers/hub.ts';
import { follow, openClient } from '../helpers/subscriber.ts';

const guide = readFileSync(new URL('../../docs/guides/subscriptions.md', import.meta.url), 'utf8');
const blocks = (language: string): string[] => [...guide.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]+?)^\`\`\``, 'gm'))].map(([, text = '']) => text);

let test: TestHub;
beforeAll(async () => {
  test = await startTestHub();
  await untilLive(test.hub);
});
afterAll(() => test[Symbol.asyncDispose]());

const pay = (): void =>
  writeDemo(test.folder, 'finance', `update zf_zfpz_2023 set zje = zje + 100 where pzh = (select min(pzh) from zf_zfpz_2023 where zt <> '9')`);

describe('the guide to subscriptions', () => {
  it.each(blocks('graphql').filter((text) => text.startsWith('subscription')))('subscription %# is accepted and tells what happens', async (query) => {
    const client = openClient(test.address);
    const subscriber = follow(client.iterate({ query, variables: { after: null } }));
    await follow(client.iterate({ query: '{ sources { ok } }' })).wait(1);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(subscriber.failure()).toBeUndefined();
    pay();
    const isOfPayments = /payment|PAYMENT/.test(query.split('{').slice(0, 2).join());
    if (isOfPayments) await subscriber.wait(1);
    expect(subscriber.results.every(({ errors }) => errors === undefined)).toBe(true);
    await client.dispose();
  });

  it('its acknowledgement moves the consumer', async () => {
    const [mutation = ''] = blocks('graphql').filter((text) => text.startsWith('mutation Ack'));
    const client = openClient(test.address);
    const subscriber = follow(client.iterate({ query: 'subscription { paymentChanges { cursor } }' }));
    await follow(client.iterate({ query: '{ sources { ok } }' })).wait(1);
    await new Promise((resolve) => setTimeout(resolve, 200));
    pay();
    const [{ data }] = (await subscriber.wait(1)) as [{ data: { paymentChanges: { cursor: string } } }];
    const { cursor } = data.paymentChanges;
    expect((await test.post(mutation, { cursor })).body).toEqual({ data: { ackChanges: { cursor } } });
    await client.dispose();
  });

  it('its webhook may only go where hub.yaml allows', async () => {
    const [mutation = ''] = blocks('graphql').filter((text) => text.startsWith('mutation Register'));
    const refused = await test.post(mutation, { url: 'https://hooks.example.gov.cn/' });
    expect(refused.body.errors?.[0]).toMatchObject({ message: expect.stringContaining('webhooks.hosts in hub.yaml'), extensions: { code: 'BAD_USER_INPUT' } });
  });

  it('its client follows payments through a lost connection', async () => {
    expect(blocks('ts')).toEqual([readFileSync(new URL('../../docs/guides/follow-payments.ts', import.meta.url), 'utf8')]);
    const sockets: WebSocket[] = [];
    class Watched extends WebSocket {
      constructor(...args: ConstructorParameters<typeof WebSocket>) {
        super(...args);
        sockets.push(this);
      }
    }
    const seen: string[] = [];
    const stop = new AbortController();
    const following = followPayments(`${test.address.replace('http', 'ws')}/graphql`, ({ cursor }) => seen.push(cursor), stop.signal, Watched);
    // It says nothing when it has begun to listen: what is paid before is not told.
    while (seen.length === 0) {
      pay();
      await new Promise((resolve) => setTimeout(resolve, 2_000));
    }
    const before = seen.length;
    sockets[0]?.terminate();
    pay();
    await expect.poll(() => seen.length, { timeout: 10_000 }).toBe(before + 1);
    expect(sockets.length).toBeGreaterThan(1);
    stop.abort();
    await following;
  });
});
