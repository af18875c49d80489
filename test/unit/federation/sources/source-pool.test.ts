import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, expect, it, vi } from 'vitest';
import { openConnector } from '../../../../connectors/registry.ts';
import { createSourcePool } from '../../../../federation/sources/source-pool.ts';
import type { SourceConfiguration } from '../../../../schema/model/configuration.ts';
import { DEFAULT_BREAKER, DEFAULT_POOL } from '../../../../schema/parse/configuration.ts';
import { openStore } from '../../../../store/open-store.ts';

afterEach(() => void vi.useRealTimers());

it('has a source that cannot be read tried again soon, then ever less often, and no more once it was read', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'source-pool-'));
  const file = join(folder, 'late.db');
  const source: SourceConfiguration = {
    name: 'late',
    department: 'd',
    kind: 'sqlite',
    url: file,
    pool: DEFAULT_POOL,
    statementMs: 1_000,
    breaker: DEFAULT_BREAKER,
    changes: 'none',
  };
  const log = { warn: () => undefined };
  {
    await using store = await openStore(`sqlite:${join(folder, 'hub.sqlite')}`);
    await using pool = createSourcePool({
      store,
      timeZone: 'Asia/Shanghai',
      openConnector,
      onChange: () => undefined,
      log,
      signal: new AbortController().signal,
    });
    vi.useFakeTimers({ toFake: ['performance'] });
    await pool.open([source]);
    const pauses: number[] = [];
    for (let attempt = 0; attempt < 5; attempt += 1) {
      let pauseMs = 0;
      for (; pool.due().length === 0; pauseMs += 500) vi.advanceTimersByTime(500);
      pauses.push(pauseMs);
      expect(await pool.introspect('late')).toBeUndefined();
    }
    expect(pauses).toEqual([1_000, 2_000, 4_000, 5_000, 5_000]);
    new DatabaseSync(file).close();
    expect(await pool.introspect('late')).toBe(true);
    vi.advanceTimersByTime(60_000);
    expect([pool.due(), pool.unread()]).toEqual([[], []]);
  }
  rmSync(folder, { recursive: true });
});
