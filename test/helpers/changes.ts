import { DatabaseSync } from 'node:sqlite';
import path from 'node:path';
import { vi } from 'vitest';
import type { LoggedChange } from '../../schema/model/change.ts';
import type { Hub } from '../../server/hub.ts';

/** Resolves when every captured source is read live: what is written from then on is told. */
export async function untilLive(hub: Hub): Promise<void> {
  const captured = [...hub.configuration.sources.values()].filter((source) => source.changes !== 'none').length;
  await vi.waitFor(
    async () => {
      const captures = await hub.changes.captures();
      const waiting = captures.filter(({ state }) => state !== 'live');
      if (captures.length < captured || waiting.length > 0)
        throw new Error(`not live: ${JSON.stringify(waiting.map((one) => [one.source, one.state, one.message]))}`);
    },
    { timeout: 30_000, interval: 20 },
  );
}

/** Runs SQL on a department's demo file, as its own application would. */
export function writeDemo(folder: string, department: string, sql: string): void {
  const database = new DatabaseSync(path.join(folder, `${department}.sqlite`), { timeout: 5_000 });
  try {
    database.exec(sql);
  } finally {
    database.close();
  }
}

/** What follows a sequence, once there are at least so many. */
export async function changesAfter(hub: Hub, sequence: number, count: number, timeoutMs = 10_000): Promise<LoggedChange[]> {
  await hub.changes.log.waitBeyond(sequence + count - 1, AbortSignal.timeout(timeoutMs));
  return hub.changes.log.read(sequence, 100_000);
}
