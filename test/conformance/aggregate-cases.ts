/** Measures, groups, orders and paging. */
import type { Expr } from '../../connectors/spi/ir.ts';
import { aggregateRequest, asc, col, compare, DATE, DECIMAL, desc, INT, isNull, lit, rowsRequest, TEXT } from './builders.ts';
import type { Case } from './case.ts';

export const AGGREGATE_CASES: readonly Case[] = [
  {
    title: 'over no rows counts are 0 and all else is null',
    request: (t) => {
      const id = t.column('nothing', 'id');
      return aggregateRequest(t.rows('nothing'), [
        { fn: 'count' },
        { fn: 'countDistinct', value: id },
        { fn: 'sum', value: id },
        { fn: 'min', value: id },
        { fn: 'max', value: id },
      ]);
    },
    expected: [[0, 0, null, null, null]],
  },
  {
    title: 'groups over no rows are none',
    request: (t) => aggregateRequest(t.rows('nothing'), [{ fn: 'count' }], { by: [t.column('nothing', 'name')] }),
    expected: [],
  },
  {
    title: 'sums are exact beyond doubles and 64 bits',
    request: (t) => {
      const p = (name: string): Expr => t.column('people', name);
      return aggregateRequest(
        t.rows('people'),
        [{ fn: 'sum', value: p('wealth') }, { fn: 'sum', value: p('serial') }, { fn: 'count', value: p('name') }, { fn: 'count' }],
        { where: compare('lte', p('id'), lit(3)) },
      );
    },
    expected: [['0.00000001', '9007199254740992', 3, 3]],
  },
  {
    title: 'sums of integers may leave 64 bits',
    request: (t) =>
      aggregateRequest(t.rows('people'), [{ fn: 'sum', value: t.column('people', 'serial') }], {
        where: { kind: 'in', value: t.column('people', 'id'), values: [lit(1), lit(3)], negated: false },
      }),
    expected: [['9232379236109516800']],
  },
  {
    title: 'distinct texts differ by case and trailing blanks',
    request: (t) =>
      aggregateRequest(t.rows('orders'), [
        { fn: 'countDistinct', value: t.column('orders', 'tag') },
        { fn: 'min', value: t.column('orders', 'tag') },
        { fn: 'max', value: t.column('orders', 'tag') },
      ]),
    expected: [[4, 'Red', 'red ']],
  },
  {
    title: 'decimals that differ in trailing zeros are one',
    request: (t) =>
      aggregateRequest(
        t.rows('people'),
        [
          { fn: 'countDistinct', value: t.column('people', 'wealth') },
          { fn: 'min', value: t.column('people', 'wealth') },
          { fn: 'max', value: t.column('people', 'fee') },
        ],
        { where: { kind: 'in', value: t.column('people', 'id'), values: [7, 8, 11, 12].map((id) => lit(id)), negated: false } },
      ),
    expected: [[2, '0.1', '99999999.99']],
  },
  {
    title: 'groups keep case and trailing blanks apart and nulls together',
    request: (t) => aggregateRequest(t.rows('orders'), [{ fn: 'count' }], { by: [t.column('orders', 'tag')], orderBy: [asc(col('k0', TEXT))] }),
    expected: [
      [null, 8],
      ['Red', 8],
      ['blue', 8],
      ['red', 8],
      ['red ', 8],
    ],
  },
  {
    title: 'groups of fixed-length text ignore padding only',
    request: (t) =>
      aggregateRequest(t.rows('people'), [{ fn: 'count' }], {
        by: [t.column('people', 'code')],
        having: compare('gt', col('m0', INT), lit(1)),
        orderBy: [asc(col('k0', TEXT))],
      }),
    expected: [
      ['AB', 2],
      ['zs', 2],
    ],
  },
  {
    title: 'having and order may use measures, paging applies to groups',
    request: (t) =>
      aggregateRequest(t.rows('people'), [{ fn: 'sum', value: t.column('people', 'fee') }, { fn: 'count' }], {
        by: [t.column('people', 'active')],
        having: compare('gt', col('m1', INT), lit(0)),
        orderBy: [desc(col('m0', DECIMAL))],
        offset: 1,
        limit: 1,
      }),
    expected: [[false, '78.59', 5]],
  },
  {
    title: 'groups by an expression',
    request: (t) =>
      aggregateRequest(t.rows('people'), [{ fn: 'count' }], {
        by: [{ kind: 'truncate', value: t.column('people', 'born'), unit: 'YEAR' }],
        where: compare('gte', t.column('people', 'born'), lit('2022-01-01', DATE)),
        orderBy: [asc(col('k0', DATE))],
      }),
    expected: [
      ['2022-01-01', 5],
      ['2023-01-01', 2],
      ['2024-01-01', 5],
    ],
  },
  {
    title: 'nulls go first or last as asked, ascending or descending',
    request: (t) =>
      rowsRequest(t.rows('versions'), [t.column('versions', 'row')], {
        orderBy: [
          { value: t.column('versions', 'deleted'), direction: 'desc', nulls: 'first' },
          { value: t.column('versions', 'version'), direction: 'asc', nulls: 'last' },
          desc(t.column('versions', 'row')),
        ],
      }),
    expected: [[7], [2], [9], [5], [4], [1], [3], [6], [8]],
  },
  {
    title: 'false sorts before true',
    request: (t) =>
      rowsRequest(t.rows('versions'), [t.column('versions', 'deleted')], {
        where: isNull(t.column('versions', 'deleted'), true),
        orderBy: [desc(t.column('versions', 'deleted'))],
        limit: 2,
      }),
    expected: [[true], [false]],
  },
  {
    title: 'limit 0 is no rows, offset past the end neither',
    request: (t) => rowsRequest(t.rows('lines'), [t.column('lines', 'id')], { orderBy: [asc(t.column('lines', 'id'))], limit: 5, offset: 58 }),
    expected: [[59], [60]],
  },
  { title: 'limit 0', request: (t) => rowsRequest(t.rows('lines'), [t.column('lines', 'id')], { limit: 0 }), expected: [] },
];
