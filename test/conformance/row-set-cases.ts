/** Rows that are not plain tables. */
import type { PhysicalType } from '../../schema/model/physical-type.ts';
import type { Expr, RowSet } from '../../connectors/spi/ir.ts';
import { aggregateRequest, asc, col, compare, DECIMAL, desc, INT, isNull, JSON_TYPE, lit, named, on, rowsRequest, TEXT, type Tables } from './builders.ts';
import type { Case } from './case.ts';
import { ODD_COLUMNS, ODD_TABLE } from './fixture.ts';

const cast = (value: Expr, type: PhysicalType): Expr => ({ kind: 'cast', value, type });

export const ROW_SET_CASES: readonly Case[] = [
  {
    title: 'odd names are only names',
    request: (t) => {
      const c = (name: string): Expr => t.column(ODD_TABLE, name);
      return rowsRequest(t.rows(ODD_TABLE), Object.values(ODD_COLUMNS).map(c), {
        where: compare('ne', c(ODD_COLUMNS.code), lit('?')),
        orderBy: [asc(c(ODD_COLUMNS.mixed))],
      });
    },
    expected: [
      ['丙?3', null, null, 30, null],
      ['甲-1', 1, 'a', 10, '1.1'],
      ['乙-2', 2, '?', null, '2.2'],
    ],
  },
  {
    title: 'computed columns may have odd names too',
    request: (t) => {
      const rows = { kind: 'extend' as const, rows: t.rows('nothing'), values: [named('a"b`c?d :e', lit('v'))] };
      return aggregateRequest(rows, [{ fn: 'count', value: col('a"b`c?d :e', TEXT) }]);
    },
    expected: [[0]],
  },
  {
    title: 'GBK text comes as Unicode',
    request: (t) => rowsRequest(t.rows('gbk_names'), [t.column('gbk_names', 'name')], { orderBy: [asc(t.column('gbk_names', 'id'))] }),
    expected: [['镕 堃 喆'], ['住建局　'], [null], ['abc ']],
  },
  {
    title: 'GBK text is compared exactly, with texts it cannot hold as well',
    request: (t) =>
      rowsRequest(t.rows('gbk_names'), [t.column('gbk_names', 'id')], {
        where: { kind: 'in', value: t.column('gbk_names', 'name'), values: [lit('镕 堃 喆'), lit('😀'), lit('abc'), lit('ABC ')], negated: false },
      }),
    expected: [[1]],
  },
  {
    title: 'binary comes as lower-case hex',
    request: (t) => rowsRequest(t.rows('blobs'), [t.column('blobs', 'content')], { orderBy: [asc(t.column('blobs', 'id'))] }),
    expected: [['00ff10'], [''], [null]],
  },
  {
    title: 'the latest row of each group counts, nulls being one group and no version the oldest',
    request: (t) => {
      const c = (name: string): Expr => t.column('versions', name);
      return rowsRequest(
        { kind: 'latest', rows: t.rows('versions'), by: [c('item')], orderBy: [desc(c('version')), asc(c('row'))] },
        [c('item'), c('version')],
        { orderBy: [asc(c('item'))] },
      );
    },
    expected: [
      [null, 6],
      ['X', 1],
      ['x', 3],
      ['x ', 1],
      ['y', 1],
    ],
  },
  {
    title: 'a filter after latest sees only the latest',
    request: (t) => {
      const c = (name: string): Expr => t.column('versions', name);
      const latest = { kind: 'latest' as const, rows: t.rows('versions'), by: [c('item')], orderBy: [desc(c('version')), asc(c('row'))] };
      return rowsRequest({ kind: 'filter', rows: latest, where: compare('ne', c('deleted'), lit(true)) }, [c('item')], { orderBy: [asc(c('item'))] });
    },
    expected: [['X'], ['x '], ['y']],
  },
  {
    title: 'a filter before latest takes part in choosing',
    request: (t) => {
      const c = (name: string): Expr => t.column('versions', name);
      const kept = { kind: 'filter' as const, rows: t.rows('versions'), where: compare('eq', c('deleted'), lit(false)) };
      return rowsRequest({ kind: 'latest', rows: kept, by: [c('item')], orderBy: [desc(c('version'))] }, [c('item'), c('version')], {
        where: compare('eq', c('item'), lit('x')),
      });
    },
    expected: [['x', 2]],
  },
  {
    title: 'a lookup adds one row’s columns, exactly matched, or nulls',
    request: (t) => {
      const p = (name: string): Expr => t.column('people', name);
      const d = (name: string): Expr => t.column('dictionary', name);
      const rows = {
        kind: 'lookup' as const,
        rows: t.rows('people'),
        table: t.rows('dictionary'),
        on: on(p('kind'), d('word')),
        values: [named('label', d('label')), named('entry', d('entry'))],
        orderBy: [desc(d('entry'))],
      };
      return rowsRequest(rows, [p('id'), col('label', TEXT), col('entry', INT)], { where: compare('lte', p('id'), lit(7)), orderBy: [asc(p('id'))] });
    },
    expected: [
      [1, 'upper again', 2],
      [2, 'lower', 3],
      [3, 'blank', 4],
      [4, 'upper again', 2],
      [5, null, null],
      [6, null, null],
      [7, 'first', 5],
    ],
  },
  {
    title: 'a union keeps duplicates and adds discriminators',
    request: (t) =>
      rowsRequest(payments(t), [col('year', TEXT), col('pay', INT), col('amount', DECIMAL), col('state', TEXT)], {
        orderBy: [desc(col('year', TEXT)), asc(col('pay', INT))],
      }),
    expected: [
      ['2024', 1, '7.25', '1'],
      ['2024', 4, '0.1', null],
      ['2023', 1, '10', '9'],
      ['2023', 2, '-3.5', '1'],
      ['2023', 3, null, '2'],
    ],
  },
  {
    title: 'unpivot gives a row per branch that applies',
    request: (t) => {
      const p = (name: string): Expr => t.column('people', name);
      const rows = {
        kind: 'unpivot' as const,
        rows: t.rows('people'),
        branches: [
          { where: isNull(p('rank'), true), values: [named('what', lit('rank')), named('amount', cast(p('rank'), DECIMAL))] },
          { values: [named('what', lit('fee')), named('amount', p('fee'))] },
        ],
      };
      return rowsRequest(rows, [p('id'), col('what', TEXT), col('amount', DECIMAL)], {
        where: compare('lte', p('id'), lit(3)),
        orderBy: [asc(p('id')), asc(col('what', TEXT))],
      });
    },
    expected: [
      [1, 'fee', '12.5'],
      [1, 'rank', '1'],
      [2, 'fee', '-12.5'],
      [2, 'rank', '2'],
      [3, 'fee', '0'],
    ],
  },
  {
    title: 'jsonRows gives a row per element with its place; what is no array gives none',
    request: (t) => {
      const p = (name: string): Expr => t.column('people', name);
      const rows = { kind: 'jsonRows' as const, rows: t.rows('people'), value: p('extra'), path: ['tags'], element: 'tag', ordinal: 'place' };
      return rowsRequest(rows, [p('id'), col('place', INT), { kind: 'jsonText', value: col('tag', JSON_TYPE), path: [] }], {
        orderBy: [asc(p('id')), asc(col('place', INT))],
      });
    },
    expected: [
      [1, 0, 'a'],
      [1, 1, 'b'],
      [7, 0, '甲'],
      [7, 1, '乙'],
      [7, 2, '甲'],
      [8, 0, ' x '],
      [8, 1, ''],
      [8, 2, 'y,z'],
    ],
  },
  {
    title: 'jsonRows reads objects, nulls and numbers of a top-level array',
    request: (t) => {
      const p = (name: string): Expr => t.column('people', name);
      const rows = { kind: 'jsonRows' as const, rows: t.rows('people'), value: p('extra'), path: [], element: 'item', ordinal: 'place' };
      const item = col('item', JSON_TYPE);
      return rowsRequest(rows, [col('place', INT), { kind: 'jsonText', value: item, path: ['v'] }, { kind: 'jsonText', value: item, path: [] }], {
        orderBy: [asc(col('place', INT))],
      });
    },
    expected: [
      [0, 'x', null],
      [1, null, null],
      [2, null, 'loose'],
      [3, null, '3.50'],
      [4, null, 'true'],
    ],
  },
  {
    title: 'splitRows gives a row per non-blank part; places count every part',
    request: (t) => {
      const p = (name: string): Expr => t.column('people', name);
      const rows = { kind: 'splitRows' as const, rows: t.rows('people'), value: p('raw'), separators: [',', ';', '，', '；'], part: 'piece', ordinal: 'place' };
      return rowsRequest(rows, [p('id'), col('place', INT), col('piece', TEXT)], {
        where: { kind: 'in', value: p('id'), values: [4, 5, 6, 14, 20].map((id) => lit(id)), negated: false },
        orderBy: [asc(p('id')), asc(col('place', INT))],
      });
    },
    expected: [
      [5, 0, ' 20240101 '],
      [14, 0, '一'],
      [14, 1, '二'],
      [14, 2, '三'],
      [20, 0, 'a'],
      [20, 1, 'b'],
      [20, 2, 'c'],
      [20, 4, 'd'],
    ],
  },
  {
    title: 'grouped rows have keys and measures as columns',
    request: (t) => {
      const o = (name: string): Expr => t.column('orders', name);
      const rows = {
        kind: 'grouped' as const,
        rows: t.rows('orders'),
        by: [named('who', o('person_id'))],
        measures: [
          { fn: 'count' as const, as: 'n' },
          { fn: 'sum' as const, value: o('amount'), as: 'total' },
        ],
      };
      return rowsRequest(rows, [col('who', INT), col('n', INT)], { where: compare('gte', col('n', INT), lit(6)), orderBy: [asc(col('who', INT))] });
    },
    expected: [
      [3, 6],
      [4, 6],
    ],
  },
];

/** Both years' payments with the year as discriminator. */
export function payments(t: Tables): RowSet {
  return {
    kind: 'union',
    branches: [
      { rows: t.rows('pay_2023'), values: [named('year', lit('2023'))] },
      { rows: t.rows('pay_2024'), values: [named('year', lit('2024'))] },
    ],
    columns: [
      { name: 'pay', type: t.column('pay_2023', 'pay').type },
      { name: 'amount', type: t.column('pay_2023', 'amount').type },
      { name: 'state', type: t.column('pay_2023', 'state').type },
      { name: 'year', type: TEXT },
    ],
  };
}
