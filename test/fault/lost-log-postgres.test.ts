/** What can go wrong between PostgreSQL's log and the hub's: each was seen to lose rows without a word. */
import { LogicalReplicationService, PgoutputPlugin } from 'pg-logical-replication';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openShop, type Shop } from '../conformance/capture-shop.ts';
import { movePosition, toldAfterGap, whileStopped } from '../helpers/lost-changes.ts';
import { startFaultProxy } from '../helpers/fault-proxy.ts';
import { startPrivateServer, type PrivateServer } from './private-server.ts';
import { hasRows, isListening, snapshotRows, tell, toldRows } from './told-values.ts';

let server: PrivateServer;
let admin: pg.Client;
beforeAll(async () => {
  server = await startPrivateServer('postgres', { max_slot_wal_keep_size: '16MB', wal_sender_timeout: '2s', min_wal_size: '32MB', max_wal_size: '64MB' });
  admin = new pg.Client({ connectionString: server.url });
  admin.on('error', () => undefined);
  await admin.connect();
});
afterAll(async () => {
  await admin.end().catch(() => undefined);
  await server[Symbol.asyncDispose]();
});
const run = async (...statements: string[]): Promise<void> => {
  for (const statement of statements) await admin.query(statement);
};

describe('a stream', () => {
  const VALUES = `9007199254740993, 0.30000000000000004, 1.5e-7, 12345678901234567890.123456789, '12.50', true, 'a', 'ab', E'\\\\x00ff10', 'b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '10.1.2.3', '::ffff:1.2.3.4/96',
    '08:00:2b:01:02:03', '{"a": [1, 2.50], "b": null}', '{"a":  1}', b'101', b'0011', '{1,NULL,3}', 'two', '1 day 02:03:04.5', '2024-02-29', '23:59:59.123456', '2024-02-29 23:59:59.123456', '2024-02-29 23:59:59.123456+08', '[1,5)', '<a>你好</a>'`;
  const COLUMNS = 'big, f8, f4, n, m, flag, c, v, bytes, u, ip, net, mac, jb, j, b3, bv, list, w, span, d, t, local, zoned, r, x';
  beforeAll(() =>
    run(
      `create type word as enum ('one', 'two')`,
      `create table odd (id int primary key, big bigint, f8 float8, f4 float4, n numeric, m money, flag boolean, c char(4), v varchar(10), bytes bytea, u uuid, ip inet, net inet, mac macaddr, jb jsonb, j json,
        b3 bit(3), bv varbit, list int[], w word, span interval, d date, t time(6), local timestamp(6), zoned timestamptz(6), r int4range, x text)`,
      `insert into odd values (1, ${VALUES}), (3, ${Array.from({ length: 26 }, () => 'null').join(', ')})`,
    ),
  );

  it('tells two hubs that read one database under two names', async () => {
    const consumers = ['yiwang_shop', 'yiwang_test_shop'].map((consumer) => tell('postgres', server.url, 'odd', { consumer }));
    await using one = await consumers[0]!;
    await using other = await consumers[1]!;
    await Promise.all([one.until(isListening), other.until(isListening)]);
    await run(`insert into odd (id, x) values (9, 'both')`, `delete from odd where id = 9`);
    for (const telling of [one, other]) expect(await telling.rows(2)).toMatchObject([{ id: 9, x: 'both' }, null]);
  });

  it.each(['log', 'trigger'])('tells values of every type as a query gives them, by %s, whatever the session that writes has set', async (mode) => {
    await using telling = await tell('postgres', server.url, 'odd', mode === 'trigger' ? { setUp: run } : {});
    const before = snapshotRows(await telling.until(isListening));
    await run(
      `set bytea_output = escape`,
      `set extra_float_digits = -3`,
      `set intervalstyle = iso_8601`,
      `set datestyle = 'German'`,
      `set timezone = 'America/New_York'`,
      `insert into odd select 2, ${COLUMNS} from odd where id = 1`,
      `update odd set id = 4 where id = 3`,
      'reset all',
    );
    const told = await telling.rows(2);
    expect(told).toEqual([
      { ...before[0], id: 2 },
      { ...before[1], id: 4 },
    ]);
    await run('delete from odd where id = 2', 'update odd set id = 3 where id = 4');
    expect(before[0]).toMatchObject({ big: '9007199254740993', local: '2024-02-29 23:59:59.123456', w: 'two' });
  });

  it.each(['log', 'trigger'])('tells rows of partitions as those of their table, by %s', async (mode) => {
    await run('create table parts (id int, y int, primary key (id, y)) partition by list (y)', 'create table parts_1 partition of parts for values in (1)');
    {
      await using telling = await tell('postgres', server.url, 'parts', mode === 'trigger' ? { setUp: run } : {});
      await telling.until(isListening);
      await run('create table parts_2 partition of parts for values in (2)', 'insert into parts values (1, 1)', 'insert into parts_2 values (2, 2)');
      await run('update parts set y = 2 where id = 1', 'delete from parts where id = 2');
      expect(await telling.rows(5)).toEqual([{ id: 1, y: 1 }, { id: 2, y: 2 }, null, { id: 1, y: 2 }, null]);
    }
    await run('drop table parts');
  });

  it.each([
    ['a generated column', 'create table refused (id int primary key, a int, b int generated always as (a * 2) stored)', 'generated column b'],
    ['an unlogged table', 'create unlogged table refused (id int primary key)', 'is unlogged'],
    [
      'a table that is told apart by other columns than its key',
      'create table refused (id int primary key, u int not null unique); alter table refused replica identity using index refused_u_key',
      'no more than u',
    ],
  ])('is refused for %s, of which the log does not hold all', async (_what, table, reason) => {
    await run(table);
    {
      await using telling = await tell('postgres', server.url, 'refused');
      await expect(telling.until(isListening)).rejects.toMatchObject({ code: 'SOURCE_CAPABILITY_MISSING', message: expect.stringContaining(reason) as string });
    }
    await run('drop table refused');
  });

  it('by triggers says that it lost changes when these are gone', async () => {
    await using telling = await tell('postgres', server.url, 'odd', { setUp: run });
    await telling.until(isListening);
    await run('drop trigger yiwang_changes on odd');
    await expect(telling.until(hasRows)).rejects.toMatchObject({ code: 'EVENT_GAP', message: expect.stringContaining('triggers are gone') as string });
  });

  it('has tables published by what the DBA is given, however often', async () => {
    await using telling = await tell('postgres', server.url, 'odd');
    await run('create table later (id int primary key)');
    const odd = { schema: 'public', table: 'odd', columns: [], key: ['id'] };
    for (const tables of [[odd], [odd, { ...odd, table: 'later' }]])
      await run(...(telling.connector.changeSetup?.('log', tables, 'yiwang_given').statements ?? []).filter((statement) => !statement.startsWith('--')));
    const { rows } = await admin.query(`select tablename from pg_publication_tables where pubname = 'yiwang_given' order by 1`);
    expect(rows).toEqual([{ tablename: 'later' }, { tablename: 'odd' }]);
    await run('drop publication yiwang_given', 'drop table later');
  });

  it('is kept alive, and its slot stays where the hub has confirmed', async () => {
    await using telling = await tell('postgres', server.url, 'odd');
    await telling.until(isListening);
    const confirmed = async (): Promise<string> => {
      const { rows } = await admin.query<{ lsn: string }>(`select confirmed_flush_lsn::text as lsn from pg_replication_slots where slot_name = 'yiwang_told'`);
      return rows[0]?.lsn ?? '';
    };
    const start = await confirmed();
    await run('update odd set big = 1 where id = 1');
    const [batch] = (await telling.until(hasRows)).slice(-1);
    // The server asks for a sign of life each second, and ends a stream that gives none for two.
    await new Promise((resolve) => setTimeout(resolve, 2_600));
    expect(await confirmed()).toBe(start);
    await run('update odd set big = 2 where id = 1');
    expect(toldRows(await telling.until(hasRows))).toMatchObject([{ big: '2' }]);
    if (batch?.kind === 'changes') telling.confirm(batch.position);
    await vi.waitFor(async () => expect(await confirmed()).not.toBe(start), 15_000);
  });

  it('that falls silent without a word is given up', async () => {
    await using proxy = await startFaultProxy(server.url);
    await using telling = await tell('postgres', proxy.url, 'odd', { silenceMs: 1_200 });
    await telling.until(isListening);
    proxy.strand();
    await expect(telling.until(hasRows)).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
  });
});

describe('a hub', () => {
  let shop: Shop;
  beforeAll(async () => {
    const url = new URL(server.url);
    await run('create database shop');
    url.pathname = '/shop';
    shop = await openShop({ engine: 'postgres', mode: 'log', url: url.href, filled: ['insert into sale_2023 values (1, 1, 1), (2, 1, 2)'] });
    await shop.start();
  });
  afterAll(() => shop[Symbol.asyncDispose]());
  beforeEach(async () => {
    await shop.start(); // a test that failed may have left it stopped
    await shop.told(() => shop.session.run('update sale_2023 set amount = 1', 'delete from sale_2024'));
  });

  const afterGap = (lose: () => Promise<unknown>): ReturnType<typeof toldAfterGap> => toldAfterGap(shop, lose);
  const meanwhile =
    (...statements: string[]) =>
    (): Promise<void> =>
      whileStopped(shop, ...statements);

  it.each([
    ['its publication was dropped', ['drop publication yiwang_shop', 'update sale_2023 set amount = 7 where id = 1'], 'publication was dropped'],
    [
      'its publication was dropped and made anew',
      [
        'drop publication yiwang_shop',
        'update sale_2023 set amount = 7 where id = 1',
        'create publication yiwang_shop for table item, kind, plan, sale_2023, sale_2024, stock, marker',
      ],
      'publication was dropped',
    ],
    [
      'a table was taken out of its publication',
      ['alter publication yiwang_shop drop table sale_2023', 'update sale_2023 set amount = 7 where id = 1'],
      'taken out of its publication',
    ],
    ['its slot was dropped', [`select pg_drop_replication_slot('yiwang_shop')`, 'update sale_2023 set amount = 7 where id = 1'], 'slot was dropped'],
    [
      'its slot was moved on',
      ['update sale_2023 set amount = 7 where id = 1', `select pg_replication_slot_advance('yiwang_shop', pg_current_wal_lsn())`],
      'slot was moved on',
    ],
    [
      'the server gave up its slot',
      [
        'update sale_2023 set amount = 7 where id = 1',
        ...Array.from({ length: 6 }, () => [
          `create table if not exists filler (x text)`,
          `insert into filler select repeat('x', 1000)`,
          'select pg_switch_wal()',
        ]).flat(),
        'checkpoint',
      ],
      'removed the log',
    ],
  ])('says that it lost changes when %s, and what differs since', async (_what, statements, reason) => {
    const [said, told] = await afterGap(meanwhile(...statements));
    expect([said, told]).toEqual([expect.stringContaining(reason), ['UPDATED 1']]);
  });

  it.each([
    ['kinds of changes', `set (publish = 'insert')`, `set (publish = 'insert, update, delete, truncate')`],
    [
      'columns',
      'drop table sale_2023; alter publication yiwang_shop add table sale_2023 (id, item_id)',
      'set table item, kind, plan, sale_2023, sale_2024, stock, marker',
    ],
    [
      'rows',
      'drop table sale_2023; alter publication yiwang_shop add table sale_2023 where (id > 1)',
      'set table item, kind, plan, sale_2023, sale_2024, stock, marker',
    ],
  ])('says that it lost changes when its publication leaves %s out, and what differs once it is mended', async (_what, breaks, mends) => {
    const [said, told] = await afterGap(async () => {
      await shop.session.run(`alter publication yiwang_shop ${breaks}`, 'update sale_2023 set amount = 7 where id = 1');
      await vi.waitFor(async () => expect((await shop.hub.changes.captures())[0]?.state).toBe('refused'), { timeout: 10_000 });
      await shop.session.run(`alter publication yiwang_shop ${mends}`);
    });
    expect([said, told]).toEqual([expect.stringContaining('leaves some of them out'), ['UPDATED 1']]);
  });

  it('says that it lost changes when its server is behind what was read, and what differs since', async () => {
    const [said, told] = await afterGap(async () => {
      await shop.stop();
      await movePosition(shop, () => ({ lsn: 'FF/0' })); // as if a copy of before had been restored
      await shop.session.run('update sale_2023 set amount = 7 where id = 1');
      await shop.start();
    });
    expect([said, told]).toEqual([expect.stringContaining('behind what was read'), ['UPDATED 1']]);
  });

  it('takes its slot back from a reader that hangs', async () => {
    await shop.stop();
    const other = new LogicalReplicationService({ connectionString: shop.url }, { acknowledge: { auto: false, timeoutSeconds: 0 } });
    other.on('error', () => undefined);
    const streaming = other.subscribe(new PgoutputPlugin({ protoVersion: 1, publicationNames: ['yiwang_shop'] }), 'yiwang_shop').catch(() => undefined);
    await vi.waitFor(async () => {
      const { rows } = await admin.query(`select 1 from pg_replication_slots where slot_name = 'yiwang_shop' and active`);
      expect(rows).toHaveLength(1);
    }, 15_000);
    await shop.start();
    expect((await shop.told(() => shop.session.run('update sale_2023 set amount = 7 where id = 1'))).map(({ op }) => op)).toEqual(['UPDATED']);
    await streaming;
    await other.destroy();
  });

  it('goes on when its connection is ended', async () => {
    const told = await shop.told(() =>
      shop.session.run(
        'update sale_2023 set amount = 8 where id = 1',
        `select pg_terminate_backend(active_pid) from pg_replication_slots where active`,
        'update sale_2023 set amount = 9 where id = 1',
      ),
    );
    expect(told.map(({ after }) => after?.['amount'])).toEqual(['8', '9']);
  });

  it('reads a table whole that was altered while it was away', async () => {
    const start = await shop.hub.changes.log.newest();
    await meanwhile('update sale_2023 set amount = 3 where id = 2', 'alter table sale_2023 alter column amount type numeric(14, 2) using amount * 10')();
    await shop.told(async () => undefined);
    const told = (await shop.hub.changes.log.read(start, 100)).filter(({ type }) => type === 'Sale');
    expect(told.map(({ rowKey, before, after }) => [rowKey, before?.['amount'], after?.['amount']])).toEqual([
      ['1', '1', '10'],
      ['2', '1', '30'],
    ]);
  });

  it('reads a table whole whose values were altered under the same type, whether it looks on or is away', async () => {
    const alter = (using: string): string => `alter table sale_2023 alter column amount type numeric(14, 2) using ${using}`;
    await shop.told(() => shop.session.run(alter('amount + 0')));
    const start = await shop.hub.changes.log.newest();
    const told = async (): Promise<unknown> =>
      (await shop.hub.changes.log.read(start, 100)).map(({ rowKey, before, after }) => [rowKey, before?.['amount'], after?.['amount']]);
    await shop.session.run(alter('case id when 1 then amount * 10 else amount end'));
    await vi.waitFor(async () => expect(await told()).toEqual([['1', '1', '10']]), { timeout: 10_000 });
    await meanwhile(alter('case id when 1 then amount else amount * 10 end'))();
    await vi.waitFor(async () => expect(await told()).toContainEqual(['2', '1', '10']), { timeout: 10_000 });
    expect(await told()).toHaveLength(2);
  });

  it('never tells what a column holds that was swapped with another', async () => {
    await shop.session.run(`insert into item (id, code, name, body) values (1, 'A', 'name', 'body')`);
    await shop.told(async () => undefined);
    const start = await shop.hub.changes.log.newest();
    await shop.session.run(
      'begin',
      'alter table item rename column name to old_name',
      'alter table item rename column body to name',
      'alter table item rename column old_name to body',
      `insert into item (id, code, name, body) values (2, 'B', 'body', 'name')`,
      'commit',
      `update item set code = 'C' where id = 1`,
    );
    await shop.told(async () => undefined);
    const told = (await shop.hub.changes.log.read(start, 100)).filter(({ type }) => type === 'Item');
    const sorted = told.toSorted((a, b) => Number(a.rowKey) - Number(b.rowKey));
    expect(sorted.map(({ rowKey, op, after }) => [rowKey, op, after?.['code'], after?.['name'], after?.['body']])).toEqual([
      ['1', 'UPDATED', 'C', undefined, undefined],
      ['2', 'CREATED', 'B', undefined, undefined],
    ]);
  });

  it('captures a table that comes and fits a mapped pattern, from its first row on', async () => {
    const start = await shop.hub.changes.log.newest();
    await shop.session.run('create table sale_2025 (id int primary key, item_id int, amount numeric(12, 2))', 'insert into sale_2025 values (91, 1, 4)');
    await vi.waitFor(
      async () =>
        expect((await shop.hub.changes.log.read(start, 100)).map(({ op, rowKey, after }) => [op, rowKey, after?.['year']])).toEqual([['CREATED', '91', 2025]]),
      { timeout: 10_000 },
    );
    expect((await shop.told(() => shop.session.run('update sale_2025 set amount = 5'))).map(({ op, rowKey }) => `${op} ${rowKey}`)).toEqual(['UPDATED 91']);
  });

  it('loses and repeats nothing when the server is killed', async () => {
    const start = await shop.hub.changes.log.newest();
    for (const amount of [11, 12, 13]) await shop.session.run(`update sale_2023 set amount = ${amount} where id = 1`);
    await server.kill();
    await server.start();
    const session = await shop.open();
    for (const amount of [14, 15]) await session.run(`update sale_2023 set amount = ${amount} where id = 1`);
    await session.close();
    await vi.waitFor(
      async () => expect((await shop.hub.changes.log.read(start, 100)).map(({ after }) => after?.['amount'])).toEqual(['11', '12', '13', '14', '15']),
      { timeout: 15_000 },
    );
  });
});
