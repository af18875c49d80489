/** The shop of `test/fixtures/changes` in a real database, a hub that reads its changes, and hands that write to it as its department does. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import { consumerName, translatorOf } from '../../changes/capture-source.ts';
import type { ChangeMode } from '../../connectors/spi/changes.ts';
import type { LoggedChange } from '../../schema/model/change.ts';
import { createStatements } from '../../scripts/demo-data/ddl.ts';
import { column, type Engine, type Table } from '../../scripts/demo-data/table.ts';
import { createHub, type Hub } from '../../server/hub.ts';
import { createLog } from '../../server/log.ts';
import { untilLive } from '../helpers/changes.ts';
import { send, type Answer } from '../helpers/hub.ts';
import { createDatabase } from '../helpers/services.ts';

const CONFIGURATION = path.resolve(import.meta.dirname, '../fixtures/changes/hub.yaml');
const KINDS = { postgres: 'postgres', mariadb: 'mysql', sqlite: 'sqlite' } as const;

const sale = (year: number): Table => ({
  name: `sale_${year}`,
  primaryKey: ['id'],
  columns: [column('id', 'int', { notNull: true }), column('item_id', 'int'), column('amount', 'decimal(12,2)')],
});

export const SHOP: readonly Table[] = [
  {
    name: 'item',
    primaryKey: ['id'],
    columns: [
      column('id', 'int', { notNull: true }),
      column('code', 'char(6)'),
      column('name', 'varchar(60)'),
      column('amount', 'decimal(30,10)'),
      column('big', 'bigint'),
      column('on_day', 'date'),
      column('at_local', 'timestamp'),
      column('at_zoned', 'timestamptz'),
      column('flag', 'boolean'),
      column('kind', 'varchar(2)'),
      column('doc', 'json'),
      column('body', 'text'),
    ],
  },
  { name: 'kind', primaryKey: ['code'], columns: [column('code', 'varchar(2)', { notNull: true }), column('title', 'varchar(40)')] },
  {
    name: 'plan',
    primaryKey: ['id'],
    columns: [column('id', 'int', { notNull: true }), column('item_id', 'int'), column('no', 'int'), column('state', 'varchar(10)'), column('gone', 'boolean')],
  },
  sale(2023),
  sale(2024),
  {
    name: 'stock',
    primaryKey: ['id'],
    columns: [column('id', 'int', { notNull: true }), column('item_id', 'int'), column('place', 'varchar(10)'), column('pieces', 'int')],
  },
  { name: 'marker', primaryKey: ['id'], columns: [column('id', 'int', { notNull: true })] },
];

/** One connection of the department's own. */
export interface Session {
  run(...statements: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export interface Shop extends AsyncDisposable {
  readonly engine: Engine;
  readonly mode: ChangeMode;
  readonly url: string;
  /** What a hub over this shop is started with. */
  readonly env: Readonly<Record<string, string>>;
  readonly session: Session;
  open(): Promise<Session>;
  /** The shop's one hub once it reads live, started when none runs. */
  start(): Promise<Hub>;
  stop(): Promise<void>;
  readonly hub: Hub;
  query(text: string): Promise<Answer>;
  /** What the work makes known: everything up to a marker that is written after it. */
  told(work: () => Promise<unknown>): Promise<LoggedChange[]>;
}

export async function openSession(engine: Engine, url: string): Promise<Session> {
  if (engine === 'postgres') {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    return {
      run: async (...statements) => {
        for (const statement of statements) await client.query(statement);
      },
      close: () => client.end(),
    };
  }
  if (engine === 'mariadb') {
    const connection = await createConnection({ uri: url, charset: 'utf8mb4' });
    connection.on('error', () => undefined);
    return {
      run: async (...statements) => {
        for (const statement of statements) await connection.query(statement);
      },
      close: () => connection.end(),
    };
  }
  const database = new DatabaseSync(url.replace('sqlite:', ''), { timeout: 5_000 });
  return {
    run: async (...statements) => {
      for (const statement of statements) database.exec(statement);
    },
    close: async () => database.close(),
  };
}

export interface ShopOptions {
  readonly engine: Engine;
  readonly mode: ChangeMode;
  /** Run on the empty tables, before anything reads them. */
  readonly filled?: readonly string[];
  /** Another server than the run's own. */
  readonly url?: string;
  readonly storeUrl?: string;
}

export async function openShop({ engine, mode, filled = [], ...options }: ShopOptions): Promise<Shop> {
  const stack = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(tmpdir(), 'yiwang-capture-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  let { url } = options;
  if (url === undefined && engine !== 'sqlite') {
    const database = await createDatabase(engine, 'shop');
    stack.defer(() => database.drop());
    ({ url } = database);
  }
  url ??= `sqlite:${path.join(folder, 'shop.sqlite')}`;
  const session = await openSession(engine, url);
  stack.defer(() => session.close());
  if (engine === 'sqlite') await session.run('pragma journal_mode = wal');
  await session.run(...SHOP.flatMap((table) => createStatements(engine, table)), ...filled);

  let hub: Hub | undefined;
  const env = { SHOP_KIND: KINDS[engine], SHOP_URL: url, SHOP_CHANGES: mode, STORE_URL: options.storeUrl ?? `sqlite:${path.join(folder, 'hub.sqlite')}` };
  const create = (more: Record<string, string> = {}): Promise<Hub> =>
    createHub({ configurationFile: CONFIGURATION, development: true, log: createLog(process.env['YIWANG_LOG_LEVEL'] ?? 'silent'), env: { ...env, ...more } });
  if (mode === 'trigger') {
    const shown = await create({ SHOP_CHANGES: 'none', STORE_URL: 'sqlite::memory:' });
    await session.run(...setupOf(shown, mode));
    await shown[Symbol.asyncDispose]();
  }
  let address = '';
  let markers = 0;
  const stop = async (): Promise<void> => {
    await hub?.[Symbol.asyncDispose]();
    hub = undefined;
  };
  stack.defer(stop);
  const running = (): Hub => {
    if (hub === undefined) throw new Error('the hub is not running');
    return hub;
  };
  /** Everything up to a marker written now. */
  const mark = async (start: number): Promise<LoggedChange[]> => {
    const { changes } = running();
    markers += 1;
    await session.run(`insert into marker values (${markers})`);
    const deadline = AbortSignal.timeout(20_000);
    for (;;) {
      const found = await changes.log.read(start, 100_000);
      const end = found.findIndex(({ type, rowKey }) => type === 'Marker' && rowKey === String(markers));
      if (end >= 0) return found.slice(0, end);
      if (deadline.aborted) throw new Error(`the marker did not come: ${JSON.stringify(await changes.captures())}; told so far: ${JSON.stringify(found)}`);
      await changes.log.waitBeyond(start + found.length, AbortSignal.timeout(1_000));
    }
  };
  return {
    engine,
    mode,
    url,
    env,
    session,
    open: () => openSession(engine, url),
    start: async () => {
      if (hub !== undefined) return hub;
      hub = await create();
      address = await hub.listen(0);
      await untilLive(hub);
      return hub;
    },
    stop,
    get hub() {
      return running();
    },
    query: (text) => send(`${address}/graphql`, { query: text }),
    told: async (work) => {
      const start = await running().changes.log.newest();
      await work();
      await mark(start);
      // A row that is gone is missed by one look and told by the next.
      const found = mode === 'poll' ? await mark(start) : await running().changes.log.read(start, 100_000);
      return found.filter(({ type }) => type !== 'Marker');
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** What the DBA is given, for every table that the mapping reads. */
export function setupOf(hub: Hub, mode: ChangeMode): readonly string[] {
  const source = hub.configuration.sources.get('shop');
  const catalog = hub.federation.catalog('shop');
  if (!source || !catalog) throw new Error('the shop is not there');
  const translator = translatorOf({ supergraph: hub.federation.generation().supergraph, catalog, source, timeZone: hub.configuration.timeZone });
  return hub.federation.connector('shop').changeSetup?.(mode, translator.tables, consumerName({ consumer: 'yiwang' }, 'shop')).statements ?? [];
}
