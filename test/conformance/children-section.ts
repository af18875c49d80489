import { describe, expect, it } from 'vitest';
import type { AggregateQuery, Child, Expr, Query, Request } from '../../connectors/spi/ir.ts';
import { asc, col, compare, DATE, DECIMAL, desc, INT, isNull, lit, on, query, rowsRequest, TEXT } from './builders.ts';
import type { Kit } from './connector-kit.ts';

/** Related rows of the same source, nested into the rows they belong to. */
export function testChildren(kit: Kit): void {
  const o = (name: string): Expr => kit.tables().column('orders', name);
  const l = (name: string): Expr => kit.tables().column('lines', name);
  const p = (name: string): Expr => kit.tables().column('people', name);
  const orders = (columns: readonly Expr[], rest: Partial<Query> = {}): Query =>
    query(kit.tables().rows('orders'), columns, { orderBy: [asc(o('id'))], ...rest });
  const people = (children: readonly Child[], rest: Partial<Query> = {}): Request =>
    rowsRequest(kit.tables().rows('people'), [p('id')], {
      where: { kind: 'in', value: p('id'), values: [1, 2, 9].map((id) => lit(id)), negated: false },
      orderBy: [asc(p('id'))],
      children,
      ...rest,
    });
  const count = (rest: Partial<AggregateQuery> = {}): AggregateQuery => ({
    rows: kit.tables().rows('orders'),
    measures: [{ fn: 'count' }, { fn: 'sum', value: o('amount') }],
    ...rest,
  });
  const byPerson = (): Child['on'] => on(p('id'), o('person_id'));

  describe('children', () => {
    it('nests lists, empty ones too', async () => {
      const request = people([{ kind: 'many', on: byPerson(), query: orders([o('id')]) }]);
      expect(await kit.run(request)).toEqual([
        [1, [[7], [14], [21], [28], [35]]],
        [2, [[1], [8], [15], [29], [36]]],
        [9, []],
      ]);
    });
    it('limits and offsets each parent’s list by itself', async () => {
      const request = people([{ kind: 'many', on: byPerson(), query: orders([o('id')], { orderBy: [desc(o('id'))], limit: 2, offset: 1 }) }]);
      expect(await kit.run(request)).toEqual([
        [1, [[28], [21]]],
        [2, [[29], [15]]],
        [9, []],
      ]);
    });
    it('gives the first by order, or null', async () => {
      const request = people([
        { kind: 'one', on: byPerson(), query: orders([o('id'), o('placed')], { orderBy: [desc(o('id'))], where: isNull(o('placed'), true) }) },
      ]);
      expect(await kit.run(request)).toEqual([
        [1, [35, '2024-06-18']],
        [2, [29, '2024-06-12']],
        [9, null],
      ]);
    });
    it('aggregates per parent, zero where there is none', async () => {
      const request = people([{ kind: 'aggregate', on: byPerson(), query: count() }]);
      expect(await kit.run(request)).toEqual(await kit.expected(request));
      expect((await kit.run(request))[2]).toEqual([9, [0, null]]);
    });
    it('groups per parent', async () => {
      const request = people([
        {
          kind: 'groups',
          on: byPerson(),
          query: count({ by: [o('tag')], having: compare('gte', col('m0', INT), lit(1)), orderBy: [desc(col('m0', INT)), asc(col('k0', TEXT))], limit: 2 }),
        },
      ]);
      expect(await kit.run(request)).toEqual(await kit.expected(request));
      expect((await kit.run(request))[2]).toEqual([9, []]);
    });
    it('holds several children side by side and two levels deep', async () => {
      const lines: Child = {
        kind: 'many',
        on: on(o('id'), l('order_id')),
        query: query(kit.tables().rows('lines'), [l('id'), l('note')], { orderBy: [asc(l('id'))] }),
      };
      const totals: Child = {
        kind: 'aggregate',
        on: on(o('id'), l('order_id')),
        query: {
          rows: kit.tables().rows('lines'),
          measures: [
            { fn: 'sum', value: l('quantity') },
            { fn: 'countDistinct', value: l('note') },
          ],
        },
      };
      const request = people([
        { kind: 'many', on: byPerson(), query: orders([o('id'), o('amount'), o('placed')], { children: [lines, totals], limit: 3 }) },
        { kind: 'aggregate', on: byPerson(), query: count() },
        { kind: 'one', on: byPerson(), query: orders([o('tag')], { children: [{ ...lines, kind: 'one' }] }) },
        { kind: 'groups', on: byPerson(), query: count({ by: [{ kind: 'truncate', value: o('placed'), unit: 'QUARTER' }], orderBy: [asc(col('k0', DATE))] }) },
      ]);
      expect(await kit.run(request)).toEqual(await kit.expected(request));
    });
    it('keeps nested rows whose own child finds nothing', async () => {
      const none: Child = {
        kind: 'one',
        on: on(o('id'), l('order_id')),
        query: query(kit.tables().rows('lines'), [l('id')], { where: compare('lt', l('id'), lit(0)) }),
      };
      const request = people([{ kind: 'many', on: byPerson(), query: orders([o('id')], { limit: 2, children: [none, { ...none, kind: 'many' }] }) }]);
      expect(await kit.run(request)).toEqual([
        [
          1,
          [
            [7, null, []],
            [14, null, []],
          ],
        ],
        [
          2,
          [
            [1, null, []],
            [8, null, []],
          ],
        ],
        [9, []],
      ]);
    });
    it('keeps every kind of value in its wire form inside lists', async () => {
      const names = ['id', 'name', 'code', 'rank', 'serial', 'fee', 'wealth', 'ratio', 'active', 'born', 'seen', 'synced', 'opens', 'extra', 'ref'];
      const parent = kit.tables().column('dictionary', 'entry');
      const request = rowsRequest(kit.tables().rows('dictionary'), [parent], {
        orderBy: [asc(parent)],
        children: [
          { kind: 'one', on: on(parent, p('id')), query: query(kit.tables().rows('people'), names.map(p), { orderBy: [asc(p('id'))] }) },
          {
            kind: 'aggregate',
            on: on(parent, p('id')),
            query: {
              rows: kit.tables().rows('people'),
              measures: ['serial', 'wealth', 'active', 'born', 'synced', 'name'].map((name) => ({ fn: 'max' as const, value: p(name) })),
            },
          },
        ],
      });
      expect(await kit.run(request)).toEqual(await kit.expected(request));
    });
    it('relates by several columns, exactly', async () => {
      const c = (name: string): Expr => kit.tables().column('pairs', name);
      const inner = query({ kind: 'extend', rows: kit.tables().rows('pairs'), values: [] }, [c('label')], { orderBy: [asc(c('label'))] });
      const request = rowsRequest(kit.tables().rows('pairs'), [c('label')], {
        orderBy: [asc(c('label'))],
        children: [
          {
            kind: 'many',
            on: [
              { outer: c('left_key'), inner: c('left_key') },
              { outer: c('right_key'), inner: c('right_key') },
            ],
            query: inner,
          },
        ],
      });
      expect(await kit.run(request)).toEqual([
        ['P1', [['P1']]],
        ['p1', [['p1']]],
        ['p2', [['p2']]],
        ['q1', [['q1']]],
      ]);
    });
    it('leaves out rows that do not differ where they must', async () => {
      const v = (name: string): Expr => kit.tables().column('versions', name);
      const others: Child = {
        kind: 'many',
        on: [
          { outer: v('item'), inner: v('item') },
          { outer: v('version'), inner: v('version'), distinct: true },
        ],
        query: query(kit.tables().rows('versions'), [v('row')], { orderBy: [asc(v('row'))] }),
      };
      const request = rowsRequest(kit.tables().rows('versions'), [v('row')], { orderBy: [asc(v('row'))], children: [others] });
      expect(await kit.run(request)).toEqual([
        [1, [[2], [3]]],
        [2, [[1], [3]]],
        [3, [[1], [2]]],
        [4, []],
        [5, []],
        [6, []],
        [7, []],
        [8, []],
        [9, []],
      ]);
    });
    it('reads values of related rows: the first by order, or a measure', async () => {
      const request = rowsRequest(
        kit.tables().rows('people'),
        [
          p('id'),
          { kind: 'related', on: byPerson(), rows: kit.tables().rows('orders'), value: { fn: 'count' } },
          { kind: 'related', on: byPerson(), rows: kit.tables().rows('orders'), value: o('placed'), orderBy: [desc(o('id'))] },
          {
            kind: 'related',
            on: byPerson(),
            rows: kit.tables().rows('orders'),
            where: compare('eq', o('tag'), lit('red')),
            value: { fn: 'max', value: o('id') },
          },
        ],
        {
          where: compare('lte', p('id'), lit(8)),
          orderBy: [desc({ kind: 'related', on: byPerson(), rows: kit.tables().rows('orders'), value: { fn: 'sum', value: o('amount') } }), asc(p('id'))],
        },
      );
      expect(await kit.run(request)).toEqual(await kit.expected(request));
    });
    it('tells whose related rows meet a condition, negated too', async () => {
      const exists = (negated: boolean): Request =>
        people([], {
          where: {
            kind: 'and',
            predicates: [
              compare('lte', p('id'), lit(9)),
              { kind: 'exists', on: byPerson(), rows: kit.tables().rows('orders'), where: compare('gt', o('amount'), lit('15', DECIMAL)), negated },
            ],
          },
        });
      expect(await kit.run(exists(false))).toEqual(await kit.expected(exists(false)));
      expect(await kit.run(exists(true))).toEqual(await kit.expected(exists(true)));
      expect((await kit.run(exists(false))).length + (await kit.run(exists(true))).length).toBe(9);
    });
  });
}
