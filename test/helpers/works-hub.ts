/** A hub over three departments on three engines (`test/fixtures/works`), and hands that write to each as its own application would. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { consumerName, translatorOf } from '../../changes/capture-source.ts';
import { createStatements } from '../../scripts/demo-data/ddl.ts';
import { column, type Engine, type Table } from '../../scripts/demo-data/table.ts';
import { createHub, type Hub } from '../../server/hub.ts';
import { createLog } from '../../server/log.ts';
import { openSession } from '../conformance/capture-shop.ts';
import { untilLive } from './changes.ts';
import { createDatabase } from './services.ts';

const CONFIGURATION = path.resolve(import.meta.dirname, '../fixtures/works/hub.yaml');

const key = (name: string) => column(name, 'varchar(20)', { notNull: true });
const SOURCES = {
  works: {
    engine: 'sqlite',
    table: {
      name: 'site',
      primaryKey: ['code'],
      columns: [key('code'), column('name', 'varchar(60)'), column('firm_no', 'varchar(20)'), column('budget', 'decimal(12,2)')],
    },
  },
  registry: {
    engine: 'postgres',
    table: { name: 'firm', primaryKey: ['number'], columns: [key('number'), column('name', 'varchar(60)'), column('suspended', 'boolean')] },
  },
  treasury: {
    engine: 'mariadb',
    table: { name: 'payment', primaryKey: ['voucher'], columns: [key('voucher'), column('site_code', 'varchar(20)'), column('amount', 'decimal(12,2)')] },
  },
} as const satisfies Record<string, { engine: Engine; table: Table }>;

export type Department = keyof typeof SOURCES;

const ROWS: Readonly<Record<Department, string>> = {
  works: `insert into site values ('S1', 'North', 'F1', 1000), ('S2', 'South', 'F1', 1000), ('S3', 'East', 'F2', 1000)`,
  registry: `insert into firm values ('F1', 'Stone', false), ('F2', 'Timber', false)`,
  treasury: `insert into payment values ('P1', 'S1', 100)`,
};

export interface WorksHub extends AsyncDisposable {
  readonly hub: Hub;
  readonly address: string;
  /** Resolves when the log has what was written. */
  write(department: Department, ...statements: readonly string[]): Promise<void>;
  /** The same, while no hub is running: the log has it later. */
  writeUnseen(department: Department, ...statements: readonly string[]): Promise<void>;
  /** When members of a subscription's filter were last read. */
  membersReadMs(): number;
  stop(): Promise<void>;
  start(): Promise<void>;
}

export async function openWorksHub(): Promise<WorksHub> {
  const stack = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(tmpdir(), 'yiwang-works-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const env: Record<string, string> = { STORE_URL: `sqlite:${path.join(folder, 'hub.sqlite')}` };
  const sessions = new Map<Department, Awaited<ReturnType<typeof openSession>>>();
  for (const name of Object.keys(SOURCES) as Department[]) {
    const { engine, table } = SOURCES[name];
    let url = `sqlite:${path.join(folder, `${name}.sqlite`)}`;
    if (engine !== 'sqlite') {
      const database = await createDatabase(engine, name);
      stack.defer(() => database.drop());
      ({ url } = database);
    }
    env[`${name.toUpperCase()}_URL`] = url;
    const session = await openSession(engine, url);
    stack.defer(() => session.close());
    sessions.set(name, session);
    await session.run(...(engine === 'sqlite' ? ['pragma journal_mode = wal'] : []), ...createStatements(engine, table), ROWS[name]);
  }
  const create = (more: Readonly<Record<string, string>> = {}): Promise<Hub> =>
    createHub({ configurationFile: CONFIGURATION, development: true, log: createLog(process.env['YIWANG_LOG_LEVEL'] ?? 'silent'), env: { ...env, ...more } });
  const none = { STORE_URL: 'sqlite::memory:', WORKS_CHANGES: 'none', REGISTRY_CHANGES: 'none', TREASURY_CHANGES: 'none' };
  const shown = await create(none);
  await sessions.get('works')?.run(...triggersOf(shown));
  await shown[Symbol.asyncDispose]();

  let running: { readonly hub: Hub; readonly address: string } | undefined;
  const stop = async (): Promise<void> => {
    await running?.hub[Symbol.asyncDispose]();
    running = undefined;
  };
  stack.defer(stop);
  const now = (): NonNullable<typeof running> => {
    if (!running) throw new Error('the hub is not running');
    return running;
  };
  const writeUnseen = async (department: Department, ...statements: readonly string[]): Promise<void> => sessions.get(department)?.run(...statements);
  const start = async (): Promise<void> => {
    const hub = await create();
    running = { hub, address: await hub.listen(0) };
    await untilLive(hub);
  };
  await start();
  return {
    get hub() {
      return now().hub;
    },
    get address() {
      return now().address;
    },
    async write(department, ...statements) {
      const { log } = now().hub.changes;
      const newest = await log.newest();
      await writeUnseen(department, ...statements);
      await log.waitBeyond(newest, AbortSignal.timeout(10_000));
    },
    writeUnseen,
    membersReadMs() {
      using store = new DatabaseSync(path.join(folder, 'hub.sqlite'), { readOnly: true, timeout: 5_000 });
      return Number(store.prepare('select max(used_ms) as ms from membership').get()?.['ms'] ?? 0);
    },
    stop,
    start,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** What the DBA is given. */
function triggersOf({ configuration, federation }: Hub): readonly string[] {
  const source = configuration.sources.get('works');
  const catalog = federation.catalog('works');
  if (!source || !catalog) throw new Error('the works are not there');
  const translator = translatorOf({ supergraph: federation.generation().supergraph, catalog, source, timeZone: configuration.timeZone });
  return federation.connector('works').changeSetup?.('trigger', translator.tables, consumerName({ consumer: 'yiwang' }, 'works')).statements ?? [];
}
