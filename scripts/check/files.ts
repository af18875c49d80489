import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** The project's files, new ones included and ignored ones not, relative to `root`, with `/`. */
export async function projectFiles(root: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'], {
    cwd: root,
    maxBuffer: 16 << 20,
  });
  return stdout.split('\0').filter((file) => file !== '');
}
