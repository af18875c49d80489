import { describe, expect, it } from 'vitest';
import type { AggregateQuery, Bindings, Child, ColumnDef, Expr, Measure, Predicate, Query, Request, Row, RowSet } from '../../connectors/spi/ir.ts';
import type { WireValue } from '../../schema/model/physical-type.ts';
import { aggregateRequest, asc, col, compare, desc, INT, on, query, rowsRequest, TEXT } from './builders.ts';
import type { Kit } from './connector-kit.ts';
import { normalizeRows } from './normalize-rows.ts';

const CALL = () => ({ signal: new AbortController().signal, timeoutMs: 10_000, maxRows: 1_000 });

/** Rows for parents of another source, found by key. */
export function testBatches(kit: Kit): void {
  const o = (name: string): Expr => kit.tables().column('orders', name);
  const l = (name: string): Expr => kit.tables().column('lines', name);
  const p = (name: string): Expr => kit.tables().column('people', name);
  const orders = (columns: readonly Expr[], rest: Partial<Query> = {}): Query =>
    query(kit.tables().rows('orders'), columns, { orderBy: [asc(o('id'))], ...rest });
  const count = (rest: Partial<AggregateQuery> = {}): AggregateQuery => ({
    rows: kit.tables().rows('orders'),
    measures: [{ fn: 'count' }, { fn: 'sum', value: o('amount') }],
    ...rest,
  });

  describe('batches', () => {
    const keys: readonly ColumnDef[] = [{ name: 'k0', type: INT }];
    const many = (rest: Partial<Query> = {}): Child => ({ kind: 'many', on: on(col('k0', INT), o('person_id')), query: orders([o('id')], rest) });
    const run = (children: readonly Child[], tuples: Bindings['keys'], defs = keys): Promise<unknown[]> =>
      kit.run({ kind: 'batch', keys: defs, children }, { keys: tuples! });

    it('gives one row per ordinal in ascending order, empty ones too', async () => {
      expect(
        await run(
          [many()],
          [
            [0, 2],
            [1, 12345],
            [2, 1],
          ],
        ),
      ).toEqual([[[[1], [8], [15], [29], [36]]], [[]], [[[7], [14], [21], [28], [35]]]]);
    });
    it('takes one total for each single key, over no rows too', async () => {
      const total = (measure: Measure): Child => ({ kind: 'aggregate', on: on(col('k0', INT), o('person_id')), query: count({ measures: [measure] }) });
      const single = (measure: Measure) =>
        kit.run(
          { kind: 'batch', keys, single: true, children: [total(measure)] },
          {
            keys: [
              [0, 2],
              [1, 12345],
              [2, null],
              [3, 1],
            ],
          },
        );
      expect(await single({ fn: 'count' })).toEqual([[[5]], [[0]], [[0]], [[5]]]);
      expect(await single({ fn: 'max', value: o('id') })).toEqual([[[36]], [[null]], [[null]], [[35]]]);
    });
    it('groups by what other rows say while other values are counted once each, below rows of a child', async () => {
      const name: Expr = { kind: 'related', on: on(o('person_id'), p('id')), rows: kit.tables().rows('people'), value: p('name') };
      const measures: readonly Measure[] = [{ fn: 'count' }, { fn: 'countDistinct', value: o('id') }];
      const groups: Child = { kind: 'groups', on: on(p('id'), o('person_id')), query: count({ by: [name], measures }) };
      const people: Child = {
        kind: 'many',
        on: on(col('k0', INT), p('id')),
        query: query(kit.tables().rows('people'), [p('id')], { orderBy: [asc(p('id'))], children: [groups] }),
      };
      const found = await run(
        [people],
        [
          [0, 1],
          [1, 2],
          [2, 3],
        ],
      );
      const counts = (found as readonly (readonly (readonly [number, readonly (readonly unknown[])[]])[])[][]).map(([list]) =>
        list!.map(([id, each]) => [id, each.map((group) => group.slice(1))]),
      );
      expect(counts).toEqual([[[1, [[5, 5]]]], [[2, [[5, 5]]]], [[3, [[6, 6]]]]]);
    });
    it('answers nothing for no keys', async () => {
      expect(await run([many()], [])).toEqual([]);
    });
    it('puts the rows of tuples that share an ordinal into one list with one limit', async () => {
      expect(
        await run(
          [many({ limit: 4, offset: 1 })],
          [
            [0, 2],
            [0, 1],
            [1, 1],
          ],
        ),
      ).toEqual([[[[7], [8], [14], [15]]], [[[14], [21], [28], [35]]]]);
    });
    it('reads the rows that its lists show alone, where an index ranks them by the primary key, as it reads all', async () => {
      const { columns, ...table } = kit.tables().rows('orders') as RowSet & { readonly kind: 'table' };
      const marked = columns.map((each) => ({ ...each, ...(each.name === 'id' ? { primary: true } : each.name === 'person_id' ? { indexed: true } : {}) }));
      const rows: RowSet = { ...table, columns: marked };
      const shown = columns.map((each) => o(each.name));
      const list = (all: RowSet, rest: Partial<Query>): Child => ({
        kind: 'many',
        on: on(col('k0', INT), o('person_id')),
        query: query(all, shown, { orderBy: [asc(o('id'))], ...rest }),
      });
      const tuples: Bindings['keys'] = [[0, 2], [1, 1], [1, 3], [2, null], [3, 12345]]; // prettier-ignore
      for (const rest of [{ limit: 2 }, { limit: 3, offset: 1 }, { limit: 2, orderBy: [desc(o('id'))] }, { limit: 100 }, { offset: 2 }])
        expect(await run([list(rows, rest)], tuples)).toEqual(await run([list({ ...table, columns }, rest)], tuples));
    });
    it('counts a row once, however many tuples of an ordinal lead to it', async () => {
      const two: readonly ColumnDef[] = [
        { name: 'k0', type: INT },
        { name: 'k1', type: TEXT },
      ];
      const total: Child = { kind: 'aggregate', on: on(col('k0', INT), o('person_id')), query: count() };
      const groups: Child = { kind: 'groups', on: on(col('k0', INT), o('person_id')), query: count({ by: [o('person_id')], orderBy: [asc(col('k0', INT))] }) };
      const [[list, sums, grouped]] = (await run(
        [many(), total, groups],
        [
          [0, 1, 'a'],
          [0, 1, 'b'],
          [0, 2, 'a'],
        ],
        two,
      )) as [[unknown[], unknown[], unknown[]]];
      expect(list).toHaveLength(10);
      expect(sums[0]).toBe(10);
      expect(grouped.map((group) => (group as unknown[])[1])).toEqual([5, 5]);
    });
    it('relates nothing to a null key', async () => {
      expect(
        await run(
          [many()],
          [
            [0, null],
            [1, 2],
          ],
        ),
      ).toEqual([[[]], [[[1], [8], [15], [29], [36]]]]);
    });
    it('leaves gaps between ordinals alone', async () => {
      expect(
        await run(
          [many({ limit: 1 })],
          [
            [3, 2],
            [7, 1],
          ],
        ),
      ).toEqual([[[[1]]], [[[7]]]]);
    });
    it('holds one, aggregate, groups and nested children', async () => {
      const lines: Child = {
        kind: 'many',
        on: on(o('id'), l('order_id')),
        query: query(kit.tables().rows('lines'), [l('id')], { orderBy: [asc(l('id'))], limit: 2 }),
      };
      const personOrders = on(col('k0', INT), o('person_id'));
      const children: readonly Child[] = [
        { kind: 'one', on: personOrders, query: orders([o('id'), o('amount')], { orderBy: [desc(o('id'))], children: [lines] }) },
        { kind: 'aggregate', on: personOrders, query: count() },
        { kind: 'groups', on: personOrders, query: count({ by: [o('tag')], orderBy: [asc(col('k0', TEXT))] }) },
        {
          kind: 'many',
          on: on(col('k0', INT), p('id')),
          query: query(kit.tables().rows('people'), [p('name'), p('wealth')], {
            orderBy: [asc(p('id'))],
            children: [{ kind: 'aggregate', on: on(p('id'), o('person_id')), query: count() }],
          }),
        },
      ];
      const request: Request = { kind: 'batch', keys, children };
      const bindings: Bindings = {
        keys: [
          [0, 1],
          [0, 3],
          [1, 4],
          [2, -1],
          [3, 999],
          [4, 5],
          [4, 6],
        ],
      };
      expect(await kit.run(request, bindings)).toEqual(await kit.expected(request, bindings));
    });
    it('matches text keys exactly, whatever the engine’s collation', async () => {
      const v = (name: string): Expr => kit.tables().column('versions', name);
      const child: Child = {
        kind: 'many',
        on: on(col('k0', TEXT), v('item')),
        query: query(kit.tables().rows('versions'), [v('row')], { orderBy: [asc(v('row'))] }),
      };
      expect(
        await run(
          [child],
          [
            [0, 'x'],
            [1, 'X'],
            [2, 'x '],
            [3, 'ｘ'],
          ],
          [{ name: 'k0', type: TEXT }],
        ),
      ).toEqual([[[[1], [2], [3]]], [[[4]]], [[[5]]], [[]]]);
    });
    it('matches composite, 64-bit and padded keys', async () => {
      const q = (name: string): Expr => kit.tables().column('pairs', name);
      const pairs: Child = {
        kind: 'many',
        on: [
          { outer: col('k0', TEXT), inner: q('left_key') },
          { outer: col('k1', INT), inner: q('right_key') },
        ],
        query: query(kit.tables().rows('pairs'), [q('label')]),
      };
      const serial = p('serial');
      const code = p('code');
      const defs: readonly ColumnDef[] = [
        { name: 'k0', type: TEXT },
        { name: 'k1', type: INT },
      ];
      expect(
        await run(
          [pairs],
          [
            [0, 'p', 2],
            [1, 'P', 1],
            [2, 'P', 2],
            [3, 'q ', 1],
          ],
          defs,
        ),
      ).toEqual([[[['p2']]], [[['P1']]], [[]], [[['q1']]]]);
      const ids = (outer: Expr, inner: Expr): Child => ({
        kind: 'many',
        on: on(outer, inner),
        query: query(kit.tables().rows('people'), [p('id')], { orderBy: [asc(p('id'))] }),
      });
      const long = { kind: 'integer', bits: 64 } as const;
      expect(
        await run(
          [ids(col('k0', long), serial)],
          [
            [0, '9007199254740993'],
            [1, '9007199254740992'],
          ],
          [{ name: 'k0', type: long }],
        ),
      ).toEqual([[[[3]]], [[]]]);
      expect(
        await run(
          [ids(col('k0', TEXT), code)],
          [
            [0, 'AB'],
            [1, 'ab'],
            [2, 'X Y'],
          ],
          [{ name: 'k0', type: TEXT }],
        ),
      ).toEqual([[[[1], [3]]], [[[2]]], [[[6]]]]);
    });
    it('takes many keys and other bindings at once', async () => {
      const request: Request = {
        kind: 'batch',
        keys,
        children: [
          many({
            where: {
              kind: 'and',
              predicates: [
                { kind: 'inList', value: o('tag'), list: 'tags', negated: false },
                compare('gte', o('id'), { kind: 'variable', name: 'from', type: INT }),
              ],
            },
          }),
        ],
      };
      const bindings: Bindings = {
        keys: Array.from({ length: 3000 }, (_, index) => [index, index - 1000] as const),
        lists: { tags: ['red', 'red '] },
        variables: { from: 10 },
      };
      expect(await kit.run(request, bindings)).toEqual(await kit.expected(request, bindings));
    });
    it('fails rather than cut nested lists short', async () => {
      const prepared = kit.connector().prepare({ kind: 'batch', keys, children: [many()] });
      const call = { signal: new AbortController().signal, timeoutMs: 10_000 };
      await expect(
        prepared.run(
          {
            keys: [
              [0, 1],
              [1, 2],
              [2, 3],
              [3, 4],
            ],
          },
          { ...call, maxRows: 12 },
        ),
      ).rejects.toMatchObject({ code: 'JOIN_TOO_LARGE' });
    });
    it('reads single rows by a key of any type together as it reads each alone', async () => {
      const people = kit.tables().rows('people');
      const { columns } = people;
      const values = await kit
        .connector()
        .prepare(
          rowsRequest(
            people,
            columns.map((each) => p(each.name)),
          ),
        )
        .run({}, CALL());
      for (const [at, { name, type }] of columns.entries()) {
        if (type.kind === 'json') continue; // nothing compares with it
        const rows = { ...people, columns: columns.map((each) => (each.name === name ? { ...each, unique: true, indexed: true } : each)) };
        const where: Predicate = {
          kind: 'and',
          predicates: [{ kind: 'inList', value: p('kind'), list: 'kinds', negated: false }, compare('eq', p(name), { kind: 'variable', name: 'key', type })],
        };
        const request = rowsRequest(
          rows,
          columns.map((each) => p(each.name)),
          { where, orderBy: [desc(p('id'))], limit: 2 },
        );
        const prepared = kit.connector().prepare(request);
        const { keyed } = prepared;
        expect(keyed !== undefined, `read together by ${name}`).toBe(!kit.isMemory);
        if (!keyed) return;
        const lists = { kinds: ['A', 'a', 'A ', ''] };
        const keys = [...new Set([...values.map((row) => row[at] as WireValue), null])].map((key, i) => [i, key] as const);
        const together = await kit.connector().prepare(keyed.request).run({ lists, keys }, CALL());
        for (const [i, key] of keys) {
          const alone = await prepared.run({ lists, variables: { key } }, CALL());
          const [list] = together[i] as [Row[]];
          const found = list.slice(0, keyed.limit);
          expect(normalizeRows(request, found), `${name} ${String(key)}`).toEqual(normalizeRows(request, alone));
        }
      }
    });
    it('reads nothing together whose key stands in another condition too', () => {
      const key: Expr = { kind: 'variable', name: 'key', type: INT };
      const people = kit.tables().rows('people');
      const rows = { ...people, columns: people.columns.map((each) => (each.name === 'id' ? { ...each, unique: true, indexed: true } : each)) };
      const either: Predicate = {
        kind: 'or',
        predicates: [compare('gt', p('rank'), key), compare('eq', p('name'), { kind: 'literal', value: 'alice', type: TEXT })],
      };
      const keyed = (predicates: readonly Predicate[], columns = [p('id')]): boolean =>
        kit.connector().prepare(rowsRequest(rows, columns, { where: { kind: 'and', predicates }, limit: 1 })).keyed !== undefined;
      expect(keyed([compare('eq', p('id'), key)])).toBe(!kit.isMemory);
      expect(keyed([compare('eq', p('id'), key), either])).toBe(false);
      expect(keyed([either, compare('eq', key, p('id'))])).toBe(false);
    });
    it('counts a child of the wide kind by its groups', async () => {
      const request = aggregateRequest(kit.tables().rows('orders'), [{ fn: 'count' }], { by: [o('person_id')], orderBy: [asc(col('k0', INT))] });
      expect(await kit.run(request)).toEqual(await kit.expected(request));
    });
  });
}
