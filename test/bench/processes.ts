/** Processes under measurement: started apart from the bench, their CPU time and memory read from /proc. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';

export interface Started extends AsyncDisposable {
  readonly port: number;
  readonly pid: number;
  /** From the start of the process to its first line. */
  readonly startMs: number;
}

const STOP_MS = 15_000;

/** Runs a program of this project that prints its address when it answers. @throws with what it printed when it ends before */
export async function startServer(file: string, env: Readonly<Record<string, string>>, nodeOptions: readonly string[] = []): Promise<Started> {
  const begun = performance.now();
  const child = spawn(process.execPath, [...nodeOptions, file], {
    env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', YIWANG_LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  child.stderr.on('data', (text) => {
    printed += String(text);
    if (printed.length > 20_000) printed = printed.slice(-10_000);
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout.on('data', (text) => {
      const found = /http:\/\/[^:]+:(\d+)/.exec(String(text));
      if (found) resolve(Number(found[1]));
    });
    child.once('exit', (code) => reject(new Error(`${file} ended with ${String(code)}: ${printed}`)));
  });
  return { port, pid: child.pid ?? 0, startMs: performance.now() - begun, [Symbol.asyncDispose]: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(timer);
}

const TICK_US = 10_000;

/** CPU time in microseconds that a process and its children have used so far. */
export async function cpuTimeUs(pid: number): Promise<number> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(ids.map((id) => readFile(`/proc/${id}/stat`, 'latin1').catch(() => '')));
  let ticks = 0;
  for (const stat of stats) {
    // The name, in brackets, may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const isOwn = stat.startsWith(`${pid} `);
    if (!isOwn && fields[1] !== String(pid)) continue;
    ticks += Number(fields[11]) + Number(fields[12]);
    if (isOwn) ticks += Number(fields[13]) + Number(fields[14]); // children that have ended
  }
  return ticks * TICK_US;
}

/** Resident memory in MiB. */
export async function residentMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024;
}
