/** Several hubs over one store: one reads each source, all have the log, and another goes on when it is gone. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createChangeLog } from '../../changes/log.ts';
import { openWake } from '../../changes/wake.ts';
import type { HubConfiguration } from '../../schema/model/configuration.ts';
import { startNats, type Service } from '../../scripts/services/index.ts';
import { openStore } from '../../store/open-store.ts';
import { openShop, type Shop } from '../conformance/capture-shop.ts';
import { createDatabase, type TestDatabase } from '../helpers/services.ts';

const INSTANCE = path.resolve(import.meta.dirname, '../fixtures/changes/instance.ts');
const LOG = { info: () => undefined, warn: () => undefined, error: () => undefined };

let store: TestDatabase;
beforeAll(async () => {
  store = await createDatabase('postgres', 'instances');
});
afterAll(() => store.drop());

describe('instances that share a store', () => {
  it('lose nothing when the one that reads is killed, or hangs', async () => {
    await using shop: Shop = await openShop({ engine: 'postgres', mode: 'log', storeUrl: store.url });
    const instance = async (): Promise<ChildProcess> => {
      const child = spawn(process.execPath, [INSTANCE], { env: { ...process.env, ...shop.env }, stdio: ['ignore', 'pipe', 'inherit'] });
      for await (const part of child.stdout!) if (String(part).includes('ready')) break;
      child.stdout!.resume();
      return child;
    };
    await using log = await openStore(store.url);
    const first = await instance();
    await vi.waitFor(async () => expect((await log.captures.get('shop'))?.state).toBe('live'), { timeout: 20_000 });
    const second = await instance();
    const told = async (): Promise<string[]> => (await log.changeLog.read(0, 1_000)).map(({ rowKey }) => rowKey);

    await shop.session.run('insert into marker values (1)', 'insert into marker values (2)');
    await vi.waitFor(async () => expect(await told()).toEqual(['1', '2']), { timeout: 10_000 });
    const holder = await log.leases.holder('capture shop');
    expect(holder?.split('/')[1]).toBe(String(first.pid));

    const gone = once(first, 'exit');
    first.kill('SIGKILL');
    await gone;
    await shop.session.run('insert into marker values (3)', 'delete from marker where id = 1');
    await vi.waitFor(async () => expect(await told()).toEqual(['1', '2', '3', '1']), { timeout: 20_000 });
    expect((await log.leases.holder('capture shop'))?.split('/')[1]).toBe(String(second.pid));

    // One that hangs is not gone: its lease runs out, and what it still has in hand is refused when it wakes up.
    const third = await instance();
    second.kill('SIGSTOP');
    await shop.session.run('insert into marker values (4)');
    await vi.waitFor(async () => expect(await told()).toEqual(['1', '2', '3', '1', '4']), { timeout: 90_000 });
    expect((await log.leases.holder('capture shop'))?.split('/')[1]).toBe(String(third.pid));
    second.kill('SIGCONT');
    await shop.session.run('insert into marker values (5)');
    await vi.waitFor(async () => expect(await told()).toEqual(['1', '2', '3', '1', '4', '5']), { timeout: 20_000 });
    for (const child of [second, third]) {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
  }, 180_000);
});

describe('whoever waits for changes', () => {
  let nats: Service;
  beforeAll(async () => {
    nats = await startNats();
  });
  afterAll(() => nats.stop());

  const configured = (natsUrl?: string): HubConfiguration =>
    ({ store: { url: store.url }, changes: natsUrl === undefined ? {} : { nats: natsUrl } }) as unknown as HubConfiguration;

  it.each(['the store', 'NATS', 'nobody, and looks for himself'])('is woken across instances by %s', async (by) => {
    // A server that nobody runs: the log is the truth, the broker only a hint.
    const configuration = configured(by === 'NATS' ? nats.url : by === 'the store' ? undefined : 'nats://127.0.0.1:1');
    await using here = await openStore(store.url);
    await using there = await openStore(store.url);
    await using hereWake = await openWake(configuration, here, LOG);
    await using thereWake = await openWake(configuration, there, LOG);
    const retention = { hours: 72, eventsPerDepartment: 1_000_000 };
    await using writer = createChangeLog({ store: here, wake: hereWake, retention });
    await using reader = createChangeLog({ store: there, wake: thereWake, retention });
    const start = await reader.newest();
    const heard = new Promise<void>((resolve) => {
      const stop = thereWake.listen(() => {
        stop();
        resolve();
      });
    });
    const waiting = reader.waitBeyond(start, AbortSignal.timeout(10_000));
    if (by !== 'nobody, and looks for himself') await new Promise((resolve) => setTimeout(resolve, 500)); // both have joined
    await writer.append({
      changes: [
        {
          id: `test ${by}`,
          department: 'trade',
          source: 'test',
          type: 'Marker',
          key: [1],
          rowKey: '1',
          op: 'CREATED',
          changedFields: ['number'],
          before: null,
          after: { number: 1 },
          committedAt: '2024-06-30T00:00:00Z',
          transaction: '1',
          mappingVersion: 1,
        },
      ],
    });
    await waiting;
    expect(await reader.newest()).toBe(start + 1);
    if (by !== 'nobody, and looks for himself') await heard;
  });
});
