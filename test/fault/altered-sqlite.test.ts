/** A department alters its tables while no hub runs, or while one looks on: what its rows hold then is read again, and never told wrong. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openShop, setupOf, type Shop } from '../conformance/capture-shop.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await openShop({
    engine: 'sqlite',
    mode: 'trigger',
    filled: ['insert into sale_2023 values (1, 1, 1), (2, 1, 2)', `insert into item (id, code, name, body) values (1, 'A', 'name', 'body')`],
  });
  await shop.start();
});
afterEach(() => shop[Symbol.asyncDispose]());

const sales = async (): Promise<unknown[]> =>
  (await shop.hub.changes.log.read(0, 100))
    .filter(({ type }) => type === 'Sale')
    .map(({ rowKey, before, after }) => [rowKey, before?.['amount'], after?.['amount']]);
const refused = (table: string) =>
  vi.waitFor(
    async () =>
      expect((await shop.hub.changes.captures())[0]).toMatchObject({ state: 'refused', message: expect.stringContaining(`changes of ${table}`) as string }),
    {
      timeout: 10_000,
    },
  );

describe('a SQLite file', () => {
  it('whose table was made anew while the hub was away is read whole', async () => {
    await shop.stop();
    const triggers = ['insert', 'update', 'delete'].map((event) => `drop trigger yiwang_sale_2023_${event}`);
    await shop.session.run(
      'begin',
      ...triggers,
      'alter table sale_2023 rename to old_sale',
      'create table sale_2023 (id integer primary key, item_id integer, amount decimal(14, 2))',
      'insert into sale_2023 select id, item_id, amount * 10 from old_sale',
      'drop table old_sale',
      'commit',
    );
    const starting = shop.start();
    await vi.waitFor(() => refused('sale_2023'), { timeout: 10_000 });
    await shop.session.run(...setupOf(shop.hub, 'trigger'));
    await starting;
    expect(await sales()).toEqual([
      ['1', '1', '10'],
      ['2', '2', '20'],
    ]);
  });

  it('never tells what a column holds that was swapped with another, whatever its triggers say', async () => {
    await shop.session.run(
      'begin',
      'alter table item rename column name to old_name',
      'alter table item rename column body to name',
      'alter table item rename column old_name to body',
      `insert into item (id, code, name, body) values (2, 'B', 'body', 'name')`,
      'commit',
    );
    await shop.told(() => shop.session.run(`insert into item (id, code, name, body) values (3, 'C', 'body', 'name')`));
    const told = (await shop.hub.changes.log.read(0, 100)).filter(({ type }) => type === 'Item');
    expect(told.map(({ rowKey, after }) => [rowKey, after?.['code'], after?.['name'], after?.['body']])).toEqual([
      ['2', 'B', undefined, undefined],
      ['3', 'C', undefined, undefined],
    ]);

    await shop.session.run(
      'drop trigger yiwang_sale_2023_update',
      `create trigger yiwang_sale_2023_update after update on sale_2023 begin insert into yiwang_changes (tab, op, new) values ('sale_2023', 'U', json_object('id', quote(new."id"))); end`,
    );
    await shop.stop();
    const starting = shop.start();
    await vi.waitFor(() => refused('sale_2023'), { timeout: 10_000 });
    await shop.session.run(...setupOf(shop.hub, 'trigger'));
    await starting;
  });

  it.each([
    ['a trigger is dropped', ['drop trigger yiwang_sale_2023_update', 'update sale_2023 set amount = 7 where id = 1']],
    [
      'a table is made anew',
      [
        'create table kept as select * from sale_2023',
        'drop table sale_2023',
        'create table sale_2023 (id integer primary key, item_id integer, amount decimal(12, 2))',
        'insert into sale_2023 select id, item_id, case id when 1 then 7 else amount end from kept',
      ],
    ],
  ])('is told to have lost changes when %s, and what differs, also of the time it was away', async (_what, statements) => {
    const capture = async () => (await shop.hub.changes.captures())[0];
    await shop.session.run('begin', ...statements, 'commit');
    await vi.waitFor(async () => expect((await capture())?.gapReason).toContain('triggers are gone from sale_2023'), { timeout: 10_000 });
    await shop.session.run(...setupOf(shop.hub, 'trigger'));
    await vi.waitFor(async () => expect((await capture())?.state).toBe('live'), { timeout: 10_000 });
    expect(await sales()).toEqual([['1', '1', '7']]);

    const setup = setupOf(shop.hub, 'trigger');
    await shop.stop();
    await shop.session.run('drop trigger yiwang_sale_2023_update', 'update sale_2023 set amount = 8 where id = 1', ...setup);
    await shop.start();
    await vi.waitFor(async () => expect((await sales()).at(-1)).toEqual(['1', '7', '8']), { timeout: 10_000 });
  });
});
