import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFaultProxy, type FaultProxy } from '../helpers/fault-proxy.ts';
import { codes } from '../helpers/hub.ts';
import { ENGINES, until, type Engine } from '../helpers/library-engines.ts';
import { BOOKS, SMALL_MAPPING, SMALL_SDL, type RunningHub } from '../helpers/small-hub.ts';

const HUB = `departments: { library: { en: Library }, archive: { en: Archive } }
sources:
  library: { department: library, kind: "\${LIBRARY_KIND}", url: "\${LIBRARY_URL}" }
  archive: { department: archive, kind: sqlite, url: "sqlite:archive.sqlite" }
release: { mappings: "*/mapping.yaml" }
store: { url: "sqlite:hub.sqlite" }
`;
const NOTES = `source: archive
types: { Note: { rows: note, key: no, fields: { no: no, text: text, isbn: text } } }
`;
const SDL = `${SMALL_SDL.replace('pages: Int', 'pages: Int\n  shelf: Int')}
type Note @key(fields: "no") @authority(department: "archive") {
  no: Int!
  text: String
  isbn: String
  books: [Book!] @relation(fields: ["isbn"], references: ["isbn"])
}
`;
const WITH_SHELF = SMALL_MAPPING.replace('pages: pages }', 'pages: pages, shelf: shelf }');
const QUERY = '{ books(orderBy: [{ isbn: ASC }]) { nodes { isbn pages } } notes { nodes { no text } } }';
const SHELVES = '{ books(orderBy: [{ isbn: ASC }]) { nodes { isbn shelf } } }';
const notes = { nodes: [{ no: 1, text: 'a' }] };
const books = { nodes: BOOKS.map(([isbn, , , pages]) => ({ isbn, pages })) };

describe.each(['postgres', 'mariadb'] as const)('over tables of %s that are remembered and no longer so', (name) => {
  let engine: Engine;
  let proxy: FaultProxy;
  let running: RunningHub | undefined;
  const start = async (): Promise<RunningHub> =>
    (running = await engine.small.start({ env: { LIBRARY_KIND: name === 'postgres' ? 'postgres' : 'mysql', LIBRARY_URL: proxy.url } }));
  const stop = async (): Promise<void> => {
    await running?.[Symbol.asyncDispose]();
    running = undefined;
  };
  const publish = async (from: string, to: string): Promise<unknown> => {
    const { releases } = running!.hub.mappings;
    const { number } = await releases.live();
    const files = (await releases.files(number)).map((file) => ({ ...file, text: file.text.replace(from, to) }));
    return releases.publish({ base: number, files, by: '王', why: '改' });
  };

  beforeAll(async () => {
    engine = await ENGINES[name]();
    proxy = await startFaultProxy(engine.url);
    engine.small.write('hub.yaml', HUB);
    engine.small.write('schema/book.graphql', SDL);
    engine.small.write('archive/mapping.yaml', NOTES);
    new DatabaseSync(path.join(engine.small.folder, 'archive.sqlite')).exec(
      "create table note (no integer primary key, text text); insert into note values (1, 'a')",
    );
    await (await start()).data(QUERY);
    await stop();
  }, 60_000);
  afterAll(async () => {
    await stop();
    await proxy?.[Symbol.asyncDispose]();
    await engine?.small[Symbol.asyncDispose]();
    await engine?.drop();
  });

  it('starts with a mapping of newer tables while their source is down, answers for the others, and for it once it is back', { timeout: 60_000 }, async () => {
    await engine.run('alter table book add column shelf int', 'update book set shelf = pages');
    engine.small.write('library/mapping.yaml', WITH_SHELF);
    proxy.set({ kind: 'reject' });
    const hub = await start();
    const answer = await hub.post(QUERY);
    expect([answer.body.data, codes(answer)]).toEqual([{ books: null, notes }, ['SOURCE_UNAVAILABLE']]);
    expect(await (await fetch(`${hub.address}/health/ready`)).json()).toMatchObject({ status: 'ready', sources: { library: 'remembered', archive: 'live' } });
    // What no waiting cures is told as such.
    const fault = async (query: string): Promise<unknown> => codes(await hub.post(query));
    const many = JSON.stringify(Array.from({ length: 251 }, String));
    for (const args of ['first: 201', 'first: -1', `where: { isbn: { in: ${many} } }`, 'where: { pages: { between: [1] } }', 'first: 1, last: 1']) {
      const code = /201|251|in:/.test(args) ? 'LIMIT_PAGE' : 'BAD_USER_INPUT';
      expect([args, await fault(`{ books(${args}) { nodes { isbn } } }`)]).toEqual([args, [code]]);
      expect([args, await fault(`{ notes { nodes { books(${args}) { nodes { isbn } } } } }`)]).toEqual([args, [code]]);
    }
    expect(await fault('{ books(after: "a cursor that only the source can judge") { nodes { isbn } } }')).toEqual(['SOURCE_UNAVAILABLE']);
    // Another department publishes all the same.
    await publish('type Note', '# touched\ntype Note');
    expect((await hub.post(QUERY)).body.data).toEqual({ books: null, notes });
    proxy.heal();
    await until(async () => (await hub.post(QUERY)).body.errors === undefined, 15_000);
    expect((await hub.data(SHELVES)).books.nodes).toEqual(BOOKS.map(([isbn, , , shelf]) => ({ isbn, shelf })));
    expect((await hub.data('{ drifts { quarantine } }')).drifts).toEqual([]);
    await stop();
  });

  it(
    'quarantines what of it does not fit once the source is back, also after a restart, and nothing else; and heals when it fits',
    { timeout: 60_000 },
    async () => {
      engine.small.write('library/mapping.yaml', WITH_SHELF.replace('shelf: shelf', 'shelf: rack'));
      proxy.set({ kind: 'reject' });
      await start();
      expect((await running!.post(QUERY)).body.data).toEqual({ books: null, notes });
      proxy.heal();
      await until(async () => (await running!.post(QUERY)).body.errors === undefined, 15_000);
      for (const isAgain of [false, true]) {
        if (isAgain) {
          await stop();
          await start();
        }
        expect(await running!.data(QUERY)).toEqual({ books, notes });
        const lost = await running!.post(SHELVES);
        expect([lost.body.data.books.nodes, new Set(codes(lost))]).toEqual([BOOKS.map(([isbn]) => ({ isbn, shelf: null })), new Set(['SOURCE_DRIFT'])]);
        expect((await running!.data('{ drifts { source quarantine } }')).drifts).toEqual([{ source: 'library', quarantine: ['Book.shelf'] }]);
        await publish('type Note', '# again\ntype Note');
      }
      await engine.run('alter table book add column rack int', 'update book set rack = 7');
      await running!.hub.federation.reread('library');
      expect((await running!.data(SHELVES)).books.nodes).toEqual(BOOKS.map(([isbn]) => ({ isbn, shelf: 7 })));
      expect((await running!.data('{ drifts { quarantine } }')).drifts).toEqual([]);
    },
  );

  it('knows a column that was added a moment ago', { timeout: 60_000 }, async () => {
    await engine.run('alter table book add column corridor int', 'update book set corridor = 9');
    await publish('shelf: rack', 'shelf: corridor');
    expect((await running!.data(SHELVES)).books.nodes).toEqual(BOOKS.map(([isbn]) => ({ isbn, shelf: 9 })));
  });

  it('goes back to a release whose tables are no longer so, but for what is read from those', { timeout: 60_000 }, async () => {
    const { releases } = running!.hub.mappings;
    const { number } = await releases.live();
    await publish('shelf: corridor', 'shelf: shelf');
    await engine.run('alter table book drop column corridor');
    await running!.hub.federation.reread('library');
    await releases.restore({ number, by: '王', why: '退回' });
    const answer = await running!.post('{ books { nodes { isbn shelf } } notes { nodes { no text } } }');
    expect([answer.body.data.notes, answer.body.data.books.nodes.length, new Set(codes(answer))]).toEqual([notes, BOOKS.length, new Set(['SOURCE_DRIFT'])]);
    await publish('shelf: corridor', 'shelf: shelf');
    expect((await running!.data(SHELVES)).books.nodes).toHaveLength(BOOKS.length);
  });

  it('refuses a schema that a mapping does not fit, though nobody touched the mapping', { timeout: 60_000 }, async () => {
    const refused = await publish('shelf: Int', 'shelf: Date').catch((error: { code?: string; message: string }) => error);
    expect(refused).toMatchObject({ code: 'MAPPING_INVALID', message: expect.stringMatching(/^library\/mapping\.yaml:6:\d+ error: the value is no date/) });
    expect((await running!.data(SHELVES)).books.nodes).toHaveLength(BOOKS.length);
  });
});
