import { describe, expect, it } from 'vitest';
import type { Request, Row } from '../../../../connectors/spi/ir.ts';
import { runFirstRows } from '../../../../federation/execute/run-first-rows.ts';
import type { FirstRows } from '../../../../federation/plan/plan.ts';

/** A list of 1,000 numbers, every `nth` of which passes. */
function listOf(nth: number) {
  const log = { read: [] as number[], tested: [] as number[] };
  return {
    log,
    read: async (request: Request): Promise<Row[]> => {
      const limit = request.kind === 'rows' ? (request.query.limit ?? 0) : 0;
      log.read.push(limit);
      return Array.from({ length: Math.min(limit, 1_000) }, (_, i): Row => [i]);
    },
    test: async (rows: readonly Row[]): Promise<Row[]> => {
      log.tested.push(...rows.map(([n]) => Number(n)));
      return rows.filter(([n]) => Number(n) % nth === 0);
    },
  };
}

const planOf = (skip: number, take: number): FirstRows => ({
  attempts: [1, 2, 4, 8, 20, 50].map((times) => {
    const rows = times * (skip + take);
    return {
      rows,
      request: { kind: 'rows', query: { rows: { kind: 'table', table: 't', columns: [] }, columns: [], orderBy: [], limit: rows, children: [] } },
    };
  }),
  key: 0,
  stage: { columns: [], externals: [], children: [], query: { kind: 'rows', orderBy: [] } },
  skip,
  take,
});

describe('runFirstRows', () => {
  it('gives the page and tests no row twice, however often it must read on', async () => {
    const list = listOf(7);
    const page = await runFirstRows(planOf(5, 10), list);
    expect(page?.map(([n]) => n)).toEqual(Array.from({ length: 10 }, (_, i) => (i + 5) * 7));
    expect(list.log.read.length).toBeGreaterThan(1);
    expect(new Set(list.log.tested).size).toBe(list.log.tested.length);
  });

  it('reads at once as many rows as the last page needed', async () => {
    const plan = planOf(0, 10);
    await runFirstRows(plan, listOf(6));
    const again = listOf(6);
    await runFirstRows(plan, again);
    expect(again.log.read).toEqual([80]);
    expect(again.log.tested.length).toBeLessThanOrEqual(80);
  });

  it('leaves it to the other way where too few rows pass', async () => {
    const list = listOf(900);
    expect(await runFirstRows(planOf(0, 10), list)).toBeUndefined();
    expect(list.log.tested.length).toBeLessThan(100);
  });

  it('gives all rows that pass of a list that ends', async () => {
    expect(await runFirstRows(planOf(0, 100), listOf(20))).toHaveLength(50);
  });
});
