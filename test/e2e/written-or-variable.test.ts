import { DatabaseSync } from 'node:sqlite';
import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase } from '../helpers/services.ts';
import { BOOKS, createSmallHub, type RunningHub } from '../helpers/small-hub.ts';

const OPERATORS = ['eq', 'ne', 'lt', 'lte', 'gt', 'gte', 'contains', 'startsWith', 'endsWith', 'iContains'] as const;
const VALUES = ['', ' ', '围城', '围城 ', '山', 'x'];
/** The first two have no title to the hub. */
const MORE: readonly (readonly [string, string | null])[] = [
  ['978-4', ''],
  ['978-5', null],
  ['978-6', ' x'],
];

describe.each(['sqlite', 'postgres', 'mariadb'] as const)('a value in a filter, on %s', (engine) => {
  const undo = new AsyncDisposableStack();
  let hub: RunningHub;
  beforeAll(async () => {
    hub = await open(undo, engine);
  }, 60_000);
  afterAll(() => undo.disposeAsync());

  const found = async (where: string, variables?: Readonly<Record<string, unknown>>): Promise<string[]> => {
    const head = variables ? 'query ($value: String) ' : '';
    const data = await hub.data(`${head}{ books(where: ${where}, orderBy: [{ isbn: ASC }]) { nodes { isbn } } }`, variables);
    return data.books.nodes.map(({ isbn }: { readonly isbn: string }) => isbn);
  };

  it.each(OPERATORS)('means the same written there and as a variable, empty text too: %s', async (operator) => {
    for (const value of VALUES) {
      for (const where of ['{ title: { OP } }', '{ not: { title: { OP } } }']) {
        const written = await found(where.replace('OP', `${operator}: ${JSON.stringify(value)}`));
        expect([where, value, await found(where.replace('OP', `${operator}: $value`), { value })]).toEqual([where, value, written]);
      }
    }
  });

  it('is compared with empty text as with any other: no title is empty, and all come after it', async () => {
    const titled = ['978-1', '978-2', '978-3', '978-6'];
    expect(await found('{ title: { eq: $value } }', { value: '' })).toEqual([]);
    expect(await found('{ title: { ne: $value } }', { value: '' })).toEqual(titled);
    expect(await found('{ title: { gte: $value } }', { value: '' })).toEqual(titled);
    expect(await found('{ title: { lt: $value } }', { value: '' })).toEqual([]);
  });
});

describe('a document of which clients leave out variables', () => {
  it('means what those say that are given, whatever was left out before', async () => {
    await using small = createSmallHub();
    await using hub = await small.start();
    const query = 'query ($start: String, $end: String) { books(where: { title: { startsWith: $start, endsWith: $end } }) { nodes { isbn } } }';
    const isbns = async (variables: Readonly<Record<string, string>>): Promise<string[]> =>
      (await hub.data(query, variables)).books.nodes.map((book: { readonly isbn: string }) => book.isbn);
    expect(await isbns({ start: '围' })).toEqual(['978-3']);
    expect(await isbns({ end: '梦' })).toEqual(['978-2']);
    expect(await isbns({})).toEqual(['978-1', '978-2', '978-3']);
    expect(await isbns({ start: '山', end: '梦' })).toEqual([]);
  });
});

async function open(undo: AsyncDisposableStack, engine: 'sqlite' | 'postgres' | 'mariadb'): Promise<RunningHub> {
  if (engine === 'sqlite') {
    const small = undo.use(createSmallHub());
    using database = new DatabaseSync(`${small.folder}/library.sqlite`);
    for (const [isbn, title] of MORE) database.prepare('insert into book (isbn, title) values (?, ?)').run(isbn, title);
    return undo.use(await small.start());
  }
  const database = await createDatabase(engine, 'written');
  undo.defer(() => database.drop());
  const rows = [...BOOKS.map(([isbn, title]) => [isbn, title] as const), ...MORE];
  const create = 'create table book (isbn varchar(20) primary key, title varchar(100), author varchar(100), pages int)';
  if (engine === 'postgres') {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query(create);
    for (const row of rows) await client.query('insert into book (isbn, title) values ($1, $2)', [...row]);
    await client.end();
  } else {
    const client = await createConnection({ uri: database.url });
    await client.query(`${create} character set utf8mb4`);
    for (const row of rows) await client.query('insert into book (isbn, title) values (?, ?)', [...row]);
    await client.end();
  }
  const small = undo.use(createSmallHub({ env: { LIBRARY_KIND: engine === 'mariadb' ? 'mysql' : 'postgres', LIBRARY_URL: database.url } }));
  return undo.use(await small.start());
}
