/** What every run of the benchmark needs: the databases, a folder for the hub's store, and where the databases are. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startOptions } from '../helpers/start-options.ts';
import { type BenchDatabases, openDatabases } from './databases.ts';
import { type DataSize, FULL } from './data.ts';
import { startServer, type Started } from './processes.ts';

export interface BenchSetup extends AsyncDisposable {
  readonly databases: BenchDatabases;
  readonly env: Readonly<Record<string, string>>;
  /** For whatever else a run makes; gone with the setup. */
  readonly folder: string;
}

export async function openSetup(size: DataSize = FULL): Promise<BenchSetup> {
  await using undo = new AsyncDisposableStack();
  const databases = undo.use(await openDatabases(size, console.log));
  const folder = await mkdtemp(path.join(tmpdir(), 'yiwang-bench-hub-'));
  undo.defer(() => rm(folder, { recursive: true, force: true }));
  const { development, finance, housing, audit } = databases.urls;
  const env = {
    DEVELOPMENT_URL: development,
    FINANCE_URL: finance,
    HOUSING_URL: housing,
    AUDIT_URL: audit,
    STORE_URL: `sqlite:${folder}/hub.sqlite`,
    PORT: '0',
  };
  const parts = undo.move();
  return { databases, env, folder, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}

export const serverFile = (name: string): string => path.join(import.meta.dirname, name);

/** The hub as a process of its own, as `npm start` runs it, with more options for Node. */
export const startHub = (env: Readonly<Record<string, string>>, more: readonly string[] = []): Promise<Started> =>
  startServer(serverFile('hub/main.ts'), env, [...startOptions(), ...more]);

export async function post(url: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
  return response.json();
}
