import { describe, expect, it } from 'vitest';
import { durableFirst, readTrace } from './durable-first.ts';
import { faultsOf, runWithFault } from './failing-disk.ts';
import { hasStrace } from './strace.ts';

const RECORDS = 5;

describe.skipIf(!hasStrace)('the access log, seen by the operating system', () => {
  it('is on the disk before the first byte of the answer', { timeout: 120_000 }, async () => {
    const { answers, durable, writes } = await durableFirst(100, 4);
    expect([answers, durable]).toEqual([100, 100]);
    expect(writes).toBeGreaterThan(0);
  });

  it('is not taken for durable when the answer leaves first', () => {
    const open = (flags: string): string => `7 openat(AT_FDCWD, "/log/00000001.log", O_RDWR|${flags}O_CLOEXEC) = 20`;
    const record = String.raw`7 pwrite64(20, "… {\"request\":\"traced-1-\"}", 30, 0`;
    const answer = '6 write(30, "HTTP/1.1 200 OK\\r\\nx-request-id: traced-1-\\r\\n", 50) = 50';
    const [written, begun, ended] = [`${record}) = 30`, `${record} <unfinished ...>`, '7 <... pwrite64 resumed>) = 30'];
    const durable = (...lines: readonly string[]) => readTrace(lines.join('\n'));
    expect(durable(open('O_DSYNC|'), written, answer)).toEqual({ answers: 1, durable: 1, writes: 1 });
    expect(durable(open('O_DSYNC|'), begun, ended, answer)).toEqual({ answers: 1, durable: 1, writes: 1 });
    expect(durable(open('O_DSYNC|'), begun, answer, ended)).toEqual({ answers: 1, durable: 0, writes: 1 });
    expect(durable(open('O_DSYNC|'), answer, written)).toEqual({ answers: 1, durable: 0, writes: 1 });
    expect(durable(open('O_DSYNC|'), `${record}) = 12`, answer)).toEqual({ answers: 1, durable: 0, writes: 0 });
    expect(durable(open(''), written, answer)).toEqual({ answers: 1, durable: 0, writes: 0 });
  });

  it.each([
    ['ENOSPC', 'pwrite64', 1],
    ['ENOSPC', 'pwrite64', 3],
    ['EIO', 'pwrite64', 2],
    ['EIO', 'pwrite64', 4],
    ['EIO', 'fsync', 1],
  ])('after %s at %s number %i holds all that was promised, and goes on', { timeout: 60_000 }, async (error, call, when) => {
    const run = await runWithFault(`${call}:error=${error}:when=${when}`, RECORDS);
    expect(faultsOf(run, RECORDS)).toEqual([]);
    expect(run.refused.length).toBeGreaterThanOrEqual(1);
  });

  it('refuses everything on a disk that stays full', { timeout: 60_000 }, async () => {
    const run = await runWithFault('pwrite64:error=ENOSPC', 1);
    expect([run.promised, run.recorded, run.errors]).toEqual([[], [], []]);
  });
});
