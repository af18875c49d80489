import fc from 'fast-check';
import { getOperationAST, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createMemoryConnector } from '../../../../connectors/memory/connector.ts';
import { createRowEngine } from '../../../../federation/engine/create-row-engine.ts';
import { executeOperation, type ExecutionEnvironment } from '../../../../federation/execute/execute-operation.ts';
import { createGeneration } from '../../../../federation/supergraph/generation.ts';
import type { WireValue } from '../../../../schema/model/physical-type.ts';
import { SEED } from '../seed.ts';
import { CURSORS, TWO_DEPARTMENTS } from './two-departments/supergraph.ts';

type TableRow = Readonly<Record<string, WireValue>>;

interface PageOf {
  readonly codes: readonly string[];
  readonly cursors: readonly string[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

function hubOver(rows: readonly TableRow[]): (args: string) => Promise<PageOf> {
  const connector = createMemoryConnector({
    source: 'development',
    catalog: { tables: [] },
    tables: new Map([
      ['xm', rows],
      ['jd', []],
    ]),
  });
  const environment: ExecutionEnvironment = {
    crosswalk: () => ({}) as never, // one source only
    openKeys: () => ({ keys: 0, candidates: 0 }),
    connector: () => connector,
    call: (_source, signal) => ({ signal, timeoutMs: 1_000, maxRows: 10_000 }),
    engine: createRowEngine({ timeZone: 'Asia/Shanghai' }),
    cursors: CURSORS,
    clock: () => ({ now: '2024-06-30T12:00:00+08:00', asOf: '2024-06-30' }),
  };
  const generation = createGeneration(1, TWO_DEPARTMENTS);
  return async (args) => {
    const text = `{ projects(${args}) { edges { cursor node { code } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;
    const document = parse(text);
    const { data, errors } = await executeOperation(environment, {
      document,
      operation: getOperationAST(document)!,
      text,
      variables: {},
      view: generation,
      signal: new AbortController().signal,
      foreign: new Map(),
    });
    if (errors[0]) throw errors[0].error;
    const { projects } = JSON.parse(data) as { projects: { edges: { cursor: string; node: { code: string } }[]; pageInfo: PageOf['pageInfo'] } };
    return { codes: projects.edges.map((edge) => edge.node.code), cursors: projects.edges.map((edge) => edge.cursor), pageInfo: projects.pageInfo };
  };
}

const optional = <T>(...values: readonly T[]): fc.Arbitrary<T | null> => fc.constantFrom<T | null>(...values, null);
const rowsArbitrary = fc
  .array(
    fc.record({
      mc: optional('路', '桥', 'A', 'a', '😀'),
      xzqh: optional('320508', '320505'),
      zt: optional('1', '2', '7'),
      pfje: optional('1', '1.0', '2.5', '10'),
      jhwg: optional('20240101', '20240229', '20230231'),
    }),
    { maxLength: 9 },
  )
  .map((rows): TableRow[] => rows.map((row, i) => ({ ...row, id: String(i + 1), dm: `P${(i * 7) % 10}`, jd: null, wd: null })));
const direction = fc.constantFrom('ASC', 'DESC', 'ASC_NULLS_LAST', 'DESC_NULLS_FIRST');
const orderArbitrary = fc
  .array(
    fc.tuple(fc.constantFrom('name', 'district', 'stage', 'approved', 'plannedEnd', 'late', 'code'), direction).map(([field, way]) => `{ ${field}: ${way} }`),
    { maxLength: 3 },
  )
  .map((items) => `orderBy: [${items.join(', ')}]`);

describe('paging', () => {
  it('forwards and backwards visits every row once, in the order asked for', async () => {
    await fc.assert(
      fc.asyncProperty(rowsArbitrary, orderArbitrary, fc.integer({ min: 1, max: 4 }), async (rows, order, size) => {
        const ask = hubOver(rows);
        const whole = (await ask(`first: 200, ${order}`)).codes;
        expect(whole.toSorted()).toEqual(rows.map((row) => String(row['dm'])).toSorted());

        const forwards: string[] = [];
        for (let after = ''; ;) {
          const page = await ask(`first: ${size}, ${order}${after}`);
          forwards.push(...page.codes);
          expect(page.pageInfo.hasPreviousPage).toBe(after !== '');
          if (!page.pageInfo.hasNextPage) break;
          expect(page.pageInfo.endCursor).toBe(page.cursors.at(-1));
          after = `, after: "${page.pageInfo.endCursor}"`;
        }
        expect(forwards).toEqual(whole);

        const backwards: string[] = [];
        for (let before = ''; ;) {
          const page = await ask(`last: ${size}, ${order}${before}`);
          backwards.unshift(...page.codes);
          expect(page.pageInfo.hasNextPage).toBe(before !== '');
          if (!page.pageInfo.hasPreviousPage) break;
          expect(page.pageInfo.startCursor).toBe(page.cursors[0]);
          before = `, before: "${page.pageInfo.startCursor}"`;
        }
        expect(backwards).toEqual(whole);
      }),
      { seed: SEED, numRuns: 150, verbose: 1 },
    );
  });

  it('between two cursors gives what stands between them', async () => {
    const rows = [1, 2, 3, 4, 5].map((n): TableRow => ({
      id: String(n),
      dm: `P${n}`,
      mc: null,
      xzqh: null,
      zt: null,
      pfje: n % 2 ? null : '1',
      jhwg: null,
      jd: null,
      wd: null,
    }));
    const ask = hubOver(rows);
    const { cursors } = await ask('orderBy: [{ approved: DESC }]');
    expect((await ask(`orderBy: [{ approved: DESC }], after: "${cursors[0]}", before: "${cursors[3]}"`)).codes).toEqual(['P4', 'P1']);
  });
});
