/**
 * Three sources that call projects by names of their own, which a crosswalk relates, against one database that knows them by their codes: with keys held
 * whole, and with so few allowed that filters take them range after range.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExplainNode } from '../../federation/execute/explain.ts';
import { CASES, FEW, KeysWorld, kindsIn, MANY, PARTS, questions, SEED, type Asked } from '../helpers/keys-world.ts';
import { collectValues, createRandom, listRoots, nodeType, randomOperation, sampleQuery } from '../helpers/random-operation.ts';

let one: Asked;
let three: Asked;
let ranged: Asked;
let splitWhole: Asked;
let splitRanged: Asked;
const world = new KeysWorld();
const limits = `sourceRowsMax: ${FEW}`;

beforeAll(async () => {
  const groups = PARTS.map((part) => [part]);
  one = await world.open({ name: 'one', groups: [PARTS], keys: 'resolved' });
  three = await world.open({ name: 'three', groups, keys: 'crossed' });
  ranged = await world.open({ name: 'ranged', groups, keys: 'crossed', limits });
  splitWhole = await world.open({ name: 'whole', groups, keys: 'crossed', isSplit: true });
  splitRanged = await world.open({ name: 'split', groups, keys: 'crossed', isSplit: true, limits });
}, 60_000);
afterAll(() => world[Symbol.asyncDispose]());

/** They may hold a number that the crosswalk keeps as text. */
const withoutCursors = (answer: unknown): unknown =>
  JSON.parse(JSON.stringify(answer), (name, value: unknown) => (/cursor$/i.test(name) && value !== null ? 'a cursor' : value));

describe(`sources whose keys a crosswalk relates, seed ${SEED}`, () => {
  it(
    `answer ${CASES} random operations as one database does`,
    async () => {
      const { schema } = three.hub.federation.generation();
      const values = new Map<string, unknown[]>();
      for (const root of listRoots(schema))
        collectValues(nodeType(schema, root).name, (await one.ask(sampleQuery(schema, root))).data[root]?.nodes ?? [], values);
      let within = 0;
      for (let i = 0; i < CASES; i++) {
        const operation = randomOperation(schema, values, createRandom(SEED * 1_000 + i));
        const [expected, whole, few] = await Promise.all([one.ask(operation), three.ask(operation), ranged.ask(operation)]);
        expect(withoutCursors(whole), `case ${i}: ${operation}`).toEqual(withoutCursors(expected));
        const codes = new Set(few.errors?.map(({ extensions }) => extensions['code']));
        if (codes.size === 0) within++;
        // Where it cannot be taken in ranges, it says so.
        const isRefused = codes.size === 1 && codes.has('JOIN_TOO_LARGE');
        expect(isRefused ? 'refused' : withoutCursors(few), `case ${i}, ranged: ${operation}`).toEqual(isRefused ? 'refused' : withoutCursors(expected));
      }
      expect(within).toBeGreaterThan(CASES / 2);
    },
    60_000 + CASES * 200,
  );

  const COUNTED = 'payments: { aggregate: { countDistinct: { amount: { gte: 2 } } } }';
  it.each([
    ...questions(),
    { title: 'a count, different values', query: `{ projects(where: { ${COUNTED} }) { totalCount } }` },
    {
      title: 'a count, by two keys',
      query: '{ projects(where: { payments: { some: { amount: { gt: "900" } } }, twin: { budget: { gt: "10" } } }) { totalCount } }',
    },
    { title: 'a count, of rows that know the code', query: '{ findings(where: { project: { budget: { gt: "10" } } }) { totalCount } }' },
  ])('take more keys than may be held range after range: $title', async ({ query }) => {
    const [expected, { extensions, ...found }] = await Promise.all([one.ask(query), ranged.ask(query, { explain: true })]);
    expect(expected.errors).toBeUndefined();
    expect(found).toEqual(expected);
    expect(kindsIn(extensions)).toContain('range');
  });

  it.each(questions())('do so where a name stands for two projects: $title', async ({ query }) => {
    const [expected, { extensions, ...found }] = await Promise.all([splitWhole.ask(query), splitRanged.ask(query, { explain: true })]);
    expect(expected.errors).toBeUndefined();
    expect(found).toEqual(expected);
    expect(kindsIn(extensions)).toContain('range');
  });

  it('say in explain which ranges were asked', async () => {
    const { extensions } = await ranged.ask(`{ projects(where: { ${MANY} }) { totalCount } }`, { explain: true });
    const [{ children }] = extensions.explain.plan;
    expect(children.map(({ kind, source, runs }: ExplainNode) => [kind, source, runs])).toEqual([
      ['keys', 's1', 0],
      ['keys', 's1', 4],
      ['range', 's0', 1],
      ['range', 's0', 2],
      ['range', 's0', 1],
    ]);
  });
});
