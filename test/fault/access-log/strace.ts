import { spawn, spawnSync, type ChildProcess } from 'node:child_process';

/** Whether this machine can watch and break system calls. */
export const hasStrace = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;

/** A Node program under strace, with one thread for its files, since strace counts calls by thread; `options` say what is watched or broken, `file` is where the trace goes. */
export function underStrace(options: readonly string[], file: string, program: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
  return spawn('strace', ['-f', '-o', file, ...options, process.execPath, ...program], {
    env: { ...process.env, NODE_ENV: 'production', UV_THREADPOOL_SIZE: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
