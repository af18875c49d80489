import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send } from '../helpers/hub.ts';
import { createDatabase, type TestDatabase } from '../helpers/services.ts';
import { createSmallHub, type RunningHub, type SmallHub } from '../helpers/small-hub.ts';

const SDL = `type Book @key(fields: "isbn") @authority(department: "library") {
  isbn: String!
  title: String
  price: Decimal
  pages: Int
  printedOn: Date
  copies: BigInt
  weight: Float
  lent: Boolean
}
`;
const MAPPING = `source: library
types:
  Book:
    rows: book
    key: isbn
    fields: { isbn: isbn, title: title, price: price, pages: pages, printedOn: printed_on, copies: copies, weight: weight, lent: lent }
`;
const FIELDS = 'isbn title price pages printedOn copies weight lent';

/** Whatever JSON, UTF-8 or a buffer could trip over. */
const TITLES: readonly (string | null)[] = [
  '山海经', 'A "quoted" title', 'back\\slash', 'line\nbreak\ttab\r', '\u0001\u001f\u007f', '', null, ' ', '😀 emoji', '\u2028\u2029', 'é\u0301', '/</script>', '\ufeff',
  'x'.repeat(20_000), `${'长'.repeat(9_000)}"`, 'null', '{"a":1}', '末',
]; // prettier-ignore
const PRICES = ['0', '0.00', '-0.00', '0.10', '100', '100.50', '-0.5', '12345678901234567890.120', '0.000001', '-7', '10.0', null, 'NaN'] as const;
const PAGES = [0, -1, 2_147_483_647, -2_147_483_648, 7, null] as const;
const DATES = ['2024-02-29', '0001-01-01', '9999-12-31', '1991-09-15', null, '12024-01-01', '0044-03-15 BC', 'infinity'] as const;
const COPIES = ['9223372036854775807', '0', '-5', null] as const;
const WEIGHTS = ['0.1', '1e300', '-0', '123456789', null] as const;

const turn = <T>(values: readonly T[], i: number): T => values[i % values.length] as T;
const COUNT = 180;

let database: TestDatabase;
let small: SmallHub;
let hub: RunningHub;

beforeAll(async () => {
  database = await createDatabase('postgres', 'printed');
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(
    'create table book (isbn text primary key, title text, price numeric, pages int, printed_on date, copies bigint, weight float8, lent boolean)',
  );
  for (let i = 0; i < COUNT; i++) {
    const values = [`b${String(i).padStart(4, '0')}`, turn(TITLES, i), turn(PRICES, i), turn(PAGES, i), turn(DATES, i), turn(COPIES, i), turn(WEIGHTS, i)];
    await client.query('insert into book values ($1, $2, $3, $4, $5, $6, $7, $8)', [...values, i % 3 === 0 ? null : i % 3 === 1]);
  }
  await client.end();
  small = createSmallHub({ env: { LIBRARY_KIND: 'postgres', LIBRARY_URL: database.url } });
  small.write('schema/book.graphql', SDL);
  small.write('library/mapping.yaml', MAPPING);
  hub = await small.start();
}, 60_000);
afterAll(async () => {
  await hub?.[Symbol.asyncDispose]();
  await small?.[Symbol.asyncDispose]();
  await database?.drop();
});

interface List {
  readonly nodes: readonly object[];
  readonly edges: readonly { readonly node: object }[];
}

describe('rows that are printed as they arrive', () => {
  it('are what is written of rows that were read, whatever they hold', async () => {
    const data = (await hub.data(`{
      printed: books(first: 200) { nodes { ${FIELDS} } pageInfo { hasNextPage hasPreviousPage } totalCount }
      read: books(first: 200) { edges { node { ${FIELDS} } } }
    }`)) as { readonly printed: List & { readonly totalCount: number; readonly pageInfo: object }; readonly read: List };
    expect(data.printed.nodes).toHaveLength(COUNT);
    expect(data.printed.nodes).toEqual(data.read.edges.map(({ node }) => node));
    expect(data.printed.totalCount).toBe(COUNT);
    expect(data.printed.pageInfo).toEqual({ hasNextPage: false, hasPreviousPage: false });
    expect(data.printed.nodes[0]).toMatchObject({ title: '山海经', price: '0', pages: 0, printedOn: '2024-02-29', copies: '9223372036854775807' });
    expect(data.printed.nodes[3]).toMatchObject({ title: 'line\nbreak\ttab\r', price: '0.1' });
  });

  it('are what is written of lists whose rows are read, too', async () => {
    for (const field of ['isbn', 'title', 'price', 'pages', 'printedOn', 'copies', '__typename']) {
      // More than half of the fields must be read.
      const fields = `${field} weight lent`;
      const data = (await hub.data(`{
        written: books(first: 200) { nodes { ${fields} } pageInfo { hasNextPage } totalCount }
        one: books(first: 1) { nodes { ${fields} } }
        two: books(first: 2) { nodes { ${fields} } }
        none: books(first: 5, where: { isbn: { eq: "?" } }) { nodes { ${fields} } }
        read: books(first: 200) { edges { node { ${fields} } } }
      }`)) as Readonly<Record<'written' | 'one' | 'two' | 'none' | 'read', List>>;
      expect(data.written.nodes).toHaveLength(COUNT);
      expect(data.written.nodes).toEqual(data.read.edges.map(({ node }) => node));
      expect(data.one.nodes).toEqual(data.written.nodes.slice(0, 1));
      expect(data.two.nodes).toEqual(data.written.nodes.slice(0, 2));
      expect(data.none.nodes).toEqual([]);
    }
  });

  it('are told apart from rows that were read', async () => {
    const query = `{ printed: books { nodes { ${FIELDS} } } read: books { edges { node { ${FIELDS} } } } written: books { nodes { weight lent isbn } } }`;
    const { body } = await send(`${hub.address}/graphql`, { query, extensions: { explain: true } });
    const { fetches } = body.extensions.explain as { readonly fetches: readonly { readonly rows: number; readonly printed?: true }[] };
    // A page in which most values must be read first is read as a whole.
    expect(fetches.filter(({ printed }) => printed)).toHaveLength(1);
    expect(fetches).toHaveLength(3);
  });

  it('stop where the page ends, and say that there are more', async () => {
    const page = 'nodes { again: title isbn __typename pages title } pageInfo { hasNextPage }';
    const data = (await hub.data(`{ some: books(first: 7, offset: 3) { ${page} } none: books(first: 5, where: { isbn: { eq: "?" } }) { ${page} } }`)) as {
      readonly some: List;
      readonly none: List;
    };
    expect(data.some).toMatchObject({ pageInfo: { hasNextPage: true } });
    expect(data.some.nodes).toHaveLength(7);
    expect(data.some.nodes[1]).toEqual({ again: '\u0001\u001f\u007f', isbn: 'b0004', __typename: 'Book', pages: 7, title: '\u0001\u001f\u007f' });
    expect(data.none).toEqual({ nodes: [], pageInfo: { hasNextPage: false } });
  });

  it('do not mix when many are printed at the same time', async () => {
    const ask = async (i: number): Promise<unknown> => hub.data(`query ($i: Int!) { books(first: 40, offset: $i) { nodes { ${FIELDS} } } }`, { i });
    const alone: unknown[] = [];
    for (let i = 0; i < 24; i++) alone.push(await ask(i * 5));
    expect(await Promise.all(alone.map((_answer, i) => ask(i * 5)))).toEqual(alone);
  });
});
