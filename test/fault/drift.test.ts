import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codes } from '../helpers/hub.ts';
import { BOOKS, SMALL_MAPPING, SMALL_SDL, type RunningHub } from '../helpers/small-hub.ts';
import type { Editor } from '../../mappings/editor.ts';
import { ENGINES, LIBRARY_ENGINES, until, type Engine } from '../helpers/library-engines.ts';

const SDL = `${SMALL_SDL.replace('pages: Int', 'pages: Int\n  shelf: BigInt')}
type Reader @key(fields: "card") @authority(department: "library") { card: String! name: String }
`;
const MAPPING = `${SMALL_MAPPING.replace('pages: pages }', 'pages: pages, shelf: shelf }')}  Reader: { rows: reader, key: card, fields: { card: card, name: name } }
`;
const SETUP = [
  'alter table book add column shelf bigint',
  'update book set shelf = pages * 10',
  'create table reader (card varchar(20) primary key, name varchar(40))',
  "insert into reader values ('1', '王')",
];

/** Whatever the library does to its tables, this is what is true. */
const BOOK_ROWS = BOOKS.map(([isbn, title, author, pages]) => ({ isbn, title, author, pages, shelf: String(pages * 10) }));
const FOUND = [{ isbn: '978-3' }];
const READERS = [{ card: '1', name: '王' }];
const QUERY = `{ books(orderBy: [{ isbn: ASC }]) { nodes { isbn title author pages shelf } } found: books(where: { pages: { eq: 359 } }) { nodes { isbn } }
  readers { nodes { card name } } }`;

interface Step {
  readonly what: string;
  /** By engine where they differ. */
  readonly alter: readonly string[] | ((engine: string) => readonly string[]);
  /** Fields that are not answered until somebody mends it; `Reader` for all of a type. */
  readonly lost: readonly string[];
  readonly told: readonly string[];
  /** What is proposed in place of a line of the mapping; `by hand` where nothing can be; `accept` where the mapping is right as it is. */
  readonly heal: readonly ['proposed' | 'by hand', from: string, to: string] | readonly ['accept'];
}

/** SQLite cannot change a column: the table is made anew under its name. */
const rebuilt = (columns: string): readonly string[] => [
  `begin; create table b (${columns}); insert into b select * from book; drop table book; alter table b rename to book; commit`,
];

const STEPS: readonly Step[] = [
  {
    what: 'a renamed column',
    alter: ['alter table book rename column pages to page_count'],
    lost: ['Book.pages'],
    told: ['RENAMED book.pages → page_count'],
    heal: ['proposed', 'pages: pages', 'pages: page_count'],
  },
  {
    what: 'a column that was dropped after its values went to a new one',
    alter: ['alter table book add column writer varchar(40)', 'update book set writer = author', 'alter table book drop column author'],
    lost: ['Book.author'],
    told: ['GONE book.author → nothing'],
    heal: ['by hand', 'author: author', 'author: writer'],
  },
  {
    what: 'a number that is kept as text now',
    alter: (engine) =>
      ({
        postgres: ['alter table book alter column page_count type varchar(10) using page_count::text'],
        mariadb: ['alter table book modify page_count varchar(10)'],
      })[engine] ?? rebuilt('isbn varchar(20) primary key, title text, page_count varchar(10), shelf bigint, writer varchar(40)'),
    lost: ['Book.pages'],
    told: ['RETYPED book.page_count → .*char'],
    heal: ['by hand', 'pages: page_count', 'pages: { column: page_count, number: plain }'],
  },
  {
    what: 'a narrowed column',
    alter: (engine) =>
      ({
        postgres: ['alter table book alter column shelf type int'],
        mariadb: ['alter table book modify shelf int'],
      })[engine] ?? rebuilt('isbn varchar(20) primary key, title text, page_count varchar(10), shelf int, writer varchar(40)'),
    lost: ['Book.shelf'],
    told: ['NARROWED book.shelf → int'],
    heal: ['accept'],
  },
  {
    what: 'a table that vanished, and one that is new',
    alter: ['alter table reader rename to patron'],
    lost: ['Reader'],
    told: ['TABLE_GONE reader → nothing', 'TABLE_NEW patron → patron'],
    heal: ['by hand', 'rows: reader', 'rows: patron'],
  },
  {
    what: 'a table whose name a view has taken',
    alter: ['alter table patron rename to patron_2', 'create view patron as select * from patron_2'],
    lost: ['Reader'],
    told: ['REPLACED patron.card → card of a view', 'REPLACED patron.name → name of a view', 'TABLE_NEW patron_2 → patron_2'],
    heal: ['accept'],
  },
  { what: 'a new table', alter: ['create table shelf (id int)'], lost: [], told: ['TABLE_NEW shelf → shelf'], heal: ['accept'] },
];

describe.each(LIBRARY_ENGINES)('on %s, under load', (name) => {
  let engine: Engine;
  let running: RunningHub;
  let stop = false;
  const seen = { right: 0, drift: 0, wrong: [] as string[] };
  const clients: Promise<void>[] = [];

  /** An answer is right where it says something, and says why where it does not. */
  const ask = async (): Promise<void> => {
    while (!stop) {
      const { body } = await running.post(QUERY);
      const { books, found, readers } = body.data ?? {};
      const isRight = isPartOf(books?.nodes, BOOK_ROWS) && isPartOf(readers?.nodes, READERS) && JSON.stringify(found?.nodes ?? FOUND) === JSON.stringify(FOUND);
      const failed = body.errors ?? [];
      if (
        !isRight ||
        failed.some(({ extensions }) => extensions['code'] !== 'SOURCE_DRIFT') ||
        (failed.length === 0) !== !JSON.stringify(body.data).includes('null')
      )
        seen.wrong.push(JSON.stringify(body));
      else if (failed.length > 0) seen.drift++;
      else seen.right++;
    }
  };

  beforeAll(async () => {
    engine = await ENGINES[name]();
    await engine.run(...SETUP);
    engine.small.write('schema/book.graphql', SDL);
    engine.small.write('library/mapping.yaml', MAPPING);
    running = await engine.small.start();
    clients.push(...Array.from({ length: 4 }, ask));
  }, 60_000);
  afterAll(async () => {
    stop = true;
    await Promise.all(clients);
    await running?.[Symbol.asyncDispose]();
    await engine?.small[Symbol.asyncDispose]();
    await engine?.drop();
  });

  it.each(STEPS)(
    '$what takes away no more than it touched, is told, and is healed without restart',
    { timeout: 60_000 },
    async ({ alter, lost, told, heal }) => {
      await engine.run(...(typeof alter === 'function' ? alter(name) : alter));
      if (lost.length === 0) await running.hub.federation.reread('library'); // no query notices it; otherwise within fifteen seconds
      // What it did not touch answers, and nothing else.
      const fields = lost.flatMap((path) => path.split('.')[1] ?? []);
      await expect.poll(async () => (await running.data('{ drifts { quarantine } }')).drifts, { timeout: 10_000 }).toEqual([{ quarantine: lost }]);
      const answer = await running.post(QUERY);
      expect(answer.body.data).toEqual({
        books: { nodes: BOOK_ROWS.map((row) => ({ ...row, ...Object.fromEntries(fields.map((field) => [field, null])) })) },
        found: fields.includes('pages') ? null : { nodes: FOUND },
        readers: lost.includes('Reader') ? null : { nodes: READERS },
      });
      expect(new Set(codes(answer))).toEqual(new Set(lost.length > 0 ? ['SOURCE_DRIFT'] : []));
      // The officer is told what was, and what is.
      const { drifts } = await running.data('{ drifts { changes { kind table column before after } } }');
      const changes: string[] = drifts[0].changes.map(
        (change: Record<string, string | null>) => `${change['kind']} ${change['table']}${change['column'] ? `.${change['column']}` : ''} → ${change['after']}`,
      );
      expect(changes).toHaveLength(told.length);
      for (const [place, text] of told.entries()) expect(changes[place]).toMatch(new RegExp(text, 'i'));
      // And mends it.
      const { right } = seen;
      const stranger: Editor = { subject: '李', roles: ['officer'], department: 'archive' };
      const { drift } = running.hub.mappings;
      await expect(drift.accept('library', stranger)).rejects.toMatchObject({ code: 'FORBIDDEN_FIELD' });
      await expect(drift.draftRepair('library', stranger)).rejects.toMatchObject({ code: 'FORBIDDEN_FIELD' });
      const [way, from = '', to = ''] = heal;
      const accept = async (): Promise<readonly unknown[]> => [(await running.data('mutation { acceptDrift(source: "library") { source } }')).acceptDrift];
      const proposal = way === 'accept' ? await accept() : await publish(way === 'proposed', from, to);
      expect(proposal).toEqual({ accept: [[]], 'by hand': ['BAD_USER_INPUT'], proposed: [true, expect.stringContaining(to)] }[way]);
      expect((await running.data('{ drifts { source } }')).drifts).toEqual([]);
      await until(async () => seen.right > right + 8, 10_000);
      expect(seen.wrong).toEqual([]);
    },
  );

  it('does not trust columns that changed names because something else of the mapping is published', { timeout: 60_000 }, async () => {
    await engine.run(
      name === 'mariadb'
        ? 'alter table book rename column title to writer, rename column writer to title'
        : 'begin; alter table book rename column title to t; alter table book rename column writer to title; alter table book rename column t to writer; commit',
    );
    const quarantined = async (): Promise<unknown> => (await running.data('{ drifts { quarantine } }')).drifts;
    const both = [{ quarantine: ['Book.title', 'Book.author'] }];
    await expect.poll(quarantined, { timeout: 10_000 }).toEqual(both);
    await edit('card: card, name: name', 'card: card, name: { column: name, fold: true }');
    expect(await quarantined()).toEqual(both);
    await running.hub.federation.reread('library');
    expect(await quarantined()).toEqual(both);
    const { books } = (await running.post(QUERY)).body.data;
    expect(books.nodes).toEqual(BOOK_ROWS.map((row) => ({ ...row, title: null, author: null })));
    const { right } = seen;
    expect(await publish(true, '', '')).toEqual([true, expect.stringContaining('title: writer, author: title')]);
    expect(await quarantined()).toEqual([]);
    await until(async () => seen.right > right + 8, 10_000);
    expect(seen.wrong).toEqual([]);
  });

  async function edit(from: string, to: string): Promise<void> {
    const { releases } = running.hub.mappings;
    const { number } = await releases.live();
    const files = (await releases.files(number)).map((file) => (file.part === 'mappings' ? { ...file, text: file.text.replace(from, to) } : file));
    await releases.publish({ base: number, files, by: '王', why: '改表' });
  }

  /** @returns what the hub proposes: whether it is valid, and the lines that it would write; or why there is no proposal */
  async function publish(isProposed: boolean, from: string, to: string): Promise<readonly unknown[]> {
    const proposal = await running.post('mutation { draftRepair(source: "library") { id revision changes { lines } validation { ok } } }');
    if (!isProposed) {
      await edit(from, to);
      return codes(proposal);
    }
    const { id, revision, changes, validation } = proposal.body.data.draftRepair;
    await running.data('mutation ($id: Int!, $revision: Int!) { publishDraft(id: $id, revision: $revision, why: "改名") { number } }', { id, revision });
    return [validation.ok, changes[0].lines.filter((line: string) => line.startsWith('+')).join()];
  }
});

/** Absent, or these rows with nothing in them that is not so. */
function isPartOf(nodes: readonly Readonly<Record<string, unknown>>[] | undefined, truth: readonly Readonly<Record<string, unknown>>[]): boolean {
  if (nodes === undefined) return true;
  return (
    nodes.length === truth.length && nodes.every((node, at) => Object.entries(node).every(([field, value]) => value === null || value === truth[at]?.[field]))
  );
}
