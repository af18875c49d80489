/** A hub over the four departments in this process, on whichever engines a test asks for. */
import type { Limits } from '../../schema/model/configuration.ts';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getOperationAST, Kind, parse, validate, type GraphQLSchema } from 'graphql';
import type { Connector, SourceConfig } from '../../connectors/spi/connector.ts';
import { openConnector } from '../../connectors/registry.ts';
import { createFederation, type Federation } from '../../federation/supergraph/federation.ts';
import { readRelease } from '../../federation/supergraph/read-release.ts';
import { printProblem } from '../../schema/errors/problem.ts';
import { parseConfiguration } from '../../schema/parse/configuration.ts';
import { loadDemoData, type DepartmentName, type Target } from '../../scripts/demo-data/index.ts';
import { openStore } from '../../store/open-store.ts';
import { createDatabase } from './services.ts';

export type Engine = 'sqlite' | 'postgres' | 'mariadb';
export type Engines = Readonly<Record<DepartmentName, Engine>>;

export interface DepartmentsHubOptions {
  readonly engines: Engine | Engines;
  /** Generated projects beside the hand-made ones. Default 0. */
  readonly size?: number;
  readonly seed?: number;
  /** The hub's clock. Default 2024-06-30, noon. */
  readonly now?: Date;
  /** Called when a department's demo is loaded, before the hub sees it. */
  readonly loaded?: (department: DepartmentName, target: Target) => Promise<void>;
  /** Tables from so many rows on have the first rows of a list tried. */
  readonly firstRowsFrom?: number;
  /** Beside the defaults. */
  readonly limits?: Partial<Limits>;
  /** Sees every connector; may wrap it. */
  readonly wrap?: (connector: Connector) => Connector;
}

/** Looked into freely by tests. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnswerData = any;

export interface Answer {
  readonly data: AnswerData;
  /** The response's data as the client gets it. */
  readonly text: string;
  readonly errors: readonly {
    readonly code: string;
    readonly message: string;
    readonly path: readonly (string | number)[];
    readonly source: string | undefined;
  }[];
  readonly statements: readonly { readonly source: string; readonly statement: string }[];
}

export interface DepartmentsHub extends AsyncDisposable {
  readonly federation: Federation;
  readonly schema: GraphQLSchema;
  query(text: string, variables?: Record<string, unknown>): Promise<Answer>;
  /** The two matches that the data cannot settle: an officer makes them. */
  confirmSchool(): Promise<void>;
}

const NAMES: readonly DepartmentName[] = ['development', 'finance', 'housing', 'audit'];
/** The department's own schema or database. */
const KINDS = { sqlite: 'sqlite', postgres: 'postgres', mariadb: 'mysql' } as const;

export async function openDepartmentsHub(options: DepartmentsHubOptions): Promise<DepartmentsHub> {
  const engines: Engines =
    typeof options.engines === 'string'
      ? { development: options.engines, finance: options.engines, housing: options.engines, audit: options.engines }
      : options.engines;
  const folder = await mkdtemp(join(tmpdir(), 'yiwang-test-'));
  const drops: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })];
  const env: Record<string, string> = { HUB_STORE_URL: `sqlite:${join(folder, 'hub.sqlite')}` };
  for (const name of NAMES) {
    const engine = engines[name];
    let target: Target = { engine: 'sqlite', dir: folder };
    if (engine !== 'sqlite') {
      const database = await createDatabase(engine, name);
      drops.unshift(() => database.drop());
      target = { engine, url: database.url };
    }
    env[`${name.toUpperCase()}_KIND`] = KINDS[engine];
    env[`${name.toUpperCase()}_URL`] = target.engine === 'sqlite' ? `sqlite:${join(folder, `${name}.sqlite`)}` : target.url;
    await loadDemoData(target, { departments: [name], size: options.size ?? 0, seed: options.seed ?? 1 });
    await options.loaded?.(name, target);
  }
  const file = new URL('../../departments/hub.yaml', import.meta.url).pathname;
  const { configuration, problems } = parseConfiguration(await readFile(file, 'utf8'), file, env);
  if (!configuration) throw new Error(problems.map(printProblem).join('\n'));
  const { release, problems: faults } = await readRelease(configuration);
  if (!release) throw new Error(faults.map(printProblem).join('\n'));
  const store = await openStore(configuration.store.url);
  // The same on every engine, so that cursors can be compared.
  await store.settings.set('cursorSecret', 'a test secret');
  const { now = new Date('2024-06-30T04:00:00Z'), wrap = (connector: Connector) => connector } = options;
  const federation = await createFederation({
    configuration: {
      ...configuration,
      crosswalk: { ...configuration.crosswalk, refreshMs: 0 },
      limits: { ...configuration.limits, ...options.limits },
      ...(options.firstRowsFrom === undefined ? {} : { firstRowsFrom: options.firstRowsFrom }),
      // What is tested here is answers, not deadlines; the machine may be busy.
      sources: new Map(
        [...configuration.sources].map(([name, source]) => [
          name,
          { ...source, statementMs: 20_000, pool: { ...source.pool, queue: 200, acquireMs: 20_000, connectMs: 10_000 } },
        ]),
      ),
    },
    release: { ...release, version: 1 },
    store,
    clock: () => now,
    log: SILENT,
    openConnector: async (config: SourceConfig) => wrap(await openConnector(config)),
    hubApi: { document: { kind: Kind.DOCUMENT, definitions: [] }, resolvers: {}, actions: new Map() },
  });
  // On a busy machine a source may miss the start; it then joins.
  while (federation.generation().offline.length > 0) await new Promise((resolve) => setTimeout(resolve, 200));
  const scans = await federation.keeper.refresh();
  const failed = scans.filter((scan) => scan.status === 'failed');
  if (failed.length > 0) throw new Error(`keys could not be read: ${JSON.stringify(failed)}`);
  const query = (text: string, variables: Record<string, unknown> = {}): Promise<Answer> => answer(federation, text, variables);
  return {
    federation,
    schema: federation.generation().schema,
    query,
    async confirmSchool() {
      const [entity, canonicalKey, by] = ['Project', '2205-320508-04-01-654321', 'test'];
      await federation.keeper.officer.confirm({ entity, source: 'finance', localKey: '320508220000000000042', canonicalKey, by });
      await federation.keeper.officer.confirm({ entity, source: 'housing', localKey: '3205082208150101', canonicalKey, by });
    },
    async [Symbol.asyncDispose]() {
      await federation[Symbol.asyncDispose]();
      await store.close();
      for (const drop of drops) await drop();
    },
  };
}

async function answer(federation: Federation, text: string, variables: Record<string, unknown>): Promise<Answer> {
  const generation = federation.generation();
  const document = parse(text);
  const faults = validate(generation.schema, document);
  if (faults.length > 0) throw new Error(faults.map((f) => f.message).join('\n'));
  const operation = getOperationAST(document);
  if (!operation) throw new Error('no operation');
  const result = await federation.execute({
    document,
    operation,
    text,
    variables,
    view: generation,
    signal: AbortSignal.timeout(20_000),
    explain: true,
    foreign: new Map(),
  });
  return {
    data: JSON.parse(result.data) as AnswerData,
    text: result.data,
    errors: result.errors.map(({ error, path }) => ({ code: error.code, message: error.message, path, source: error.source })),
    statements: result.explain?.fetches ?? [],
  };
}

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };
