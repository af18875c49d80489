/**
 * Three sources that know projects by the same code, against all tables in one database, which joins them itself: with keys held whole, and with so few
 * allowed that filters take them range after range.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExplainNode } from '../../federation/execute/explain.ts';
import { CASES, FEW, KeysWorld, kindsIn, MANY, PARTS, questions, SEED, type Asked } from '../helpers/keys-world.ts';
import { collectValues, createRandom, listRoots, nodeType, randomOperation, sampleQuery } from '../helpers/random-operation.ts';

let one: Asked;
let three: Asked;
let ranged: Asked;
const world = new KeysWorld();

beforeAll(async () => {
  const groups = PARTS.map((part) => [part]);
  one = await world.open({ name: 'one', groups: [PARTS] });
  three = await world.open({ name: 'three', groups });
  ranged = await world.open({ name: 'ranged', groups, limits: `sourceRowsMax: ${FEW}` });
}, 60_000);
afterAll(() => world[Symbol.asyncDispose]());

describe(`sources that share keys, seed ${SEED}`, () => {
  it(
    `answer ${CASES} random operations as one database does`,
    async () => {
      const { schema } = one.hub.federation.generation();
      const values = new Map<string, unknown[]>();
      for (const root of listRoots(schema))
        collectValues(nodeType(schema, root).name, (await one.ask(sampleQuery(schema, root))).data[root]?.nodes ?? [], values);
      let within = 0;
      for (let i = 0; i < CASES; i++) {
        const operation = randomOperation(schema, values, createRandom(SEED * 1_000 + i));
        const [expected, whole, few] = await Promise.all([one.ask(operation), three.ask(operation), ranged.ask(operation)]);
        expect(whole, `case ${i}: ${operation}`).toEqual(expected);
        const codes = new Set(few.errors?.map(({ extensions }) => extensions['code']));
        if (codes.size === 0) within++;
        // Where it cannot be taken in ranges, it says so.
        const isRefused = codes.size === 1 && codes.has('JOIN_TOO_LARGE');
        expect(isRefused ? 'refused' : few, `case ${i}, ranged: ${operation}`).toEqual(isRefused ? 'refused' : expected);
      }
      expect(within).toBeGreaterThan(CASES / 2);
    },
    60_000 + CASES * 200,
  );

  it.each(questions())('take more keys than may be held range after range: $title', async ({ query }) => {
    const [expected, { extensions, ...found }] = await Promise.all([one.ask(query), ranged.ask(query, { explain: true })]);
    expect(expected.errors).toBeUndefined();
    expect(found).toEqual(expected);
    expect(kindsIn(extensions)).toContain('range');
  });

  it('refuse keys of which one list is needed whole', async () => {
    const query = `{ projects(where: { ${MANY}, twin: { ${MANY} } }) { totalCount } }`;
    expect(await three.ask(query)).toEqual(await one.ask(query));
    expect(await ranged.ask(query)).toMatchObject({ errors: [{ extensions: { code: 'JOIN_TOO_LARGE' } }] });
  });

  it(`hold ${FEW} keys whole, and take one more range after range`, async () => {
    const pages = await Promise.all(
      [0, 100, 200].map((offset) => one.ask(`{ findings(orderBy: [{ number: ASC }], first: 100, offset: ${offset}) { nodes { number projectCode } } }`)),
    );
    const findings: readonly { readonly number: number; readonly projectCode: string | number | null }[] = pages.flatMap(({ data }) => data.findings.nodes);
    const codes = new Set<string | number>();
    /** The finding with which so many projects have one. */
    const last = (many: number): number | undefined => {
      codes.clear();
      return findings.find(({ projectCode }) => projectCode !== null && codes.add(projectCode).size === many)?.number;
    };
    for (const [many, way] of [
      [FEW, 'fetch'],
      [FEW + 1, 'range'],
    ] as const) {
      const query = `{ projects(where: { findings: { some: { number: { lte: ${last(many)} } } } }) { totalCount } }`;
      const [expected, { extensions, ...found }] = await Promise.all([one.ask(query), ranged.ask(query, { explain: true })]);
      expect(found).toEqual(expected);
      expect(kindsIn(extensions).includes('range') ? 'range' : 'fetch').toBe(way);
    }
  });

  it('page on from a cursor', async () => {
    const pages = async ({ ask }: Asked): Promise<unknown[]> => {
      const all: unknown[] = [];
      for (let after = ''; ;) {
        const query = `{ projects(where: { ${MANY} }, orderBy: [{ district: DESC }], first: 50${after}) { nodes { code district } pageInfo { hasNextPage endCursor } } }`;
        const { projects } = (await ask(query)).data;
        all.push(...projects.nodes);
        if (!projects.pageInfo.hasNextPage) return all;
        after = `, after: ${JSON.stringify(projects.pageInfo.endCursor)}`;
      }
    };
    expect(await pages(ranged)).toEqual(await pages(one));
  });

  it('say in explain which ranges were asked', async () => {
    const { extensions } = await ranged.ask(`{ projects(where: { ${MANY} }) { totalCount } }`, { explain: true });
    const [{ children }] = extensions.explain.plan;
    expect(children.map(({ kind, source, runs, rows }: ExplainNode) => [kind, source, runs, rows])).toEqual([
      ['keys', 's1', 0, undefined],
      ['keys', 's1', 1, FEW],
      ['keys', 's1', 2, expect.any(Number)],
      ['range', 's0', 1, 1],
      ['range', 's0', 1, 1],
      ['range', 's0', 1, 1],
    ]);
  });
});
