import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SEED } from '../seed.ts';
import { createMemoryConnector, type MemoryTable } from '../../../../connectors/memory/connector.ts';
import type { Expr, Predicate, Request, RowSet } from '../../../../connectors/spi/ir.ts';
import { typeOfExpr } from '../../../../connectors/spi/type-of.ts';
import { checkExpression } from '../../../../federation/expression/check.ts';
import { compileExpression, CLOCK_TYPES } from '../../../../federation/expression/compile.ts';
import { comparatorOf } from '../../../../federation/expression/values.ts';
import { parseExpression } from '../../../../federation/expression/parse.ts';
import { toExpr } from '../../../../federation/expression/to-expr.ts';
import { kindOf, scalarType } from '../../../../federation/expression/types.ts';
import { decodeWire } from '../../../../federation/values/decode-wire.ts';
import { encodeWire } from '../../../../federation/values/encode-wire.ts';
import type { Canonical } from '../../../../schema/model/canonical.ts';
import type { WireValue } from '../../../../schema/model/physical-type.ts';
import { COLUMNS, expressionArbitrary, rowArbitrary } from './arbitrary-expression.ts';

const RUNS = Number(process.env['FC_RUNS'] ?? 1_500);

const TIME_ZONE = 'Asia/Shanghai';
const CLOCK = { asOf: '2024-02-29', now: '2024-02-29T10:00:00+08:00' };
const TYPES = Object.fromEntries([...COLUMNS].map(([name, { scalar }]) => [name, scalarType(scalar)]));
const NUMBERED: RowSet = {
  kind: 'table',
  table: 't',
  columns: [{ name: 'row', type: { kind: 'integer', bits: 32 } }, ...[...COLUMNS].map(([name, { type }]) => ({ name, type }))],
};
const ROW: Expr = { kind: 'column', column: 'row', type: { kind: 'integer', bits: 32 } };

interface Case {
  readonly text: string;
  readonly scalar: string;
}

function translate({ text, scalar }: Case): Expr | undefined {
  const checked = checkExpression(parseExpression(text), { ...TYPES, ...CLOCK_TYPES }, scalarType(scalar));
  return toExpr(checked, {
    resolve: (name) => ({ kind: 'column', column: name, type: COLUMNS.get(name)!.type }),
    asOf: CLOCK.asOf,
    timeZone: TIME_ZONE,
    scalar,
  });
}

function inTheHub({ text, scalar }: Case, rows: MemoryTable): Canonical[] {
  const compute = compileExpression(parseExpression(text), TYPES, { scalar, timeZone: TIME_ZONE });
  return rows.map((row) => compute(Object.fromEntries([...COLUMNS].map(([name, column]) => [name, decodeWire(column.scalar)(row[name] ?? null)])), CLOCK));
}

async function ask(rows: MemoryTable, columns: readonly Expr[], where?: Predicate): Promise<WireValue[][]> {
  const connector = createMemoryConnector({
    source: 'test',
    catalog: { tables: [] },
    tables: new Map([['t', rows.map((row, i) => ({ row: i, ...row }))]]),
    timeZone: TIME_ZONE,
  });
  const request: Request = { kind: 'rows', query: { rows: NUMBERED, columns, ...(where ? { where } : {}), orderBy: [], children: [] } };
  return (await connector.prepare(request).run({}, { signal: new AbortController().signal, timeoutMs: 1_000, maxRows: 1_000 })) as WireValue[][];
}

const cases = fc.record({ expression: expressionArbitrary, rows: fc.array(rowArbitrary, { minLength: 1, maxLength: 4 }) });

describe('an expression in the hub and in a source', () => {
  it('gives the same value, null included, and the same filters on it', { timeout: 300_000 }, async () => {
    let translated = 0;
    await fc.assert(
      fc.asyncProperty(cases, async ({ expression, rows }) => {
        const expr = translate(expression);
        const expected = inTheHub(expression, rows);
        if (!expr) return;
        translated += 1;
        const found = (await ask(rows, [expr])).map(([value]) => decodeWire(expression.scalar)(value ?? null));
        expect(found).toEqual(expected);

        const order = comparatorOf(kindOf(scalarType(expression.scalar)), expression.scalar === 'Float');
        const absent = await ask(rows, [ROW], { kind: 'isNull', value: expr, negated: false });
        expect(absent.flat()).toEqual(expected.flatMap((value, i) => (value === null ? [i] : [])));
        for (const bound of new Set(expected.filter((value) => value !== null))) {
          const right: Expr = { kind: 'literal', value: encodeWire(expression.scalar, bound, TIME_ZONE), type: typeOfExpr(expr) };
          const matching = (holds: (n: number) => boolean): number[] =>
            expected.flatMap((value, i) => (value !== null && holds(order(value, bound)) ? [i] : []));
          expect((await ask(rows, [ROW], { kind: 'compare', op: 'eq', left: expr, right })).flat()).toEqual(matching((n) => n === 0));
          expect((await ask(rows, [ROW], { kind: 'compare', op: 'gt', left: expr, right })).flat()).toEqual(matching((n) => n > 0));
        }
      }),
      { seed: SEED, numRuns: RUNS, verbose: 1 },
    );
    expect(translated).toBeGreaterThan(RUNS / 4);
  });
});
