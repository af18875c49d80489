import { describe, expect, it } from 'vitest';
import { codes } from '../helpers/hub.ts';
import { ENGINES } from '../helpers/library-engines.ts';

const QUERY = '{ books(where: { isbn: { eq: "978-1" } }) { nodes { pages } } }';

describe.each(['postgres', 'mariadb'] as const)('a column of %s that becomes larger', (name) => {
  it('gives no number that has lost digits', { timeout: 60_000 }, async () => {
    const engine = await ENGINES[name]();
    try {
      await using running = await engine.small.start();
      expect((await running.data(QUERY)).books.nodes).toEqual([{ pages: 312 }]);
      await engine.run(
        name === 'postgres' ? 'alter table book alter column pages type bigint' : 'alter table book modify pages bigint',
        "update book set pages = 9007199254740993 where isbn = '978-1'",
      );
      const first = await running.post(QUERY);
      expect([first.body.data.books, codes(first)]).toEqual([null, ['SOURCE_DRIFT']]);
      // Then it is read as what it is: more than an Int holds, which is an issue of the data.
      await expect.poll(async () => (await running.post(QUERY)).body, { timeout: 5_000 }).toEqual({ data: { books: { nodes: [{ pages: null }] } } });
      expect(await running.data('{ dataIssues(type: "Book") { nodes { field code rawValue } } drifts { source } }')).toEqual({
        dataIssues: { nodes: [{ field: 'pages', code: 'BAD_NUMBER', rawValue: '9007199254740993' }] },
        drifts: [],
      });
    } finally {
      await engine.small[Symbol.asyncDispose]();
      await engine.drop();
    }
  });
});
