import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { DepartmentName } from './table.ts';

const NAMES: readonly DepartmentName[] = ['development', 'finance', 'housing', 'audit'];

/** Where departments/hub.yaml looks for it. */
export const DEMO_DATA = path.resolve(import.meta.dirname, '../../.yiwang');

/** Generated projects beside the hand-made ones: enough to page, filter and group. */
const SIZE = 200;

/**
 * Makes the demo's SQLite files where any is missing; those that are there stay as they are.
 * @returns whether any was made
 */
export async function ensureDemo(folder: string): Promise<boolean> {
  const missing = NAMES.filter((name) => !existsSync(path.join(folder, `${name}.sqlite`)));
  if (missing.length === 0) return false;
  await mkdir(folder, { recursive: true });
  // Moved into place when complete: a start that is interrupted leaves no half of a database behind.
  const { loadDemoData } = await import('./load.ts'); // with it come the drivers of all engines
  const unfinished = await mkdtemp(path.join(folder, 'demo-'));
  try {
    await loadDemoData({ engine: 'sqlite', dir: unfinished }, { departments: missing, size: SIZE });
    for (const name of missing) await rename(path.join(unfinished, `${name}.sqlite`), path.join(folder, `${name}.sqlite`));
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return true;
}
