/**
 * Three departments write in overlapping, rolled-back and late transactions while the hub is killed, its subscribers are cut off and the databases are
 * restarted; then what was told is compared with what was committed.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { sqliteChangeSetup } from '../../connectors/sqlite/change-setup.ts';
import { freePort } from '../../scripts/services/port.ts';
import { openStore } from '../../store/open-store.ts';
import { startPrivateServer } from '../fault/private-server.ts';
import { openMariadb, openPostgres, openSqlite } from './connections.ts';
import { Ledger, type Told, type Verdict } from './ledger.ts';
import { subscribe, toldOf, type Subscriber } from './subscriber.ts';
import { write } from './writer.ts';

export interface StormOptions {
  /** Row changes of each of the three departments. */
  readonly changes: number;
  /** Row changes a second, of each. */
  readonly rate: number;
  readonly kills: number;
  readonly cuts: number;
  /** Restart both database servers once, as after a loss of power. */
  readonly restarts: boolean;
  readonly seed: number;
  readonly print?: (line: string) => void;
}

export interface StormResult {
  readonly kills: number;
  readonly cuts: number;
  readonly restarts: number;
  /** What the log holds, by department. */
  readonly log: Readonly<Record<string, Verdict>>;
  /** What each subscriber received, by department. */
  readonly subscribers: readonly (Verdict & { readonly source: string; readonly contradictions: number; readonly again: number })[];
  /** Ids that the log holds twice. */
  readonly repeatedIds: number;
  readonly secondsAfterLastStart: number;
  readonly seconds: number;
}

const SOURCES = ['north', 'south', 'east'] as const;
const HUB = path.resolve(import.meta.dirname, 'hub.ts');
const CATCH_UP_MS = 180_000;
/** Rows from here on only tell that a subscriber hears. */
const HELLO_ROW = 1_000;

export async function killStorm({ changes, rate, kills, cuts, restarts, seed, print = () => undefined }: StormOptions): Promise<StormResult> {
  const begun = performance.now();
  const random = randomOf(seed);
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(tmpdir(), 'yiwang-storm-'));
  stack.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const north = stack.use(await startPrivateServer('postgres'));
  const south = stack.use(await startPrivateServer('mariadb'));
  const southUrl = new URL(south.url);
  southUrl.pathname = '/storm';
  const eastPath = path.join(folder, 'east.sqlite');
  await prepare(north.url, south.url, southUrl.href, eastPath);

  const port = await freePort();
  const storeUrl = `sqlite:${path.join(folder, 'hub.sqlite')}`;
  const env = { ...process.env, NODE_ENV: 'production', NORTH_URL: north.url, SOUTH_URL: southUrl.href, EAST_URL: `sqlite:${eastPath}`, STORE_URL: storeUrl };
  let hub: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    hub = spawn(process.execPath, [HUB, String(port)], { env: { YIWANG_LOG_LEVEL: 'silent', ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const part of hub.stdout!) if (String(part).includes('listening')) return void hub.stdout!.resume();
    throw new Error(`the hub ended with ${hub.exitCode}`);
  };
  const kill = async (): Promise<void> => {
    const exited = once(hub!, 'exit');
    hub!.kill('SIGKILL');
    await exited;
  };
  await start();
  stack.defer(kill);
  const store = stack.use(await openStore(storeUrl));
  await until(async () => (await store.captures.list()).filter(({ state }) => state === 'live').length === SOURCES.length, 60_000, 'the hub reads live');
  const address = `http://127.0.0.1:${port}`;
  const subscribers = SOURCES.flatMap((source) => [1, 2].map(() => ({ source, subscriber: stack.use(subscribe(address, `${source}Entry`)) })));

  const open = { north: () => openPostgres(north.url), south: () => openMariadb(southUrl.href), east: () => openSqlite(eastPath) };
  for (const source of SOURCES) {
    const connection = await open[source]();
    let said = 0;
    const hear = async (): Promise<boolean> => {
      await connection.put(HELLO_ROW + said++, `${source}-hello`);
      return subscribers.every((one) => one.source !== source || one.subscriber.received.size > 0);
    };
    await until(hear, 60_000, 'every subscriber hears');
    await connection.close();
  }

  const ledgers = { north: new Ledger(), south: new Ledger(), east: new Ledger() };
  const common = { changes, rate, random };
  let isWriting = true;
  const writing = Promise.all([
    write({ ...common, source: 'north', ledger: ledgers.north, open: open.north, connections: 6, overlapping: true }),
    write({ ...common, source: 'south', ledger: ledgers.south, open: open.south, connections: 6, overlapping: true }),
    write({ ...common, source: 'east', ledger: ledgers.east, open: open.east, connections: 1, overlapping: false }),
  ]).finally(() => (isWriting = false));

  let killed = 0;
  let restarted = 0;
  const period = ((changes / rate) * 1000) / (kills + 1);
  const cutting = (async () => {
    const cut = (): number => subscribers.reduce((sum, { subscriber }) => sum + subscriber.cuts, 0);
    while (isWriting || killed < kills || cut() < cuts) {
      await sleep((period * kills) / cuts);
      subscribers[Math.floor(random() * subscribers.length)]?.subscriber.cut();
    }
  })();
  while (killed < kills) {
    await sleep(period * (0.2 + 0.4 * random()));
    await kill();
    killed += 1;
    print(`kill ${killed} of ${kills}: the log holds ${await store.changeLog.newest()} changes`);
    if (restarts && restarted < 2 && killed >= (kills / 3) * (restarted + 1)) {
      const server = restarted === 0 ? north : south;
      await server.kill();
      await start();
      await sleep(1_000); // the hub runs while a source is gone
      await server.start();
      restarted += 1;
      print(`restarted the database of ${SOURCES[restarted - 1]}`);
    } else await start();
  }
  const lastStart = performance.now();
  await writing;
  await cutting;
  for (const source of SOURCES) {
    const connection = await open[source]();
    ledgers[source].settle(new Set(await connection.receipts()));
    await connection.close();
  }
  print(`written; the log holds ${await store.changeLog.newest()} changes`);

  const logOf = async (): Promise<Map<string, Told[]>> => {
    const told = new Map<string, Told[]>(SOURCES.map((source) => [source, []]));
    for (let after = 0; ;) {
      const page = await store.changeLog.read(after, 5_000);
      for (const { source, rowKey, before, after: row } of page.filter(({ rowKey }) => Number(rowKey) < HELLO_ROW))
        told
          .get(source)
          ?.push({ row: Number(rowKey), before: (before?.['token'] as string | undefined) ?? null, after: (row?.['token'] as string | undefined) ?? null });
      const last = page.at(-1);
      if (last === undefined) return told;
      after = last.sequence;
    }
  };
  const verdicts = async (): Promise<Record<string, Verdict>> => {
    const told = await logOf();
    return Object.fromEntries(SOURCES.map((source) => [source, ledgers[source].judge(told.get(source) ?? [])]));
  };
  await until(async () => Object.values(await verdicts()).every(({ lost }) => lost === 0), CATCH_UP_MS, 'everything is in the log').catch(() => undefined);
  const secondsAfterLastStart = (performance.now() - lastStart) / 1000;
  const told = await logOf();
  await until(
    async () => subscribers.every(({ source, subscriber }) => heardBy(subscriber).length >= (told.get(source)?.length ?? 0)),
    CATCH_UP_MS,
    'every subscriber has everything',
  ).catch(() => undefined);
  await sleep(500); // whatever comes too much comes now
  const ids = new Set<string>();
  let repeatedIds = 0;
  for (let after = 0; ;) {
    const page = await store.changeLog.read(after, 5_000);
    for (const { id } of page) {
      if (ids.has(id)) repeatedIds += 1;
      ids.add(id);
    }
    const last = page.at(-1);
    if (last === undefined) break;
    after = last.sequence;
  }
  return {
    kills: killed,
    cuts: subscribers.reduce((sum, { subscriber }) => sum + subscriber.cuts, 0),
    restarts: restarted,
    log: await verdicts(),
    subscribers: subscribers.map(({ source, subscriber }) => ({
      source,
      ...ledgers[source].judge(heardBy(subscriber)),
      contradictions: subscriber.contradictions,
      again: subscriber.again,
    })),
    repeatedIds,
    secondsAfterLastStart,
    seconds: (performance.now() - begun) / 1000,
  };
}

function heardBy(subscriber: Subscriber): Told[] {
  return [...subscriber.received.values()].map(toldOf).filter(({ row }) => row < HELLO_ROW);
}

async function prepare(northUrl: string, southServer: string, southUrl: string, eastPath: string): Promise<void> {
  const postgres = await openPostgres(northUrl);
  await postgres.run('create table entry (id int primary key, token varchar(60))');
  await postgres.run('create table receipt (id varchar(60) primary key)');
  await postgres.close();
  const server = await openMariadb(southServer);
  await server.run('create database storm');
  await server.close();
  const mariadb = await openMariadb(southUrl);
  await mariadb.run('create table entry (id int primary key, token varchar(60)) engine = InnoDB');
  await mariadb.run('create table receipt (id varchar(60) primary key) engine = InnoDB');
  await mariadb.close();
  const sqlite = new DatabaseSync(eastPath);
  sqlite.exec('pragma journal_mode = wal; create table entry (id int primary key, token varchar(60)); create table receipt (id varchar(60) primary key)');
  const columns = ['id', 'token'].map((name) => ({ name, type: { kind: 'text' } as const }));
  for (const statement of sqliteChangeSetup([{ table: 'entry', key: ['id'], columns }]).statements) sqlite.exec(statement);
  sqlite.close();
}

async function until(holds: () => Promise<boolean>, withinMs: number, what: string): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not within ${withinMs} ms: ${what}`);
    await sleep(200);
  }
}

/** The same numbers for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
