import { vi } from 'vitest';
import { runProgram } from '../../scripts/cli/program.ts';

/** Runs one command line of `yiwang` in this process, split as a shell would. @returns what it prints. @throws with what it printed when it fails */
export async function runCommand(line: string): Promise<string> {
  const [, ...args] = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
  const out: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((text: unknown) => void out.push(String(text)));
  const error = vi.spyOn(console, 'error').mockImplementation((text: unknown) => void out.push(String(text)));
  process.argv = [process.execPath, 'yiwang', ...args];
  process.exitCode = 0;
  try {
    await runProgram();
    if (Number(process.exitCode) !== 0) throw new Error(`${line}\n${out.join('\n')}`);
    return out.join('\n');
  } finally {
    process.exitCode = 0;
    log.mockRestore();
    error.mockRestore();
  }
}
