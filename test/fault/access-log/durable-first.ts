/** `node test/fault/access-log/durable-first.ts [requests]`: a hub under strace; the record of each answer must be on the disk before the answer's first byte. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { demoFolder } from '../../helpers/hub.ts';
import { underStrace } from './strace.ts';

export interface DurableFirst {
  /** Answers with data that left. */
  readonly answers: number;
  /** Of those, whose record was on the disk before. */
  readonly durable: number;
  /** `fdatasync` calls on the log. */
  readonly syncs: number;
}

const HUB = path.join(import.meta.dirname, 'traced-hub.ts');
const QUERY = '{ projects(first: 2) { nodes { code name payments(first: 1) { nodes { amount } } } } }';

/** @param workers clients that ask at the same time, so that several records share a write */
export async function durableFirst(requests: number, workers: number): Promise<DurableFirst> {
  const demo = await demoFolder();
  const trace = path.join(demo.folder, 'trace');
  const child = underStrace(['-s', '65535', '-e', 'trace=write,writev,pwrite64,fdatasync'], trace, [HUB], demo.env);
  let hub = 0;
  try {
    let printed = '';
    child.stdout?.on('data', (part) => (printed += String(part)));
    while (!/^\d+ http\S+$/m.test(printed)) {
      if (child.exitCode !== null) throw new Error(`the hub ended: ${printed}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const [, pid, address = ''] = /^(\d+) (http\S+)$/m.exec(printed) ?? [];
    hub = Number(pid);
    let next = 0;
    await Promise.all(
      Array.from({ length: workers }, async () => {
        while (next < requests) {
          const response = await fetch(address, {
            method: 'POST',
            headers: { 'content-type': 'application/json', 'x-request-id': `traced-${next++}-` },
            body: JSON.stringify({ query: QUERY }),
          });
          const { data } = (await response.json()) as { readonly data?: unknown };
          if (!data) throw new Error(`no data: HTTP ${response.status}`);
        }
      }),
    );
    const ended = once(child, 'exit');
    process.kill(hub, 'SIGKILL'); // what has not been answered by now is not looked at
    await ended;
    return readTrace(readFileSync(trace, 'utf8'));
  } finally {
    // strace alone would leave it running
    if (hub > 0 && child.exitCode === null && child.signalCode === null) process.kill(hub, 'SIGKILL');
    else child.kill('SIGKILL');
    demo.remove();
  }
}

/** Follows a trace from the first call to the last. */
export function readTrace(trace: string): DurableFirst {
  const written = new Set<string>();
  const onDisk = new Set<string>();
  const answered = new Set<string>();
  let [durable, syncs] = [0, 0];
  /** What had been written when a thread's `fdatasync` began. */
  const syncing = new Map<string, readonly string[]>();
  for (const line of trace.split('\n')) {
    const [, thread = '', call = ''] = /^(\d+) +(.*)$/s.exec(line) ?? [];
    if (call.startsWith('pwrite64(')) for (const [, id = ''] of call.matchAll(/\\"request\\":\\"(traced-\d+-)\\"/g)) written.add(id);
    if (call.startsWith('fdatasync(')) syncing.set(thread, [...written]);
    if (/^(fdatasync\(.*|<\.\.\. fdatasync resumed>.*)\) += 0$/.test(call)) {
      for (const id of syncing.get(thread) ?? []) onDisk.add(id);
      syncs++;
    }
    if (!/^(write|writev)\(/.test(call) || !call.includes('HTTP/1.1 200')) continue;
    for (const [, id = ''] of call.matchAll(/x-request-id: (traced-\d+-)/g)) {
      if (answered.has(id)) continue;
      answered.add(id);
      if (onDisk.has(id)) durable++;
    }
  }
  return { answers: answered.size, durable, syncs };
}

if (process.argv[1] === import.meta.filename) {
  const result = await durableFirst(Number(process.argv[2] ?? 1_000), 8);
  console.log(JSON.stringify(result));
  process.exitCode = result.answers > 0 && result.answers === result.durable ? 0 : 1;
}
