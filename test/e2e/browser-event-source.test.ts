/** A page's own EventSource, in Chromium: no library, no token in the address. */
import { once } from 'node:events';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import type { Change } from '../../schema/model/change.ts';
import { createHub, type Hub } from '../../server/hub.ts';
import { createLog } from '../../server/log.ts';
import { CHROMIUM_FLAGS, findChromium } from '../helpers/chromium.ts';
import { startFaultProxy, type FaultProxy } from '../helpers/fault-proxy.ts';
import { DEMO_CONFIGURATION, startTestHub, type TestHub } from '../helpers/hub.ts';

const executablePath = findChromium();
const KEY = ['2301-320500-04-01-123456'];
const OPERATION = 'subscription { projectChanges { cursor after { name } node { code paidTotal } } }';

let hub: TestHub;
let proxy: FaultProxy;
let browser: Browser | undefined;
let page: Page;
let made = 0;
/** What takes the hub's place. */
let next: Hub | undefined;

beforeAll(async () => {
  hub = await startTestHub();
  proxy = await startFaultProxy(hub.address);
  if (executablePath === undefined) return;
  browser = await chromium.launch({ executablePath, args: [...CHROMIUM_FLAGS] });
  page = await browser.newPage();
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await proxy[Symbol.asyncDispose]();
  await next?.[Symbol.asyncDispose]();
  await hub[Symbol.asyncDispose]();
});

/** As a source's change arrives. @returns its new name */
async function change(): Promise<string> {
  const name = `照明 ${++made} ${'长'.repeat(3_000)}`;
  const common = { id: `c${made}`, transaction: `t${made}`, committedAt: '2024-06-30T12:00:00+08:00', rowKey: '1', mappingVersion: 1, type: 'Project' };
  const where = { department: 'development', source: 'development', key: KEY, op: 'UPDATED' } as const;
  await (next ?? hub.hub).changes.log.append({
    changes: [{ ...common, ...where, changedFields: ['name'], before: { name: '' }, after: { name } } satisfies Change],
  });
  return name;
}

interface Seen {
  readonly names: readonly string[];
  readonly ids: readonly string[];
  readonly opened: number;
  readonly errors: number;
  readonly state: number;
}

/** What runs in the page. */
function follow(address: string): void {
  const seen = { names: [] as string[], ids: [] as string[], opened: 0, errors: 0, state: 0 };
  const source = new EventSource(address);
  source.addEventListener('open', () => seen.opened++);
  source.addEventListener('error', () => seen.errors++);
  source.addEventListener('next', (event) => {
    const { data, lastEventId } = event as Event & { readonly data: string; readonly lastEventId: string };
    const result = JSON.parse(data) as { data: { projectChanges: { after: { name: string } } } };
    seen.names.push(result.data.projectChanges.after.name);
    seen.ids.push(lastEventId);
  });
  Object.assign(globalThis, { seen: () => ({ ...seen, state: source.readyState }), leave: () => source.close() });
}

const seen = (): Promise<Seen> => page.evaluate(() => (globalThis as unknown as { seen: () => Seen }).seen());

describe.skipIf(executablePath === undefined)('the EventSource of a page', () => {
  it('connects again by itself wherever it is cut off, misses nothing and repeats nothing', async () => {
    await page.goto(`${proxy.url}/health`);
    const asked: (string | undefined)[] = [];
    page.on('request', (request) => {
      if (request.url().includes('/graphql/stream')) void request.allHeaders().then((headers) => asked.push(headers['last-event-id']));
    });
    await page.evaluate(follow, `/graphql/stream?query=${encodeURIComponent(OPERATION)}`);
    await expect.poll(async () => (await seen()).opened, { timeout: 10_000 }).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 300)); // until it has begun
    const expected: string[] = [];
    const cuts: (() => void)[] = [
      () => proxy.drop(),
      // In the middle of an event, as a proxy that is restarted does and as a link that breaks does.
      () => proxy.set({ kind: 'cut', afterBytes: 5_000, by: 'end', once: true }),
      () => proxy.set({ kind: 'cut', afterBytes: 14_000, by: 'reset', once: true }),
    ];
    for (const [i, cut] of cuts.entries()) {
      for (let n = 0; n < 3; n++) expected.push(await change());
      await expect.poll(async () => (await seen()).names.length, { timeout: 10_000 }).toBe(expected.length);
      cut();
      for (let n = 0; n < 3; n++) expected.push(await change());
      await expect.poll(async () => (await seen()).names.length, { timeout: 10_000 }).toBe(expected.length);
      await expect.poll(async () => (await seen()).opened).toBe(i + 2);
    }
    const { names, ids, errors, state } = await seen();
    expect(names).toEqual(expected);
    expect(new Set(ids).size).toBe(expected.length);
    expect({ errors, state }).toEqual({ errors: cuts.length, state: 1 });
    // The first begins now; each further one says what it has.
    expect(asked.map((id) => id === undefined || ids.includes(id))).toEqual([true, true, true, true]);
    expect(asked.filter((id) => id !== undefined)).toHaveLength(cuts.length);
  }, 60_000);

  it('goes on with the hub that takes the place of one that stops, also when that takes a while', async () => {
    const before = await seen();
    // It does not answer the goodbye, so that the hub stops no sooner than two seconds later.
    const mute = new WebSocket(`${hub.address.replace('http', 'ws')}/graphql`, ['graphql-transport-ws']);
    await once(mute, 'open');
    mute.pause();
    const stopping = hub.hub.drain(10_000);
    await expect.poll(async () => (await seen()).errors, { timeout: 10_000 }).toBeGreaterThan(before.errors + 1);
    mute.terminate();
    await stopping;
    next = await createHub({ configurationFile: DEMO_CONFIGURATION, development: true, log: createLog('silent'), env: hub.env });
    const missed = [await change(), await change()];
    await next.listen(Number(new URL(hub.address).port));
    missed.push(await change());
    await expect.poll(async () => (await seen()).names.slice(before.names.length), { timeout: 20_000 }).toEqual(missed);
    await page.evaluate(() => (globalThis as unknown as { leave: () => void }).leave());
    expect((await seen()).state).toBe(2);
  }, 60_000);

  it('of a page from elsewhere gets nothing', async () => {
    await page.goto('data:text/html,elsewhere');
    await page.evaluate(follow, `${proxy.url}/graphql/stream?query=${encodeURIComponent(OPERATION)}`);
    await expect.poll(async () => (await seen()).state, { timeout: 10_000 }).toBe(2);
    expect(await seen()).toMatchObject({ opened: 0, errors: 1, names: [] });
  }, 30_000);
});
