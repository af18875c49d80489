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
  /** Writes on the log that were on the disk when they were over. */
  readonly writes: number;
}

const HUB = path.join(import.meta.dirname, 'traced-hub.ts');
const QUERY = '{ projects(first: 2) { nodes { code name payments(first: 1) { nodes { amount } } } } }';

/** @param workers clients that ask at the same time, so that several records share a write */
export async function durableFirst(requests: number, workers: number): Promise<DurableFirst> {
  const demo = await demoFolder();
  const trace = path.join(demo.folder, 'trace');
  const child = underStrace(['-s', '65535', '-e', 'trace=openat,write,writev,pwrite64'], trace, [HUB], demo.env);
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
  const onDisk = new Set<string>();
  const answered = new Set<string>();
  let [durable, writes] = [0, 0];
  /** Files opened with O_DSYNC, by descriptor. */
  const synced = new Set<string>();
  /** What a thread has begun and not ended. */
  const begun = new Map<string, string>();
  for (const line of trace.split('\n')) {
    const [, thread = '', said = ''] = /^(\d+) +(.*)$/s.exec(line) ?? [];
    if (said.endsWith('<unfinished ...>')) begun.set(thread, said);
    const call = /^<\.\.\. (openat|pwrite64) resumed>/.test(said) ? `${begun.get(thread) ?? ''} ${said}` : said;
    const result = /\) += (\d+)$/.exec(call)?.[1];
    if (call.startsWith('openat(') && result !== undefined) {
      if (/[ |]O_DSYNC[|,]/.test(call)) synced.add(result);
      else synced.delete(result);
    }
    const [, file = '', length] = /^pwrite64\((\d+), .*"(?:\.\.\.)?, (\d+), \d+/s.exec(call) ?? [];
    if (synced.has(file) && length === result) {
      for (const [, id = ''] of call.matchAll(/\\"request\\":\\"(traced-\d+-)\\"/g)) onDisk.add(id);
      writes++;
    }
    if (!/^(write|writev)\(/.test(call) || !call.includes('HTTP/1.1 200')) continue;
    for (const [, id = ''] of call.matchAll(/x-request-id: (traced-\d+-)/g)) {
      if (answered.has(id)) continue;
      answered.add(id);
      if (onDisk.has(id)) durable++;
    }
  }
  return { answers: answered.size, durable, writes };
}

if (process.argv[1] === import.meta.filename) {
  const result = await durableFirst(Number(process.argv[2] ?? 1_000), 8);
  console.log(JSON.stringify(result));
  process.exitCode = result.answers > 0 && result.answers === result.durable ? 0 : 1;
}
