import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { projectFiles } from './files.ts';

/** What `npm run` can write anew from other files, in this order: `docs` writes the API that `codegen` reads. */
const GENERATORS = ['docs', 'codegen'];

/** Runs the generators; one line for each file that they changed, added or removed, and so was not what its sources make it. */
export async function staleFiles(root: string): Promise<string[]> {
  const before = await digests(root);
  for (const generator of GENERATORS) {
    try {
      await promisify(execFile)('npm', ['run', '--silent', generator], { cwd: root, maxBuffer: 16 << 20 });
    } catch (error) {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
      return [`npm run ${generator} failed:\n${stdout}${stderr}`];
    }
  }
  const after = await digests(root);
  return [...new Set([...before.keys(), ...after.keys()])].filter((file) => before.get(file) !== after.get(file)).map((file) => `${file} was stale`);
}

async function digests(root: string): Promise<Map<string, string>> {
  const files = await projectFiles(root);
  const entries = await Promise.all(
    files.map(async (file) => {
      const content = await readFile(path.join(root, file)).catch(() => undefined); // deleted, but not yet committed
      return [file, content === undefined ? '' : createHash('sha256').update(content).digest('hex')] as const;
    }),
  );
  return new Map(entries);
}
