import { appendFileSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAccessLog, type AccessLog } from '../../../../access/log/open-access-log.ts';
import { openSegmentWriter } from '../../../../access/log/segment-writer.ts';
import { verifyAccessLog } from '../../../../access/log/verify-access-log.ts';
import { accessRecords } from '../../../helpers/access-records.ts';
import { createLogFixture, event, SILENT, type LogFixture } from './fixture.ts';

const DAY_MS = 86_400_000;

let log: LogFixture;
beforeEach(async () => {
  log = await createLogFixture();
});
afterEach(() => log[Symbol.asyncDispose]());

const errors = async (): Promise<string[]> => {
  const { findings } = await verifyAccessLog(log.configuration.folder, log.configuration.anchorFolder);
  return findings.filter(({ severity }) => severity === 'error').map(({ message }) => message);
};

describe('an access log that is opened', () => {
  it('moves aside what an interrupted write left, says so, and goes on with the chain', async () => {
    await log.write(5);
    appendFileSync(log.files()[0] ?? '', 'half a reco');
    await log.write(5);
    expect(readdirSync(path.dirname(log.files()[0] ?? '')).filter((name) => name.endsWith('.torn'))).toHaveLength(1);
    expect(accessRecords(log.configuration.folder).filter((record) => record.kind === 'start')).toMatchObject([{}, { torn: 11 }]);
    expect(await errors()).toEqual([]);
  });

  it('says that its anchor is gone, and makes a new one', async () => {
    await log.write(5);
    rmSync(log.anchorFile());
    await log.write(1);
    expect(accessRecords(log.configuration.folder).findLast((record) => record.kind === 'start')).toMatchObject({ anchor: 'missing' });
    expect(await errors()).toEqual([]);
  });

  it('begins a chain of its own when its key is another', async () => {
    await log.write(5);
    await log.store.settings.delete('accessLogKey');
    await log.write(5);
    expect(readdirSync(log.configuration.folder)).toHaveLength(2);
    expect(await errors()).toEqual([]);
  });

  it('signs and anchors what it holds within the time that is set', { timeout: 20_000 }, async () => {
    await using open = await log.open({ checkpointMs: 300 });
    await open.record(event('r1'));
    await expect
      .poll(async () => (await verifyAccessLog(log.configuration.folder, log.configuration.anchorFolder)).chains[0], { timeout: 5_000 })
      .toMatchObject({ signedTo: 4, anchoredTo: 4 });
  });
});

describe('space that is kept for records to come', () => {
  const burst = async (open: AccessLog, name: string): Promise<void> => {
    await Promise.all(Array.from({ length: 50 }, (_, i) => open.record(event(`${name}${i}`))));
  };
  const text = (): string => readFileSync(log.files()[0] ?? '', 'utf8');

  it('is no part of the log while it is open, and is gone when it is closed', async () => {
    await using open = await log.open();
    await burst(open, 'a');
    const { size } = statSync(log.files()[0] ?? '');
    expect(text()).toMatch(/\n{1000}$/);
    await burst(open, 'b');
    expect(statSync(log.files()[0] ?? '').size).toBe(size);
    expect(await errors()).toEqual([]);
    expect(accessRecords(log.configuration.folder).filter((record) => 'request' in record)).toHaveLength(100);
    await open[Symbol.asyncDispose]();
    expect(text()).toMatch(/\}\n$/);
    expect(await errors()).toEqual([]);
  });

  it.each([
    [7, 0],
    [8, 256 * 1024],
  ])('is made for eight lines at once: %i make %i bytes of it', async (count, reserve) => {
    await log.write(1);
    const [folder = ''] = log.files().map((file) => path.dirname(file));
    const before = statSync(log.files()[0] ?? '').size;
    const head = { seq: 1, hash: '0'.repeat(64), at: '' };
    const writer = await openSegmentWriter({ name: path.basename(folder), folder, hash: 'sha256' }, { segment: 1, size: before, head });
    await writer.write(
      Array.from({ length: count }, () => 'line\n'),
      head,
    );
    expect(statSync(log.files()[0] ?? '').size - before).toBe(count * 5 + reserve);
    await writer.finish();
    expect(statSync(log.files()[0] ?? '').size - before).toBe(count * 5);
  });

  it.each([
    ['blank lines', '', 0],
    ['half a record before them', 'half a reco', 1],
  ])('that a crash left behind, with %s, holds up nothing', async (_what, half, torn) => {
    await log.write(20);
    appendFileSync(log.files()[0] ?? '', `${half}${'\n'.repeat(5_000)}`);
    const { findings } = await verifyAccessLog(log.configuration.folder, log.configuration.anchorFolder);
    expect(findings.map(({ severity }) => severity)).toEqual(half === '' ? [] : ['warning']);
    await log.write(20);
    expect(readdirSync(path.dirname(log.files()[0] ?? '')).filter((name) => name.endsWith('.torn'))).toHaveLength(torn);
    expect(text()).not.toContain('\n\n');
    expect(await errors()).toEqual([]);
  });

  it('and what a write that failed left on the disk are cut off when the file is opened anew', async () => {
    await log.write(20);
    const [file = ''] = log.files();
    const folder = path.dirname(file);
    const before = readFileSync(file);
    const place = { segment: 1, size: before.length, head: { seq: 1, hash: '0'.repeat(64), at: '' } };
    const chain = { name: path.basename(folder), folder, hash: 'sha256' } as const;
    const failed = await openSegmentWriter(chain, place);
    await failed.write(
      Array.from({ length: 8 }, () => 'refused\n'),
      place.head,
    );
    const next = await openSegmentWriter(chain, place);
    await next.write(['line\n'], place.head);
    expect(String(readFileSync(file).subarray(before.length))).toBe('line\n');
    expect(readFileSync(file).subarray(0, before.length)).toEqual(before);
    await failed.close();
    await next.close();
  });

  it('does not hide a record that was taken away', async () => {
    await log.write(20);
    log.rewrite((lines) => lines.with(9, '\n'.repeat(lines[9]!.length - 1)));
    expect(await errors()).toContain('this is no record');
  });
});

describe('records that are expected', () => {
  it('are each written once, and what never comes, or is said to have come twice, holds up nobody', async () => {
    const writes: number[] = [];
    await using open = await openAccessLog({
      configuration: log.configuration,
      store: log.store,
      log: SILENT,
      onWrite: (records) => void writes.push(records),
    });
    const before = accessRecords(log.configuration.folder).length;
    open.expect();
    for (let round = 0; round < 20; round++) {
      const come = Array.from({ length: 5 }, () => open.expect());
      const written = come.map((_, i) => open.record(event(`r${round}-${i}`)));
      for (const done of [...come, ...come]) done();
      await Promise.all(written);
      expect(accessRecords(log.configuration.folder).length - before).toBeGreaterThanOrEqual((round + 1) * 5);
    }
    expect(writes.length).toBeLessThan(100);
    expect(await errors()).toEqual([]);
  });
});

describe('retention', () => {
  const reopen = async (days: number): Promise<void> => {
    const later = (): Date => new Date(Date.now() + days * DAY_MS);
    await (await openAccessLog({ configuration: log.configuration, store: log.store, log: SILENT, now: later }))[Symbol.asyncDispose]();
  };

  it('deletes whole files after their time, with a signed word about what went, and nothing before', { timeout: 60_000 }, async () => {
    await using first = await log.open();
    const long = { who: { subject: 'x'.repeat(3_000), roles: [] } };
    for (let written = 0; log.files().length < 2 && written < 5_000; written += 500)
      await Promise.all(Array.from({ length: 500 }, (_, i) => first.record(event(`r${written + i}`, long))));
    await first[Symbol.asyncDispose]();
    const names = log.files().map((file) => path.basename(file));
    expect(names).toEqual(['00000001.log', '00000002.log']);
    await reopen(183);
    expect(log.files()).toHaveLength(2);
    await reopen(185);
    expect(log.files().map((file) => path.basename(file))).toEqual(['00000002.log']);
    const [dropped] = accessRecords(log.configuration.folder).filter((record) => record.kind === 'dropped');
    expect(dropped).toMatchObject({ files: ['00000001.log'], firstSeq: 1 });
    expect(await errors()).toEqual([]);
    // Without that word it is tampering.
    const file = log.files()[0] ?? '';
    log.rewrite((lines) => lines.filter((line) => !line.includes('"kind":"dropped"')), file);
    expect(await errors()).toContainEqual(
      expect.stringMatching(/^records 1 to \d+ are missing, and the log does not say that they were past their retention$/),
    );
  });
});
