import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import path from 'node:path';
import type { ConsoleFiles } from '../../server/console.ts';

/**
 * GraphiQL, built once into a folder of its own name beside the hub's data, in another process, when `build` is called, so that it holds no start up. Absent where its
 * packages are not installed (`npm install --omit=dev`).
 * @param cache e.g. `.yiwang`, from the working folder
 */
export async function prepareGraphiql(cache: string, onFailure: (reason: string) => void): Promise<ConsoleFiles & { build(): void }> {
  const folder = path.resolve(cache, `graphiql-${await fingerprint()}`);
  let state: ReturnType<ConsoleFiles['state']> = existsSync(folder) ? 'ready' : 'preparing';
  const build = (): void => {
    if (state === 'ready') return;
    const child = spawn(process.execPath, [path.join(import.meta.dirname, 'build.ts'), folder], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, NODE_ENV: 'production' },
    });
    child.unref();
    if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
    let complaint = '';
    child.stderr.on('data', (part) => (complaint += String(part)));
    child.once('error', () => (state = 'absent'));
    child.once('exit', (code) => {
      state = code === 0 ? 'ready' : 'absent';
      if (code !== 0) onFailure(complaint.trim().split('\n')[0] ?? `exit code ${code}`);
    });
    process.once('exit', () => child.kill());
  };
  return { folder, state: () => state, build };
}

/** Another version of GraphiQL, or of the page, is built anew. */
async function fingerprint(): Promise<string> {
  const hash = createHash('sha256');
  const files = (await readdir(import.meta.dirname, { withFileTypes: true })).filter((entry) => entry.isFile());
  for (const name of files.map((file) => file.name).sort()) hash.update(await readFile(path.join(import.meta.dirname, name)));
  hash.update(await readFile(path.join(import.meta.dirname, '../../package-lock.json')).catch(() => ''));
  return hash.digest('hex').slice(0, 12);
}
