/**
 * Three sources that know projects by the same code, against all tables in one database, which joins them itself: with keys held whole, and with so few
 * allowed that filters take them range after range.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExplainNode } from '../../federation/execute/explain.ts';
import { createStatements } from '../../scripts/demo-data/ddl.ts';
import { column, type Engine, type Table } from '../../scripts/demo-data/table.ts';
import { createHub, type Hub } from '../../server/hub.ts';
import { createLog } from '../../server/log.ts';
import { openSession } from '../conformance/capture-shop.ts';
import { openStore } from '../../store/open-store.ts';
import { send, type Answer } from '../helpers/hub.ts';
import { collectValues, createRandom, listRoots, nodeType, randomOperation, sampleQuery } from '../helpers/random-operation.ts';
import { createDatabase } from '../helpers/services.ts';

const SEED = Number(process.env['YIWANG_SEED'] ?? 5);
const CASES = Number(process.env['YIWANG_CASES'] ?? 300);
const PROJECTS = 240;
/** Fewer than there are keys; the least that may be configured. */
const FEW = 100;

/** Another seed, other keys. */
const KEY = SEED % 2 === 1 ? ({ scalar: 'String', type: 'varchar(20)' } as const) : ({ scalar: 'Int', type: 'int' } as const);

const SCHEMA = `type Project @key(fields: "code") @authority(department: "works") {
  code: ${KEY.scalar}!
  district: String
  budget: Decimal
  payments: [Payment!] @relation(fields: ["code"], references: ["projectCode"])
  findings: [Finding!] @relation(fields: ["code"], references: ["projectCode"])
}
type Payment @key(fields: "number") @authority(department: "works") {
  number: Int!
  projectCode: ${KEY.scalar}
  amount: Decimal
  paidOn: Date
  project: Project @relation(fields: ["projectCode"], references: ["code"])
}
type Finding @key(fields: "number") @authority(department: "works") {
  number: Int!
  projectCode: ${KEY.scalar}
  severity: String
  score: Int
  project: Project @relation(fields: ["projectCode"], references: ["code"])
}
`;
const TYPES = {
  project: '  Project: { rows: project, key: code, fields: { code: code, district: district, budget: budget } }\n',
  payment: '  Payment: { rows: payment, key: id, fields: { number: id, projectCode: project_code, amount: amount, paidOn: paid_on } }\n',
  finding: '  Finding: { rows: finding, key: id, fields: { number: id, projectCode: project_code, severity: severity, score: score } }\n',
};
type Part = keyof typeof TYPES;
const PARTS = Object.keys(TYPES) as Part[];

const number = column('id', 'int', { notNull: true });
const TABLES: Readonly<Record<Part, Table>> = {
  project: {
    name: 'project',
    primaryKey: ['code'],
    columns: [column('code', KEY.type, { notNull: true }), column('district', 'varchar(20)'), column('budget', 'decimal(12,2)')],
  },
  payment: {
    name: 'payment',
    primaryKey: ['id'],
    columns: [number, column('project_code', KEY.type), column('amount', 'decimal(12,2)'), column('paid_on', 'date')],
  },
  finding: {
    name: 'finding',
    primaryKey: ['id'],
    columns: [number, column('project_code', KEY.type), column('severity', 'varchar(10)'), column('score', 'int')],
  },
};
/** Another seed, other places. */
const engineOf = (part: Part): Engine => (['postgres', 'mariadb', 'sqlite'] as const)[(PARTS.indexOf(part) + SEED) % 3] as Engine;

/** Codes that a collation would take for equal, or order otherwise: upper and lower case, Chinese, signs. */
const codeOf = (i: number): string =>
  KEY.scalar === 'Int' ? String(i * 7) : `${['P', 'p', '项', '_', 'É'][i % 5]}-${i % 2 === 0 ? i : String(i).padStart(4, '0')}`;

function rowsOf(part: Part): string {
  const random = createRandom(SEED);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const maybe = (share: number, text: string): string => (random() < share ? 'null' : text);
  const code = (): string => maybe(0.05, `'${codeOf(Math.floor(random() * PROJECTS * 1.1))}'`);
  const amount = (): string => maybe(0.1, (Math.floor(random() * 100_000) / 100).toFixed(2));
  const make: Readonly<Record<Part, (i: number) => string>> = {
    project: (i) => `('${codeOf(i)}', ${maybe(0.1, `'${pick(['吴中', '姑苏', 'East', 'east'])}'`)}, ${amount()})`,
    payment: (i) => `(${i}, ${code()}, ${amount()}, ${maybe(0.1, `'202${i % 5}-0${1 + (i % 9)}-11'`)})`,
    finding: (i) => `(${i}, ${code()}, ${maybe(0.1, `'${pick(['HIGH', 'LOW', 'high'])}'`)}, ${maybe(0.2, String(i % 7))})`,
  };
  const count = { project: PROJECTS, payment: PROJECTS * 3, finding: PROJECTS * 2 }[part];
  return `insert into ${part} values ${Array.from({ length: count }, (_, i) => make[part](i)).join(', ')}`;
}

/** Of the steps below the only fetch that an explanation tells. */
function kindsIn(extensions: { readonly explain: { readonly plan: readonly ExplainNode[] } }): string[] {
  return (extensions.explain.plan[0]?.children ?? []).map(({ kind }) => kind);
}

interface Asked {
  readonly hub: Hub;
  readonly ask: (query: string, extensions?: object) => Promise<Answer['body']>;
}

const folder = mkdtempSync(path.join(tmpdir(), 'yiwang-keys-'));
const stack = new AsyncDisposableStack();

/** @param groups which types each source has */
async function openHub(name: string, groups: readonly (readonly Part[])[], limits: string): Promise<Asked> {
  const own = mkdtempSync(path.join(folder, `${name}-`));
  const sources: string[] = [];
  for (const [i, parts] of groups.entries()) {
    const engine = groups.length === 1 ? 'sqlite' : engineOf(parts[0] as Part);
    let url = `sqlite:${path.join(own, `${i}.sqlite`)}`;
    if (engine !== 'sqlite') {
      const database = await createDatabase(engine, name);
      stack.defer(() => database.drop());
      ({ url } = database);
    }
    const session = await openSession(engine, url);
    for (const part of parts) await session.run(...createStatements(engine, TABLES[part]), rowsOf(part));
    await session.close();
    sources.push(`  s${i}: { department: works, kind: ${engine === 'mariadb' ? 'mysql' : engine}, url: '${url}', changes: none }`);
    writeFileSync(path.join(own, `s${i}.yaml`), `source: s${i}\ntypes:\n${parts.map((part) => TYPES[part]).join('')}`);
  }
  writeFileSync(path.join(own, 'schema.graphql'), SCHEMA);
  {
    await using store = await openStore(`sqlite:${path.join(own, 'hub.sqlite')}`);
    await store.settings.set('cursorSecret', 'the same for all');
  }
  const mappings = groups.map((_, i) => `s${i}.yaml`).join(', ');
  writeFileSync(
    path.join(own, 'hub.yaml'),
    `departments: { works: { en: Works } }
sources:
${sources.join('\n')}
release: { schema: schema.graphql, mappings: [${mappings}] }
store: { url: 'sqlite:hub.sqlite' }
limits: { ${limits} }
`,
  );
  const hub = stack.use(await createHub({ configurationFile: path.join(own, 'hub.yaml'), development: true, log: createLog('silent') }));
  const address = await hub.listen(0);
  return { hub, ask: async (query, extensions) => (await send(`${address}/graphql`, { query, ...(extensions ? { extensions } : {}) })).body };
}

let one: Asked;
let three: Asked;
let ranged: Asked;

beforeAll(async () => {
  one = await openHub('one', [PARTS], '');
  three = await openHub(
    'three',
    PARTS.map((part) => [part]),
    '',
  );
  ranged = await openHub(
    'ranged',
    PARTS.map((part) => [part]),
    `sourceRowsMax: ${FEW}`,
  );
}, 60_000);
afterAll(async () => {
  await stack.disposeAsync();
  rmSync(folder, { recursive: true, force: true });
});

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

  const MANY = 'payments: { some: { amount: { gt: "1" } } }';
  const FILTERS: Readonly<Record<string, string>> = {
    some: MANY,
    none: 'payments: { none: { amount: { gt: "400" } } }',
    every: 'payments: { every: { amount: { gt: "600" } } }',
    sum: 'payments: { aggregate: { sum: { amount: { gt: "10" } } } }',
    'sum of nothing': 'payments: { aggregate: { count: { lt: 3 } } }',
    average: 'payments: { aggregate: { avg: { amount: { gt: "2" } } } }',
    'either of two measures, and not a third': `payments: { aggregate: { or: [{ avg: { amount: { gt: "300" } } }, { count: { gte: 3 } }], not: { min: { amount: { lt: "5" } } } } }`,
    'either of two sources': `or: [{ ${MANY} }, { findings: { some: { score: { gte: 1 } } } }]`,
    'both of two sources': `${MANY}, findings: { some: { score: { gte: 0 } } }`,
    'one and not the other': `${MANY}, not: { findings: { some: { severity: { eq: "HIGH" } } } }`,
  };
  const SELECTIONS: Readonly<Record<string, string>> = {
    'a count': '{ totalCount }',
    totals: '{ aggregate { count sum { budget } avg { budget } min { code budget } max { code budget } } }',
    groups: '{ groups(by: [{ field: DISTRICT }], orderBy: [{ sum: { budget: DESC } }]) { key { district } aggregate { count sum { budget } } } }',
    'groups chosen by a measure': '{ groups(by: [{ field: DISTRICT }], having: { count: { gt: 30 } }) { key { district } aggregate { count } } }',
    'a page': '{ nodes { code budget } pageInfo { hasNextPage endCursor } }',
  };
  const ARGUMENTS: Readonly<Record<string, string>> = { 'a page': ', orderBy: [{ budget: DESC }, { code: ASC }], first: 20, offset: 5' };
  for (const [filter, where] of Object.entries(FILTERS)) {
    for (const [selection, body] of Object.entries(SELECTIONS)) {
      it(`take more keys than may be held range after range: ${selection}, ${filter}`, async () => {
        const query = `{ projects(where: { ${where} }${ARGUMENTS[selection] ?? ''}) ${body} }`;
        const [expected, { extensions, ...found }] = await Promise.all([one.ask(query), ranged.ask(query, { explain: true })]);
        expect(expected.errors).toBeUndefined();
        expect(found).toEqual(expected);
        expect(kindsIn(extensions)).toContain('range');
      });
    }
  }

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
