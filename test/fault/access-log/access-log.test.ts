import { describe, expect, it } from 'vitest';
import { durableFirst, readTrace } from './durable-first.ts';
import { faultsOf, runWithFault } from './failing-disk.ts';
import { hasStrace } from './strace.ts';

const RECORDS = 5;

describe.skipIf(!hasStrace)('the access log, seen by the operating system', () => {
  it('is on the disk before the first byte of the answer', { timeout: 120_000 }, async () => {
    const { answers, durable, syncs } = await durableFirst(100, 4);
    expect([answers, durable]).toEqual([100, 100]);
    expect(syncs).toBeGreaterThan(0);
  });

  it('is not taken for durable when the answer leaves first', () => {
    const record = String.raw`7 pwrite64(20, "… {\"request\":\"traced-1-\"}", 30, 0) = 30`;
    const answer = '6 write(30, "HTTP/1.1 200 OK\\r\\nx-request-id: traced-1-\\r\\n", 50) = 50';
    const sync = ['7 fdatasync(20 <unfinished ...>', '7 <... fdatasync resumed>) = 0'];
    expect(readTrace([record, ...sync, answer].join('\n'))).toEqual({ answers: 1, durable: 1, syncs: 1 });
    expect(readTrace([record, sync[0], answer, sync[1]].join('\n'))).toEqual({ answers: 1, durable: 0, syncs: 1 });
    expect(readTrace([...sync, record, answer].join('\n'))).toEqual({ answers: 1, durable: 0, syncs: 1 });
  });

  it.each([
    ['ENOSPC', 'pwrite64', 1],
    ['ENOSPC', 'pwrite64', 3],
    ['EIO', 'fdatasync', 1],
    ['EIO', 'fdatasync', 2],
    ['EIO', 'fdatasync', 4],
  ])('after %s at %s number %i holds all that was promised, and goes on', { timeout: 60_000 }, async (error, call, when) => {
    const run = await runWithFault(`${call}:error=${error}:when=${when}`, RECORDS);
    expect(faultsOf(run, RECORDS)).toEqual([]);
    expect(run.refused.length).toBeGreaterThanOrEqual(when === 1 ? 0 : 1);
  });

  it('refuses everything on a disk that stays full', { timeout: 60_000 }, async () => {
    const run = await runWithFault('pwrite64:error=ENOSPC', 1);
    expect([run.promised, run.recorded, run.errors]).toEqual([[], [], []]);
  });
});
