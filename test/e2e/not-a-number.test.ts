import { expect, it } from 'vitest';
import { ENGINES } from '../helpers/library-engines.ts';
import { SMALL_MAPPING, SMALL_SDL } from '../helpers/small-hub.ts';

it('tells a NaN among PostgreSQL’s exact numbers as an issue of the data', { timeout: 60_000 }, async () => {
  const engine = await ENGINES.postgres();
  await using undo = new AsyncDisposableStack();
  undo.defer(() => engine.drop());
  const small = undo.use(engine.small);
  await engine.run(
    'alter table book add price numeric',
    "update book set price = case isbn when '978-1' then 'NaN' when '978-2' then 'Infinity' else 12.50 end",
  );
  small.write('schema/book.graphql', SMALL_SDL.replace('pages: Int', 'pages: Int\n  price: Decimal'));
  small.write('library/mapping.yaml', SMALL_MAPPING.replace('pages: pages }', 'pages: pages, price: price }'));
  const hub = undo.use(await small.start());
  expect(await hub.data('{ books { nodes { price } } dataIssues(type: "Book") { nodes { key field code rawValue } } }')).toEqual({
    books: { nodes: [{ price: null }, { price: null }, { price: '12.5' }] },
    dataIssues: {
      nodes: [
        { key: '978-1', field: 'price', code: 'BAD_NUMBER', rawValue: 'NaN' },
        { key: '978-2', field: 'price', code: 'BAD_NUMBER', rawValue: 'Infinity' },
      ],
    },
  });
});
