import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDepartmentsHub, type DepartmentsHub, type Engine } from '../helpers/departments-hub.ts';
import { collectValues, createRandom, listRoots, nodeType, randomOperation, sampleQuery } from '../helpers/random-operation.ts';

const ENGINES: readonly Engine[] = ['sqlite', 'postgres', 'mariadb'];
// Fixed, so that a run can be repeated; the long form takes other seeds.
const SEED = Number(process.env['YIWANG_SEED'] ?? 1);
const CASES = Number(process.env['YIWANG_CASES'] ?? 200);
const CASES_PER_TEST = 20;

describe(`the same ${CASES} random operations on copies of the same data, seed ${SEED}`, () => {
  const hubs = new Map<Engine, DepartmentsHub>();
  const values = new Map<string, unknown[]>();

  beforeAll(async () => {
    for (const engine of ENGINES) hubs.set(engine, await openDepartmentsHub({ engines: engine, size: 120, seed: 7 }));
    const hub = hubs.get('sqlite') as DepartmentsHub;
    for (const root of listRoots(hub.schema)) {
      const { data } = await hub.query(sampleQuery(hub.schema, root));
      collectValues(nodeType(hub.schema, root).name, data[root]?.nodes ?? [], values);
    }
  });
  afterAll(async () => {
    for (const hub of hubs.values()) await hub[Symbol.asyncDispose]();
  });

  for (let start = 0; start < CASES; start += CASES_PER_TEST) {
    it(`answers cases ${start} to ${Math.min(start + CASES_PER_TEST, CASES) - 1} byte for byte alike`, async () => {
      for (let i = start; i < Math.min(start + CASES_PER_TEST, CASES); i++) {
        const operation = randomOperation((hubs.get('sqlite') as DepartmentsHub).schema, values, createRandom(SEED * 1_000 + i));
        const answers = await Promise.all(
          ENGINES.map(async (engine) => {
            const { text, errors } = await (hubs.get(engine) as DepartmentsHub).query(operation);
            return { text, errors: errors.map(({ code, path }) => ({ code, path })) };
          }),
        );
        expect(answers[0]?.errors, `case ${i}: ${operation}`).toEqual([]);
        expect(answers[1], `postgres, case ${i}: ${operation}`).toEqual(answers[0]);
        expect(answers[2], `mariadb, case ${i}: ${operation}`).toEqual(answers[0]);
      }
    });
  }
});
