/** What capturing changes promises, for every engine and every way of telling them, from the department's commit to the hub's log. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ChangeMode } from '../../connectors/spi/changes.ts';
import type { LoggedChange } from '../../schema/model/change.ts';
import type { Engine } from '../../scripts/demo-data/table.ts';
import { openShop, type Shop } from './capture-shop.ts';

export interface CaptureSubject {
  readonly engine: Engine;
  readonly mode: ChangeMode;
  /** Makes the source lose what follows the hub's position while no hub runs. */
  readonly lose?: (shop: Shop) => Promise<void>;
}

const ITEM = `insert into item (id, code, name, amount, big, on_day, at_local, at_zoned, flag, kind, doc, body) values`;
const item = (id: number, name = `item ${id}`): string =>
  `${ITEM} (${id}, 'A', '${name}', '${id}.5', ${id}, '2024-01-02', '2024-01-02 03:04:05', null, false, 'a', null, null)`;
const short = (changes: readonly LoggedChange[]): string[] =>
  changes.map(({ type, rowKey, op, changedFields }) => `${op} ${type} ${rowKey} [${changedFields.join(' ')}]`);

export function describeCapture(name: string, { engine, mode, lose }: CaptureSubject): void {
  const everyChange = mode !== 'poll';
  describe(name, () => {
    let shop: Shop;
    beforeAll(async () => {
      shop = await openShop({ engine, mode, filled: [item(1), `insert into kind values ('a', 'apple')`, `insert into plan values (1, 1, 1, 'draft', false)`] });
      await shop.start();
    });
    afterAll(() => shop[Symbol.asyncDispose]());

    it('takes what was there at the start as known', async () => {
      expect(await shop.hub.changes.log.newest()).toBe(0);
    });

    it('tells every value as a query gives it', async () => {
      const values = `'B', 'naïve 你好 🏛 ''quoted'' "and"', '123456789012345678.0123456789', 9223372036854775807, '2024-02-29', '2024-02-29 23:59:59', '2024-02-29 23:59:59${engine === 'postgres' || engine === 'sqlite' ? '+08:00' : ''}', true, 'a', '{"tags": [{"t": "x"}, {"t": "y"}], "n": 1.50}', '${'长'.repeat(5_000)}'`;
      const changes = await shop.told(() => shop.session.run(`${ITEM} (2, ${values})`));
      const [created] = changes.filter(({ type }) => type === 'Item');
      expect(created).toMatchObject({ op: 'CREATED', key: [2], rowKey: '2', before: null, mappingVersion: 1, department: 'trade', source: 'shop' });
      expect(created?.after).toMatchObject({
        big: '9223372036854775807',
        amount: '123456789012345678.0123456789',
        day: '2024-02-29',
        flag: true,
        kind: 'apple',
      });
      const { body } = await shop.query(`{ item(number: 2) { number code name amount big day localAt zonedAt flag body kind } }`);
      expect(created?.after).toEqual(body.data.item);
      expect(changes.filter(({ type }) => type === 'Tag').map(({ rowKey, after }) => [rowKey, after?.['text']])).toEqual([
        ['2|0', 'x'],
        ['2|1', 'y'],
      ]);
      expect(Math.abs(Date.parse(created?.committedAt ?? '') - Date.now())).toBeLessThan(30_000);
    });

    it('tells what changed, and what a large value was that did not', async () => {
      const changes = await shop.told(() => shop.session.run(`update item set name = 'renamed', flag = null where id = 2`));
      expect(short(changes)).toEqual(['UPDATED Item 2 [flag name]']);
      expect(changes[0]?.after?.['body']).toBe('长'.repeat(5_000));
      expect(changes[0]?.before).toMatchObject({ flag: true, body: '长'.repeat(5_000) });
    });

    it('says nothing of a write that changes no mapped value', async () => {
      expect(await shop.told(() => shop.session.run(`update item set name = name where id = 2`))).toEqual([]);
    });

    it('tells a deleted row with all that it was', async () => {
      const changes = await shop.told(() => shop.session.run(`delete from item where id = 2`));
      expect(short(changes.filter(({ type }) => type === 'Item'))).toEqual(['DELETED Item 2 [amount big body code day kind localAt name number zonedAt]']);
      expect(changes.filter(({ type }) => type === 'Tag').map(({ op }) => op)).toEqual(['DELETED', 'DELETED']);
    });

    it('tells a changed key as one row gone and one come', async () => {
      const changes = await shop.told(() => shop.session.run(item(3), `update item set id = 4 where id = 3`));
      const ops = changes.map(({ op, rowKey }) => `${op} ${rowKey}`);
      expect(ops).toEqual(everyChange ? ['CREATED 3', 'DELETED 3', 'CREATED 4'] : ['CREATED 4']);
    });

    it('says nothing of what is rolled back, wholly or to a savepoint', async () => {
      const changes = await shop.told(async () => {
        await shop.session.run('begin', item(10), 'rollback');
        await shop.session.run('begin', item(11), 'savepoint s', item(12), `update item set name = 'no' where id = 1`, 'rollback to s', item(13), 'commit');
      });
      expect(short(changes)).toEqual([
        'CREATED Item 11 [amount big code day flag kind localAt name number]',
        'CREATED Item 13 [amount big code day flag kind localAt name number]',
      ]);
    });

    it('tells rows of one transaction in order', async () => {
      const changes = await shop.told(() =>
        shop.session.run(
          'begin',
          `update item set name = 'one' where id = 1`,
          item(20),
          `update item set name = 'two' where id = 1`,
          `delete from item where id = 20`,
          'commit',
        ),
      );
      expect(changes.map(({ op, rowKey, after }) => [op, rowKey, after?.['name'] ?? null])).toEqual(
        everyChange
          ? [
              ['UPDATED', '1', 'one'],
              ['CREATED', '20', 'item 20'],
              ['UPDATED', '1', 'two'],
              ['DELETED', '20', null],
            ]
          : [['UPDATED', '1', 'two']],
      );
      expect(everyChange ? changes[2]?.before?.['name'] : 'one').toBe('one');
      expect(new Set(changes.map(({ id }) => id)).size).toBe(changes.length);
      const isOne = shop.hub.federation.connector('shop').capabilities.changes?.[mode]?.transactions === true;
      expect(isOne ? new Set(changes.map(({ transaction }) => transaction)).size : 1).toBe(1);
    });

    it.skipIf(engine === 'sqlite')('loses no transaction that commits late', async () => {
      const late = await shop.open();
      const changes = await shop.told(async () => {
        for (let round = 0; round < 3; round += 1) {
          const id = 100 + round * 10;
          await late.run('begin', item(id));
          await shop.session.run(item(id + 1));
          await new Promise((resolve) => setTimeout(resolve, 60));
          await late.run(item(id + 2), `update item set name = 'late' where id = ${id + 1}`, 'commit');
        }
      });
      await late.close();
      const told = (id: number): string[] => changes.filter(({ rowKey }) => rowKey === String(id)).map(({ op, after }) => `${op} ${String(after?.['name'])}`);
      for (let round = 0; round < 3; round += 1) {
        const id = 100 + round * 10;
        expect(told(id)).toEqual([`CREATED item ${id}`]);
        expect(
          everyChange
            ? told(id + 1)
            : [
                told(id + 1)
                  .at(-1)
                  ?.slice(-4),
              ],
        ).toEqual(everyChange ? [`CREATED item ${id + 1}`, 'UPDATED late'] : ['late']);
        expect(told(id + 2)).toEqual([`CREATED item ${id + 2}`]);
      }
    });

    it('tells all rows that a dictionary’s row alters', async () => {
      const changes = await shop.told(() => shop.session.run(`update kind set title = 'pear' where code = 'a'`));
      expect(changes.every(({ op, type, changedFields }) => op === 'UPDATED' && type === 'Item' && changedFields.join() === 'kind')).toBe(true);
      const { body } = await shop.query(`{ items(where: { kind: { eq: "pear" } }, first: 200) { nodes { number } } }`);
      expect(changes.map(({ rowKey }) => rowKey).toSorted()).toEqual(body.data.items.nodes.map(({ number }: { number: number }) => String(number)).toSorted());
      expect(changes.length).toBeGreaterThan(3);
    });

    it('tells the newest version, and the one before when that is gone', async () => {
      const add = await shop.told(() => shop.session.run(`insert into plan values (2, 1, 2, 'sent', false)`));
      expect(add.map(({ op, before, after }) => [op, before?.['state'], after?.['state']])).toEqual([['UPDATED', 'draft', 'sent']]);
      const hide = await shop.told(() => shop.session.run(`insert into plan values (3, 1, 3, 'void', true)`));
      expect(hide.map(({ op }) => op)).toEqual(['DELETED']);
      const back = await shop.told(() => shop.session.run(`delete from plan where id = 3`));
      expect(back.map(({ op, after }) => [op, after?.['state']])).toEqual([['CREATED', 'sent']]);
      expect(await shop.told(() => shop.session.run(`insert into plan values (4, 1, 0, 'old', false)`))).toEqual([]);
    });

    it('tells a group by its measures', async () => {
      const first = await shop.told(() => shop.session.run(`insert into stock values (1, 1, 'x', 5)`));
      const changes = [...first, ...(await shop.told(() => shop.session.run(`insert into stock values (2, 1, 'y', 7)`)))];
      expect(changes.filter(({ type }) => type === 'Stock').map(({ op, after }) => [op, after?.['total']])).toEqual([
        ['CREATED', 5],
        ['UPDATED', 12],
      ]);
    });

    it('tells rows of every table of a union', async () => {
      const changes = await shop.told(() => shop.session.run(`insert into sale_2023 values (1, 1, 10.50)`, `insert into sale_2024 values (2, 1, 20)`));
      expect(changes.map(({ after }) => [after?.['year'], after?.['amount']])).toEqual([
        [2023, '10.5'],
        [2024, '20'],
      ]);
    });

    it('tells every row of an emptied table as deleted', async () => {
      const changes = await shop.told(() =>
        shop.session.run(engine === 'sqlite' || (engine === 'mariadb' && mode === 'trigger') ? 'delete from sale_2023' : 'truncate table sale_2023'),
      );
      expect(short(changes)).toEqual(['DELETED Sale 1 [amount number year]']);
    });

    it('tells a long transaction whole and once', async () => {
      const rows = Array.from({ length: 4_500 }, (_, index) => `(${index + 1}, ${index % 7}, 1)`);
      const changes = await shop.told(() =>
        shop.session.run('begin', ...[0, 1_500, 3_000].map((at) => `insert into sale_2023 values ${rows.slice(at, at + 1_500).join(', ')}`), 'commit'),
      );
      const told = changes.map(({ rowKey }) => Number(rowKey));
      expect(everyChange ? told : told.toSorted((a, b) => a - b)).toEqual(rows.map((_, index) => index + 1));
    });

    it('goes on where it stopped', async () => {
      const before = await shop.hub.changes.log.newest();
      await shop.stop();
      await shop.session.run(`insert into sale_2024 values (50, 1, 1)`, `update sale_2024 set amount = 2 where id = 50`, `delete from sale_2023 where id = 1`);
      await shop.start();
      await shop.told(async () => undefined);
      const found = (await shop.hub.changes.log.read(before, 100)).filter(({ type }) => type === 'Sale');
      expect(found.map(({ op, rowKey }) => `${op} ${rowKey}`).toSorted()).toEqual(
        (everyChange ? ['CREATED 50', 'UPDATED 50', 'DELETED 1'] : ['CREATED 50', 'DELETED 1']).toSorted(),
      );
    });

    it('survives a column that comes, is renamed and goes', async () => {
      const changes = await shop.told(async () => {
        await shop.session.run(`alter table sale_2024 add column note varchar(20)`, `insert into sale_2024 values (60, 1, 1, 'x')`);
        await shop.session.run(`alter table sale_2024 rename column note to remark`, `insert into sale_2024 values (61, 1, 1, 'x')`);
        if (engine !== 'sqlite' || mode === 'poll')
          await shop.session.run(`alter table sale_2024 drop column remark`, `insert into sale_2024 values (62, 1, 1)`);
      });
      expect(changes.map(({ op, rowKey }) => `${op} ${rowKey}`)).toEqual(
        engine !== 'sqlite' || mode === 'poll' ? ['CREATED 60', 'CREATED 61', 'CREATED 62'] : ['CREATED 60', 'CREATED 61'],
      );
    });

    it.skipIf(lose === undefined)('says that changes were lost, and what differs since', async () => {
      const before = await shop.hub.changes.log.newest();
      await shop.stop();
      await shop.session.run(
        `insert into sale_2024 (id, item_id, amount) values (70, 1, 1)`,
        `update sale_2024 set amount = 99 where id = 2`,
        `delete from sale_2024 where id = 50`,
      );
      await lose?.(shop);
      await shop.start();
      await vi.waitFor(async () => expect((await shop.hub.changes.captures())[0]?.gapHealedAt).not.toBeNull(), { timeout: 10_000 });
      const [capture] = await shop.hub.changes.captures();
      const found = (await shop.hub.changes.log.read(before, 100)).filter(({ type }) => type === 'Sale');
      expect(found.map(({ op, rowKey }) => `${op} ${rowKey}`).toSorted()).toEqual(['CREATED 70', 'DELETED 50', 'UPDATED 2']);
      expect(capture).toMatchObject({ state: 'live', gapReason: expect.stringContaining('lost changes') as string, gapSequence: before + 1 });
      expect(short(await shop.told(() => shop.session.run(`delete from sale_2024 where id = 70`)))).toEqual(['DELETED Sale 70 [amount number year]']);
    });
  });
}
