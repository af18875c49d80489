/** Several hubs over one store: one reads each source, all have the log, and another goes on when it is gone. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startNats, type Service } from '../../scripts/services/index.ts';
import { openStore } from '../../store/open-store.ts';
import { openShop, type Shop } from '../conformance/capture-shop.ts';
import { createDatabase, type TestDatabase } from '../helpers/services.ts';

const INSTANCE = path.resolve(import.meta.dirname, '../fixtures/changes/instance.ts');

let store: TestDatabase;
let nats: Service;
beforeAll(async () => {
  store = await createDatabase('postgres', 'instances');
  nats = await startNats();
});
afterAll(async () => {
  await nats.stop();
  await store.drop();
});

describe('instances that share a store', () => {
  it('lose nothing when the one that reads is killed, or hangs', async () => {
    await using shop: Shop = await openShop({ engine: 'postgres', mode: 'log', storeUrl: store.url });
    const instance = async (): Promise<ChildProcess> => {
      const child = spawn(process.execPath, [INSTANCE], {
        env: { ...process.env, ...shop.env, HUB_FILE: 'hub-nats.yaml', NATS_URL: nats.url },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
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
