/** Instances that share a store wake one another: by the store, by NATS, by looking. The log is the truth, a call only a hint. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createChangeLog, type ChangeLog } from '../../changes/log.ts';
import { openWake, type Wake } from '../../changes/wake.ts';
import type { HubConfiguration } from '../../schema/model/configuration.ts';
import { startNats, type Service } from '../../scripts/services/index.ts';
import { openStore } from '../../store/open-store.ts';
import { startFaultProxy } from '../helpers/fault-proxy.ts';
import { createDatabase, type TestDatabase } from '../helpers/services.ts';

const LOG = { info: () => undefined, warn: () => undefined, error: () => undefined };
const RETENTION = { hours: 72, eventsPerDepartment: 1_000_000 };

let store: TestDatabase;
let nats: Service;
let directory: string;
beforeAll(async () => {
  store = await createDatabase('postgres', 'wake');
  directory = await mkdtemp(path.join(tmpdir(), 'yiwang-nats-'));
  nats = await startNats({ directory });
});
afterAll(async () => {
  await nats.stop();
  await store.drop();
  await rm(directory, { recursive: true, force: true });
});

interface Instance extends AsyncDisposable {
  readonly log: ChangeLog;
  readonly wake: Wake;
  append(id: string): Promise<void>;
}

async function instance(natsUrl: string | undefined): Promise<Instance> {
  const configuration = { store: { url: store.url }, changes: natsUrl === undefined ? {} : { nats: natsUrl } } as unknown as HubConfiguration;
  await using stack = new AsyncDisposableStack();
  const opened = stack.use(await openStore(store.url));
  const wake = stack.use(await openWake(configuration, opened, LOG));
  const log = stack.use(createChangeLog({ store: opened, wake, retention: RETENTION }));
  const common = {
    department: 'trade',
    source: 'test',
    type: 'Marker',
    key: [1],
    rowKey: '1',
    op: 'CREATED' as const,
    changedFields: ['number'],
    before: null,
  };
  const parts = stack.move();
  return {
    log,
    wake,
    append: (id) => log.append({ changes: [{ ...common, id, after: { number: 1 }, committedAt: '2024-06-30T00:00:00Z', transaction: id, mappingVersion: 1 }] }),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

/** Counts calls that come from other instances. */
function hear({ wake }: Instance): { readonly calls: () => number } {
  let calls = 0;
  wake.listen(() => (calls += 1));
  return { calls: () => calls };
}

/** Both have joined the broker: a call gets through. */
async function joined(from: Instance, to: Instance): Promise<void> {
  const { calls } = hear(to);
  let tries = 0;
  await vi.waitFor(
    async () => {
      await from.append(`joined ${crypto.randomUUID()} ${tries++}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(calls()).toBeGreaterThan(1);
    },
    { timeout: 10_000 },
  );
}

describe('whoever waits for changes', () => {
  it.each(['the store', 'NATS', 'nobody, and looks for himself'])('is woken across instances by %s', async (by) => {
    const url = by === 'NATS' ? nats.url : by === 'the store' ? undefined : 'nats://127.0.0.1:1';
    await using writer = await instance(url);
    await using reader = await instance(url);
    if (url !== 'nats://127.0.0.1:1') await joined(writer, reader);
    const { calls } = hear(reader);
    const start = await reader.log.newest();
    const waiting = reader.log.waitBeyond(start, AbortSignal.timeout(10_000));
    await writer.append(`test ${by}`);
    await waiting;
    expect(await reader.log.newest()).toBe(start + 1);
    await vi.waitFor(() => expect(calls() > 0).toBe(by !== 'nobody, and looks for himself'), 15_000);
  });

  it('hears a call that was made while it was cut off from NATS', async () => {
    await using proxy = await startFaultProxy(nats.url);
    await using writer = await instance(nats.url);
    await using reader = await instance(`nats://${new URL(proxy.url).host}`);
    await joined(writer, reader);
    proxy.set({ kind: 'reject' });
    proxy.drop();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const { calls } = hear(reader);
    const start = await reader.log.newest();
    await writer.append('meanwhile');
    // The log is looked at all the same.
    await reader.log.waitBeyond(start, AbortSignal.timeout(5_000));
    expect([await reader.log.newest(), calls()]).toEqual([start + 1, 0]);
    proxy.heal();
    await vi.waitFor(() => expect(calls()).toBeGreaterThan(0), { timeout: 20_000 });
  });

  it('is called again by a NATS server that was restarted, with what was called meanwhile', async () => {
    await using writer = await instance(nats.url);
    await using reader = await instance(nats.url);
    await joined(writer, reader);
    const { port } = nats;
    await nats.stop();
    const { calls } = hear(reader);
    const start = await reader.log.newest();
    await writer.append('while it is down');
    await reader.log.waitBeyond(start, AbortSignal.timeout(5_000));
    expect(calls()).toBe(0);
    nats = await startNats({ directory, port });
    await vi.waitFor(() => expect(calls()).toBeGreaterThan(0), { timeout: 20_000 });
    await joined(writer, reader);
  });
});
