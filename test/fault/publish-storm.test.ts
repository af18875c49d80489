/** The short form runs with all tests; `npm run test:publish-storm` runs 50 publications in 60 seconds. */
import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createSmallHub, SMALL_MAPPING, SMALL_SDL, type RunningHub } from '../helpers/small-hub.ts';

const isLong = process.env['YIWANG_STORM'] === 'long';
const PUBLICATIONS = isLong ? 50 : 5;
const SECONDS = isLong ? 60 : 3;
const KILLS = isLong ? 20 : 2;
const RATE = 200;

const sdl = SMALL_SDL.replace('pages: Int', 'pages: Int\n  edition: Int\n  print: Int\n  stock: Int');
/** Three fields that say which release they are of: an answer with two different values mixes generations. */
const mapping = (version: number): string =>
  SMALL_MAPPING.replace(
    'pages: pages }',
    `pages: pages, edition: { constant: ${version} }, print: { constant: ${version} }, stock: { constant: ${version} } }`,
  );

async function publish({ hub }: RunningHub, version: number): Promise<void> {
  const { releases } = hub.mappings;
  const live = await releases.live();
  const files = (await releases.files(live.number)).map((file) => ({
    ...file,
    text: file.part === 'mappings' ? mapping(version) : file.part === 'schema' ? sdl : file.text,
  }));
  await releases.publish({ base: live.number, files, by: '王', why: `第 ${version} 版` });
}

it(
  `publishes ${PUBLICATIONS} times in ${SECONDS} s under ${RATE} requests a second: none fails, none mixes two generations`,
  { timeout: 180_000 },
  async () => {
    await using small = createSmallHub();
    await using running = await small.start();
    await publish(running, 1);
    const seen = { sent: 0, answered: 0, failed: 0, mixed: 0, stale: 0 };
    let published = 1;
    let stop = false;
    const slow: number[] = [];
    const ask = async (): Promise<void> => {
      const atLeast = published;
      const start = performance.now();
      try {
        const { books, again, hub } = await running.data(
          '{ books { nodes { edition print stock } } again: books(where: { pages: { gt: 1 } }) { nodes { edition } } hub { version } }',
        );
        const versions = new Set([...books.nodes, ...again.nodes].flatMap((node: object) => Object.values(node)));
        if (versions.size !== 1 || books.nodes.length !== 3 || hub.version !== Number([...versions][0]) + 1) seen.mixed++;
        // This instance published it: whoever asks afterwards gets it.
        if (Number([...versions][0]) < atLeast) seen.stale++;
        seen.answered++;
      } catch {
        seen.failed++;
      }
      slow.push(performance.now() - start);
    };
    const inFlight = new Set<Promise<void>>();
    const load = (async () => {
      for (const begin = performance.now(); !stop; await pause(5))
        while (seen.sent < ((performance.now() - begin) / 1_000) * RATE && inFlight.size < 16) {
          seen.sent++;
          const one = ask().finally(() => inFlight.delete(one));
          inFlight.add(one);
        }
      await Promise.all(inFlight);
    })();
    const start = performance.now();
    for (let version = 2; version <= PUBLICATIONS + 1; version++) {
      await publish(running, version);
      published = version;
      await pause(Math.max(0, ((version - 1) / PUBLICATIONS) * SECONDS * 1_000 - (performance.now() - start)));
    }
    stop = true;
    await load;
    slow.sort((a, b) => a - b);
    // oxlint-disable-next-line no-console -- the figures are what it is run for
    console.log(
      `${PUBLICATIONS} publications in ${((performance.now() - start) / 1_000).toFixed(1)} s, ${seen.answered} answers, p50 ${slow[slow.length >> 1]?.toFixed(0)} ms, p99 ${slow[Math.floor(slow.length * 0.99)]?.toFixed(0)} ms`,
    );
    expect({ failed: seen.failed, mixed: seen.mixed, stale: seen.stale }).toEqual({ failed: 0, mixed: 0, stale: 0 });
    expect(seen.answered).toBeGreaterThan(RATE * SECONDS * 0.3);
  },
);

it(`is old or new, never half, when it is killed while it publishes, ${KILLS} times`, { timeout: 180_000 }, async () => {
  await using small = createSmallHub();
  {
    await using first = await small.start();
    await publish(first, 1);
  }
  const worker = path.resolve(import.meta.dirname, 'publish-worker.ts');
  let whole = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const child = spawn(process.execPath, [worker, small.file], { stdio: ['ignore', 'pipe', 'inherit'] });
    await untilLine(child, 'publishing');
    await pause(Math.random() * 150);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    await using again = await small.start();
    const { books, hub } = await again.data('{ books { nodes { edition print stock } } hub { version } }');
    const versions = new Set(books.nodes.flatMap((node: object) => Object.values(node)));
    const live = await again.hub.mappings.releases.live();
    expect([versions.size, hub.version]).toEqual([1, live.number]);
    const text = (await again.hub.mappings.releases.files(live.number)).find(({ part }) => part === 'mappings')?.text;
    expect(text).toBe(mapping(Number([...versions][0])));
    whole++;
  }
  expect(whole).toBe(KILLS);
});

async function untilLine(child: ChildProcess, line: string): Promise<void> {
  for await (const chunk of child.stdout!) if (String(chunk).includes(line)) return;
  throw new Error('the worker ended early');
}

it('lets one of two simultaneous publications win, whichever instance they come from', { timeout: 120_000 }, async () => {
  await using small = createSmallHub();
  await using one = await small.start();
  await using two = await small.start();
  for (let race = 0; race < (isLong ? 100 : 5); race++) {
    const { number } = await one.hub.mappings.releases.live();
    const attempt = async ({ hub }: RunningHub, by: string): Promise<string> => {
      const files = await hub.mappings.releases.files(number);
      const changed = [...files.filter(({ part }) => part !== 'checks'), { part: 'checks', path: 'checks.yaml', text: `# ${race} ${by}\n` } as const];
      return hub.mappings.releases.publish({ base: number, files: changed, by, why: '试' }).then(
        () => 'won',
        (error: { code?: string }) => error.code ?? String(error),
      );
    };
    expect((await Promise.all([attempt(one, '甲'), attempt(two, '乙')])).toSorted()).toEqual(['MAPPING_CONFLICT', 'won']);
  }
});
