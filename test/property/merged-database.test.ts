import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openDepartmentsHub, type DepartmentsHub } from '../helpers/departments-hub.ts';
import { openMergedDatabase, type MergedDatabase } from '../helpers/merged-database.ts';
import { extraRows, loadExtraRows } from '../helpers/merged-extra.ts';
import { mergedTypes } from '../helpers/merged-model.ts';
import { printQuestion, randomQuestion, walkOf, type Literal, type Question } from '../helpers/merged-operation.ts';
import { questionSql } from '../helpers/merged-sql.ts';
import { createRandom } from '../helpers/random-operation.ts';

// Fixed, so that a run can be repeated; the long form takes other seeds.
const SEED = Number(process.env['YIWANG_SEED'] ?? 77);
const CASES = Number(process.env['YIWANG_CASES'] ?? 150);
/** A single case is repeated by its number: from it to the one after it. */
const FROM = Number(process.env['YIWANG_FROM'] ?? 0);
const CASES_PER_TEST = 15;
const DEMO = { size: 60, seed: 11 };
/** Longer runs say how far they are. */
const SAYS_FROM = 200;

/** A random operation equals the same question asked in SQL of one database that holds everything. */
describe(`the same ${CASES} random questions to the hub and to one merged database, seed ${SEED}`, () => {
  const start = performance.now();
  let alike = 0;
  let hub: DepartmentsHub;
  let merged: MergedDatabase;
  const values = new Map<string, readonly Literal[]>();

  beforeAll(async () => {
    hub = await openDepartmentsHub({
      engines: { development: 'postgres', housing: 'postgres', finance: 'mariadb', audit: 'mariadb' },
      ...DEMO,
      loaded: loadExtraRows,
      firstRowsFrom: 1,
    });
    await hub.confirmSchool();
    const school = '2205-320508-04-01-654321';
    merged = await openMergedDatabase({
      ...DEMO,
      extra: extraRows,
      today: '2024-06-30',
      confirmed: [
        { source: 'finance', localKey: '320508220000000000042', canonicalKey: school },
        { source: 'housing', localKey: '3205082208150101', canonicalKey: school },
      ],
    });
    for (const type of mergedTypes.values()) {
      for (const { name, kind } of type.fields) {
        const shown = kind === 'int' || kind === 'bool' ? `"${name}"` : kind === 'moment' ? `replace("${name}"::text, ' ', 'T') || ':00'` : `"${name}"::text`;
        values.set(
          `${type.name}.${name}`,
          ((await merged.value(
            `select json_agg(v order by md5(v::text)) from (select distinct ${shown} as v from ${type.table} where "${name}" is not null order by v limit 400) x`,
          )) as Literal[] | null) ?? [],
        );
      }
    }
  });
  afterEach(({ task }) => {
    if (CASES < SAYS_FROM) return;
    const seconds = Math.round((performance.now() - start) / 1_000);
    process.stderr.write(`seed ${SEED}: ${alike} alike of ${CASES}${task.result?.state === 'fail' ? ', this one not' : ''}, ${seconds} s\n`);
  });
  afterAll(async () => {
    await hub[Symbol.asyncDispose]();
    await merged[Symbol.asyncDispose]();
  });

  /** Three pages by cursor hold what the merged database has at their place. */
  const walk = async (question: Question, first: number, message: string): Promise<void> => {
    const { root } = question.type;
    let after: string | undefined;
    for (let page = 0; page < 3; page++) {
      const asked = walkOf(question, first, after);
      const { text } = printQuestion(asked, false);
      const { list } = asked;
      const [{ data, errors }, expected] = await Promise.all([
        hub.query(text),
        merged.value(questionSql({ type: asked.type, list: { ...list, offset: page * first } })),
      ]);
      expect(errors, `${message}\npage ${page}\n${text}`).toEqual([]);
      expect(data[root].nodes, `${message}\npage ${page}\n${text}`).toEqual((expected as Record<string, { nodes: unknown }>)[root]?.nodes);
      after = data[root].pageInfo.endCursor as string;
      if (!data[root].pageInfo.hasNextPage) return;
    }
  };

  for (let from = FROM; from < CASES; from += CASES_PER_TEST) {
    it(`are answered alike, cases ${from} to ${Math.min(from + CASES_PER_TEST, CASES) - 1}`, async () => {
      for (let i = from; i < Math.min(from + CASES_PER_TEST, CASES); i++) {
        const random = createRandom(SEED * 1_000 + i);
        const question = randomQuestion(values, random);
        const { text, variables } = printQuestion(question, random() < 0.3);
        const sql = questionSql(question);
        const [{ data, errors }, expected] = await Promise.all([hub.query(text, variables), merged.value(sql)]);
        const message = `case ${i}\n${text}\n${JSON.stringify(variables)}\n${sql}`;
        expect(errors, `${message}`).toEqual([]);
        expect(normalized(data), `${message}`).toEqual(normalized(expected));
        if (i % 4 === 0) await walk(question, 1 + Math.floor(random() * 6), message);
        alike++;
      }
    });
  }
});

/** `12.50` and `12.5` are one amount. */
function normalized(value: unknown): unknown {
  if (typeof value === 'string') return /^-?\d+\.\d*0$/.test(value) ? value.replace(/\.?0+$/, '') : value;
  if (Array.isArray(value)) return value.map(normalized);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, normalized(inner)]));
}
