import fc from 'fast-check';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, describe, expect, it } from 'vitest';
import { createMemoryConnector } from '../../../../connectors/memory/connector.ts';
import type { ColumnDef, Expr, Measure, Order, Predicate, RowSet } from '../../../../connectors/spi/ir.ts';
import { createRowEngine } from '../../../../federation/engine/create-row-engine.ts';
import { createDuckDb } from '../../../../federation/engine/duckdb.ts';
import type { GroupsQuery, RowsQuery } from '../../../../federation/engine/engine.ts';
import type { PhysicalType, WireValue } from '../../../../schema/model/physical-type.ts';
import { normalizeDecimal } from '../../../../schema/model/decimal.ts';

const SEED = Number(process.env['FC_SEED'] ?? 20_241);
const TIME_ZONE = 'Asia/Shanghai';
const inPlace = createRowEngine({ timeZone: TIME_ZONE, inPlaceRows: Number.POSITIVE_INFINITY });
const embedded = createRowEngine({ timeZone: TIME_ZONE, inPlaceRows: -1 });
const never = new AbortController().signal;

afterAll(async () => {
  await inPlace[Symbol.asyncDispose]();
  await embedded[Symbol.asyncDispose]();
});

const TYPES: readonly (readonly [PhysicalType, readonly WireValue[]])[] = [
  [{ kind: 'text' }, ['路', '桥', 'a', 'A', '', 'ab', 'É', '😀', '\u{ff5e}', "o'x", null]],
  [{ kind: 'decimal' }, ['0', '1', '1.5', '1.50', '-12.345', '99999999999999999999.99', '0.000001', null]],
  [{ kind: 'integer', bits: 32 }, [0, 1, -1, 2_147_483_647, null]],
  [{ kind: 'integer', bits: 64 }, ['0', '9223372036854775807', '-5', null]],
  [{ kind: 'float' }, [0, 0.5, -2.25, 1e6, null]],
  [{ kind: 'boolean' }, [true, false, null]],
  [{ kind: 'date' }, ['2024-01-01', '2024-02-29', '1999-12-31', null]],
  [{ kind: 'timestamp', zoned: true }, ['2024-01-01 08:00:00+08:00', '2024-01-01 08:00:00.5+08:00', '1988-07-01 10:00:00+09:00', null]],
];
const COLUMNS: readonly ColumnDef[] = TYPES.map(([type], i) => ({ name: `c${i}`, type }));
const columnExpr = (i: number): Expr => ({ kind: 'column', column: `c${i}`, type: (COLUMNS[i] as ColumnDef).type });
const row = fc.tuple(...TYPES.map(([, values]) => fc.constantFrom(...values)));
const anyColumn = fc.nat({ max: TYPES.length - 1 });
const literalOf = (i: number): fc.Arbitrary<Expr> =>
  fc.constantFrom(...(TYPES[i]?.[1] ?? [])).map((value) => ({ kind: 'literal', value, type: (COLUMNS[i] as ColumnDef).type }));
const leaf: fc.Arbitrary<Predicate> = anyColumn.chain((i) =>
  fc.oneof(
    fc.boolean().map((negated): Predicate => ({ kind: 'isNull', value: columnExpr(i), negated })),
    fc
      .tuple(fc.constantFrom('eq', 'ne', 'lt', 'lte', 'gt', 'gte'), literalOf(i))
      .map(([op, right]): Predicate => ({ kind: 'compare', op, left: columnExpr(i), right })),
    fc
      .tuple(fc.array(literalOf(i), { maxLength: 3 }), fc.boolean())
      .map(([values, negated]): Predicate => ({ kind: 'in', value: columnExpr(i), values, negated })),
    fc
      .tuple(fc.constantFrom('contains', 'startsWith', 'endsWith', 'iContains'), literalOf(0), fc.boolean())
      .map(([op, pattern, negated]): Predicate => ({ kind: 'text', op, value: columnExpr(0), pattern, negated })),
  ),
);
const predicate: fc.Arbitrary<Predicate> = fc.letrec<{ any: Predicate }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 2 },
    leaf,
    fc.record({ kind: fc.constantFrom('and', 'or'), predicates: fc.array(tie('any'), { maxLength: 3 }) }),
  ) as fc.Arbitrary<Predicate>,
})).any;
const orders: fc.Arbitrary<Order[]> = fc.array(
  fc.record({ value: anyColumn.map(columnExpr), direction: fc.constantFrom('asc', 'desc'), nulls: fc.constantFrom('first', 'last') }) as fc.Arbitrary<Order>,
  { maxLength: 3 },
);
const measure: fc.Arbitrary<Measure> = fc.oneof(
  fc.constant<Measure>({ fn: 'count' }),
  fc
    .tuple(
      fc.constantFrom('count', 'countDistinct', 'min', 'max'),
      anyColumn.filter((i) => TYPES[i]?.[0].kind !== 'boolean'),
    )
    .map(([fn, i]): Measure => ({ fn, value: columnExpr(i) })),
  fc.constantFrom(1, 2, 3, 4).map((i): Measure => ({ fn: 'sum', value: columnExpr(i) })),
);
const lists = fc.array(fc.array(row, { maxLength: 12 }), { minLength: 1, maxLength: 3 });
const page = { limit: fc.option(fc.nat({ max: 8 }), { nil: undefined }), offset: fc.option(fc.nat({ max: 4 }), { nil: undefined }) };

/** The executable definition of the IR, over one list. */
function memory(rows: readonly (readonly WireValue[])[]) {
  const table: RowSet = { kind: 'table', table: 't', columns: [...COLUMNS, { name: 'i', type: { kind: 'integer', bits: 32 } }] };
  const tables = new Map([['t', rows.map((values, i) => ({ ...Object.fromEntries(values.map((value, c) => [`c${c}`, value])), i }))]]);
  const connector = createMemoryConnector({ source: 's', catalog: { tables: [] }, tables, timeZone: TIME_ZONE });
  const call = { signal: never, timeoutMs: 1_000, maxRows: 1_000 };
  const position: Expr = { kind: 'column', column: 'i', type: { kind: 'integer', bits: 32 } };
  return {
    async select({ kind: _kind, ...query }: RowsQuery): Promise<unknown> {
      const orderBy: Order[] = [...query.orderBy, { value: position, direction: 'asc', nulls: 'first' }];
      const prepared = connector.prepare({ kind: 'rows', query: { ...query, rows: table, columns: [position], orderBy, children: [] } });
      return (await prepared.run({}, call)).flat();
    },
    async group({ kind: _kind, by, ...query }: GroupsQuery): Promise<unknown> {
      const prepared = connector.prepare({ kind: 'aggregate', query: { ...query, rows: table, ...(by.length > 0 ? { by } : {}) } });
      return prepared.run({}, call);
    },
  };
}

/** Amounts without superfluous zeros. */
const shown = (lists: unknown): unknown =>
  JSON.parse(JSON.stringify(lists), (_key, value: unknown) => (typeof value === 'string' && /^-?\d+\.\d+$/.test(value) ? normalizeDecimal(value) : value));
describe(`what the hub evaluates itself, in place and in the embedded engine (seed ${SEED})`, () => {
  it('is filtered, ordered and cut as the IR says', async () => {
    await fc.assert(
      fc.asyncProperty(lists, fc.option(predicate, { nil: undefined }), orders, page.limit, page.offset, async (rows, where, orderBy, limit, offset) => {
        const query: RowsQuery = {
          kind: 'rows',
          ...(where ? { where } : {}),
          orderBy,
          ...(limit === undefined ? {} : { limit }),
          ...(offset === undefined ? {} : { offset }),
        };
        const expected = await Promise.all(rows.map((list) => memory(list).select(query)));
        const input = { columns: COLUMNS, lists: rows };
        expect(await inPlace.select(input, query, never)).toEqual(expected);
        expect(await embedded.select(input, query, never)).toEqual(expected);
      }),
      { seed: SEED, numRuns: 120 },
    );
  });

  it('is grouped and measured as the IR says', async () => {
    const by = fc.uniqueArray(anyColumn, { maxLength: 2 });
    await fc.assert(
      fc.asyncProperty(lists, by, fc.array(measure, { minLength: 1, maxLength: 3 }), page.limit, async (rows, keys, measures, limit) => {
        const query: GroupsQuery = {
          kind: 'groups',
          by: keys.map(columnExpr),
          measures,
          having: { kind: 'isNull', value: { kind: 'column', column: 'm0', type: { kind: 'text' } }, negated: true },
          orderBy: keys.map((i, k) => ({ value: { kind: 'column', column: `k${k}`, type: (COLUMNS[i] as ColumnDef).type }, direction: 'asc', nulls: 'first' })),
          ...(limit === undefined ? {} : { limit }),
        };
        const expected = shown(await Promise.all(rows.map((list) => memory(list).group(query))));
        const input = { columns: COLUMNS, lists: rows };
        expect(shown(await inPlace.group(input, query, never))).toEqual(expected);
        expect(shown(await embedded.group(input, query, never))).toEqual(expected);
      }),
      { seed: SEED, numRuns: 120 },
    );
  });

  it('adds numbers wider than the embedded engine holds', async () => {
    const wide = '12345678901234567890123456789012345678.5';
    const columns: ColumnDef[] = [{ name: 'c0', type: { kind: 'decimal' } }];
    const query: GroupsQuery = {
      kind: 'groups',
      by: [],
      measures: [{ fn: 'sum', value: { kind: 'column', column: 'c0', type: { kind: 'decimal' } } }],
    };
    expect(await embedded.group({ columns, lists: [[[wide], [wide]]] }, query, never)).toEqual([[['24691357802469135780246913578024691357']]]);
  });

  it('gives up when it is told to, and serves the next', async () => {
    const columns: ColumnDef[] = [{ name: 'c0', type: { kind: 'text' } }];
    const rows = Array.from({ length: 60_000 }, (_, i) => [`行${(i * 7919) % 60_000}`]);
    const query: RowsQuery = {
      kind: 'rows',
      orderBy: [{ value: { kind: 'column', column: 'c0', type: { kind: 'text' } }, direction: 'desc', nulls: 'last' }],
      limit: 1,
    };
    const stop = new AbortController();
    const asked = embedded.select({ columns, lists: [rows] }, query, stop.signal);
    setTimeout(() => stop.abort(), 5);
    await expect(asked).rejects.toMatchObject({ code: 'SOURCE_TIMEOUT' });
    expect(await embedded.select({ columns, lists: [rows] }, query, never)).toEqual([[rows.findIndex(([text]) => text === '行9999')]]);
  });

  it('says that it is too much when memory and temporary files do not suffice', async () => {
    await using small = createRowEngine({ timeZone: TIME_ZONE, inPlaceRows: -1, memoryMb: 8, spillMb: 1 });
    const columns: ColumnDef[] = [{ name: 'c0', type: { kind: 'text' } }];
    const rows = Array.from({ length: 50_000 }, (_, i) => [`${(i * 7919) % 50_000}`.padStart(400, '行')]);
    const query: RowsQuery = { kind: 'rows', orderBy: [{ value: { kind: 'column', column: 'c0', type: { kind: 'text' } }, direction: 'desc', nulls: 'last' }] };
    await expect(small.select({ columns, lists: [rows] }, query, never)).rejects.toMatchObject({ code: 'JOIN_TOO_LARGE' });
  });

  it('sees no file and no network', async () => {
    await using duckdb = createDuckDb({ memoryMb: 32, spillMb: 32, concurrency: 1 });
    const nothing = { columns: [], rows: 0, value: () => null };
    for (const sql of [
      "select * from read_text('/etc/hostname')",
      "copy (select 1) to '/tmp/out.csv'",
      "attach '/tmp/x.db' as x",
      'install httpfs',
      'set enable_external_access = true',
    ])
      await expect(duckdb.query(nothing, sql, [], never)).rejects.toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
  });

  it('leaves no temporary files', async () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('yiwang-engine-'));
    {
      await using engine = createRowEngine({ timeZone: TIME_ZONE, inPlaceRows: -1 });
      await engine.select({ columns: COLUMNS, lists: [[]] }, { kind: 'rows', orderBy: [] }, never);
    }
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('yiwang-engine-'))).toEqual(before);
  });
});
