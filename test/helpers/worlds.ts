/** Two hubs over the departments' demo whose databases differ in everything that one principal may not see, and in nothing else. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { vi } from 'vitest';
import type { View } from '../../federation/supergraph/view.ts';
import type { Principal } from '../../schema/model/principal.ts';
import { mintDevelopmentToken, type DevelopmentClaims } from '../../server/authenticate/development-token.ts';
import { createHub, type Hub } from '../../server/hub.ts';
import { createLog } from '../../server/log.ts';
import { openStore } from '../../store/open-store.ts';
import { untilLive } from './changes.ts';
import { openDemoDatabase, type DemoDatabase } from './demo-database.ts';
import type { Engines } from './departments-hub.ts';
import { send } from './hub.ts';
import { DEPARTMENTS, demoRows, listed, makeOtherWorld, type DemoRows, type OtherWorld } from './other-world.ts';
import type { Random } from './random-operation.ts';

export interface World extends AsyncDisposable {
  readonly hub: Hub;
  readonly address: string;
  /** The principal's. */
  readonly headers: Readonly<Record<string, string>>;
  readonly databases: ReadonlyMap<string, DemoDatabase>;
  /** What is in the databases. */
  readonly rows: DemoRows;
}

export interface Worlds extends AsyncDisposable {
  readonly one: World;
  readonly other: World;
  /** Everything. */
  readonly whole: View;
  /** What the principal sees. */
  readonly view: View;
  readonly made: OtherWorld;
}

export interface WorldsOptions {
  readonly engines: Engines;
  readonly person: DevelopmentClaims;
  /** Policies by department, in place of the demo's. */
  readonly policies: Readonly<Record<string, string>>;
  readonly size: number;
  readonly seed: number;
  readonly random: Random;
}

export async function openWorlds({ engines, person, policies, size, seed, random }: WorldsOptions): Promise<Worlds> {
  await using undo = new AsyncDisposableStack();
  const folder = mkdtempSync(path.join(tmpdir(), 'yiwang-two-worlds-'));
  undo.defer(() => rmSync(folder, { recursive: true, force: true }));
  const configuration = writeConfiguration(folder, policies);
  const rows = demoRows({ size, seed });
  const open = async (name: string, its: DemoRows): Promise<World> => undo.use(await openWorld(configuration, path.join(folder, name), engines, person, its));
  const one = await open('one', rows);
  const whole = one.hub.federation.generation();
  const view = whole.view(one.hub.access.rightsOf({ ...(person as unknown as Principal), attributes: (person.attributes ?? {}) as Principal['attributes'] }));
  const made = makeOtherWorld(rows, view, await hiddenRows(one, view), random);
  const other = await open('other', made.rows);
  const parts = undo.move();
  return { one, other, whole, view, made, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}

function writeConfiguration(folder: string, policies: Readonly<Record<string, string>>): string {
  const departments = path.resolve(import.meta.dirname, '../../departments');
  const yaml = readFileSync(path.join(departments, 'hub.yaml'), 'utf8')
    .replace('../schema/unified', path.resolve(departments, '../schema/unified'))
    .replaceAll(/'\*\/(mapping|alerts)\.yaml'/g, `'${departments}/*/$1.yaml'`)
    .replaceAll(/: (normalizers|checks)\.yaml/g, `: ${departments}/$1.yaml`)
    .replace("'*/policy.yaml'", "'*.policy.yaml'")
    .replaceAll(/^    schemas:/gm, '    statementMs: 30000\n    pool: { queue: 1000, acquireMs: 30000, connectMs: 10000 }\n    schemas:');
  const file = path.join(folder, 'hub.yaml');
  // What is tested here is answers, not limits or deadlines; the machine may be busy.
  const limits =
    'requestsPerSecond: 10000, requestsPerMinute: 600000, costPerMinute: 100000000, operationMs: 60000, inFlightPerPrincipal: 200, connectionsPerPrincipal: 1000';
  writeFileSync(file, `${yaml}\nlimits: { ${limits} }\nsubgraph: true\n`);
  for (const [name, text] of Object.entries(policies)) writeFileSync(path.join(folder, `${name}.policy.yaml`), text);
  return file;
}

async function openWorld(configurationFile: string, folder: string, engines: Engines, person: DevelopmentClaims, rows: DemoRows): Promise<World> {
  await using undo = new AsyncDisposableStack();
  mkdirSync(folder);
  const databases = new Map<string, DemoDatabase>();
  for (const department of DEPARTMENTS)
    databases.set(department, undo.use(await openDemoDatabase(department, engines[department], folder, listed(rows, department))));
  const env: Record<string, string> = { HUB_STORE_URL: `sqlite:${path.join(folder, 'hub.sqlite')}`, YIWANG_NOW: '2024-06-30T12:00:00+08:00' };
  for (const database of databases.values()) Object.assign(env, database.env);
  const store = undo.use(await openStore(env['HUB_STORE_URL'] as string));
  await store.settings.set('cursorSecret', 'the same in all worlds');
  const hub = undo.use(await createHub({ configurationFile, env, development: true, unrecorded: true, log: createLog('silent') }));
  const address = await hub.listen(0);
  // On a busy machine a source may miss the start; it then joins.
  while (hub.federation.generation().offline.length > 0) await new Promise((resolve) => setTimeout(resolve, 200));
  await untilLive(hub);
  // Again with all keys known: one source's suggestions rest on another's values.
  for (let round = 0; round < 2; round++) {
    const failed = (await hub.federation.keeper.refresh()).filter(({ status }) => status === 'failed');
    if (failed.length > 0) throw new Error(`keys could not be read: ${JSON.stringify(failed)}`);
  }
  await untilEvaluated(store);
  const headers = { authorization: `Bearer ${await mintDevelopmentToken(store.settings, person)}` };
  const parts = undo.move();
  return { hub, address, headers, databases, rows, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}

/** Every alert rule has been evaluated as a whole. */
async function untilEvaluated(store: Awaited<ReturnType<typeof openStore>>): Promise<void> {
  await vi.waitFor(
    async () => {
      const rules = await store.alertDues.rules();
      if (rules.length === 0 || rules.some(({ fingerprint }) => fingerprint === null)) throw new Error(`not evaluated: ${JSON.stringify(rules)}`);
    },
    { timeout: 60_000, interval: 50 },
  );
}

/** What the principal's rules leave out, by the keys that the sources have. */
async function hiddenRows({ address, headers }: World, view: View): Promise<ReadonlyMap<string, readonly string[]>> {
  const ask = async (by: Readonly<Record<string, string>>, query: string, variables: object) =>
    (await send(`${address}/graphql`, { query, variables }, by)).body.data;
  const hidden = new Map<string, string[]>();
  for (const [type, { rows }] of view.rights.types ?? []) {
    const root = view.supergraph.model.types.get(type)?.names.many;
    if (rows === undefined || root === undefined) continue;
    const idsFor = async (by: Readonly<Record<string, string>>): Promise<Set<string>> => {
      const found = new Set<string>();
      const query = `query ($after: String) { rows: ${root}(first: 200, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }`;
      for (let after: string | undefined | null; after !== null;) {
        const { nodes, pageInfo } = (await ask(by, query, { after })).rows;
        for (const { id } of nodes as { id: string }[]) found.add(id);
        after = pageInfo.hasNextPage ? (pageInfo.endCursor as string) : null;
      }
      return found;
    };
    const seen = await idsFor(headers);
    const ids = [...(await idsFor({}))].filter((id) => !seen.has(id));
    const keys: string[] = [];
    for (let start = 0; start < ids.length; start += 100) {
      const query = `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on ${type} { _meta { sources { key } } } } }`;
      for (const node of (await ask({}, query, { ids: ids.slice(start, start + 100) })).nodes as { _meta?: { sources: { key: string }[] } }[])
        keys.push(...(node._meta?.sources ?? []).slice(0, 1).map(({ key }) => key));
    }
    hidden.set(type, keys);
  }
  return hidden;
}
