import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codes } from '../helpers/hub.ts';
import { ENGINES, type Engine } from '../helpers/library-engines.ts';
import { BOOKS, createSmallHub, SMALL_MAPPING, SMALL_SDL, type RunningHub, type SmallHub } from '../helpers/small-hub.ts';

const SDL = `${SMALL_SDL}
type Reader @key(fields: "card") @authority(department: "library") { card: String! name: String }
`;
const MAPPING = `${SMALL_MAPPING}  Reader: { rows: reader, key: card, fields: { card: card, name: name } }
`;
const QUERY = '{ books(orderBy: [{ isbn: ASC }]) { nodes { isbn title pages } } readers { nodes { card name } } }';
const rows = BOOKS.map(([isbn, title, , pages]) => ({ isbn, title, pages }));
const readers = { nodes: [{ card: '1', name: '王' }] };

describe.each(['postgres', 'mariadb'] as const)("while %s lets the hub's account read some of its tables only", (name) => {
  const user = `reader_${randomBytes(4).toString('hex')}`;
  const account = name === 'postgres' ? user : `${user}@'%'`;
  let engine: Engine;
  let small: SmallHub;
  let running: RunningHub;

  beforeAll(async () => {
    engine = await ENGINES[name]();
    await engine.run(
      'create table reader (card varchar(20) primary key, name varchar(40))',
      "insert into reader values ('1', '王')",
      name === 'postgres' ? `create role ${user} login password 'x'` : `create user ${account} identified by 'x'`,
      `grant select on book to ${account}`,
      `grant select on reader to ${account}`,
    );
    const url = new URL(engine.url);
    [url.username, url.password] = [user, 'x'];
    small = createSmallHub({ env: { LIBRARY_KIND: name === 'postgres' ? 'postgres' : 'mysql', LIBRARY_URL: url.href } });
    small.write('schema/book.graphql', SDL);
    small.write('library/mapping.yaml', MAPPING);
    running = await small.start();
  }, 60_000);
  afterAll(async () => {
    await running?.[Symbol.asyncDispose]();
    await small?.[Symbol.asyncDispose]();
    await engine?.run(...(name === 'postgres' ? [`drop owned by ${user}`, `drop role ${user}`] : [`drop user ${account}`]));
    await engine?.small[Symbol.asyncDispose]();
    await engine?.drop();
  });

  it('fails what is in a table that it may no longer read, and nothing else, however often that is asked', { timeout: 60_000 }, async () => {
    expect(await running.data(QUERY)).toEqual({ books: { nodes: rows }, readers });
    await engine.run(`revoke select on reader from ${account}`);
    for (let n = 0; n < 15; n++) {
      const answer = await running.post(QUERY);
      expect([answer.body.data, codes(answer)]).toEqual([{ books: { nodes: rows }, readers: null }, ['SOURCE_DRIFT']]);
    }
    expect((await running.data('{ drifts { quarantine changes { kind table } } }')).drifts).toEqual([
      { quarantine: ['Reader'], changes: [{ kind: 'TABLE_GONE', table: 'reader' }] },
    ]);
    await engine.run(`grant select on reader to ${account}`);
    await running.hub.federation.reread('library');
    expect(await running.data(QUERY)).toEqual({ books: { nodes: rows }, readers });
  });

  it('fails the field alone whose column it may no longer read', { timeout: 60_000 }, async () => {
    await engine.run(`revoke select on book from ${account}`, `grant select (isbn, title, author) on book to ${account}`);
    await running.post(QUERY);
    await expect.poll(async () => (await running.data('{ drifts { quarantine } }')).drifts, { timeout: 10_000 }).toEqual([{ quarantine: ['Book.pages'] }]);
    const answer = await running.post(QUERY);
    expect([answer.body.data, new Set(codes(answer))]).toEqual([
      { books: { nodes: rows.map((row) => ({ ...row, pages: null })) }, readers },
      new Set(['SOURCE_DRIFT']),
    ]);
  });

  it('studies and proposes what it may read', { timeout: 60_000 }, async () => {
    await engine.run('create table secret (id int primary key)');
    await running.hub.federation.reread('library').catch(() => undefined);
    const editor = { subject: '王', roles: [], unverified: 'developer' } as const;
    const profiles = await running.hub.mappings.study.profile({ source: 'library', editor }, AbortSignal.timeout(20_000));
    expect(profiles.map(({ table, columns }) => [table.name, columns.map(({ column }) => column.name)])).toEqual([
      ['book', ['isbn', 'title', 'author']],
      ['reader', ['card', 'name']],
    ]);
  });
});
