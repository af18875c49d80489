/** Whoever may see only totals: what they are told is made of whole cells of enough rows, however they ask. */
import { cpSync, mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDemoData } from '../../scripts/demo-data/index.ts';
import { createHub, type Hub } from '../../server/hub.ts';
import { createLog } from '../../server/log.ts';
import { openStore } from '../../store/open-store.ts';
import { send, type Answer } from '../helpers/hub.ts';
import { tokenOf } from '../helpers/people.ts';
import { createRandom } from '../helpers/random-operation.ts';

const SEED = Number(process.env['YIWANG_SEED'] ?? 11);
const CASES = Number(process.env['YIWANG_CASES'] ?? 60);
const AT_LEAST = 4;
const DEPARTMENTS = path.resolve(import.meta.dirname, '../../departments');
const POLICY = `department: finance
rules:
  - for: everyone
    types: { Payment: { fields: { amount: visible } } }
  - for: { departments: [development], roles: [consumer] }
    types:
      Payment:
        fields: { amount: visible }
        totals: { atLeast: ${AT_LEAST}, by: [status, project.district, { field: paidOn, truncate: QUARTER }] }
`;

interface World extends AsyncDisposable {
  readonly hub: Hub;
  readonly full: (query: string) => Promise<Answer>;
  readonly analyst: (query: string, extra?: object) => Promise<Answer>;
}

const folder = mkdtempSync(path.join(tmpdir(), 'yiwang-totals-'));

async function openWorld(data: string): Promise<World> {
  const env: Record<string, string> = { HUB_STORE_URL: `sqlite:${path.join(data, 'hub.sqlite')}`, YIWANG_NOW: '2024-06-30T12:00:00+08:00' };
  for (const name of ['development', 'finance', 'housing', 'audit']) {
    env[`${name.toUpperCase()}_URL`] = `sqlite:${path.join(data, `${name}.sqlite`)}`;
    env[`${name.toUpperCase()}_CHANGES`] = 'none';
  }
  {
    await using store = await openStore(env['HUB_STORE_URL'] as string);
    await store.settings.set('cursorSecret', 'the same in all worlds');
  }
  const hub = await createHub({ configurationFile: path.join(folder, 'hub.yaml'), env, development: true, unrecorded: true, log: createLog('silent') });
  const address = `${await hub.listen(0)}/graphql`;
  while (hub.federation.generation().offline.length > 0) await new Promise((resolve) => setTimeout(resolve, 200));
  await hub.federation.keeper.refresh();
  const headers = {
    authorization: `Bearer ${await tokenOf({ hub }, { subject: 'analyst', department: 'development', roles: ['consumer'], seconds: 20_000 })}`,
  };
  return {
    hub,
    full: (query) => whenReady(() => send(address, { query })),
    analyst: (query, extra = {}) => whenReady(() => send(address, { query, ...extra }, headers)),
    [Symbol.asyncDispose]: () => hub[Symbol.asyncDispose](),
  };
}

/** A busy machine's hub says that a source has too much to do; who is asked again is not asked something else. */
async function whenReady(ask: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    const answer = await ask();
    if (!answer.body.errors?.some(({ extensions }) => extensions['retryable'] === true)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

interface Payment {
  readonly voucherNo: string;
  readonly amount: string | null;
  readonly status: string | null;
  readonly paidOn: string | null;
  readonly project: { readonly district: string | null } | null;
}

async function paymentsOf(world: World): Promise<Payment[]> {
  const all: Payment[] = [];
  for (let after: string | null = null, more = true; more;) {
    const { body }: Answer = await world.full(
      `{ payments(first: 200${after === null ? '' : `, after: "${after}"`}) { nodes { voucherNo amount status paidOn project { district } } pageInfo { hasNextPage endCursor } } }`,
    );
    all.push(...(body.data.payments.nodes as Payment[]));
    more = body.data.payments.pageInfo.hasNextPage as boolean;
    after = body.data.payments.pageInfo.endCursor as string;
  }
  return all;
}

const quarterOf = (day: string | null): string | null =>
  day && `${day.slice(0, 5)}${String(Math.floor((Number(day.slice(5, 7)) - 1) / 3) * 3 + 1).padStart(2, '0')}-01`;
const cellOf = ({ status, project, paidOn }: Payment): string => JSON.stringify([status, project?.district ?? null, quarterOf(paidOn)]);
const cents = (amount: string | null): bigint => BigInt((amount ?? '0').replace('.', ''));
/** An amount is told where so many rows of the cell have one. */
const valued = (rows: readonly Payment[]): number => rows.filter(({ amount }) => amount !== null).length;

/** What the analyst may know of rows: of their cells, those that are large enough. */
function released(rows: readonly Payment[]): { readonly count: number; readonly sum: bigint } {
  const cells = [...Map.groupBy(rows, cellOf).values()].filter((cell) => cell.length >= AT_LEAST);
  return {
    count: cells.reduce((sum, cell) => sum + cell.length, 0),
    sum: cells.filter((cell) => valued(cell) >= AT_LEAST).reduce((sum, cell) => sum + cell.reduce((part, { amount }) => part + cents(amount), 0n), 0n),
  };
}

let world: World;
let payments: Payment[];

beforeAll(async () => {
  const yaml = readFileSync(path.join(DEPARTMENTS, 'hub.yaml'), 'utf8')
    .replace('../schema/unified', path.resolve(DEPARTMENTS, '../schema/unified'))
    .replaceAll(/'\*\/(mapping|alerts)\.yaml'/g, `'${DEPARTMENTS}/*/$1.yaml'`)
    .replaceAll(/: (normalizers|checks)\.yaml/g, `: ${DEPARTMENTS}/$1.yaml`)
    .replace("'*/policy.yaml'", "'*.policy.yaml'");
  writeFileSync(path.join(folder, 'hub.yaml'), `${yaml}\nlimits: { requestsPerSecond: 10000, requestsPerMinute: 600000, operationMs: 60000 }\n`);
  writeFileSync(path.join(folder, 'finance.policy.yaml'), POLICY);
  const first = path.join(folder, 'first');
  mkdirSync(first);
  await loadDemoData({ engine: 'sqlite', dir: first }, { size: 25, seed: 3 });
  world = await openWorld(first);
  payments = await paymentsOf(world);
}, 120_000);
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const numbers = (data: { count: number; sum: { amount: string | null } }): object => ({ count: data.count, sum: cents(data.sum.amount) });

describe('somebody who may see totals only', () => {
  it('is told the sums of the cells that are large enough, and nothing of the others', async () => {
    const cells = [...Map.groupBy(payments, cellOf).values()];
    expect(cells.filter((cell) => cell.length < AT_LEAST).length).toBeGreaterThan(3);
    expect(cells.filter((cell) => cell.length >= AT_LEAST).length).toBeGreaterThan(3);
    const { body } = await world.analyst('{ payments { totalCount aggregate { count sum { amount } avg { amount } } } }');
    expect(body.errors).toBeUndefined();
    expect(body.data.payments.totalCount).toBe(released(payments).count);
    expect(numbers(body.data.payments.aggregate)).toEqual(released(payments));
    expect(released(payments).count).toBeLessThan(payments.length);
  });

  it('gets groups made of the same cells, through a relation into another department too', async () => {
    const { body } = await world.analyst(
      '{ payments { groups(by: [{ field: PROJECT__DISTRICT }]) { key { project { district } } aggregate { count sum { amount } } } } }',
    );
    const told = new Map(body.data.payments.groups.map((group: any) => [group.key.project.district, numbers(group.aggregate)])); // oxlint-disable-line typescript/no-explicit-any -- an answer
    const expected = [...Map.groupBy(payments, ({ project }) => project?.district ?? null)].map(([district, rows]) => [district, released(rows)] as const);
    expect(told).toEqual(new Map(expected.filter(([, { count }]) => count > 0)));
  });

  it('filters, compares and orders by what the cells tell, also by longer periods', async () => {
    const { body } = await world.analyst(
      '{ payments(where: { not: { status: { in: [RETURNED] } }, paidOn: { gte: "2023-01-01" } }) { groups(by: [{ field: PAID_ON, truncate: YEAR }], having: { count: { gt: 1 } }, orderBy: [{ avg: { amount: DESC } }]) { key { paidOn } aggregate { count sum { amount } } } } }',
    );
    expect(body.errors).toBeUndefined();
    const meant = payments.filter(({ status, paidOn }) => status !== 'RETURNED' && (quarterOf(paidOn) ?? '') >= '2023-01-01');
    for (const { key, aggregate } of body.data.payments.groups)
      expect(numbers(aggregate)).toEqual(released(meant.filter(({ paidOn }) => paidOn?.startsWith(key.paidOn.slice(0, 4)))));
    expect(body.data.payments.groups.length).toBeGreaterThan(0);
    const short = await world.analyst('{ payments { groups(by: [{ field: PAID_ON, truncate: MONTH }]) { aggregate { count } } } }');
    expect(short.body.errors?.map(({ extensions }) => extensions['code'])).toEqual(['BAD_USER_INPUT']);
  });

  it('is told why there is nothing where too few rows are left, as where there are none', async () => {
    const [small] = [...Map.groupBy(payments, cellOf).values()].find((cell) => cell.length < AT_LEAST && cell[0]?.project?.district && cell[0].paidOn) ?? [];
    const { status, project, paidOn } = small as Payment;
    const ask = (when: string) =>
      world.analyst(
        `{ payments(where: { status: { eq: ${status} }, project: { district: { eq: "${project?.district}" } }, paidOn: { eq: "${when}" } }) { totalCount aggregate { count sum { amount } } groups(by: [{ field: STATUS }]) { aggregate { count } } } }`,
      );
    const [few, none] = [await ask(quarterOf(paidOn) ?? ''), await ask('1999-01-01')];
    expect(few.body.data).toEqual({ payments: { totalCount: null, aggregate: null, groups: [] } });
    expect(few.body.errors?.map(({ path: at, extensions }) => [at?.at(-1), extensions['code']])).toEqual([
      ['totalCount', 'GROUP_TOO_SMALL'],
      ['aggregate', 'GROUP_TOO_SMALL'],
    ]);
    const outline = ({ body: { data, errors } }: Answer): object => ({ data, errors: errors?.map(({ message, path: at }) => ({ message, at })) });
    expect(outline(none)).toEqual(outline(few));
  });

  it.each([
    '{ payments { nodes { voucherNo } } }',
    '{ payments { edges { cursor } } }',
    '{ payments { pageInfo { endCursor } } }',
    '{ payments(first: 1) { totalCount } }',
    '{ payments(offset: 1) { totalCount } }',
    '{ payments(orderBy: [{ amount: DESC }]) { totalCount } }',
    '{ payment(voucherNo: "1") { amount } }',
    '{ projects { nodes { payments { totalCount } } } }',
    '{ projects { nodes { payments { aggregate { sum { amount } } } } } }',
    '{ projects { nodes { paidTotal } } }',
    '{ projects(where: { payments: { some: { amount: { gt: "0" } } } }) { totalCount } }',
    '{ projects(where: { payments: { aggregate: { count: { gt: 1 } } } }) { totalCount } }',
    '{ projects(orderBy: [{ payments: { sum: { amount: DESC } } }]) { totalCount } }',
    '{ payments { aggregate { max { amount } } } }',
    '{ payments { aggregate { min { amount } } } }',
    '{ payments { aggregate { countDistinct { amount } } } }',
    '{ payments { groups(by: [{ field: VOUCHER_NO }]) { aggregate { count } } } }',
    '{ payments { groups(by: [{ field: AMOUNT }]) { aggregate { count } } } }',
    '{ payments { groups(by: [{ field: PROJECT__CODE }]) { aggregate { count } } } }',
    '{ payments { groups(by: [{ field: STATUS }], having: { max: { amount: { gt: "1" } } }) { aggregate { count } } } }',
    '{ payments { groups(by: [{ field: STATUS }], orderBy: [{ min: { amount: DESC } }]) { aggregate { count } } } }',
    '{ payments(where: { amount: { gt: "10000" } }) { totalCount } }',
    '{ payments(where: { voucherNo: { ne: "1" } }) { totalCount } }',
    '{ payments(where: { project: { code: { ne: "1" } } }) { totalCount } }',
    '{ payments { groups(by: [{ field: STATUS }], where: { amount: { gt: "1" } }) { aggregate { count } } } }',
    'subscription { paymentChanges { after { voucherNo } } }',
  ])('cannot ask %s', async (query) => {
    const { body } = await world.analyst(query);
    expect(body.data).toBeUndefined();
    expect(body.errors?.length).toBeGreaterThan(0);
  });

  it('finds no row by its id', async () => {
    const { body } = await world.full('{ payments(first: 1) { nodes { id } } }');
    const found = await world.analyst(`{ node(id: "${body.data.payments.nodes[0].id}") { id __typename } }`);
    expect(found.body.data).toEqual({ node: null });
  });

  it('sees neither rows nor times in the explanation', async () => {
    const { body } = await world.analyst('{ payments { totalCount } }', { extensions: { explain: true } });
    for (const fetch of body.extensions?.explain?.fetches ?? []) expect(Object.keys(fetch as object)).toEqual(['source']);
  });
});

/** One of many questions by cells. */
function randomQuestion(random: () => number): string {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const some = pick(payments);
  const tests = [
    `status: { ${pick(['eq', 'ne'])}: ${pick(payments).status ?? 'PAID'} }`,
    `status: { isNull: ${pick(['true', 'false'])} }`,
    `paidOn: { ${pick(['lt', 'gte', 'eq', 'ne'])}: "${quarterOf(some.paidOn) ?? '2024-01-01'}" }`,
    `project: { district: { ${pick(['eq', 'ne'])}: "${some.project?.district ?? '320500'}" } }`,
    `project: { district: { isNull: ${pick(['true', 'false'])} } }`,
  ];
  const test = (): string =>
    random() < 0.3 ? `{ not: { ${pick(tests)} } }` : random() < 0.3 ? `{ or: [{ ${pick(tests)} }, { ${pick(tests)} }] }` : `{ ${pick(tests)} }`;
  const by = ['{ field: STATUS }', '{ field: PROJECT__DISTRICT }', pick(['{ field: PAID_ON }', '{ field: PAID_ON, truncate: YEAR }'])].filter(
    () => random() < 0.6,
  );
  const having =
    random() < 0.4 ? `, having: { ${pick(['count: { gt: 5 }', 'sum: { amount: { gt: "1000000" } }', 'avg: { amount: { lt: "2000000" } }'])} }` : '';
  const order = random() < 0.4 ? `, orderBy: [{ ${pick(['count: DESC', 'sum: { amount: ASC }', 'avg: { amount: DESC }'])} }]` : '';
  const measures = 'count sum { amount } avg { amount }';
  const groups = `groups(by: [${by.length > 0 ? by.join(', ') : '{ field: STATUS }'}]${having}${order}${random() < 0.3 ? `, where: ${test()}` : ''}) { key { status paidOn project { district } } aggregate { ${measures} } }`;
  const keys = (text: string): string =>
    text.replace(
      'key { status paidOn project { district } }',
      `key { ${[by.length === 0 || by.includes('{ field: STATUS }') ? 'status' : '', by.some((each) => each.includes('PAID_ON')) ? 'paidOn' : '', by.includes('{ field: PROJECT__DISTRICT }') ? 'project { district }' : ''].join(' ')} }`,
    );
  return `{ payments${random() < 0.7 ? `(where: ${test()})` : ''} { totalCount aggregate { ${measures} } ${keys(groups)} } }`;
}

it(
  `two worlds that differ inside cells and in cells that are too small answer totals alike, ${CASES} questions, seed ${SEED}`,
  { timeout: 600_000 },
  async () => {
    const second = path.join(folder, 'second');
    cpSync(path.join(folder, 'first'), second, { recursive: true });
    const random = createRandom(SEED);
    const database = new DatabaseSync(path.join(second, 'finance.sqlite'));
    const tables = (database.prepare("select name from sqlite_master where type = 'table' and name like 'zf_zfpz_%'").all() as { name: string }[]).map(
      ({ name }) => name,
    );
    const run = (statement: (table: string) => string, ...values: (string | number)[]): void => {
      for (const table of tables) database.prepare(statement(table)).run(...values);
    };
    let changed = 0;
    database.exec('pragma foreign_keys = off');
    for (const cell of Map.groupBy(payments, cellOf).values()) {
      if (cell.length < AT_LEAST) {
        for (const { voucherNo } of cell) {
          changed++;
          if (random() < 0.5) run((table) => `delete from ${table} where pzh = ?`, voucherNo);
          else run((table) => `update ${table} set zje = zje + 777 where pzh = ?`, voucherNo);
        }
        continue;
      }
      const known = cell.filter(({ amount }) => amount !== null);
      for (let i = 0; i + 1 < known.length; i += 2) {
        changed += 2;
        const by = 1 + Math.floor(random() * 100_000);
        run((table) => `update ${table} set zje = zje + ? where pzh = ?`, by, known[i]?.voucherNo ?? '');
        run((table) => `update ${table} set zje = zje - ? where pzh = ?`, by, known[i + 1]?.voucherNo ?? '');
      }
    }
    database.close();
    expect(changed).toBeGreaterThan(payments.length / 2);
    await using other = await openWorld(second);
    const plain = async (ask: World, query: string): Promise<string> =>
      JSON.stringify((await ask.analyst(query)).body).replaceAll(/"requestId":"[^"]*"/g, '""');
    let answers = 0;
    for (let i = 0; i < CASES; i++) {
      const query = randomQuestion(random);
      const [a, b] = [await plain(world, query), await plain(other, query)];
      expect({ query, answer: b }).toEqual({ query, answer: a });
      if (a.includes('"count":')) answers++;
    }
    expect(answers).toBeGreaterThan(CASES / 3);
  },
);
