import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

export interface ApiChange {
  readonly level: 'BREAKING' | 'DANGEROUS' | 'NON_BREAKING';
  readonly path: string;
  readonly message: string;
}

const WORKER = new URL('api-diff-worker.ts', import.meta.url);

/** What two schemas, as SDL, say differently. Computed in a thread of its own, so that nobody waits for it but the asker. */
export async function apiDiff(before: string, after: string): Promise<readonly ApiChange[]> {
  if (before === after) return [];
  const worker = new Worker(WORKER, { workerData: [before, after] });
  try {
    const [changes] = (await once(worker, 'message')) as [readonly ApiChange[]]; // a fault in the thread rejects
    return changes;
  } finally {
    await worker.terminate();
  }
}
