import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import type { CallOptions, SourceConfig } from '../../../../connectors/spi/connector.ts';
import { createWorkerPool, type WorkerPool } from '../../../../connectors/sqlite/pool.ts';

const folder = mkdtempSync(join(tmpdir(), 'sqlite-pool-'));
const pools: WorkerPool[] = [];
let files = 0;

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});
afterAll(() => rmSync(folder, { recursive: true }));

const FOREVER = 'with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n where i < 0';

function databaseFile(ddl = 'create table t (a int); insert into t values (1), (2)'): string {
  const file = join(folder, `${(files += 1)}.db`);
  const database = new DatabaseSync(file);
  database.exec(ddl);
  database.close();
  return file;
}

function open(path: string, pool: Partial<SourceConfig['pool']> = {}): WorkerPool {
  const created = createWorkerPool(
    {
      source: 's',
      department: 'd',
      kind: 'sqlite',
      url: path,
      pool: { max: 1, queue: 10, acquireMs: 5000, connectMs: 1000, ...pool },
      timeZone: 'Asia/Shanghai',
    },
    path,
  );
  pools.push(created);
  return created;
}

function call(timeoutMs = 10_000, signal = new AbortController().signal): CallOptions {
  return { timeoutMs, signal };
}

it('ends a statement that overruns, and what runs it, then serves again', async () => {
  const pool = open(databaseFile());
  await pool.run('select 1', [], call());
  const before = workersRunning();
  const started = performance.now();
  await expect(pool.run(FOREVER, [], call(300))).rejects.toMatchObject({ code: 'SOURCE_TIMEOUT' });
  expect(performance.now() - started).toBeLessThan(2000);
  await expect.poll(workersRunning).toBe(before - 1);
  expect(await pool.run('select count(*) from t', [], call())).toEqual([[2]]);
});

it('ends a statement whose call is abandoned', async () => {
  const pool = open(databaseFile());
  const controller = new AbortController();
  const running = pool.run(FOREVER, [], call(60_000, controller.signal));
  setTimeout(() => controller.abort(), 200);
  await expect(running).rejects.toMatchObject({ code: 'SOURCE_TIMEOUT' });
});

it('gives nothing to a process that was ended while its reply was under way', async () => {
  const pool = open(databaseFile());
  await pool.run('select 1', [], call());
  const controller = new AbortController();
  const abandoned = pool.run('select 1', [], call(10_000, controller.signal));
  const others = [2, 3].map((number) => pool.run(`select ${number}`, [], call(5_000)));
  for (const start = performance.now(); performance.now() - start < 200;); // the reply comes, and nobody reads it yet
  controller.abort();
  await expect(abandoned).rejects.toMatchObject({ code: 'SOURCE_TIMEOUT' });
  expect(await Promise.all(others)).toEqual([[[2]], [[3]]]);
});

it('keeps the event loop free while a statement runs', async () => {
  const pool = open(databaseFile());
  await pool.run('select 1', [], call());
  let longest = 0;
  let last = performance.now();
  const ticker = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }, 10);
  await expect(pool.run(FOREVER, [], call(600))).rejects.toMatchObject({ code: 'SOURCE_TIMEOUT' });
  clearInterval(ticker);
  expect(longest).toBeLessThan(300);
});

it('refuses calls beyond its queue at once, and those that wait too long', async () => {
  const pool = open(databaseFile(), { queue: 1, acquireMs: 300 });
  const first = pool.run(FOREVER, [], call(1500));
  const second = pool.run('select 1', [], call());
  await expect(pool.run('select 1', [], call())).rejects.toMatchObject({ code: 'SOURCE_BUSY', retryable: true });
  await expect(second).rejects.toMatchObject({ code: 'SOURCE_BUSY' });
  await expect(first).rejects.toMatchObject({ code: 'SOURCE_TIMEOUT' });
});

it('serves the queue after a call was ended', async () => {
  const pool = open(databaseFile());
  const first = pool.run(FOREVER, [], call(300));
  const second = pool.run('select sum(a) from t', [], call());
  await expect(first).rejects.toMatchObject({ code: 'SOURCE_TIMEOUT' });
  expect(await second).toEqual([[3]]);
});

it('waits for a missing file without making it, and notices when it goes or is replaced', async () => {
  const path = join(folder, 'later.db');
  const pool = open(path);
  await expect(pool.run('select 1 from t', [], call())).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
  expect(existsSync(path)).toBe(false);
  renameSync(databaseFile(), path);
  expect(await pool.run('select count(*) from t', [], call())).toEqual([[2]]);
  renameSync(path, join(folder, 'moved.db'));
  await expect(pool.run('select count(*) from t', [], call())).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
  renameSync(databaseFile('create table t (a int); insert into t values (7)'), path);
  expect(await pool.run('select a from t', [], call())).toEqual([[7]]);
});

it('says so when the file is no database', async () => {
  const path = join(folder, 'text.db');
  writeFileSync(path, 'not a database at all, but long enough to be taken for one'.repeat(20));
  await expect(open(path).run('select * from t', [], call())).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
});

it('never writes, and never reads another file', async () => {
  const other = databaseFile('create table secret (a int)');
  const file = databaseFile();
  const pool = open(file);
  const evil = [
    'insert into t values (3)',
    'create table u (a int)',
    `attach '${other}' as other`,
    `attach '${join(folder, 'made.db')}' as made`,
    'pragma writable_schema = on',
    'pragma journal_mode = delete',
    `vacuum into '${join(folder, 'copy.db')}'`,
    "select load_extension('x')",
    'drop table t',
  ];
  const outcomes = await Promise.allSettled(evil.map((sql) => pool.run(sql, [], call())));
  expect(evil.filter((_, index) => outcomes[index]!.status === 'fulfilled')).toEqual([]);
  expect(existsSync(join(folder, 'made.db')) || existsSync(join(folder, 'copy.db'))).toBe(false);
  expect(await pool.run('select count(*) from t', [], call())).toEqual([[2]]);
});

it('does not take an unknown quoted name for text', async () => {
  await expect(open(databaseFile()).run('select "nobody" from t', [], call())).rejects.toMatchObject({ code: 'SOURCE_DRIFT' });
});

it('gives integers beyond 2^53 as text, every time', async () => {
  const pool = open(databaseFile('create table t (a int); insert into t values (9007199254740993), (5), (null)'));
  for (let round = 0; round < 3; round += 1) expect(await pool.run('select a from t order by rowid', [], call())).toEqual([['9007199254740993'], [5], [null]]);
});

it('lets running calls finish when it closes, and refuses new ones', async () => {
  const pool = open(databaseFile());
  const running = pool.run('select count(*) from t', [], call());
  const closing = pool.close();
  await expect(pool.run('select 1', [], call())).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
  expect(await running).toEqual([[2]]);
  await closing;
});

it('leaves no process behind', async () => {
  const pool = open(databaseFile(), { max: 2 });
  await Promise.all([pool.run('select 1', [], call()), pool.run('select 2', [], call())]);
  await pool.close();
  await expect.poll(workersRunning).toBe(0);
});

describe('a process that is slow to start', () => {
  it('outlives calls that time out or are aborted while it starts, and serves the next one', async () => {
    const pool = open(databaseFile());
    const others = workers();
    const late = pool.run('select 1', [], call(200));
    const [pid] = stop(others);
    const started = performance.now();
    await expect(late).rejects.toMatchObject({ code: 'SOURCE_TIMEOUT' });
    const controller = new AbortController();
    const aborted = pool.run('select 2', [], call(10_000, controller.signal));
    controller.abort();
    await expect(aborted).rejects.toMatchObject({ code: 'SOURCE_TIMEOUT' });
    for (let attempt = 0; attempt < 5; attempt += 1) await expect(pool.run(FOREVER, [], call(50))).rejects.toMatchObject({ code: 'SOURCE_TIMEOUT' });
    expect(performance.now() - started).toBeLessThan(2000);
    const served = pool.run('select count(*) from t', [], call());
    process.kill(pid!, 'SIGCONT');
    expect(await served).toEqual([[2]]);
    expect(workers(others)).toEqual([pid]);
  });

  it('is one of no more than the pool has, however many calls wait and fail', async () => {
    const pool = open(databaseFile(), { max: 2, queue: 2 });
    const others = workers();
    const pids = new Set<number>();
    for (let round = 0; round < 5; round += 1) {
      const calls = Array.from({ length: 6 }, () => pool.run('select 1', [], call(100)));
      for (const pid of stop(others)) pids.add(pid);
      expect((await Promise.allSettled(calls)).every(({ status }) => status === 'rejected')).toBe(true);
    }
    expect(pids.size).toBe(2);
    for (const pid of pids) process.kill(pid, 'SIGCONT');
    expect(await pool.run('select count(*) from t', [], call())).toEqual([[2]]);
    expect(new Set(workers(others))).toEqual(pids);
  });

  it('holds up no call that another process can take', async () => {
    const pool = open(databaseFile(), { max: 2 });
    const others = workers();
    await pool.run('select 1', [], call());
    const first = workers();
    const heavy = pool.run(FOREVER, [], call(1_500));
    const second = pool.run('select count(*) from t', [], call());
    await expect.poll(() => stop(first).length, { interval: 5 }).toBe(1);
    const third = pool.run('select sum(a) from t', [], call());
    await expect(heavy).rejects.toMatchObject({ code: 'SOURCE_TIMEOUT' });
    expect(await Promise.all([second, third])).toEqual([[[2]], [[3]]]);
    expect(workers(others).length).toBe(2);
  });

  it('is ended with its pool', async () => {
    const pool = open(databaseFile());
    const others = workers();
    const late = pool.run('select 1', [], call(200));
    stop(others);
    await Promise.all([expect(late).rejects.toMatchObject({ code: 'SOURCE_TIMEOUT' }), pool.close()]);
    await expect.poll(() => workers(others).length).toBe(0);
  });

  it('is ended when it never gets ready, and what waits gets another', async () => {
    const pool = open(databaseFile(), { acquireMs: 600_000 });
    const others = workers();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const [first, second] = ['select 1', 'select count(*) from t'].map((sql) => pool.run(sql, [], call(600_000)));
      const [pid] = stop(others);
      vi.advanceTimersByTime(120_000);
      await expect(first).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
      expect(await second).toEqual([[2]]);
      expect(workers()).not.toContain(pid);
    } finally {
      vi.useRealTimers();
    }
  });
});

/** Starves all workers but `others`, as a machine does that is too busy, until they are told to go on. */
function stop(others: readonly number[]): readonly number[] {
  const pids = workers(others);
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  return pids;
}

function workersRunning(): number {
  return workers().length;
}

/** Process ids of the workers, but for `others`, that are children of this process. Read at once: while a program told them, a worker would have started. */
function workers(others: readonly number[] = []): readonly number[] {
  const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').split(' ').filter((pid) => pid !== '').map(Number); // prettier-ignore
  return children.filter((pid) => !others.includes(pid) && argumentsOf(pid).includes('sqlite/worker.ts'));
}

/** None of a process that has ended. */
function argumentsOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
