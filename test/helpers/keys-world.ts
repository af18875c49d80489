/**
 * Projects, payments and findings in one source or in three; these know projects by the same code, or a crosswalk relates what they call them. With the
 * filters that find more keys than a hub with few rows allowed may hold.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ExplainNode } from '../../federation/execute/explain.ts';
import { createStatements } from '../../scripts/demo-data/ddl.ts';
import { column, type Engine, type Table } from '../../scripts/demo-data/table.ts';
import { createHub, type Hub } from '../../server/hub.ts';
import { createLog } from '../../server/log.ts';
import { openStore } from '../../store/open-store.ts';
import { openSession } from '../conformance/capture-shop.ts';
import { send, type Answer } from './hub.ts';
import { createRandom } from './random-operation.ts';
import { createDatabase } from './services.ts';

export const SEED = Number(process.env['YIWANG_SEED'] ?? 5);
export const CASES = Number(process.env['YIWANG_CASES'] ?? 300);
const PROJECTS = 240;
/** Fewer than there are keys; the least that may be configured. */
export const FEW = 100;

/** Another seed, other keys. */
const KEY = SEED % 2 === 1 ? ({ scalar: 'String', type: 'varchar(20)' } as const) : ({ scalar: 'Int', type: 'int' } as const);

const SCHEMA = `type Project @key(fields: "code") @authority(department: "works") {
  code: ${KEY.scalar}!
  district: String
  budget: Decimal
  twinCode: ${KEY.scalar}
  payments: [Payment!] @relation(fields: ["code"], references: ["projectCode"])
  findings: [Finding!] @relation(fields: ["code"], references: ["projectCode"])
  twin: Project @relation(fields: ["twinCode"], references: ["code"])
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
const typesOf = (projectCode: string) => ({
  project: '  Project: { rows: project, key: code, fields: { code: code, district: district, budget: budget, twinCode: twin_code } }\n',
  payment: `  Payment: { rows: payment, key: id, fields: { number: id, projectCode: ${projectCode}, amount: amount, paidOn: paid_on } }\n`,
  finding: '  Finding: { rows: finding, key: id, fields: { number: id, projectCode: project_code, severity: severity, score: score } }\n',
});
/** The source of payments has its own names of projects, the source of projects another. */
const CROSSWALKS: Readonly<Partial<Record<Part, string>>> = {
  project: 'crosswalks:\n  Project: { of: Project, local: own_id }\n',
  payment: "crosswalks:\n  Project: { rows: link, local: name, canonical: code, split: ['、'] }\n",
};
export type Part = 'project' | 'payment' | 'finding';
export const PARTS: readonly Part[] = ['project', 'payment', 'finding'];

const number = column('id', 'int', { notNull: true });
const TABLES: Readonly<Record<Part | 'link', Table>> = {
  project: {
    name: 'project',
    primaryKey: ['code'],
    columns: [
      column('code', KEY.type, { notNull: true }),
      column('own_id', 'int'),
      column('district', 'varchar(20)'),
      column('budget', 'decimal(12,2)'),
      column('twin_code', KEY.type),
    ],
  },
  payment: {
    name: 'payment',
    primaryKey: ['id'],
    columns: [number, column('project_code', KEY.type), column('project_name', 'char(12)'), column('amount', 'decimal(12,2)'), column('paid_on', 'date')],
  },
  finding: {
    name: 'finding',
    primaryKey: ['id'],
    columns: [number, column('project_code', KEY.type), column('severity', 'varchar(10)'), column('score', 'int')],
  },
  link: { name: 'link', primaryKey: ['name'], columns: [column('name', 'char(12)', { notNull: true }), column('code', 'varchar(50)')] },
};
/** Another seed, other places. */
const engineOf = (part: Part): Engine => (['postgres', 'mariadb', 'sqlite'] as const)[(PARTS.indexOf(part) + SEED) % 3] as Engine;

/** Codes that a collation would take for equal, or order otherwise: upper and lower case, Chinese, signs. */
const codeOf = (i: number): string =>
  KEY.scalar === 'Int' ? String(i * 7) : `${['P', 'p', '项', '_', 'É'][i % 5]}-${i % 2 === 0 ? i : String(i).padStart(4, '0')}`;
/** In another order than the codes, and every third project twice. */
const nameOf = (i: number, again: boolean): string => `${['z', 'A', '付'][i % 3]}${again && i % 3 === 0 ? '+' : ' '}${(i * 37) % 1000}`;
/** Some records there are about two projects. */
const isShared = (i: number): boolean => i % 20 === 7;

interface Rows {
  readonly part: Part | 'link';
  /** Codes of no project stand in no crosswalk. */
  readonly isCrossed: boolean;
  readonly isSplit: boolean;
}

function rowsOf({ part, isCrossed, isSplit }: Rows): string {
  const random = createRandom(SEED);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const maybe = (share: number, text: string): string => (random() < share ? 'null' : text);
  const project = (): { readonly code: string; readonly name: string } => {
    const i = Math.floor(random() * PROJECTS * 1.1);
    const name = `'${nameOf(i, random() < 0.5)}'`;
    if (random() < 0.05) return { code: 'null', name: 'null' };
    return isCrossed && i >= PROJECTS ? { code: 'null', name } : { code: `'${codeOf(i)}'`, name };
  };
  const code = (): string => project().code;
  const amount = (): string => maybe(0.1, (Math.floor(random() * 100_000) / 100).toFixed(2));
  const make: Readonly<Record<Part | 'link', (i: number) => string>> = {
    project: (i) =>
      `('${codeOf(i)}', ${(i * 11) % PROJECTS}, ${maybe(0.1, `'${pick(['吴中', '姑苏', 'East', 'east'])}'`)}, ${amount()}, ${maybe(0.3, `'${codeOf((i * 7) % PROJECTS)}'`)})`,
    payment: (i) => {
      const { code, name } = project();
      return `(${i}, ${code}, ${name}, ${amount()}, ${maybe(0.1, `'202${i % 5}-0${1 + (i % 9)}-11'`)})`;
    },
    finding: (i) => `(${i}, ${code()}, ${maybe(0.1, `'${pick(['HIGH', 'LOW', 'high'])}'`)}, ${maybe(0.2, String(i % 7))})`,
    link: (i) => {
      const codes = isSplit && isShared(i) ? `${codeOf(i)}、${codeOf((i + 100) % PROJECTS)}` : codeOf(i);
      return [...new Set([nameOf(i, false), nameOf(i, true)])].map((name) => `('${name}', '${codes}')`).join(', ');
    },
  };
  const count = { project: PROJECTS, payment: PROJECTS * 3, finding: PROJECTS * 2, link: PROJECTS }[part];
  return `insert into ${part} values ${Array.from({ length: count }, (_, i) => make[part](i)).join(', ')}`;
}

/** Of the steps below the only fetch that an explanation tells. */
export function kindsIn(extensions: { readonly explain: { readonly plan: readonly ExplainNode[] } }): string[] {
  return (extensions.explain.plan[0]?.children ?? []).map(({ kind }) => kind);
}

export interface Asked {
  readonly hub: Hub;
  readonly ask: (query: string, extensions?: object) => Promise<Answer['body']>;
}

export interface HubOfKeys {
  readonly name: string;
  /** Which types each source has. */
  readonly groups: readonly (readonly Part[])[];
  readonly limits?: string;
  /** What no crosswalk lists is no key: `crossed` where one relates the keys, `resolved` where they stand as they are, with the same answers. */
  readonly keys?: 'crossed' | 'resolved';
  /** Some names stand for two projects. */
  readonly isSplit?: boolean;
}

/** Opens hubs; they, their databases and files are gone with it. */
export class KeysWorld implements AsyncDisposable {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'yiwang-keys-'));
  readonly #stack = new AsyncDisposableStack();

  async open({ name, groups, limits = '', keys, isSplit = false }: HubOfKeys): Promise<Asked> {
    const own = mkdtempSync(path.join(this.#folder, `${name}-`));
    const isCrossed = keys === 'crossed';
    const types = typesOf(isCrossed ? '{ column: project_name, crosswalk: Project }' : 'project_code');
    const sources: string[] = [];
    for (const [i, parts] of groups.entries()) {
      const engine = groups.length === 1 ? 'sqlite' : engineOf(parts[0] as Part);
      let url = `sqlite:${path.join(own, `${i}.sqlite`)}`;
      if (engine !== 'sqlite') {
        const database = await createDatabase(engine, name);
        this.#stack.defer(() => database.drop());
        ({ url } = database);
      }
      const session = await openSession(engine, url);
      const tables = parts.flatMap((part) => (isCrossed && part === 'payment' ? (['link', part] as const) : [part]));
      for (const part of tables) await session.run(...createStatements(engine, TABLES[part]), rowsOf({ part, isCrossed: keys !== undefined, isSplit }));
      await session.close();
      sources.push(`  s${i}: { department: works, kind: ${engine === 'mariadb' ? 'mysql' : engine}, url: '${url}', changes: none }`);
      const crosswalks = isCrossed ? parts.map((part) => CROSSWALKS[part] ?? '').join('') : '';
      writeFileSync(path.join(own, `s${i}.yaml`), `source: s${i}\ntypes:\n${parts.map((part) => types[part]).join('')}${crosswalks}`);
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
    const hub = this.#stack.use(await createHub({ configurationFile: path.join(own, 'hub.yaml'), development: true, log: createLog('silent') }));
    const address = await hub.listen(0);
    const ask: Asked['ask'] = async (query, extensions) => (await send(`${address}/graphql`, { query, ...(extensions ? { extensions } : {}) })).body;
    // The crosswalk is read in the background.
    while ((await ask('{ projects(first: 1) { nodes { payments(first: 1) { nodes { number } } } } }')).errors)
      await new Promise((resolve) => setTimeout(resolve, 100));
    return { hub, ask };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

export const MANY = 'payments: { some: { amount: { gt: "1" } } }';
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

/** Every filter with everything that is asked of what it leaves. */
export const questions = (): { readonly title: string; readonly query: string }[] =>
  Object.entries(FILTERS).flatMap(([filter, where]) =>
    Object.entries(SELECTIONS).map(([selection, body]) => ({
      title: `${selection}, ${filter}`,
      query: `{ projects(where: { ${where} }${ARGUMENTS[selection] ?? ''}) ${body} }`,
    })),
  );
