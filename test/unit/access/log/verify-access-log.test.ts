import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GENESIS, link, parseLine } from '../../../../access/log/chain.ts';
import { createSigner, makeSigningKey } from '../../../../access/log/signing.ts';
import { verifyAccessLog } from '../../../../access/log/verify-access-log.ts';
import { createLogFixture, event, type LogFixture } from './fixture.ts';

let log: LogFixture;
beforeEach(async () => {
  log = await createLogFixture();
  await log.write(120);
});
afterEach(() => log[Symbol.asyncDispose]());

const verify = () => verifyAccessLog(log.configuration.folder, log.configuration.anchorFolder);
/** What is found, with the place. */
const found = async (): Promise<string[]> => (await verify()).findings.map(({ place, message }) => `${place ?? 'chain'}: ${message}`);

const changed = (line: string): string => line.replace('"rows":3', '"rows":9');
/** A line with the hash that its text has where it stands. */
function hashed(line: string, previous: string): string {
  const json = line.slice(65);
  return `${link('sha256', previous, json)} ${json}`;
}

describe('an access log', () => {
  it.each(['sha256', 'sm3'] as const)('that nobody touched verifies, hashed with %s', async (hash) => {
    await using other = await createLogFixture();
    await other.write(50, { hash });
    const { chains, findings } = await verifyAccessLog(other.configuration.folder, other.configuration.anchorFolder);
    expect(findings).toEqual([]);
    expect(chains).toMatchObject([{ records: 55, firstSeq: 1, lastSeq: 55, signedTo: 54, anchoredTo: 54 }]);
  });

  it('goes on with the same chain after a restart', async () => {
    await log.write(10);
    expect(await verify()).toMatchObject({ chains: [{ records: 139 }], findings: [] });
  });
});

describe('tampering', () => {
  it('an edited record is found', async () => {
    log.rewrite((lines) => lines.with(49, changed(lines[49]!)));
    expect(await found()).toEqual(['00000001.log:50: record 50 is not what the hub wrote, or record 49 is not: its hash does not fit']);
  });

  it('an edited record whose own hash was computed anew is found', async () => {
    log.rewrite((lines) => lines.with(49, hashed(changed(lines[49]!), lines[48]!.slice(0, 64))));
    expect(await found()).toEqual(['00000001.log:51: record 51 is not what the hub wrote, or record 50 is not: its hash does not fit']);
  });

  it('a log that was hashed anew from an edited record on is found', async () => {
    log.rewrite((lines) => {
      const all = [...lines];
      all[49] = changed(all[49]!);
      for (let i = 49; i < all.length; i++) all[i] = hashed(all[i]!, all[i - 1]!.slice(0, 64));
      return all;
    });
    expect(await found()).toEqual([
      '00000001.log:125: the checkpoint after record 124 does not hold: what it signed is not what stands here: the log was rewritten',
      'chain: record 124 is not the one that its anchor knows: the log was rewritten up to there',
    ]);
  });

  it('deleted records are found', async () => {
    log.rewrite((lines) => lines.toSpliced(49, 3));
    expect(await found()).toEqual(['00000001.log:50: records 50 to 52 are missing before record 53']);
  });

  it.each([1, 100, 124])('a tail cut by %i records is found', async (count) => {
    log.rewrite((lines) => lines.slice(0, -count - 1));
    expect(await found()).toEqual([
      `chain: it ends with record ${124 - count}, but its anchor knows record 124: the tail was cut, or an older copy took its place`,
    ]);
  });

  it('a log of which nothing is left is found', async () => {
    rmSync(path.dirname(log.files()[0]!), { recursive: true });
    expect(await found()).toEqual(['chain: the whole chain is missing from the log; its anchor knows 124 records of it']);
  });

  it('a record that was put in twice is found', async () => {
    log.rewrite((lines) => lines.toSpliced(60, 0, lines[49]!));
    expect(await found()).toEqual([
      '00000001.log:61: record 50 stands after record 60: it was inserted or moved',
      '00000001.log:62: record 61 is not what the hub wrote, or record 60 is not: its hash does not fit',
    ]);
  });

  it('records that changed places are found', async () => {
    log.rewrite((lines) => lines.with(49, lines[50]!).with(50, lines[49]!));
    expect((await found()).slice(0, 2)).toEqual([
      '00000001.log:50: record 50 is missing before record 51',
      '00000001.log:51: record 50 stands after record 51: it was inserted or moved',
    ]);
  });

  it('yesterday’s copy in the place of the log is found, also by the hub itself', async () => {
    const yesterday = log.copyTo('yesterday');
    await log.write(30);
    rmSync(log.configuration.folder, { recursive: true });
    renameSync(yesterday, log.configuration.folder);
    expect(await found()).toEqual(['chain: it ends with record 125, but its anchor knows record 158: the tail was cut, or an older copy took its place']);
    await using hub = await log.open();
    expect(hub.status().failure?.reason).toMatch(/ends at record 125, but its anchor knows record 158/);
    await expect(hub.record(event('r1'))).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
  });

  it('a log that was made anew with another key is found', async () => {
    const signer = await createSigner(makeSigningKey());
    const { chain } = parseLine(log.lines()[0]!)!.record as unknown as { readonly chain: string };
    const all: string[] = [];
    let previous = GENESIS.hash;
    for (const line of log.lines()) {
      const { record } = parseLine(line)!;
      let json = changed(line).slice(65);
      if (record.kind === 'chain') json = JSON.stringify({ ...record, key: signer.publicKey });
      if (record.kind === 'checkpoint')
        json = JSON.stringify({ ...record, jws: await signer.sign(chain, { seq: record.seq - 1, hash: previous, at: record.at }) });
      previous = link('sha256', previous, json);
      all.push(`${previous} ${json}`);
    }
    log.rewrite(() => all);
    const { kid } = signer.publicKey;
    const messages = await found();
    expect(messages).toContain(`00000001.log:3: the checkpoint after record 2 does not hold: it is signed by another key (${kid})`);
    expect(messages).toContain(`chain: it names another key (${kid}) than its anchor: it was made anew`);
  });

  it('an anchor that was changed is found', async () => {
    const file = log.anchorFile();
    const lines = readFileSync(file, 'utf8').split('\n');
    const last = lines.length - 2;
    writeFileSync(file, lines.with(last, `${lines[last]!.slice(0, -6)}AAAAAA`).join('\n'));
    expect((await found())[0]).toBe(`chain: line ${last + 1} of its anchor does not hold: its signature is not that of the chain’s key`);
  });

  it('an anchor of another log is found', async () => {
    await using other = await createLogFixture();
    await other.write(200);
    cpSync(other.anchorFile(), log.anchorFile());
    expect(await found()).not.toEqual([]);
  });

  it('an anchor that was shortened is found, and one that is gone is said', async () => {
    const file = log.anchorFile();
    await log.write(1);
    await log.write(1);
    const lines = readFileSync(file, 'utf8').split('\n');
    writeFileSync(file, `${lines.slice(0, 2).join('\n')}\n`);
    expect(await found()).toEqual([expect.stringMatching(/^chain: the anchor does not know the checkpoint after record 124 and 3 others/)]);
    rmSync(file);
    expect((await verify()).findings).toMatchObject([{ severity: 'warning', message: expect.stringMatching(/there is no anchor of it/) }]);
  });

  it('a key that the auditor brings is the only one that counts', async () => {
    const { publicKey } = await createSigner(makeSigningKey());
    const { findings } = await verifyAccessLog(log.configuration.folder, log.configuration.anchorFolder, publicKey);
    expect(findings.map(({ message }) => message)).toContain(`its anchor names another key (${anchorKey(log).kid}) than the one given`);
  });

  it('a file that was moved to another chain is found', async () => {
    const [file = ''] = log.files();
    const folder = path.join(log.configuration.folder, '20200101T000000Z-000000');
    mkdirSync(folder);
    cpSync(file, path.join(folder, '00000001.log'));
    expect((await found())[0]).toMatch(/^00000001\.log:1: the file belongs to the chain /);
  });
});

function anchorKey(log: LogFixture): { readonly kid: string } {
  return (JSON.parse(readFileSync(log.anchorFile(), 'utf8').split('\n')[0]!) as { key: { kid: string } }).key;
}
