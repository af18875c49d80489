import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENGINES, LIBRARY_ENGINES, type Engine } from '../helpers/library-engines.ts';
import { SMALL_MAPPING, SMALL_SDL, type RunningHub } from '../helpers/small-hub.ts';

interface Group {
  readonly key: { readonly isbn: string };
  readonly aggregate: { readonly avg: { readonly weight: string | null } };
}

const HUGE = '10000000000000000000000';

describe.each(LIBRARY_ENGINES)('averages of floats that are written with an exponent, on %s', (kind) => {
  let engine: Engine;
  let hub: RunningHub;
  beforeAll(async () => {
    engine = await ENGINES[kind]();
    await engine.run(
      'alter table book add column weight double precision',
      "update book set weight = 1e22 where isbn = '978-1'",
      "update book set weight = 4e-6 where isbn = '978-2'",
    );
    engine.small.write('schema/book.graphql', SMALL_SDL.replace('pages: Int', 'weight: Float'));
    engine.small.write('library/mapping.yaml', SMALL_MAPPING.replace('pages: pages', 'weight: weight'));
    hub = await engine.small.start();
  });
  afterAll(async () => {
    await hub?.[Symbol.asyncDispose]();
    await engine?.small[Symbol.asyncDispose]();
    await engine?.drop();
  });

  it('are plain decimals', async () => {
    expect(await hub.data('{ books { aggregate { avg { weight } } } }')).toEqual({ books: { aggregate: { avg: { weight: '5000000000000000000000' } } } });
  });

  it('are so by groups, null where nothing was measured', async () => {
    const { books } = await hub.data('{ books { groups(by: [{ field: ISBN }]) { key { isbn } aggregate { avg { weight } } } } }');
    const averages = (books.groups as Group[]).map(({ key, aggregate }) => [key.isbn, aggregate.avg.weight]);
    expect(Object.fromEntries(averages)).toEqual({ '978-1': HUGE, '978-2': '0.000004', '978-3': null });
  });

  it('are compared by their size', async () => {
    const { books } = await hub.data(
      '{ books { groups(by: [{ field: ISBN }], having: { avg: { weight: { gt: "0.000003" } } }, orderBy: [{ avg: { weight: DESC } }]) { key { isbn } } } }',
    );
    expect((books.groups as Group[]).map(({ key }) => key.isbn)).toEqual(['978-1', '978-2']);
  });
});
