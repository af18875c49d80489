import { HubError } from '../../schema/errors/hub-error.ts';
import { nextLine, type Head } from './chain.ts';
import type { OpenChain, Place } from './open-chain.ts';
import type { SegmentWriter } from './segment-writer.ts';

/** Makes many waiting records durable with one write. */
export interface GroupCommit {
  /** Resolves when the record is on the disk. @param body an event as JSON text @throws {HubError} AUDIT_UNAVAILABLE: it may not be there */
  append(body: string): Promise<void>;
  /** A record is to come soon, until what is returned is called: a write waits for it a moment while there are many. */
  expect(): () => void;
  /** Writes a checkpoint if one is due. @throws {HubError} AUDIT_UNAVAILABLE */
  flush(): Promise<void>;
  /** Absent while the log can be written. */
  failure(): Failure | undefined;
  head(): Head | undefined;
  /** Writes what waits, and takes nothing more. */
  close(): Promise<void>;
}

export interface Failure {
  readonly reason: string;
  /** RFC 3339. */
  readonly since: string;
}

export interface GroupCommitOptions {
  /** Opens the chain, or what is left of it after `place`, where writing failed. */
  readonly open: (place: Place | undefined) => Promise<Opened>;
  /** Adds a checkpoint after these records when one is due. @returns its body */
  readonly checkpoint: (chain: OpenChain, head: Head, records: number) => Promise<string | undefined>;
  /** What is on the disk now. */
  readonly onDurable: (records: number, bytes: number) => void;
  /** Bodies to write first, once writing works (again). */
  readonly greeting: (chain: OpenChain, failure: Failure | undefined) => readonly string[];
  readonly onFailure: (failure: Failure, error: unknown) => void;
}

export interface Opened {
  readonly chain: OpenChain;
  readonly writer: SegmentWriter;
}

interface Job {
  readonly body: string;
  readonly resolve: () => void;
  readonly reject: (error: HubError) => void;
}

/** Stands for no record: only what is due besides is written. */
const NOTHING = '';
const WAITING_MAX = 4_096;
const GROUP_MAX = 1_000;
/** A disk that takes longer is as good as none. */
const WRITE_MS = 2_000;
const TURN_MS = 100;
const RETRY_MS = 500;
/** So many records within so long: others follow, and one write that waits for them costs less than one for each. Who asks alone waits for nobody. */
const BUSY_RECORDS = 4;
const BUSY_MS = 5;
/** How long a write then waits for records that are expected. */
const GATHER_MS = 8;

export function createGroupCommit(options: GroupCommitOptions): GroupCommit {
  let waiting: Job[] = [];
  let opened: Opened | undefined;
  let place: Place | undefined;
  let failure: Failure | undefined;
  let triedAt = -Infinity;
  let running: Promise<void> | undefined;
  let retry: NodeJS.Timeout | undefined;
  let closed = false;
  /** When the last records came. */
  const recent: number[] = [];
  let expected = 0;
  let onAllCome: (() => void) | undefined;

  const refuse = (jobs: readonly Job[], reason: string): void => {
    for (const job of jobs) job.reject(unavailable(reason));
  };

  async function reopen(): Promise<void> {
    triedAt = performance.now();
    opened = await options.open(place);
    const bodies = options.greeting(opened.chain, failure);
    place = opened.writer.place;
    if (bodies.length > 0) await commit(opened, bodies);
    failure = undefined;
  }

  async function commit({ chain, writer }: Opened, bodies: readonly string[]): Promise<void> {
    const clock = new Date().toISOString();
    const opening = writer.nextOpening(clock);
    const lines = opening ? [opening.line] : [];
    let head = opening?.head ?? writer.place.head;
    const add = (body: string): void => {
      const next = nextLine(chain.hash, head, body, clock);
      lines.push(next.line);
      head = next.head;
    };
    const records = bodies.filter((body) => body !== NOTHING);
    records.forEach(add);
    const signature = await options.checkpoint(chain, head, records.length);
    if (signature !== undefined) add(signature);
    if (lines.length === 0) return;
    const before = writer.place.size;
    await writer.write(lines, head);
    place = writer.place;
    options.onDurable(records.length, Math.max(0, place.size - before));
  }

  function fail(error: unknown): void {
    const reason = reasonOf(error);
    failure = { reason, since: failure?.since ?? new Date().toISOString() };
    options.onFailure(failure, error);
    const broken = opened;
    opened = undefined;
    broken?.writer.close().catch(() => undefined);
    refuse(waiting, reason);
    waiting = [];
    schedule();
  }

  /** Looks by itself whether writing works again. */
  function schedule(): void {
    if (closed || retry) return;
    retry = setTimeout(() => {
      retry = undefined;
      if (failure && !closed) wake();
    }, RETRY_MS);
    retry.unref();
  }

  async function gather(): Promise<void> {
    const isBusy = recent.length === BUSY_RECORDS && performance.now() - (recent[0] ?? 0) < BUSY_MS;
    if (!isBusy || expected === 0 || waiting.length >= GROUP_MAX || closed) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, GATHER_MS);
      onAllCome = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    onAllCome = undefined;
  }

  async function run(): Promise<void> {
    while (!opened || waiting.length > 0) {
      await gather();
      const group = waiting.slice(0, GROUP_MAX);
      waiting = waiting.slice(GROUP_MAX);
      const slow = afterTurns(WRITE_MS, () => {
        failure = { reason: `${opened ? 'a write' : 'opening it'} takes longer than ${WRITE_MS / 1000} s`, since: new Date().toISOString() };
        refuse([...group, ...waiting], failure.reason);
        waiting = [];
      });
      try {
        if (!opened) await reopen();
        const bodies = group.map(({ body }) => body);
        if (opened && bodies.length > 0) await commit(opened, bodies);
        for (const job of group) job.resolve();
        failure = undefined;
      } catch (error) {
        refuse(group, reasonOf(error));
        fail(error);
        return;
      } finally {
        clearInterval(slow);
      }
    }
  }

  function wake(): void {
    running ??= run().finally(() => {
      running = undefined;
      if (waiting.length > 0) wake();
    });
  }

  function append(body: string): Promise<void> {
    if (closed) return Promise.reject(unavailable('it is closed'));
    if (failure && (running || performance.now() - triedAt < RETRY_MS)) return Promise.reject(unavailable(failure.reason));
    if (waiting.length >= WAITING_MAX) return Promise.reject(unavailable('too many records wait to be written'));
    recent.push(performance.now());
    if (recent.length > BUSY_RECORDS) recent.shift();
    return new Promise((resolve, reject) => {
      waiting.push({ body, resolve, reject });
      wake();
    });
  }
  wake();
  return {
    append,
    expect() {
      expected += 1;
      let isExpected = true;
      return () => {
        if (!isExpected) return;
        isExpected = false;
        expected -= 1;
        if (expected === 0) onAllCome?.();
      };
    },
    flush: () => append(NOTHING),
    failure: () => failure,
    head: () => place?.head,
    async close() {
      closed = true;
      clearTimeout(retry);
      while (running) await running;
      await opened?.writer.finish();
    },
  };
}

/** Calls back after so long, in which a process that is busy with something else has had time for this too. */
function afterTurns(ms: number, done: () => void): NodeJS.Timeout {
  let left = ms / TURN_MS;
  const looking = setInterval(() => {
    if (--left > 0) return;
    clearInterval(looking);
    done();
  }, TURN_MS);
  return looking;
}

/** What a client is told; the reason is the operator's. */
export function unavailable(reason: string): HubError {
  return new HubError('AUDIT_UNAVAILABLE', 'The access log cannot be written, so nothing may be answered; the operator knows why.', {
    retryAfterMs: 1_000,
    cause: new Error(reason),
  });
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const known: Readonly<Record<string, string>> = {
    ENOSPC: 'the disk is full',
    EDQUOT: 'the disk quota is used up',
    EIO: 'the disk fails',
    EROFS: 'the disk is read-only',
    EACCES: 'the folder may not be written',
    EPERM: 'the folder may not be written',
    ENOENT: 'the folder or a file in it is gone',
  };
  return (code === undefined ? undefined : known[code]) ?? (error instanceof Error ? message : 'unknown');
}
