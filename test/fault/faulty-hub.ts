/** A hub over three small registers on Postgres, MariaDB and SQLite, the first two behind fault proxies; and what the tests ask of it. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import pg from 'pg';
import { createHub, type Hub } from '../../server/hub.ts';
import { createLog } from '../../server/log.ts';
import { expect } from 'vitest';
import { send, type Answer } from '../helpers/hub.ts';
import { startFaultProxy, type FaultProxy } from '../helpers/fault-proxy.ts';
import { createDatabase } from '../helpers/services.ts';

export const PEOPLE = 2_000;
const LETTERS = '一二三四五六七八九十ABCdef0123456789';
const note = (id: number): string => Array.from({ length: 60 }, (_, i) => LETTERS[(id * 7 + i * (id % 5)) % LETTERS.length]).join('');
export const person = (number: number) => ({ number, name: `人${number}`, note: note(number) });
export const bill = (number: number) => ({ number, note: note(number + 1) });
const NUMBERS = Array.from({ length: PEOPLE }, (_, i) => i + 1);

/** Fills an empty database with its department's register. */
export async function loadCivil(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('create table person (id int primary key, name text not null, note text)');
  await client.query('insert into person select * from unnest($1::int[], $2::text[], $3::text[])', [
    NUMBERS,
    NUMBERS.map((n) => person(n).name),
    NUMBERS.map(note),
  ]);
  await client.query('create view slow_person as select id, pg_sleep(0.01)::text as drag from person');
  await client.end();
}

export async function loadTax(url: string): Promise<void> {
  const connection = await createConnection({ uri: url });
  await connection.query(
    'create table bill (id int primary key, person_id int not null, amount decimal(12,2) not null, note text, key (person_id)) character set utf8mb4',
  );
  await connection.query('insert into bill values ?', [NUMBERS.map((n) => [n, n, n, note(n + 1)])]);
  await connection.query('create view slow_bill as select id, cast(sleep(0.01) as char(5)) as drag from bill');
  await connection.end();
}

function loadSocial(file: string): void {
  const database = new DatabaseSync(file);
  database.exec('create table insurance (id integer primary key, office text)');
  const insert = database.prepare('insert into insurance values (?, ?)');
  database.exec('begin');
  for (const n of NUMBERS) insert.run(n, `office ${n % 7}`);
  database.exec('commit');
  database.exec(
    'create view heavy_insurance as select id, (with recursive c (x) as (select id union all select x + 1 from c where x < 30000000) select count(*) from c) as work from insurance where id < 3',
  );
  database.close();
}

export interface Places {
  /** URLs of databases that are loaded already; absent: new ones on the run's servers. */
  readonly civil?: string;
  readonly tax?: string;
}

export interface Registers extends AsyncDisposable {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly civil: FaultProxy;
  readonly tax: FaultProxy;
  /** Statements of the hub that run in the database at the moment. */
  running(source: 'civil' | 'tax'): Promise<number>;
  /** Connections of the hub that the database knows of. */
  sessions(source: 'civil' | 'tax'): Promise<number>;
}

export async function openRegisters(places: Places = {}): Promise<Registers> {
  const stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'yiwang-fault-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const database = async (engine: 'postgres' | 'mariadb', load: (url: string) => Promise<void>): Promise<string> => {
    const made = await createDatabase(engine, 'fault');
    stack.defer(() => made.drop());
    await load(made.url);
    return made.url;
  };
  const civilUrl = places.civil ?? (await database('postgres', loadCivil));
  const taxUrl = places.tax ?? (await database('mariadb', loadTax));
  loadSocial(join(folder, 'social.sqlite'));
  const civil = stack.use(await startFaultProxy(civilUrl));
  const tax = stack.use(await startFaultProxy(taxUrl));
  const count = async (source: 'civil' | 'tax', where: { readonly civil: string; readonly tax: string }): Promise<number> => {
    if (source === 'civil') {
      const client = new pg.Client({ connectionString: civilUrl, connectionTimeoutMillis: 5_000 });
      await client.connect();
      const { rows } = await client.query<{ n: number }>(
        `select count(*)::int as n from pg_stat_activity where datname = current_database() and application_name = 'yiwang' ${where.civil}`,
      );
      await client.end();
      return rows[0]?.n ?? 0;
    }
    const connection = await createConnection({ uri: taxUrl });
    const [rows] = await connection.query<RowDataPacket[]>(
      `select count(*) as n from information_schema.processlist where db = database() and id <> connection_id() ${where.tax}`,
    );
    await connection.end();
    return Number(rows[0]?.['n']);
  };
  return {
    folder,
    env: { CIVIL_URL: civil.url, TAX_URL: tax.url, SOCIAL_URL: `sqlite:${join(folder, 'social.sqlite')}`, STORE_URL: `sqlite:${join(folder, 'hub.sqlite')}` },
    civil,
    tax,
    running: (source) => count(source, { civil: "and state = 'active'", tax: "and command in ('Query', 'Execute')" }),
    sessions: (source) => count(source, { civil: '', tax: '' }),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

export interface FaultyHub extends AsyncDisposable {
  readonly hub: Hub;
  readonly address: string;
  /** The answer, and how long it took. */
  ask(query: string): Promise<Answer & { readonly ms: number }>;
}

export const FIXTURE = fileURLToPath(new URL('../fixtures/faults/', import.meta.url));

/** `settings` go to every source, e.g. `statementMs: 500`. */
export async function openFaultyHub({ env, folder }: Registers, settings = ''): Promise<FaultyHub> {
  const home = join(folder, 'hub');
  await rm(home, { recursive: true, force: true });
  await cp(FIXTURE, home, { recursive: true });
  const yaml = await readFile(join(home, 'hub.yaml'), 'utf8');
  await writeFile(join(home, 'hub.yaml'), yaml.replaceAll(/, url: '.*_URL}'/g, `$&${settings && `, ${settings}`}`));
  const hub = await createHub({
    configurationFile: join(home, 'hub.yaml'),
    env,
    development: true,
    log: createLog(process.env['YIWANG_LOG_LEVEL'] ?? 'silent'),
  });
  const address = await hub.listen(0);
  return {
    hub,
    address,
    async ask(query) {
      const start = performance.now();
      const answer = await send(`${address}/graphql`, { query });
      return { ...answer, ms: performance.now() - start };
    },
    [Symbol.asyncDispose]: () => hub[Symbol.asyncDispose](),
  };
}

/** Takes away what hubs over these registers remember. */
export async function forget({ folder }: Registers): Promise<void> {
  for (const suffix of ['', '-wal', '-shm']) await rm(join(folder, `hub.sqlite${suffix}`), { force: true });
}

/** How long it took until the condition held. @throws when it did not within `withinMs` */
export async function until(what: string, withinMs: number, condition: () => Promise<boolean> | boolean): Promise<number> {
  const start = performance.now();
  while (!(await condition())) {
    if (performance.now() - start > withinMs) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return performance.now() - start;
}

/** On a busy machine a source may miss the start. */
export const settled = ({ hub }: FaultyHub): Promise<number> =>
  until('every source has been read', 20_000, () => hub.federation.generation().offline.length === 0);

export const PERSON = (n: number): string => `person(number: ${n}) { number name note }`;
export const BILL = (n: number): string => `bill(number: ${n}) { number note }`;
export const INSURANCE = (n: number): string => `insurance(number: ${n}) { number office }`;
export const insurance = (number: number) => ({ number, office: `office ${number % 7}` });

export const percentile = (values: readonly number[], share: number): number => values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? 0;

/** Asks as often as it can until `until` settles, `clients` at a time, and checks every answer; the times taken. */
export async function load(clients: number, until: Promise<unknown> | number, ask: (n: number) => Promise<number>): Promise<number[]> {
  let [going, n] = [true, 0];
  const end = (typeof until === 'number' ? new Promise((resolve) => setTimeout(resolve, until)) : until).finally(() => (going = false));
  const times: number[] = [];
  await Promise.all([end, ...Array.from({ length: clients }, async () => { while (going) times.push(await ask((n++ % PEOPLE) + 1)); })]); // prettier-ignore
  return times;
}

/** Measures up to three times, until a figure is within its limit; a busy machine may stall any one measurement. @returns the last */
export async function oneOfThree(limit: number, measure: () => Promise<number>): Promise<number> {
  let figure = Infinity;
  for (let attempt = 0; attempt < 3 && figure >= limit; attempt++) figure = await measure();
  return figure;
}

/** Figures for whoever reads the run's output. */
export const report = (text: string): boolean => process.stdout.write(`${text}\n`);

/** What an answer must be when all that failed is one root field. */
export const failed = (field: string, source: string, code: unknown, data: object = {}) => ({
  data: { ...data, [field]: null },
  errors: [
    expect.objectContaining({
      path: [field],
      extensions: expect.objectContaining({ code, source, department: source, retryable: true, retryAfterMs: expect.any(Number) }),
    }),
  ],
});

export const errorsOf = ({ body }: Answer) =>
  (body.errors ?? []).map(({ path, extensions: { code, source, department } }) => ({ path, code, source, department }));
