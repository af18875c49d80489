import { describe, expect, it } from 'vitest';
import { createMysqlDialect } from '../../../../connectors/mysql/dialect.ts';
import { postgresDialect } from '../../../../connectors/postgres/dialect.ts';
import type { Child, Expr, Order, Query, Request, RowSet } from '../../../../connectors/spi/ir.ts';
import { compileRequest, statementText } from '../../../../connectors/sql/compile.ts';
import type { Dialect } from '../../../../connectors/sql/dialect.ts';
import { sqliteDialect } from '../../../../connectors/sqlite/dialect.ts';
import type { PhysicalType, WireValue } from '../../../../schema/model/physical-type.ts';

const DIALECTS: Readonly<Record<string, Dialect>> = {
  postgres: postgresDialect,
  mysql: createMysqlDialect({ timeZone: 'Asia/Shanghai', offset: '+08:00' }),
  sqlite: sqliteDialect,
};

const TEXT: PhysicalType = { kind: 'text', charset: 'utf8mb4' };
const INT: PhysicalType = { kind: 'integer', bits: 32 };
const LONG: PhysicalType = { kind: 'integer', bits: 64 };
const DECIMAL: PhysicalType = { kind: 'decimal', scale: 2 };

const project: RowSet = {
  kind: 'table',
  table: 'project',
  columns: [
    { name: 'code', type: TEXT, indexed: true, nullable: false },
    { name: '项目名称', type: TEXT },
    { name: 'invest', type: DECIMAL },
    { name: 'planned', type: { kind: 'date' } },
  ],
};
const payment = (year: number): RowSet => ({
  kind: 'table',
  schema: 'czgk',
  table: `pay_${year}`,
  columns: [
    { name: 'id', type: LONG, indexed: true, primary: true, nullable: false },
    { name: 'code', type: TEXT, indexed: true },
    { name: 'cents', type: LONG },
    { name: 'paid', type: TEXT },
    { name: 'state', type: { ...TEXT, padded: true } },
  ],
});
const payments: RowSet = {
  kind: 'union',
  branches: [2023, 2024].map((year) => ({ rows: payment(year), values: [{ as: 'year', value: lit(year, INT) }] })),
  columns: [...(payment(2023) as RowSet & { readonly kind: 'table' }).columns, { name: 'year', type: INT }],
};
const version: RowSet = {
  kind: 'table',
  table: 'version',
  columns: [
    { name: 'project', type: LONG, indexed: true, nullable: false },
    { name: 'number', type: INT, nullable: false },
    { name: 'code', type: TEXT, indexed: true },
  ],
};
const latest: RowSet = { kind: 'latest', rows: version, by: [col('project', LONG)], orderBy: [desc(col('number', INT))] };

function col(column: string, type: PhysicalType = TEXT): Expr {
  return { kind: 'column', column, type };
}
function lit(value: WireValue, type: PhysicalType = TEXT): Expr {
  return { kind: 'literal', value, type };
}
function asc(value: Expr): Order {
  return { value, direction: 'asc', nulls: 'first' };
}
function desc(value: Expr): Order {
  return { value, direction: 'desc', nulls: 'last' };
}

const CENTS: Expr = { kind: 'scale', value: col('cents', LONG), factor: '0.01' };
const paymentsOf = (rows: RowSet, outer: Expr): Child => ({
  kind: 'many',
  on: [{ outer, inner: col('code') }],
  query: { rows, columns: [col('id', LONG), CENTS], orderBy: [desc(col('paid')), asc(col('id', LONG))], limit: 3, children: [] },
});
const totalOf = (rows: RowSet, outer: Expr): Child => ({
  kind: 'aggregate',
  on: [{ outer, inner: col('code') }],
  query: { rows, measures: [{ fn: 'count' }, { fn: 'sum', value: CENTS }] },
});
const projects: Query = { rows: project, columns: [col('code'), col('项目名称'), col('invest', DECIMAL)], orderBy: [asc(col('code'))], children: [] };

const SHAPES: Readonly<Record<string, Request>> = {
  'one row by its key': {
    kind: 'rows',
    query: { ...projects, where: { kind: 'compare', op: 'eq', left: col('code'), right: { kind: 'variable', name: 'code', type: TEXT } }, orderBy: [] },
  },
  'a page in order': {
    kind: 'rows',
    query: {
      ...projects,
      where: { kind: 'compare', op: 'gte', left: col('invest', DECIMAL), right: lit('100.5', DECIMAL) },
      orderBy: [desc(col('invest', DECIMAL)), asc(col('code'))],
      limit: 20,
      offset: 40,
    },
  },
  'a page with children': {
    kind: 'rows',
    query: { ...projects, limit: 20, children: [paymentsOf(payment(2023), col('code')), totalOf(payment(2023), col('code'))] },
  },
  'a page with children over a union': { kind: 'rows', query: { ...projects, limit: 20, children: [paymentsOf(payments, col('code'))] } },
  'the first rows of a union': {
    kind: 'rows',
    query: { rows: payments, columns: [col('id', LONG), col('year', INT)], orderBy: [asc(col('id', LONG))], limit: 10, children: [] },
  },
  'a key behind latest': {
    kind: 'rows',
    query: {
      rows: latest,
      columns: [col('project', LONG), col('number', INT)],
      where: { kind: 'compare', op: 'eq', left: col('code'), right: lit('P1') },
      orderBy: [],
      children: [],
    },
  },
  'a bound list': { kind: 'rows', query: { ...projects, where: { kind: 'inList', value: col('code'), list: 'codes', negated: false } } },
  'text tests': {
    kind: 'rows',
    query: {
      ...projects,
      where: {
        kind: 'or',
        predicates: [
          { kind: 'text', op: 'startsWith', value: col('code'), pattern: lit('P_'), negated: false },
          { kind: 'text', op: 'iContains', value: col('项目名称'), pattern: lit('Bridge'), negated: true },
        ],
      },
    },
  },
  'related rows': {
    kind: 'rows',
    query: {
      ...projects,
      where: {
        kind: 'exists',
        on: [{ outer: col('code'), inner: col('code') }],
        rows: payments,
        where: { kind: 'in', value: col('state'), values: [lit('2'), lit('3')], negated: false },
        negated: true,
      },
      orderBy: [
        desc({ kind: 'related', on: [{ outer: col('code'), inner: col('code') }], rows: payments, value: { fn: 'sum', value: CENTS } }),
        asc(col('code')),
      ],
    },
  },
  'groups by month': {
    kind: 'aggregate',
    query: {
      rows: project,
      by: [{ kind: 'truncate', value: col('planned', { kind: 'date' }), unit: 'MONTH' }],
      measures: [{ fn: 'count' }, { fn: 'countDistinct', value: col('项目名称') }, { fn: 'max', value: col('invest', DECIMAL) }],
      having: { kind: 'compare', op: 'gt', left: col('m0', INT), right: lit(1, INT) },
      orderBy: [asc(col('k0', { kind: 'date' }))],
      limit: 12,
    },
  },
  'a batch of lists': { kind: 'batch', keys: [{ name: 'k0', type: TEXT }], children: [paymentsOf(payment(2023), col('k0'))] },
  'a batch of lists by the primary key': {
    kind: 'batch',
    keys: [{ name: 'k0', type: TEXT }],
    children: [
      {
        kind: 'many',
        on: [{ outer: col('k0'), inner: col('code') }],
        query: { rows: payment(2023), columns: [col('id', LONG), CENTS], orderBy: [asc(col('id', LONG))], limit: 3, children: [] },
      },
    ],
  },
  'a batch of totals over a union': { kind: 'batch', keys: [{ name: 'k0', type: TEXT }], children: [totalOf(payments, col('k0'))] },
  'a batch of several children': {
    kind: 'batch',
    keys: [{ name: 'k0', type: TEXT }],
    children: [paymentsOf(payment(2023), col('k0')), totalOf(payment(2024), col('k0'))],
  },
  'a date in text, an amount in text': {
    kind: 'rows',
    query: {
      rows: payment(2023),
      columns: [
        { kind: 'parseDate', value: { kind: 'trim', value: col('paid') }, formats: ['yyyyMMdd', 'yyyy年M月d日'] },
        { kind: 'cast', value: { kind: 'extract', value: col('paid'), pattern: '(\\d+(?:\\.\\d+)?)万元', group: 1 }, type: { kind: 'decimal' } },
      ],
      orderBy: [],
      children: [],
    },
  },
};

describe('a request becomes one statement', () => {
  it.each(Object.entries(SHAPES))('%s', async (title, request) => {
    const text = Object.entries(DIALECTS)
      .map(
        ([name, dialect]) =>
          `-- ${name}\n${layOut(statementText(compileRequest(request, dialect), (index) => (name === 'postgres' ? `$${index + 1}` : '?')))}\n`,
      )
      .join('\n');
    await expect(text).toMatchFileSnapshot(`../../../golden/sql/${title.replaceAll(/[ ,]+/g, '-')}.sql`);
  });
});

function layOut(statement: string): string {
  return statement.replaceAll(/ +/g, ' ').replaceAll(/ (?=(?:from|where|group by|order by|left join|union all|limit) )/g, '\n  ');
}
