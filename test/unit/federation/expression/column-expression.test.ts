import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SEED } from '../seed.ts';
import { createMemoryConnector } from '../../../../connectors/memory/connector.ts';
import { typeOfExpr } from '../../../../connectors/spi/type-of.ts';
import { compileColumnExpression } from '../../../../federation/expression/column-expression.ts';
import { normalizeDecimal } from '../../../../schema/model/decimal.ts';
import type { PhysicalType, WireValue } from '../../../../schema/model/physical-type.ts';

const texts = fc.constantFrom('', 'a', 'A ', '1', '停工', 'b');
const COLUMNS: Readonly<Record<string, { readonly type: PhysicalType; readonly values: fc.Arbitrary<WireValue> }>> = {
  zt: { type: { kind: 'text' }, values: texts },
  dm: { type: { kind: 'text', padded: true }, values: texts.map((text) => text.trimEnd()) },
  项目: { type: { kind: 'text' }, values: texts },
  xh: { type: { kind: 'integer', bits: 16 }, values: fc.integer({ min: -3, max: 3 }) },
  id: { type: { kind: 'integer', bits: 64 }, values: fc.bigInt({ min: -3n, max: 9223372036854775807n }).map(String) },
  je: { type: { kind: 'decimal', scale: 2 }, values: fc.constantFrom('0.00', '1.50', '-3.00', '100.00', '9999999999999999.99') },
  bl: { type: { kind: 'float' }, values: fc.constantFrom(0, 0.5, -1.25, 1e21) },
  sf: { type: { kind: 'boolean' }, values: fc.boolean() },
  rq: { type: { kind: 'date' }, values: fc.constantFrom('2024-01-01', '2024-02-29') },
  sj: { type: { kind: 'timestamp', zoned: false }, values: fc.constantFrom('2024-01-01 00:00:00', '2024-02-29 12:30:00.500', '2024-02-29 12:30:00.5') },
  gx: { type: { kind: 'timestamp', zoned: true }, values: fc.constantFrom('2024-01-01 00:00:00+08:00', '2024-02-29 12:30:00.500+08:00') },
  zb: { type: { kind: 'uuid' }, values: fc.constantFrom('00000000-0000-4000-8000-000000000000', 'a0000000-0000-4000-8000-000000000000') },
  sk: { type: { kind: 'time' }, values: fc.constantFrom('12:00:00', '12:00:00.500') },
  js: { type: { kind: 'json' }, values: fc.constantFrom('{}', '[1]') },
};
const TYPES = new Map(Object.entries(COLUMNS).map(([name, { type }]) => [name, type]));
const compile = (text: string) => compileColumnExpression(text, TYPES, { timeZone: 'Asia/Shanghai' });

async function inTheSource(text: string, row: Readonly<Record<string, WireValue>>): Promise<WireValue> {
  const { expr } = compile(text);
  if (!expr) throw new Error('expected an expression of the source');
  const connector = createMemoryConnector({ source: 'test', catalog: { tables: [] }, tables: new Map([['t', [row]]]) });
  const rows = { kind: 'table' as const, table: 't', columns: [...TYPES].map(([name, type]) => ({ name, type })) };
  const [found] = await connector
    .prepare({ kind: 'rows', query: { rows, columns: [expr], orderBy: [], children: [] } })
    .run({}, { signal: new AbortController().signal, timeoutMs: 1_000, maxRows: 10 });
  return found?.[0] as WireValue;
}

const plain = (value: WireValue, type: PhysicalType): WireValue => (type.kind === 'decimal' && value !== null ? normalizeDecimal(String(value)) : value);

describe('an expression over columns', () => {
  it.each<[string, PhysicalType]>([
    ['je * 0.01 + xh', { kind: 'decimal' }],
    ['xh', { kind: 'decimal' }],
    ['id + 1', { kind: 'decimal' }],
    ['bl', { kind: 'float' }],
    ['bl > 0.5', { kind: 'boolean' }],
    ['sf && zt == "停工"', { kind: 'boolean' }],
    ['zt == "停工" || dm == "a" ? "STOPPED" : sf ? "RUNNING" : null', { kind: 'text' }],
    ['cols["项目"] + "-" + string(xh)', { kind: 'text' }],
    ['string(je) + dm + string(sf) + string(rq)', { kind: 'text' }],
    ['rq >= "2024-02-01" ? rq : null', { kind: 'date' }],
    ['date(sj) == rq ? date(gx) : rq', { kind: 'date' }],
    ['sj > "2024-01-01 00:00:00" ? sj : null', { kind: 'timestamp', zoned: false }],
    ['sj == "2024-02-29 12:30:00.50"', { kind: 'boolean' }],
    ['gx == "2023-12-31T16:00:00Z" ? "2024-01-01T00:00:00Z" : gx', { kind: 'timestamp', zoned: true }],
    ['zb == "00000000-0000-4000-8000-000000000000"', { kind: 'boolean' }],
    ['has(js) && sk != null', { kind: 'boolean' }],
    ['id in [0, 1, 9223372036854775807]', { kind: 'boolean' }],
  ])('gives in the hub and in the source the same for %s', async (text, type) => {
    const { columns, decode, expr, type: found } = compile(text);
    expect(found).toEqual(type);
    expect(typeOfExpr(expr!).kind).toBe(type.kind);
    const row = fc.record(Object.fromEntries(Object.entries(COLUMNS).map(([name, { values }]) => [name, fc.option(values, { freq: 5 })])));
    await fc.assert(
      fc.asyncProperty(row, async (values) => {
        expect(plain(await inTheSource(text, values), type)).toEqual(decode(columns.map((name) => values[name] ?? null)));
      }),
      { seed: SEED, verbose: 1 },
    );
  });

  it.each(['je / 2', 'size(zt)', 'zt.lowerAscii()', 'bl * 2', 'sk == "12:00:00"', 'string(bl)'])('leaves %s to the hub', (text) => {
    expect(compile(text)).not.toHaveProperty('expr');
  });

  it.each([
    ['xmdm + 1', 'there is no column "xmdm"; there are zt, dm, 项目'],
    ['zt1 == "a"', 'there is no column "zt1"; did you mean "zt"?'],
    ['cols[zt]', 'cols takes the name of a column, written out: cols["…"]'],
    ['cols["没有"]', 'there is no column "没有"'],
    ['rq < asOf', '"asOf" is not known in a mapping; derive the field in the schema'],
    ['[zt]', 'the expression gives a list; a field takes a single value'],
    ['js == "{}"', '== compares single values, not JSON'],
    ['zt.name', 'there is no column "zt.name"'],
    ['gx > rq', '> compares values of one kind, not a time with its zone and a date; date(x) is the day of a time'],
  ])('refuses %s: %s', (text, message) => {
    expect(() => compile(text)).toThrow(expect.objectContaining({ code: 'MAPPING_INVALID', message: expect.stringContaining(message) }));
  });
});
