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
   * running.
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
  /** It can answer: whatever it is given now waits for no start. */
  ready: boolean;
  job: Job | undefined;
}

const WORKER_FILE = fileURLToPath(new URL('./worker.ts', import.meta.url));
const BUSY_RETRY_MS = 500;
/** What an abandoned statement may still take. Most have been answered by then, and a new process costs more. */
const GRACE_MS = 50;
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
    const worker: Worker = { process: child, ready: false, job: undefined };
    child.on('message', (reply: WorkerReply | 'ready') => {
      if (reply === 'ready') worker.ready = true;
      else finish(worker, reply);
    });
    child.on('error', (error) => drop(worker, unavailable(error)));
    child.on('exit', () => drop(worker, unavailable()));
    child.send({ kind: 'open', path, timeZone, busyMs: Math.min(pool.connectMs, 1000) } satisfies WorkerRequest);
    workers.add(worker);
    return worker;
  }

  function finish(worker: Worker, outcome: WorkerReply): void {
    if (!workers.has(worker)) return; // its reply was under way when its process was ended
    const { job } = worker;
    worker.job = undefined;
    bound.took(outcome.ms);
    job?.settle(outcome);
    const next = queue.shift();
    if (next !== undefined) assign(worker, next);
    else if (closed !== undefined) retire(worker);
  }

  /** A worker that is gone: its call fails, and the next in the queue gets a new one. */
  function drop(worker: Worker, error: HubError): void {
    if (!workers.delete(worker)) return;
    worker.process.kill('SIGKILL');
    worker.job?.settle(error);
    worker.job = undefined;
    const next = queue.shift();
    if (next !== undefined) assign(startWorker(), next);
    if (workers.size === 0) onIdle?.();
  }

  function retire(worker: Worker): void {
    workers.delete(worker);
    worker.process.kill('SIGKILL');
    if (workers.size === 0) onIdle?.();
  }

  function assign(worker: Worker, job: Job): void {
    worker.job = job;
    worker.process.send({ kind: 'run', sql: job.sql, parameters: job.parameters } satisfies WorkerRequest, (error) => {
      if (error !== null) drop(worker, unavailable(error));
    });
  }

  function enqueue(job: Job): void {
    const idle = [...workers].find((worker) => worker.job === undefined);
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
      if (workers.size < max && [...workers].every(({ ready }) => ready)) assign(startWorker(), queue.shift()!);
      growLater();
    }, START_AFTER_MS);
  }

  /** Takes a job out of the queue, or ends the process that runs it. */
  function abandon(job: Job, error: HubError, graceMs = 0): void {
    const waiting = queue.indexOf(job);
    if (waiting >= 0) queue.splice(waiting, 1);
    job.settle(error);
    for (const worker of workers) {
      if (worker.job !== job) continue;
      if (graceMs === 0) drop(worker, error);
      // What came while the hub was held up is read after the timer, and before this.
      else setTimeout(() => setImmediate(() => worker.job === job && drop(worker, error)), graceMs);
    }
  }

  function run(sql: string, parameters: readonly SqlValue[], { signal, timeoutMs }: CallOptions): Promise<unknown[][]> {
    if (closed !== undefined) return Promise.reject(unavailable('closed'));
    const late = (): HubError => new HubError('SOURCE_TIMEOUT', `source "${source}" did not answer in time`, { source, department, cause: signal.reason });
    if (signal.aborted) return Promise.reject(late());
    return new Promise((resolve, reject) => {
      const timers: NodeJS.Timeout[] = [];
      const onAbort = (): void => abandon(job, late(), GRACE_MS);
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
      timers.push(setTimeout(() => abandon(job, late()), timeoutMs));
      enqueue(job);
      if (queue.includes(job) && pool.acquireMs < timeoutMs) timers.push(setTimeout(() => queue.includes(job) && abandon(job, busy()), pool.acquireMs));
    });
  }

  return {
    run,
    close: () => {
      clearTimeout(growth);
      closed ??= new Promise<void>((resolve) => {
        onIdle = resolve;
        if (workers.size === 0) resolve();
        for (const worker of workers) if (worker.job === undefined) retire(worker);
      });
      return closed;
    },
  };
}

/** Result codes of SQLite that say something about the source; anything else is a fault of the statement. */
function failureOf({ failure, message }: Extract<WorkerReply, { failure: number }>, { source, department }: SourceConfig): HubError {
  const cause = new Error(`SQLite result ${failure}: ${message}`);
  if (failure === 5 || failure === 6)
    return new HubError('SOURCE_BUSY', `source "${source}" is locked`, { source, department, retryAfterMs: BUSY_RETRY_MS, cause });
  if (/^no such (table|column)/.test(message))
    return new HubError('SOURCE_DRIFT', `a table or column of source "${source}" is gone`, { source, department, cause });
  if (UNAVAILABLE.has(failure)) return new HubError('SOURCE_UNAVAILABLE', `source "${source}" cannot be read`, { source, department, cause });
  return new HubError('INTERNAL_SERVER_ERROR', 'the hub asked a source for something it does not understand', { source, department, cause });
}

/** perm, nomem, readonly, interrupt, ioerr, corrupt, full, cantopen, protocol, notadb. */
const UNAVAILABLE = new Set([3, 7, 8, 9, 10, 11, 13, 14, 15, 26]);
