import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase } from '../helpers/services.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Block {
  readonly lang: string;
  /** What stands behind the language: a file to write, or what is meant by it. */
  readonly info: string;
  readonly text: string;
  readonly line: number;
}

const guide = await readFile(join(root, 'docs/guides/your-own-databases.md'), 'utf8');
const blocks: readonly Block[] = [...guide.matchAll(/^```(\w+)(?: (.*))?\n([^]*?)^```$/gm)].map((match) => ({
  lang: match[1] ?? '',
  info: match[2] ?? '',
  text: (match[3] ?? '').trimEnd(),
  line: guide.slice(0, match.index).split('\n').length,
}));
const files = blocks.filter(({ info }) => info.startsWith('library/'));
/** What is done with the files, in the order of the page. */
const steps = blocks.filter((block) => !files.includes(block) && !['json', 'text'].includes(block.lang)).filter(({ info }) => info !== 'servers');
const answerTo = (step: Block, lang: string): Block | undefined => {
  const next = blocks[blocks.indexOf(step) + 1];
  return next?.lang === lang && next.info === '' ? next : undefined;
};
const servers = blocks.find(({ info }) => info === 'servers');

/** `npx` takes the programs of the project; a temporary folder has none. */
const NPX = `npx() { if [ "$1" = -c ]; then sh -c "$2"; else shift; node --no-warnings "${root}scripts/cli.ts" "$@"; fi; }`;

/** A reader who follows the page in a folder of their own. */
interface Reader extends AsyncDisposable {
  readonly folder: string;
  run(script: string): Promise<{ readonly stdout: string; readonly stderr: string }>;
  start(script: string): Promise<void>;
  post(query: string): Promise<unknown>;
  /** Empty until the hub runs. */
  readonly address: () => string;
}

async function createReader(env: Readonly<Record<string, string>>): Promise<Reader> {
  const folder = await mkdtemp(join(tmpdir(), 'yiwang-guide-'));
  for (const { info, text } of files) {
    await mkdir(dirname(join(folder, info)), { recursive: true });
    await writeFile(join(folder, info), `${text}\n`);
  }
  const options = { cwd: folder, env: { ...process.env, ...env, PATH: `${dirname(process.execPath)}:${process.env['PATH']}`, PORT: '0' } };
  let hub: ChildProcess | undefined;
  let address = '';
  return {
    folder,
    address: () => address,
    async run(script) {
      const child = spawn('bash', ['-c', `set -e\n${NPX}\n${script}`], { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
      const [stdout, stderr] = await Promise.all([textOf(child.stdout), textOf(child.stderr)]);
      return { stdout: stdout.trimEnd(), stderr: stderr.trimEnd() };
    },
    async start(script) {
      // The page for the browser takes long to build and is not asked for.
      hub = spawn('bash', ['-c', `${NPX.replace('node ', 'exec node ')}\n${script} --no-graphiql`], { ...options, stdio: ['ignore', 'pipe', 'inherit'] });
      let said = '';
      for await (const chunk of hub.stdout!.setEncoding('utf8')) {
        said += chunk as string;
        const found = /^(http:\S+)\/graphql$/m.exec(said)?.[1];
        if (found !== undefined) {
          address = found;
          break;
        }
      }
      if (address === '') throw new Error(`the hub did not start:\n${said}`);
    },
    async post(query) {
      const response = await fetch(`${address}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query }) });
      return response.json();
    },
    async [Symbol.asyncDispose]() {
      if (hub?.exitCode === null && hub.kill('SIGTERM')) await once(hub, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface Outcome {
  readonly actual: unknown;
  /** As the page shows it. */
  readonly expected: unknown;
}

async function follow(reader: Reader, step: Block): Promise<Outcome> {
  if (step.info === 'start') {
    await reader.start(step.text);
    return { actual: 'started', expected: 'started' };
  }
  return step.lang === 'graphql' ? ask(reader, step) : type(reader, step);
}

/** Within seconds the hub takes over what another process has decided; until then the answer may still be the old one. */
async function ask(reader: Reader, step: Block): Promise<Outcome> {
  const shown = JSON.parse(answerTo(step, 'json')?.text ?? 'null') as object | null;
  // Most answers are shown without what is around their data.
  const expected = shown !== null && 'data' in shown ? shown : { data: shown };
  for (let tries = 1; ; tries += 1) {
    const actual = await reader.post(step.text);
    if (tries === 20 || isDeepStrictEqual(actual, expected)) return { actual, expected };
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

async function type(reader: Reader, step: Block): Promise<Outcome> {
  const { stdout, stderr } = await reader.run(step.text.replace('http://127.0.0.1:4000', reader.address()));
  // "…" stands for whatever may follow.
  const [shown = '', rest] = answerTo(step, 'text')?.text.split('…') ?? [];
  return { actual: { stdout: rest === undefined ? stdout : stdout.slice(0, shown.length), stderr }, expected: { stdout: shown, stderr: '' } };
}

const LOAD = {
  async postgres(url: string, sql: string) {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(sql);
    await client.end();
  },
  async mariadb(url: string, sql: string) {
    const connection = await createConnection({ uri: url, multipleStatements: true });
    await connection.query(sql);
    await connection.end();
  },
};

describe.each(['SQLite', 'PostgreSQL and MariaDB'])('docs/guides/your-own-databases.md on %s', (engines) => {
  let reader: Reader;
  const drops: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    if (engines === 'SQLite') {
      reader = await createReader({});
      return;
    }
    const [catalogue, lending] = await Promise.all([createDatabase('postgres', 'catalogue'), createDatabase('mariadb', 'lending')]);
    drops.push(
      () => catalogue.drop(),
      () => lending.drop(),
    );
    const exported = servers?.text.replace(/postgres:\/\/\S+/, catalogue.url).replace(/mysql:\/\/\S+/, lending.url) ?? '';
    reader = await createReader(Object.fromEntries([...exported.matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [name, value])));
    const sqlOf = (name: string): string => files.find(({ info }) => info === `library/${name}.sql`)?.text ?? '';
    await LOAD.postgres(catalogue.url, sqlOf('catalogue'));
    await LOAD.mariadb(lending.url, sqlOf('lending'));
  });
  afterAll(async () => {
    await reader[Symbol.asyncDispose]();
    for (const drop of drops) await drop();
  });

  it.each(steps)('line $line: $lang $text', { timeout: 120_000 }, async (step) => {
    const { actual, expected } = await follow(reader, step);
    expect(actual).toEqual(expected);
  });

  it.each(blocks.filter(({ info }) => info.startsWith('mistake ')))(
    'line $line: a mistake is reported as shown',
    { timeout: 60_000 },
    async ({ info, text }) => {
      const [, file = '', right = '', wrong = ''] = info.split(' ');
      const path = join(reader.folder, file);
      const content = await readFile(path, 'utf8');
      await writeFile(path, content.replace(right, wrong));
      const { stderr } = await reader.run('npx yiwang check --config library/hub.yaml');
      await writeFile(path, content);
      expect(stderr).toBe(text);
    },
  );
});

describe('docs/guides/your-own-databases.md', () => {
  it('leaves no block unused', () => {
    const used = new Set<Block | undefined>([...files, ...steps, ...steps.flatMap((step) => [answerTo(step, 'json'), answerTo(step, 'text')]), servers]);
    expect(blocks.filter((block) => !used.has(block) && !block.info.startsWith('mistake '))).toEqual([]);
  });
});
