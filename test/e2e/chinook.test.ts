import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../../store/open-store.ts';
import { LOAD, present, type Engine } from '../fixtures/chinook/load.ts';
import { OPERATIONS, OPERATIONS_WITHIN_ONE_SOURCE, WALKS } from '../fixtures/chinook/operations.ts';
import { openHttpHub, type HttpHub } from '../helpers/http-hub.ts';
import { createDatabase, type TestDatabase } from '../helpers/services.ts';

const KINDS = { postgres: 'postgres', mariadb: 'mysql', sqlite: 'sqlite' } as const;
/** Whose names a mapping has to know: the SQLite copy is made from the Postgres script. */
const NAMES = { postgres: 'postgres', mariadb: 'mariadb', sqlite: 'postgres' } as const;

/** Where the store's two halves are: in one source, or in two that the hub joins. */
const PLACES = {
  'all on Postgres': 'postgres',
  'all on MariaDB': 'mariadb',
  'all on SQLite': 'sqlite',
  'catalogue on SQLite, sales on MariaDB': ['sqlite', 'mariadb'],
  'catalogue on Postgres, sales on MariaDB': ['postgres', 'mariadb'],
  'catalogue on MariaDB, sales on Postgres': ['mariadb', 'postgres'],
  'catalogue and sales as two sources on Postgres': ['postgres', 'postgres'],
} as const satisfies Record<string, Engine | readonly [Engine, Engine]>;
type Place = keyof typeof PLACES;
const REFERENCE: Place = 'all on Postgres';
const OTHERS = (Object.keys(PLACES) as Place[]).filter((place) => place !== REFERENCE);

interface Page {
  readonly nodes: readonly { readonly number: number }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

interface Said {
  readonly invoices: { readonly aggregate: { readonly sum: { readonly total: string } } };
  readonly unsold: { readonly totalCount: number };
  readonly tracks: { readonly aggregate: { readonly countDistinct: { readonly composer: number } } };
  readonly artists: { readonly nodes: readonly { readonly name: string }[] };
}

async function sqliteFile(): Promise<TestDatabase> {
  const home = await mkdtemp(join(tmpdir(), 'yiwang-chinook-'));
  return { url: `sqlite:${join(home, 'chinook.sqlite')}`, drop: () => rm(home, { recursive: true, force: true }) };
}

const fixtures = fileURLToPath(new URL('../fixtures/chinook/', import.meta.url));

describe.skipIf(!present)('Chinook, a record store that its authors publish for Postgres and for MySQL (needs YIWANG_DATA_DIR with chinook/)', () => {
  let databases: Readonly<Record<Engine, TestDatabase>>;
  const drops: (() => Promise<unknown>)[] = [];
  const hubs = new Map<Place, HttpHub>();

  const open = async (place: Place): Promise<HttpHub> => {
    const home = await mkdtemp(join(tmpdir(), 'yiwang-chinook-'));
    drops.push(() => rm(home, { recursive: true, force: true }));
    await cp(fixtures, home, { recursive: true });
    const engines: Engine | readonly [Engine, Engine] = PLACES[place];
    const [catalogue, sales] = typeof engines === 'string' ? [engines, engines] : engines;
    if (typeof engines === 'string') {
      // One source: the sales' mapping names it too, and its own entry goes.
      const edit = async (file: string, change: (text: string) => string): Promise<void> =>
        writeFile(join(home, file), change(await readFile(join(home, file), 'utf8')));
      await edit(`${NAMES[sales]}/sales.yaml`, (text) => text.replace('source: sales', 'source: catalogue'));
      await edit('hub.yaml', (text) => text.replace(/^ {2}sales:\n(?: {4}.*\n)+/m, ''));
    }
    const storeUrl = `sqlite:${join(home, 'hub.sqlite')}`;
    // The same everywhere, so that cursors can be compared.
    const store = await openStore(storeUrl);
    await store.settings.set('cursorSecret', 'a test secret');
    await store.close();
    return openHttpHub(join(home, 'hub.yaml'), {
      STORE_URL: storeUrl,
      CATALOGUE_ON: NAMES[catalogue],
      CATALOGUE_KIND: KINDS[catalogue],
      CATALOGUE_URL: databases[catalogue].url,
      SALES_ON: NAMES[sales],
      SALES_KIND: KINDS[sales],
      SALES_URL: databases[sales].url,
      YIWANG_NOW: '2024-06-30T12:00:00Z',
    });
  };
  const hub = (place: Place): HttpHub => hubs.get(place)!;
  const everywhere = async <T>(places: readonly Place[], ask: (at: HttpHub) => Promise<T>): Promise<Record<string, T>> => {
    const answers: Record<string, T> = {};
    for (const place of places) answers[place] = await ask(hub(place));
    return answers;
  };
  const same = <T>(places: readonly Place[], answer: T): Record<string, T> => Object.fromEntries(places.map((place) => [place, answer]));

  beforeAll(async () => {
    databases = { postgres: await createDatabase('postgres', 'chinook'), mariadb: await createDatabase('mariadb', 'chinook'), sqlite: await sqliteFile() };
    drops.push(
      () => databases.sqlite.drop(),
      () => databases.postgres.drop(),
      () => databases.mariadb.drop(),
    );
    await Promise.all((['postgres', 'mariadb', 'sqlite'] as const).map((engine) => LOAD[engine](databases[engine].url)));
    for (const place of Object.keys(PLACES) as Place[]) hubs.set(place, await open(place));
  });
  afterAll(async () => {
    for (const each of hubs.values()) await each[Symbol.asyncDispose]();
    for (const drop of drops.toReversed()) await drop();
  });

  it.each(Object.entries(OPERATIONS))('answers alike wherever its tables are: %s', { timeout: 240_000 }, async (_name, text) => {
    const expected = await hub(REFERENCE).post(text);
    expect(JSON.parse(expected)).not.toHaveProperty('errors');
    expect(await everywhere(OTHERS, (at) => at.post(text))).toEqual(same(OTHERS, expected));
  });

  it.each(Object.entries(OPERATIONS_WITHIN_ONE_SOURCE))('answers alike on each engine: %s', { timeout: 120_000 }, async (_name, text) => {
    const expected = await hub(REFERENCE).post(text);
    expect(JSON.parse(expected)).not.toHaveProperty('errors');
    expect(await everywhere(['all on MariaDB', 'all on SQLite'], (at) => at.post(text))).toEqual(same(['all on MariaDB', 'all on SQLite'], expected));
  });

  it.each(WALKS)(
    'gives every row once, in order, over pages of $first: $list by $orderBy',
    { timeout: 240_000 },
    async ({ list, orderBy, where = '{}', first }) => {
      const page = async (
        at: HttpHub,
        size: number,
        after: string | null,
      ): Promise<{ readonly numbers: readonly number[]; readonly endCursor: string | null }> => {
        const { [list]: result } = await at.data<Record<string, Page>>(
          `query ($first: Int!, $after: String) { ${list}(where: ${where}, orderBy: ${orderBy}, first: $first, after: $after) { nodes { number } pageInfo { hasNextPage endCursor } } }`,
          { first: size, after },
        );
        return { numbers: result!.nodes.map(({ number }) => number), endCursor: result!.pageInfo.hasNextPage ? result!.pageInfo.endCursor : null };
      };
      const walk = async (at: HttpHub, size: number): Promise<number[]> => {
        const all: number[] = [];
        let cursor: string | null = null;
        do {
          const { numbers, endCursor } = await page(at, size, cursor);
          all.push(...numbers);
          cursor = endCursor;
        } while (cursor !== null);
        return all;
      };
      const expected = await walk(hub(REFERENCE), first);
      const { [list]: counted } = await hub(REFERENCE).data<Record<string, { readonly totalCount: number }>>(`{ ${list}(where: ${where}) { totalCount } }`);
      expect(expected).toHaveLength(counted!.totalCount);
      expect(new Set(expected).size).toBe(counted!.totalCount);
      expect(await everywhere(OTHERS, (at) => walk(at, first - 1))).toEqual(same(OTHERS, expected));
    },
  );

  it('says what the database itself says', async () => {
    const client = new pg.Client({ connectionString: databases.postgres.url });
    await client.connect();
    const { rows } = await client.query<object>(`
      select (select sum(total)::text from invoice) as invoiced,
        (select count(*)::int from track t where not exists (select from invoice_line l where l.track_id = t.track_id)) as unsold,
        (select count(distinct composer)::int from track) as composers,
        (select array_agg(name order by name collate "C") from (select name from artist order by name collate "C" limit 9) a) as artists`);
    await client.end();
    const places = Object.keys(PLACES) as Place[];
    const answers = await everywhere(places, async (at) => {
      const { invoices, unsold, tracks, artists } = await at.data<Said>(`{
        invoices { aggregate { sum { total } } }
        unsold: tracks(where: { lines: { none: {} } }) { totalCount }
        tracks { aggregate { countDistinct { composer } } }
        artists(orderBy: [{ name: ASC }], first: 9) { nodes { name } } }`);
      return {
        invoiced: invoices.aggregate.sum.total,
        unsold: unsold.totalCount,
        composers: tracks.aggregate.countDistinct.composer,
        artists: artists.nodes.map(({ name }) => name),
      };
    });
    expect(answers).toEqual(same(places, rows[0]));
  });

  it('joins from one engine to the other in one operation', async () => {
    const { invoiceLine } = await hub('catalogue on Postgres, sales on MariaDB').data<{ readonly invoiceLine: unknown }>(
      '{ invoiceLine(number: 1) { _meta { sources { source table } } track { name _meta { sources { source table } } } } }',
    );
    expect(invoiceLine).toEqual({
      _meta: { sources: [{ source: 'sales', table: 'InvoiceLine' }] },
      track: { name: 'Balls to the Wall', _meta: { sources: [{ source: 'catalogue', table: 'public.track' }] } },
    });
  });
});
