import { describe, expect, it } from 'vitest';
import { codes } from '../helpers/hub.ts';
import { BOOKS, SMALL_MAPPING, type RunningHub } from '../helpers/small-hub.ts';
import { ENGINES, LIBRARY_ENGINES, until } from '../helpers/library-engines.ts';

const SWAP: Readonly<Record<string, readonly string[]>> = {
  sqlite: [
    'begin; alter table book rename column title to t; alter table book rename column author to title; alter table book rename column t to author; commit',
  ],
  postgres: [
    'begin; alter table book rename column title to t; alter table book rename column author to title; alter table book rename column t to author; commit',
  ],
  mariadb: ['alter table book rename column title to author, rename column author to title'],
};

const TITLES = new Map(BOOKS.map(([isbn, title]) => [isbn, title]));
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe.each(LIBRARY_ENGINES)('two columns that change names under load on %s', (name) => {
  it('never give a wrong value; all else answers; a repaired mapping heals it without restart', { timeout: 60_000 }, async () => {
    const engine = await ENGINES[name]();
    const { small } = engine;
    try {
      await using running = await small.start();
      let stop = false;
      const seen = { right: 0, drift: 0, wrong: 0, pages: 0 };
      const ask = async (): Promise<void> => {
        while (!stop) {
          const { body } = await running.post('{ books { nodes { isbn title } } found: books(where: { title: { eq: "围城" } }) { nodes { isbn } } }');
          const nodes: readonly { isbn: string; title: string | null }[] = body.data?.books?.nodes ?? [];
          const found: readonly { isbn: string }[] = body.data?.found?.nodes ?? [];
          const isWrong =
            nodes.some(({ isbn, title }) => title !== null && title !== TITLES.get(isbn)) ||
            (body.data?.found !== null && (found.length !== 1 || found[0]?.isbn !== '978-3')) ||
            (body.data?.books !== null && nodes.length !== BOOKS.length);
          if (isWrong) seen.wrong++;
          else if (body.errors) seen.drift++;
          else seen.right++;
          for (const { extensions } of body.errors ?? []) expect(extensions['code']).toBe('SOURCE_DRIFT');
        }
      };
      const clients = Array.from({ length: 8 }, ask);
      await pause(300);
      await engine.run(...SWAP[name]!);
      await until(async () => seen.drift > 20, 10_000);
      const answer = await running.post('{ books(orderBy: [{ isbn: ASC }]) { nodes { isbn pages title } } }');
      expect(codes(answer)).toEqual(BOOKS.map(() => 'SOURCE_DRIFT'));
      expect(answer.body.data.books.nodes).toEqual(BOOKS.map(([isbn, , , pages]) => ({ isbn, pages, title: null })));
      const before = seen.right;
      await repair(running);
      await until(async () => seen.right > before + 20, 10_000);
      stop = true;
      await Promise.all(clients);
      expect(seen.wrong).toBe(0);
    } finally {
      await small[Symbol.asyncDispose]();
      await engine.drop();
    }
  });
});

/** The officer reads what happened and publishes the mapping that follows it. */
async function repair(running: RunningHub): Promise<void> {
  const { drifts } = await running.data('{ drifts { source quarantine changes { kind table column before after } } }');
  expect(drifts).toMatchObject([{ source: 'library', quarantine: expect.arrayContaining(['Book.title', 'Book.author']) }]);
  expect(drifts[0].changes.map((change: { kind: string; column: string }) => `${change.column} ${change.kind}`)).toEqual(['title SWAPPED', 'author SWAPPED']);
  const { draftRepair } = await running.data('mutation { draftRepair(source: "library") { id revision changes { lines } validation { ok } } }');
  expect(draftRepair).toMatchObject({
    validation: { ok: true },
    changes: [{ lines: [expect.stringContaining('- '), expect.stringMatching(/title: author, author: title/)] }],
  });
  await running.data('mutation ($id: Int!, $revision: Int!) { publishDraft(id: $id, revision: $revision, why: "改名") { number } }', {
    id: draftRepair.id,
    revision: draftRepair.revision,
  });
  expect((await running.data('{ drifts { source } }')).drifts).toEqual([]);
  expect((await running.hub.mappings.releases.files(2)).find(({ part }) => part === 'mappings')?.text).toBe(
    SMALL_MAPPING.replace('title: title, author: author', 'title: author, author: title'),
  );
}
