import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoFolder, startTestHub } from '../helpers/hub.ts';

const CLI = path.resolve(import.meta.dirname, '../../scripts/cli.ts');
let demo: Awaited<ReturnType<typeof demoFolder>>;
beforeAll(async () => {
  demo = await demoFolder();
});
afterAll(() => demo.remove());

interface Started {
  readonly child: ChildProcess;
  readonly address: string;
  /** Exit code, and all that was printed. */
  readonly ended: Promise<{ readonly code: number | null; readonly output: string }>;
}

function run(...args: string[]): Pick<Started, 'child' | 'ended'> & { readonly printed: (text: RegExp) => Promise<RegExpExecArray> } {
  const child = spawn(process.execPath, [CLI, ...args], {
    env: { ...process.env, ...demo.env, NODE_ENV: 'production', YIWANG_LOG_LEVEL: 'error' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (output += String(part)));
  const ended = once(child, 'exit').then(([code]) => ({ code: code as number | null, output }));
  const printed = async (text: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const found = text.exec(output);
      if (found) return found;
      if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}: ${output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  return { child, ended, printed };
}

async function start(...args: string[]): Promise<Started> {
  const { child, ended, printed } = run('start', '--port', '0', '--no-graphiql', ...args);
  const [, address = ''] = await printed(/^(http:\/\/\S+)\/graphql$/m);
  return { child, ended, address };
}

/** Sends the head and half of a request, then gives a way to send the rest. */
async function halfRequest(address: string): Promise<{ finish(): Promise<string> }> {
  const body = JSON.stringify({ query: '{ hub { version } }' });
  const socket = connect(Number(new URL(address).port), '127.0.0.1');
  await once(socket, 'connect');
  let answer = '';
  socket.on('data', (part) => (answer += part.toString()));
  socket.write(`POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 10)}`);
  return {
    async finish() {
      socket.write(body.slice(10));
      await once(socket, 'close');
      return answer;
    },
  };
}

describe('the process', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('on %s finishes what it is answering, takes nothing new, and exits with 0', async (signal) => {
    const hub = await start();
    const running = await halfRequest(hub.address);
    await fetch(`${hub.address}/health/live`); // the half request is with the hub by now
    const from = performance.now();
    hub.child.kill(signal);
    await expect
      .poll(() =>
        fetch(`${hub.address}/health/live`).then(
          () => 'open',
          () => 'closed',
        ),
      )
      .toBe('closed');
    expect(await running.finish()).toMatch(/^HTTP\/1\.1 200 [\s\S]*"version":1/);
    const { code, output } = await hub.ended;
    expect([code, output.replace(/^http.*\n/, '')]).toEqual([0, '']);
    expect(performance.now() - from).toBeLessThan(4_000);
  });

  it('ends as well when npm, which ran it, is told to end', async () => {
    const shell = spawn('sh', ['-c', '"$0" "$@"; true', process.execPath, CLI, 'start', '--port', '0', '--no-graphiql'], {
      env: { ...process.env, ...demo.env, NODE_ENV: 'production', YIWANG_LOG_LEVEL: 'error', npm_lifecycle_event: 'start' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [first] = (await once(shell.stdout, 'data')) as [Buffer];
    const address = String(first)
      .trim()
      .replace(/\/graphql$/, '');
    expect((await fetch(`${address}/health/live`)).status).toBe(200);
    shell.kill('SIGTERM');
    await once(shell.stdout, 'close'); // the hub has it open until it ends
    await expect(fetch(address)).rejects.toThrow('fetch failed');
  });

  it('says which port is taken, and the way out', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, output } = await run('start', '--port', String(port), '--no-graphiql').ended;
    other.close();
    expect([code, output]).toEqual([1, `port ${port} on 127.0.0.1 is taken; stop what uses it, or choose another: PORT=${port + 1}\n`]);
  });

  it('says where hub.yaml and a mapping are wrong, and how to mend them', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'yiwang-broken-'));
    const file = path.join(folder, 'hub.yaml');
    writeFileSync(file, 'departments:\n  a: { en: A }\nsources:\n  a: { department: b, kind: sqlite, url: "sqlite:x" }\n');
    const wrong = await run('start', '--config', file).ended;
    expect(wrong.code).toBe(1);
    expect(wrong.output).toMatch(/hub\.yaml:4:\d+ error: source "a" belongs to an unknown department; /);
    const absent = await run('start', '--config', path.join(folder, 'none.yaml')).ended;
    expect([absent.code, absent.output]).toEqual([1, `${path.join(folder, 'none.yaml')} cannot be read (ENOENT); name another file with --config\n`]);
    rmSync(folder, { recursive: true });
  });

  it('keeps its cursors and its crosswalk over a restart', async () => {
    const page = async (address: string, after: string | null): Promise<{ nodes: { code: string }[]; pageInfo: { endCursor: string } }> => {
      const query = 'query($after: String) { projects(first: 2, after: $after) { nodes { code } pageInfo { endCursor } } }';
      const response = await fetch(`${address}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables: { after } }),
      });
      return ((await response.json()) as { data: { projects: Awaited<ReturnType<typeof page>> } }).data.projects;
    };
    const first = await start();
    const { pageInfo, nodes } = await page(first.address, null);
    first.child.kill();
    await first.ended;
    const second = await start();
    const rest = await page(second.address, pageInfo.endCursor);
    second.child.kill();
    await second.ended;
    expect([...nodes, ...rest.nodes].map(({ code }) => code)).toEqual([
      '2018-320500-48-01-515465',
      '2205-320508-04-01-654321',
      '2205-320508-04-01-654399',
      '2301-320500-04-01-123456',
    ]);
  });
});

describe('a source that is missing at the start', () => {
  it('fails only its own fields, and joins by itself without one failed request', async () => {
    const away = 'audit.sqlite.away';
    await using hub = await startTestHub({ prepare: (folder) => renameSync(path.join(folder, 'audit.sqlite'), path.join(folder, away)) });
    const query = '{ projects(first: 2, orderBy: [{ code: DESC }]) { nodes { code findings { totalCount } } } hub { generation } }';
    const before = await hub.post(query);
    expect(before.status).toBe(200);
    expect(before.body.data.projects.nodes[0]).toEqual({ code: '2301-320500-04-01-123456', findings: null });
    expect(before.body.errors?.[0]).toMatchObject({
      path: ['projects', 'nodes', 0, 'findings'],
      extensions: { code: 'SOURCE_UNAVAILABLE', source: 'audit', department: 'audit', retryable: true },
    });

    renameSync(path.join(hub.folder, away), path.join(hub.folder, 'audit.sqlite'));
    const from = performance.now();
    const generations = new Set<number>();
    for (let joined = false; !joined;) {
      const { status, body } = await hub.post(query);
      expect(status).toBe(200);
      generations.add(body.data.hub.generation);
      joined = body.errors === undefined;
      expect(performance.now() - from).toBeLessThan(20_000);
    }
    expect([...generations]).toEqual([1, 2]);
  });
});
