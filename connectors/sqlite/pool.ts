import { fork, type ChildProcess } from 'node:child_process';
import { getCompileCacheDir } from 'node:module';
import { fileURLToPath } from 'node:url';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { CallOptions, SourceConfig } from '../spi/connector.ts';
import { createQueueBound } from '../sql/queue-bound.ts';
import type { WorkerReply, WorkerRequest } from './worker.ts';

export type SqlValue = string | number | bigint | null;

/** Connections to one SQLite file, each in a process of its own. */
export interface WorkerPool {
  /**
   * All rows of one statement. A call that overruns ends its process at once, one that is abandoned does unless it is answered in a moment: nothing keeps
   * running. A process that is still starting runs nothing yet; it is left to start, and the next call finds it.
   * @throws {HubError} SOURCE_UNAVAILABLE | SOURCE_TIMEOUT | SOURCE_BUSY | SOURCE_DRIFT
   */
  run(sql: string, parameters: readonly SqlValue[], call: CallOptions): Promise<unknown[][]>;
  /** Refuses new calls, lets running ones finish, ends the processes. Idempotent. */
  close(): Promise<void>;
}

interface Job {
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
  readonly settle: (outcome: WorkerReply | HubError) => void;
  /** When it came, in milliseconds. */
  readonly since: number;
}

interface Worker {
  readonly process: ChildProcess;
  /** How long it took to start; undefined while it does, and then it runs nothing. */
  startedInMs: number | undefined;
  /** Ends it if it never gets ready. */
  readonly overdue: NodeJS.Timeout;
  /** What it runs, or what it is to run first. */
  job: Job | undefined;
}

const WORKER_FILE = fileURLToPath(new URL('./worker.ts', import.meta.url));
const BUSY_RETRY_MS = 500;
/** What an abandoned statement may still take: as long as a new process would, within these bounds. Most have been answered by then. */
const GRACE_MS = 50;
const GRACE_MAX_MS = 1_000;
/** On a machine that is far too busy a start takes most of a minute; ending it sooner would only begin it anew. */
const START_MAX_MS = 120_000;
/** A process costs some 50 MB and a core; more of them would not answer sooner. */
const PROCESSES_MAX = 2;
/** What waits for less than this is sooner answered by the processes that run than by another one. */
const START_AFTER_MS = 20;

/** Processes start when they are first needed and again after one was ended. */
export function createWorkerPool(config: SourceConfig, path: string): WorkerPool {
  const { source, department, pool, timeZone } = config;
  const max = Math.min(pool.max, PROCESSES_MAX);
  const bound = createQueueBound({ ...pool, max });
  const workers = new Set<Worker>();
  const queue: Job[] = [];
  let closed: Promise<void> | undefined;
  let onIdle: (() => void) | undefined;
  let growth: NodeJS.Timeout | undefined;

  const busy = (): HubError => new HubError('SOURCE_BUSY', `too many calls wait for source "${source}"`, { source, department, retryAfterMs: BUSY_RETRY_MS });
  const unavailable = (cause?: unknown): HubError => new HubError('SOURCE_UNAVAILABLE', `source "${source}" cannot be reached`, { source, department, cause });

  function startWorker(): Worker {
    // Neither the hub's environment nor its flags are the worker's business; where compiled code is kept is.
    const cache = getCompileCacheDir();
    const child = fork(WORKER_FILE, [], {
      serialization: 'advanced',
      execArgv: [],
      env: cache === undefined ? {} : { NODE_COMPILE_CACHE: cache },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const since = performance.now();
    const overdue = setTimeout(() => drop(worker, unavailable(`no process was ready after ${START_MAX_MS} ms`)), START_MAX_MS).unref();
    const worker: Worker = { process: child, startedInMs: undefined, overdue, job: undefined };
    child.on('message', (reply: WorkerReply | 'ready') => {
      if (!workers.has(worker)) return; // it was under way when its process was ended
      if (reply !== 'ready') return finish(worker, reply);
      clearTimeout(overdue);
      worker.startedInMs = performance.now() - since;
      if (worker.job !== undefined) send(worker, worker.job);
    });
    child.on('error', (error) => drop(worker, unavailable(error)));
    child.on('exit', () => drop(worker, unavailable()));
    child.send({ kind: 'open', path, timeZone, busyMs: Math.min(pool.connectMs, 1000) } satisfies WorkerRequest);
    workers.add(worker);
    return worker;
  }

  function finish(worker: Worker, outcome: WorkerReply): void {
    const { job } = worker;
    worker.job = undefined;
    bound.took(outcome.ms);
    job?.settle(outcome);
    feed(worker, next());
  }

  /** Whoever came first, also if it was given to a process that is still starting: that may take longer. */
  function next(): Job | undefined {
    const starting = [...workers].find(({ startedInMs, job }) => startedInMs === undefined && job !== undefined);
    if (starting === undefined) return queue.shift();
    const { job } = starting;
    starting.job = queue.shift();
    return job;
  }

  function feed(worker: Worker, job: Job | undefined): void {
    if (job !== undefined) assign(worker, job);
    else if (closed !== undefined) closeIdle();
  }

  /** A worker that is gone: its call fails, and the next in the queue gets a new one. */
  function drop(worker: Worker, error: HubError): void {
    if (!workers.delete(worker)) return;
    clearTimeout(worker.overdue);
    worker.process.kill('SIGKILL');
    worker.job?.settle(error);
    worker.job = undefined;
    const waiting = queue.shift();
    if (waiting !== undefined) assign(startWorker(), waiting);
    if (workers.size === 0) onIdle?.();
  }

  function closeIdle(): void {
    for (const worker of workers) if (worker.job === undefined) drop(worker, unavailable('closed'));
  }

  function assign(worker: Worker, job: Job): void {
    worker.job = job;
    // What was sent to a process that is still starting could not be taken back.
    if (worker.startedInMs !== undefined) send(worker, job);
  }

  function send(worker: Worker, job: Job): void {
    worker.process.send({ kind: 'run', sql: job.sql, parameters: job.parameters } satisfies WorkerRequest, (error) => {
      if (error !== null) drop(worker, unavailable(error));
    });
  }

  function enqueue(job: Job): void {
    const free = [...workers].filter((worker) => worker.job === undefined);
    const idle = free.find(({ startedInMs }) => startedInMs !== undefined) ?? free[0];
    if (idle !== undefined) assign(idle, job);
    else if (workers.size === 0 || (workers.size < max && queue.length >= pool.queue)) assign(startWorker(), job);
    else if (bound.admits(queue.length, job.since - (queue[0]?.since ?? job.since))) {
      queue.push(job);
      growLater();
    } else job.settle(busy());
  }

  /** Another process for what still waits then, unless one is just starting. */
  function growLater(): void {
    if (workers.size >= max) return;
    growth ??= setTimeout(() => {
      growth = undefined;
      if (queue.length === 0 || closed !== undefined) return;
      if (workers.size < max && [...workers].every(({ startedInMs }) => startedInMs !== undefined)) assign(startWorker(), queue.shift()!);
      growLater();
    }, START_AFTER_MS);
  }

  /** Takes a job out of the queue or from a process that has not begun it, or ends the process that runs it. */
  function abandon(job: Job, error: HubError, isLate: boolean): void {
    const waiting = queue.indexOf(job);
    if (waiting >= 0) queue.splice(waiting, 1);
    job.settle(error);
    const worker = [...workers].find((each) => each.job === job);
    if (worker === undefined) return;
    if (worker.startedInMs === undefined) {
      worker.job = undefined;
      return feed(worker, queue.shift());
    }
    const graceMs = isLate ? 0 : Math.min(Math.max(GRACE_MS, worker.startedInMs), GRACE_MAX_MS);
    // What came while the hub was held up is read after the timer, and before this.
    setTimeout(() => setImmediate(() => worker.job === job && drop(worker, error)), graceMs);
  }

  function run(sql: string, parameters: readonly SqlValue[], { signal, timeoutMs }: CallOptions): Promise<unknown[][]> {
    if (closed !== undefined) return Promise.reject(unavailable('closed'));
    const late = (): HubError => new HubError('SOURCE_TIMEOUT', `source "${source}" did not answer in time`, { source, department, cause: signal.reason });
    if (signal.aborted) return Promise.reject(late());
    return new Promise((resolve, reject) => {
      const timers: NodeJS.Timeout[] = [];
      const onAbort = (): void => abandon(job, late(), false);
      const job: Job = {
        sql,
        parameters,
        since: performance.now(),
        settle: (outcome) => {
          timers.forEach(clearTimeout);
          signal.removeEventListener('abort', onAbort);
          if (outcome instanceof HubError) reject(outcome);
          else if ('rows' in outcome) resolve(outcome.rows);
          else reject(failureOf(outcome, config));
        },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      timers.push(setTimeout(() => abandon(job, late(), true), timeoutMs));
      enqueue(job);
      if (queue.includes(job) && pool.acquireMs < timeoutMs) timers.push(setTimeout(() => queue.includes(job) && abandon(job, busy(), true), pool.acquireMs));
    });
  }

  return {
    run,
    close: () => {
      clearTimeout(growth);
      closed ??= new Promise<void>((resolve) => {
        onIdle = resolve;
        if (workers.size === 0) resolve();
        closeIdle();
      });
      return closed;
    },
  };
}

/** Result codes of SQLite that say something about the source; anything else is a fault of the statement. */
function failureOf({ failure, message }: Extract<WorkerReply, { failure: number }>, { source, department }: SourceConfig): HubError {
  const cause = Object.assign(new Error(`SQLite result ${failure}: ${message}`), { code: `SQLITE_${failure}` });
  if (failure === 5 || failure === 6)
    return new HubError('SOURCE_BUSY', `source "${source}" is locked`, { source, department, retryAfterMs: BUSY_RETRY_MS, cause });
  if (/^no such (table|column)/.test(message))
    return new HubError('SOURCE_DRIFT', `a table or column of source "${source}" is gone`, { source, department, cause });
  if (UNAVAILABLE.has(failure)) return new HubError('SOURCE_UNAVAILABLE', `source "${source}" cannot be read`, { source, department, cause });
  return new HubError('INTERNAL_SERVER_ERROR', 'the hub asked a source for something it does not understand', { source, department, cause });
}

/** perm, nomem, readonly, interrupt, ioerr, corrupt, full, cantopen, protocol, notadb. */
const UNAVAILABLE = new Set([3, 7, 8, 9, 10, 11, 13, 14, 15, 26]);
