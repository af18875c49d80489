import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadDemoData } from '../../scripts/demo-data/index.ts';
import { createHub, type Hub, type HubOptions } from '../../server/hub.ts';
import { createLog } from '../../server/log.ts';

export const DEMO_CONFIGURATION = path.resolve(import.meta.dirname, '../../departments/hub.yaml');
const NAMES = ['development', 'finance', 'housing', 'audit'];

/** The demo's hand-made rows as SQLite files in a folder of their own, and the environment that leads a hub there. */
export async function demoFolder(): Promise<{ readonly folder: string; readonly env: Record<string, string>; remove(): void }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'yiwang-test-hub-'));
  await loadDemoData({ engine: 'sqlite', dir: folder });
  const env: Record<string, string> = { HUB_STORE_URL: `sqlite:${path.join(folder, 'hub.sqlite')}`, YIWANG_NOW: '2024-06-30T12:00:00+08:00' };
  for (const name of NAMES) env[`${name.toUpperCase()}_URL`] = `sqlite:${path.join(folder, `${name}.sqlite`)}`;
  return { folder, env, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The demo's hub.yaml with more text at its end, in a folder of its own. */
export function demoConfigurationWith(more: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'yiwang-test-configuration-'));
  const departments = path.dirname(DEMO_CONFIGURATION);
  const text = readFileSync(DEMO_CONFIGURATION, 'utf8').replaceAll(
    /^( {2}(?:schema|mappings|normalizers|checks|rules|policy): )'?([^'\n]+)'?$/gm,
    (_all, key: string, glob: string) => `${key}'${path.resolve(departments, glob)}'`,
  );
  const file = path.join(folder, 'hub.yaml');
  writeFileSync(file, `${text}\n${more}\n`);
  return file;
}

export interface TestHub extends AsyncDisposable {
  readonly hub: Hub;
  readonly address: string;
  readonly folder: string;
  /** That leads a command to the same store and sources. */
  readonly env: Readonly<Record<string, string>>;
  post(query: string, variables?: Readonly<Record<string, unknown>>, headers?: Readonly<Record<string, string>>): Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    readonly data?: any; // oxlint-disable-line typescript/no-explicit-any -- what comes over the wire
    readonly errors?: readonly { message: string; path?: readonly unknown[]; extensions: Record<string, unknown> }[];
    readonly extensions?: any; // oxlint-disable-line typescript/no-explicit-any -- as above
  };
}

/** A real hub over a fresh copy of the demo, on a free port, its crosswalk read. */
export async function startTestHub(options: Partial<HubOptions> & { readonly prepare?: (folder: string) => void } = {}): Promise<TestHub> {
  const demo = await demoFolder();
  options.prepare?.(demo.folder);
  const hub = await createHub({
    configurationFile: DEMO_CONFIGURATION,
    development: true,
    log: createLog(process.env['YIWANG_LOG_LEVEL'] ?? 'silent'),
    ...options,
    env: { ...demo.env, ...options.env },
  });
  const address = await hub.listen(0);
  await hub.federation.keeper.refresh();
  return {
    hub,
    address,
    folder: demo.folder,
    env: demo.env,
    post: (query, variables, headers = {}) => send(`${address}/graphql`, { query, variables }, headers),
    async [Symbol.asyncDispose]() {
      await hub[Symbol.asyncDispose]();
      demo.remove();
    },
  };
}

export async function send(url: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Answer['body'] };
}

/** Asks as a well-behaved client does: who asks too often waits as long as it is told, and asks again. */
export async function patiently(ask: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    const answer = await ask();
    const [limited] = answer.status === 429 ? (answer.body.errors ?? []) : [];
    if (!limited) return answer;
    await new Promise((resolve) => setTimeout(resolve, Number(limited.extensions['retryAfterMs'])));
  }
}

export const codes = ({ body }: Answer): unknown[] => (body.errors ?? []).map((error) => error.extensions['code']);
