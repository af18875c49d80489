import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../../../store/open-store.ts';
import { describeChangeLog } from '../../conformance/change-log-kit.ts';
import { describeStore, type StoreKitSubject } from '../../conformance/store-kit.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'yiwang-store-'));
});
afterAll(() => rm(folder, { recursive: true }));

const subject: StoreKitSubject = {
  open: () => openStore(`sqlite:${join(folder, 'new', 'hub.db')}`),
  reset: () => rm(join(folder, 'new'), { recursive: true, force: true }),
};
describeStore('the SQLite store', subject);
describeChangeLog('the SQLite store', subject);

describe('a SQLite store', () => {
  it('is readable by its owner only', async () => {
    const path = join(folder, 'private.db');
    await using store = await openStore(`sqlite:${path}`);
    await store.ping();
    expect((await stat(path)).mode & 0o077).toBe(0);
  });

  it('lives in memory when asked', async () => {
    await using store = await openStore('sqlite::memory:');
    await store.settings.set('a', '1');
    expect(await store.settings.get('a')).toBe('1');
  });

  it('refuses its outer tables inside a transaction instead of waiting for ever', async () => {
    await using store = await openStore('sqlite::memory:');
    await expect(store.transaction(() => store.settings.get('a'))).rejects.toMatchObject({
      cause: { message: 'inside a transaction, use the tables it is given' },
    });
  });

  it('keeps every acknowledged write when its process is killed', async () => {
    const url = `sqlite:${join(folder, 'killed.db')}`;
    const script = `
      import { openStore } from '${new URL('../../../store/open-store.ts', import.meta.url).href}';
      const store = await openStore('${url}');
      for (let index = 1; ; index++) { await store.settings.set('last', String(index)); process.stdout.write(index + '\\n'); }`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    for await (const text of child.stdout.setEncoding('utf8')) {
      output += String(text);
      if (output.split('\n').length > 20) break;
    }
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    await using store = await openStore(url);
    const acknowledged = Math.max(...output.split('\n').slice(0, -1).map(Number));
    expect(Number(await store.settings.get('last'))).toBeGreaterThanOrEqual(acknowledged);
  });

  it('leaves the event loop free while it writes', async () => {
    await using store = await openStore(`sqlite:${join(folder, 'busy.db')}`);
    let longest = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 5);
    for (let index = 0; index < 50; index++) await store.settings.set('a', String(index));
    clearInterval(timer);
    expect(longest).toBeLessThan(200);
  });
});
