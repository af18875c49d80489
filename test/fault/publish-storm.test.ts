/** The short form runs with all tests; `npm run test:publish-storm` runs 50 publications in 60 seconds. */
import { spawn, type ChildProcess } from 'node:child_process';
import { on } from 'node:events';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { sqliteChangeSetup } from '../../connectors/sqlite/change-setup.ts';
import type { CapturedTable } from '../../connectors/spi/changes.ts';
import { untilLive } from '../helpers/changes.ts';
import { createSmallHub, SMALL_MAPPING, SMALL_SDL, type RunningHub, type SmallHub } from '../helpers/small-hub.ts';
import type { LoadOrder, LoadReport } from './publish-load.ts';

const isLong = process.env['YIWANG_STORM'] === 'long';
const PUBLICATIONS = isLong ? 50 : 5;
const SECONDS = isLong ? 60 : 3;
const KILLS = isLong ? 20 : 2;
const RATE = 200;
const [UNTOUCHED, TOUCHED] = [40, 10];

const sdl = SMALL_SDL.replace('pages: Int', 'pages: Int\n  edition: Int\n  print: Int\n  stock: Int');
/** Three fields that say which release they are of: an answer with two different values mixes generations. */
const mapping = (version: number): string =>
  SMALL_MAPPING.replace(
    'pages: pages }',
    `pages: pages, edition: { constant: ${version} }, print: { constant: ${version} }, stock: { constant: ${version} } }`,
  );

/** What no publication touches. */
const READER_SDL = `type Reader @key(fields: "card") @authority(department: "library") { card: String! name: String visits: Int }
`;
const READER_MAPPING = `source: library
types:
  Reader: { rows: reader, key: card, fields: { card: card, name: name, visits: visits } }
`;

/** With a table of readers, and triggers that tell what changes. */
function openLibrary({ folder }: SmallHub): DatabaseSync {
  const library = new DatabaseSync(path.join(folder, 'library.sqlite'), { timeout: 5_000 });
  library.exec("create table reader (card text primary key, name text, visits integer); insert into reader values ('1', '王', 0)");
  const captured = (table: string, ...columns: string[]): CapturedTable => ({
    table,
    key: columns.slice(0, 1),
    columns: columns.map((name) => ({ name, type: { kind: 'text' } })),
  });
  const { statements } = sqliteChangeSetup([captured('book', 'isbn', 'title', 'author', 'pages'), captured('reader', 'card', 'name', 'visits')]);
  for (const statement of statements) if (!statement.startsWith('--')) library.exec(statement);
  return library;
}

async function publish({ hub }: RunningHub, version: number): Promise<void> {
  const { releases } = hub.mappings;
  const live = await releases.live();
  const files = (await releases.files(live.number)).map((file) => ({
    ...file,
    text: file.path === 'library/mapping.yaml' ? mapping(version) : file.path.endsWith('book.graphql') ? sdl : file.text,
  }));
  await releases.publish({ base: live.number, files, by: '王', why: `第 ${version} 版` });
}

it(
  `publishes ${PUBLICATIONS} times in ${SECONDS} s under ${RATE} requests a second and ${UNTOUCHED + TOUCHED} subscriptions: nothing fails, nothing mixes, nobody is cut off`,
  { timeout: 180_000 },
  async () => {
    await using small = createSmallHub({ env: { LIBRARY_CHANGES: 'trigger' } });
    small.write('schema/reader.graphql', READER_SDL);
    small.write('archive/mapping.yaml', READER_MAPPING);
    using library = openLibrary(small);
    await using running = await small.start();
    await untilLive(running.hub);
    await publish(running, 1);
    const load = new Worker(new URL('publish-load.ts', import.meta.url), {
      workerData: { address: running.address, rate: RATE, untouched: UNTOUCHED, touched: TOUCHED } satisfies LoadOrder,
    });
    const said = on(load, 'message');
    const hears = async (): Promise<unknown> => (await said.next()).value?.[0];
    expect(await hears()).toBe('listening');
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    let visits = 0;
    const start = performance.now();
    const publishMs: number[] = [];
    for (let version = 2; version <= PUBLICATIONS + 1; version++) {
      const began = performance.now();
      const publishing = publish(running, version);
      library.exec(`update reader set visits = ${++visits}; update book set pages = pages + 1 where isbn = '978-1'`); // while it publishes
      await publishing;
      publishMs.push(performance.now() - began);
      load.postMessage({ live: version });
      library.exec(`update reader set visits = ${++visits}`); // and between two of them
      await pause(Math.max(0, ((version - 1) / PUBLICATIONS) * SECONDS * 1_000 - (performance.now() - start)));
    }
    const seconds = (performance.now() - start) / 1_000;
    load.postMessage('stop');
    expect(await hears()).toBe('stopped');
    delay.disable();
    await pause(1_500); // the last changes are on their way
    load.postMessage('report');
    const seen = (await hears()) as LoadReport;
    const at = (share: number, of: readonly number[] = seen.ms): string => of[Math.min(of.length - 1, Math.floor(of.length * share))]?.toFixed(0) ?? '';
    publishMs.sort((a, b) => a - b);
    // oxlint-disable-next-line no-console -- the figures are what it is run for
    console.log(
      `${PUBLICATIONS} publications in ${seconds.toFixed(1)} s (each p50 ${at(0.5, publishMs)} ms, at most ${at(1, publishMs)} ms); ${seen.answered} of ${seen.sent} answered, ` +
        `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, at most ${at(1)} ms; event loop at most ${(delay.max / 1e6).toFixed(0)} ms; ` +
        `${UNTOUCHED} subscriptions were told ${visits} changes each, ${TOUCHED} others ${seen.touched.map((told) => told.visits.length).join(', ')}`,
    );
    expect({ failed: seen.failed.slice(0, 3), mixed: seen.mixed, stale: seen.stale }).toEqual({ failed: [], mixed: 0, stale: 0 });
    const all = Array.from({ length: visits }, (_, n) => n + 1);
    for (const told of seen.untouched) expect(told).toEqual({ visits: all, ended: null });
    for (const told of seen.touched) expect([told.visits.length, told.ended]).toEqual([PUBLICATIONS, null]);
    expect(seen.answered).toBeGreaterThan(RATE * SECONDS * (isLong ? 0.95 : 0.3));
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
