/** A database server of one test file's own, to be frozen, killed and started again. */
import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer, type EngineName } from '../../scripts/services/index.ts';

export interface PrivateServer extends AsyncDisposable {
  /** Administrator's URL. */
  readonly url: string;
  /** Stops all its processes where they stand; its connections stay open. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** Ends it at once, as a loss of power does. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data; resolves when it accepts. */
  start(): Promise<void>;
}

/** @param settings the server's own, by name */
export async function startPrivateServer(engine: EngineName, settings: Readonly<Record<string, string>> = {}): Promise<PrivateServer> {
  const directory = join(tmpdir(), `yiwang-fault-${engine}-${randomBytes(5).toString('hex')}`);
  let service = await startServer(engine, { directory, settings });
  const { url, port } = service;
  const signal = async (name: NodeJS.Signals): Promise<number> => {
    const { pid } = JSON.parse(await readFile(join(directory, 'service.json'), 'utf8')) as { pid: number };
    for (const each of await family(pid)) send(each, name);
    return pid;
  };
  const kill = async (): Promise<void> => {
    const pid = await signal('SIGKILL').catch(() => undefined);
    while (pid !== undefined && send(pid, 0)) await new Promise((resolve) => setTimeout(resolve, 10));
    await service.stop(); // what is left is to forget it
  };
  return {
    url,
    freeze: async () => void (await signal('SIGSTOP')),
    thaw: async () => void (await signal('SIGCONT')),
    kill,
    start: async () => void (service = await startServer(engine, { directory, port, settings })),
    async [Symbol.asyncDispose]() {
      await kill();
      await rm(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** A process and all that it started: Postgres has a process a connection. Parents first, so that none is started meanwhile. */
async function family(root: number): Promise<number[]> {
  const children = new Map<number, number[]>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    const parent = Number(/\) \S (\d+)/.exec(stat)?.[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const found = [root];
  for (const pid of found) found.push(...(children.get(pid) ?? []));
  return found;
}

function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false; // gone already
  }
}
