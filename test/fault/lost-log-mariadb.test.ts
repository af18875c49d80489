/** What can go wrong between MariaDB's log and the hub's: each was seen to lose rows, or to tell them wrong, without a word. */
import { Readable } from 'node:stream';
import { createConnection, type Connection } from 'mysql2/promise';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openShop, type Shop } from '../conformance/capture-shop.ts';
import { movePosition, toldAfterGap, whileStopped } from '../helpers/lost-changes.ts';
import { startFaultProxy } from '../helpers/fault-proxy.ts';
import { startPrivateServer, type PrivateServer } from './private-server.ts';
import { hasRows, isListening, snapshotRows, tell } from './told-values.ts';

let server: PrivateServer;
let admin: Connection;
let url: string;
beforeAll(async () => {
  server = await startPrivateServer('mariadb', { 'binlog-ignore-db': 'left_out' });
  admin = await createConnection({ uri: server.url });
  admin.on('error', () => undefined);
  await run('create database shop', 'use shop');
  url = new URL('/shop', server.url).href;
});
afterAll(async () => {
  admin.destroy();
  await server[Symbol.asyncDispose]();
});
const run = async (...statements: string[]): Promise<void> => {
  for (const statement of statements) await admin.query(statement);
};

const endReaders = async (): Promise<void> => {
  const [rows] = await admin.query(`select id from information_schema.processlist where command = 'Binlog Dump'`);
  for (const { id } of rows as { id: number }[]) await admin.query(`kill ${id}`).catch(() => undefined); // it may be gone by itself
};

describe('a stream', () => {
  const VALUES = `9007199254740993, 18446744073709551615, 255, -8388608, 0.1, 1.5e-7, 12345678901234567890.123456789, true, 'a', '你', 'latin é', x'00ff10', x'ab00', 'b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '10.1.2.0', '2001:db8::ff00:0:0',
    '{"a": [1, 2.50], "b": null}', b'101', b'1', 'two', 'x,z', '2024-02-29', '-838:59:58.123456', '2024-02-29 23:59:59.123456', '2024-02-29 23:59:59.123456', '1901-12-13', 2024, repeat('long', 70000)`;
  const COLUMNS = 'big, ubig, tiny, medium, f8, f4, n, flag, c, v, l, bytes, fixed, u, ip4, ip6, j, b3, b1, word, words, d, t, local, zoned, old, y, x';
  beforeAll(() =>
    run(
      `create table odd (id int primary key, big bigint, ubig bigint unsigned, tiny tinyint unsigned, medium mediumint, f8 double, f4 float, n decimal(30,10), flag boolean, c char(4), v varchar(10) character set gbk, l varchar(20) character set latin1,
        bytes varbinary(10), fixed binary(4), u uuid, ip4 inet4, ip6 inet6, j json, b3 bit(3), b1 bit(1), word enum('one','two'), words set('x','y','z'), d date, t time(6), local datetime(6), zoned timestamp(6) null, old date, y year, x longtext)`,
      `insert into odd values (1, ${VALUES}), (3, ${Array.from({ length: 28 }, () => 'null').join(', ')})`,
    ),
  );

  it.each(['log', 'trigger'])('tells values of every type as a query gives them, by %s, whatever the session that writes has set', async (mode) => {
    await using telling = await tell('mysql', url, 'odd', mode === 'trigger' ? { setUp: run } : {});
    const before = snapshotRows(await telling.until(isListening));
    await run(
      `set time_zone = '-05:00', sql_mode = 'ANSI_QUOTES,PAD_CHAR_TO_FULL_LENGTH', character_set_client = gbk, div_precision_increment = 0, lc_time_names = 'de_DE'`,
      `insert into odd select 2, ${COLUMNS} from odd where id = 1`,
      `update odd set id = 4 where id = 3`,
      `set time_zone = default, sql_mode = default, character_set_client = utf8mb4`,
    );
    expect(await telling.rows(2)).toEqual([
      { ...before[0], id: 2 },
      { ...before[1], id: 4 },
    ]);
    await run('delete from odd where id = 2', 'update odd set id = 3 where id = 4');
    expect(before[0]).toMatchObject({ big: '9007199254740993', u: 'b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', local: '2024-02-29 23:59:59.123456', word: 'two' });
  });

  it('is refused by triggers where foreign keys alter rows, for which none runs, also for an account that may only read', async () => {
    await run(
      'create table owner (id int primary key)',
      'create table owned (id int primary key, owner int, foreign key (owner) references owner (id) on delete set null)',
      `create or replace user reader@'%' identified by 'reader'`,
      `grant select on owned to reader@'%'`,
    );
    await using telling = await tell('mysql', url.replace(/\/\/[^@]+@/, '//reader:reader@'), 'owned', { setUp: async () => undefined });
    await expect(telling.until(isListening)).rejects.toMatchObject({
      code: 'SOURCE_CAPABILITY_MISSING',
      message: expect.stringContaining('rows of owned') as string,
    });
    await run('drop table owned, owner');
  });

  it('is refused for a database that the log leaves out', async () => {
    await run('create database left_out', 'create table left_out.odd (id int primary key)');
    await using telling = await tell('mysql', new URL('/left_out', server.url).href, 'odd');
    await expect(telling.until(isListening)).rejects.toMatchObject({
      code: 'SOURCE_CAPABILITY_MISSING',
      message: expect.stringContaining('leaves out left_out') as string,
    });
  });

  it('by triggers says that it lost changes when these are gone', async () => {
    await using telling = await tell('mysql', url, 'odd', { setUp: run });
    await telling.until(isListening);
    await run('drop trigger yiwang_odd_update');
    await expect(telling.until(hasRows)).rejects.toMatchObject({ code: 'EVENT_GAP', message: expect.stringContaining('triggers are gone') as string });
  });

  it('tells compressed rows as well', async () => {
    await run('set global log_bin_compress = on', 'set global log_bin_compress_min_len = 10');
    await using telling = await tell('mysql', url, 'odd');
    await telling.until(isListening);
    const session = await createConnection({ uri: url });
    await session.query(`insert into odd (id, x) values (5, repeat('x', 5000))`);
    await session.end();
    await run('set global log_bin_compress = off');
    expect((await telling.rows(1))[0]?.['x']).toBe('x'.repeat(5_000));
  });

  it('that falls silent without a word is given up, and one that has nothing to say is not', async () => {
    await using proxy = await startFaultProxy(url);
    await using telling = await tell('mysql', proxy.url, 'odd', { silenceMs: 1_200 });
    await telling.until(isListening);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await run('update odd set big = 1 where id = 1');
    expect(await telling.rows(1)).toMatchObject([{ big: '1' }]);
    proxy.strand();
    await expect(telling.until(hasRows)).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
  });
});

describe('a hub', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop({ engine: 'mariadb', mode: 'log', url, filled: ['insert into sale_2023 values (1, 1, 1), (2, 1, 2)'] });
    await shop.start();
  });
  afterAll(() => shop[Symbol.asyncDispose]());
  beforeEach(async () => {
    await shop.start(); // a test that failed may have left it stopped
    await shop.told(() => shop.session.run('update sale_2023 set amount = 1', 'delete from item'));
  });

  const afterGap = (lose: () => Promise<unknown>): ReturnType<typeof toldAfterGap> => toldAfterGap(shop, lose);
  const meanwhile =
    (...statements: string[]) =>
    (): Promise<void> =>
      whileStopped(shop, ...statements);
  const WRITE = 'update sale_2023 set amount = 7 where id = 1';

  it('says that it lost changes when its log was purged, and what differs since', async () => {
    const [said, told] = await afterGap(async () => {
      await shop.stop();
      await run(WRITE, 'flush binary logs');
      const [[newest]] = (await admin.query('show master status')) as unknown as [[{ File: string }]];
      await vi.waitFor(
        async () => {
          await endReaders(); // a log that is read, or that InnoDB has not synced past, is not purged
          await run(`purge binary logs to '${newest.File}'`);
          const [logs] = await admin.query('show binary logs');
          expect(logs).toHaveLength(1);
        },
        { timeout: 15_000 },
      );
      await shop.start();
    });
    expect([said, told]).toEqual([expect.stringContaining('no longer holds'), ['UPDATED 1']]);
  });

  it.each([
    ['this database', 'shop', WRITE],
    ['another database', 'mysql', 'update shop.sale_2023 set amount = 7 where id = 1'],
  ])('says that it lost changes when a session of %s writes statements to the log, and what differs since', async (_what, database, statement) => {
    const session = await createConnection({ uri: new URL(`/${database}`, server.url).href });
    const [said, told] = await afterGap(async () => {
      await session.query('set session binlog_format = statement');
      await session.query(statement);
    });
    await session.end();
    expect([said, told]).toEqual([expect.stringContaining('binlog_format = STATEMENT'), ['UPDATED 1']]);
  });

  it('says that it lost changes when such a session loads a file, and what differs since', async () => {
    const session = await createConnection({ uri: url, infileStreamFactory: () => Readable.from([Buffer.from('5\t50\t2\n')]) });
    const [said, told] = await afterGap(async () => {
      await session.query('set session binlog_format = statement');
      await session.query(`load data local infile 'sales' into table sale_2023`);
    });
    await session.end();
    expect([said, told]).toEqual([expect.stringContaining('binlog_format = STATEMENT'), ['CREATED 5']]);
    await shop.session.run('delete from sale_2023 where id = 5');
  });

  it('says that it lost changes when its server is behind what was read, and what differs since', async () => {
    const [said, told] = await afterGap(async () => {
      await shop.stop();
      await movePosition(shop, (position) => ({ gtid: (JSON.parse(position) as { gtid: string }).gtid.replace(/\d+$/, '999999') })); // as if a copy of before had been restored
      await run(WRITE);
      await shop.start();
    });
    expect([said, told]).toEqual([expect.any(String), ['UPDATED 1']]);
  });

  it.each(['minimal', 'noblob'])('tells whole rows of a session that logs a %s image', async (image) => {
    const session = await shop.open();
    await session.run(`set session binlog_row_image = ${image}`);
    const told = await shop.told(() =>
      session.run(
        `insert into item (id, code, name, body) values (1, 'A', 'one', 'text')`,
        `update item set name = 'two' where id = 1`,
        `update item set id = 2 where id = 1`,
        `delete from item where id = 2`,
      ),
    );
    await session.close();
    const items = told.filter(({ type }) => type === 'Item');
    expect(items.map(({ op, rowKey, after }) => [op, rowKey, after?.['code'], after?.['name'], after?.['body']])).toEqual([
      ['CREATED', '1', 'A', 'one', 'text'],
      ['UPDATED', '1', 'A', 'two', 'text'],
      ['DELETED', '1', undefined, undefined, undefined],
      ['CREATED', '2', 'A', 'two', 'text'],
      ['DELETED', '2', undefined, undefined, undefined],
    ]);
  });

  it('tells an XA transaction when it is committed, and nothing of one that is rolled back', async () => {
    const other = await shop.open();
    const told = await shop.told(async () => {
      await shop.session.run(`xa start 'kept'`, WRITE, `xa end 'kept'`, `xa prepare 'kept'`);
      await other.run(`xa start 'undone'`, 'update sale_2023 set amount = 8 where id = 2', `xa end 'undone'`, `xa prepare 'undone'`, `xa rollback 'undone'`);
      await other.run('update sale_2023 set amount = 9 where id = 2');
      await shop.session.run(`xa commit 'kept'`);
      await other.run(`xa start 'once'`, 'update sale_2023 set amount = 10 where id = 2', `xa end 'once'`, `xa commit 'once' one phase`);
    });
    await other.close();
    expect(told.map(({ rowKey, after }) => [rowKey, after?.['amount']])).toEqual([
      ['2', '9'],
      ['1', '7'],
      ['2', '10'],
    ]);
  });

  it('says that it lost changes when an XA transaction is committed that was prepared while it was away', async () => {
    await shop.session.run(`xa start 'early'`, WRITE, `xa end 'early'`, `xa prepare 'early'`);
    await meanwhile()();
    const other = await shop.open();
    const before = await shop.hub.changes.log.newest();
    await other.run('insert into marker values (9001)');
    await other.close();
    // Or its next start would be from before the transaction was prepared, and it would lose nothing.
    await vi.waitFor(async () => expect((await shop.hub.changes.log.read(before, 100)).map(({ rowKey }) => rowKey)).toContain('9001'), { timeout: 15_000 });
    const [said, told] = await afterGap(async () => {
      await meanwhile()();
      await shop.session.run(`xa commit 'early'`);
    });
    expect([said, told]).toEqual([expect.stringContaining('XA transaction'), ['UPDATED 1']]);
  });

  it('tells what foreign keys do to rows, which stands in no log', async () => {
    await shop.session.run(
      'create table owner (id int primary key, name varchar(10))',
      `insert into owner values (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd')`,
      'create table deed (id int primary key, owner int, foreign key (owner) references owner (id) on delete cascade on update cascade)',
      'insert into deed values (1, 1), (2, 2), (3, 3), (4, 4)',
      'alter table sale_2024 add constraint of_deed foreign key (item_id) references deed (id) on delete cascade on update cascade',
      'insert into sale_2024 values (801, 1, 1), (802, 2, 1), (803, 3, 1), (804, 4, 1)',
    );
    const start = await shop.hub.changes.log.newest();
    const told = async (): Promise<string[]> => (await shop.hub.changes.log.read(start, 100)).map(({ op, rowKey }) => `${op} ${rowKey}`).toSorted();
    const telling = (...wanted: string[]): Promise<void> =>
      vi.waitFor(async () => expect(await told()).toEqual(expect.arrayContaining(wanted)), { timeout: 10_000 });
    await telling('CREATED 804');
    await shop.session.run('delete from owner where id = 1');
    await telling('DELETED 801');
    const other = await shop.open();
    await other.run(`xa start 'pulling'`, 'delete from deed where id = 2', `xa end 'pulling'`, `xa prepare 'pulling'`);
    await shop.session.run(`update owner set name = 'z' where id = 4`);
    await other.run(`xa commit 'pulling'`);
    await other.close();
    await telling('DELETED 802');
    await meanwhile('delete from deed where id = 3')();
    await telling('DELETED 803');
    expect(await told()).toEqual(['CREATED 801', 'CREATED 802', 'CREATED 803', 'CREATED 804', 'DELETED 801', 'DELETED 802', 'DELETED 803']);
    await shop.session.run('alter table sale_2024 drop foreign key of_deed', 'drop table deed, owner', 'delete from sale_2024');
  });

  it('goes on when its connection is ended', async () => {
    const told = await shop.told(async () => {
      await shop.session.run('update sale_2023 set amount = 8 where id = 1');
      await endReaders();
      await shop.session.run('update sale_2023 set amount = 9 where id = 1');
    });
    expect(told.map(({ after }) => after?.['amount'])).toEqual(['8', '9']);
  });

  it('refuses to read a log whose server no longer writes it whole, and goes on once it does', async () => {
    await run('set global binlog_row_metadata = minimal');
    await vi.waitFor(
      async () =>
        expect((await shop.hub.changes.captures())[0]).toMatchObject({
          state: 'refused',
          message: expect.stringContaining('binlog_row_metadata = FULL') as string,
        }),
      { timeout: 10_000 },
    );
    await run('set global binlog_row_metadata = full');
    expect((await shop.told(() => shop.session.run(WRITE))).map(({ after }) => after?.['amount'])).toEqual(['7']);
  });

  it('reads a table whole that was altered while it was away', async () => {
    const start = await shop.hub.changes.log.newest();
    await meanwhile('update sale_2023 set amount = 3 where id = 2', 'alter table sale_2023 drop column amount, add column amount decimal(12, 2) default 5')();
    await shop.told(async () => undefined);
    const told = (await shop.hub.changes.log.read(start, 100)).filter(({ type }) => type === 'Sale');
    expect(told.map(({ rowKey, before, after }) => [rowKey, before?.['amount'], after?.['amount']])).toEqual([
      ['2', '1', '3'],
      ['1', '1', '5'],
      ['2', '3', '5'],
    ]);
  });

  it('never tells what a column holds that was swapped with another', async () => {
    await shop.session.run(`insert into item (id, code, name, body) values (1, 'A', 'name', 'body')`);
    await shop.told(async () => undefined);
    const start = await shop.hub.changes.log.newest();
    await shop.session.run(
      'alter table item change name old_name varchar(60)',
      'alter table item change body name text',
      'alter table item change old_name body varchar(60)',
      `insert into item (id, code, name, body) values (2, 'B', 'body', 'name')`,
      `update item set code = 'C' where id = 1`,
    );
    await shop.told(async () => undefined);
    const told = (await shop.hub.changes.log.read(start, 100)).filter(({ type }) => type === 'Item').toSorted((a, b) => Number(a.rowKey) - Number(b.rowKey));
    expect(told.map(({ rowKey, op, after }) => [rowKey, op, after?.['code'], after?.['name'], after?.['body']])).toEqual([
      ['1', 'UPDATED', 'C', undefined, undefined],
      ['2', 'CREATED', 'B', undefined, undefined],
    ]);
  });

  it('captures a table that comes and fits a mapped pattern, from its first row on', async () => {
    const start = await shop.hub.changes.log.newest();
    await shop.session.run('create table sale_2025 (id int primary key, item_id int, amount decimal(12, 2))', 'insert into sale_2025 values (91, 1, 4)');
    await vi.waitFor(
      async () =>
        expect((await shop.hub.changes.log.read(start, 100)).map(({ op, rowKey, after }) => [op, rowKey, after?.['year']])).toEqual([['CREATED', '91', 2025]]),
      { timeout: 10_000 },
    );
    expect((await shop.told(() => shop.session.run('update sale_2025 set amount = 5'))).map(({ op, rowKey }) => `${op} ${rowKey}`)).toEqual(['UPDATED 91']);
  });

  it('loses and repeats nothing when the server is killed', async () => {
    const start = await shop.hub.changes.log.newest();
    for (const name of ['a', 'b']) await shop.session.run(`insert into stock values (${name === 'a' ? 1 : 2}, 1, '${name}', 1)`);
    await server.kill();
    await server.start();
    const session = await shop.open();
    await session.run(`insert into stock values (3, 1, 'c', 1)`);
    await session.close();
    await vi.waitFor(async () => expect((await shop.hub.changes.log.read(start, 100)).map(({ after }) => after?.['total'])).toEqual([1, 2, 3]), {
      timeout: 15_000,
    });
  });
});
