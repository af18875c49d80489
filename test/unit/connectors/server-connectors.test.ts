import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HubError } from '../../../schema/errors/hub-error.ts';
import type { PhysicalType } from '../../../schema/model/physical-type.ts';
import type { CallOptions, Connector, SourceConfig } from '../../../connectors/spi/connector.ts';
import type { Child, Expr, Request, RowSet } from '../../../connectors/spi/ir.ts';
import { ENGINES, openWire, type Wire } from './servers.ts';

const INT: PhysicalType = { kind: 'integer', bits: 32 };
const TEXT: PhysicalType = { kind: 'text' };
const ROWS = 4000;
const NOTE = '附注 "\\ 😀'.repeat(50);

const column = (name: string, type: PhysicalType = INT): Expr => ({ kind: 'column', column: name, type });
const table = (name: string, columns: Readonly<Record<string, PhysicalType>>): RowSet => ({
  kind: 'table',
  table: name,
  columns: Object.entries(columns).map(([each, type]) => ({ name: each, type })),
});
const select = (rows: RowSet, columns: readonly Expr[], children: readonly Child[] = []): Request => ({
  kind: 'rows',
  query: { rows, columns, orderBy: [], children },
});

const SLOW = select(table('slow', { id: INT, pause: TEXT }), [column('id'), column('pause', TEXT)]);
const NOTES = table('notes', { id: INT, owner: INT, note: TEXT });
const ALL_NOTES = select(NOTES, [column('id'), column('note', TEXT)]);
const ONE_NOTE: Request = {
  kind: 'rows',
  query: { rows: NOTES, columns: [column('id')], orderBy: [{ value: column('id'), direction: 'asc', nulls: 'first' }], limit: 1, children: [] },
};
const byId = (name: string, columns: Readonly<Record<string, PhysicalType>>): Request => ({
  kind: 'rows',
  query: {
    rows: { kind: 'table', table: name, columns: Object.entries(columns).map(([each, type]) => ({ name: each, type, indexed: each === 'id' })) },
    columns: [
      column('id'),
      ...Object.keys(columns)
        .slice(1)
        .map((each) => column(each, columns[each])),
    ],
    where: { kind: 'compare', op: 'eq', left: column('id'), right: { kind: 'variable', name: 'id', type: INT } },
    orderBy: [],
    limit: 1,
    children: [],
  },
});
const NESTED = select(
  table('owners', { id: INT }),
  [column('id')],
  [
    {
      kind: 'many',
      on: [{ outer: column('id'), inner: column('owner') }],
      query: { rows: NOTES, columns: [column('id'), column('note', TEXT)], orderBy: [{ value: column('id'), direction: 'asc', nulls: 'first' }], children: [] },
    },
  ],
);

describe.each(ENGINES)('the $kind connector', (engine) => {
  let database: Awaited<ReturnType<typeof engine.create>>;
  let wire: Wire;
  const opened: Connector[] = [];

  const call = (options: Partial<CallOptions> & { readonly maxRows?: number } = {}): CallOptions & { readonly maxRows: number } => ({
    signal: new AbortController().signal,
    timeoutMs: 15_000,
    maxRows: 100_000,
    ...options,
  });
  const open = (url: string, pool: Partial<SourceConfig['pool']> = {}): Connector => {
    const connector = engine.open({
      source: 'office',
      department: 'test',
      kind: engine.kind,
      url,
      pool: { max: 2, queue: 10, acquireMs: 5000, connectMs: 2000, ...pool },
      timeZone: 'Asia/Shanghai',
    });
    opened.push(connector);
    return connector;
  };
  const failure = (promise: Promise<unknown>): Promise<HubError> =>
    promise.then(
      () => {
        throw new Error('expected a failure');
      },
      (error: unknown) => error as HubError,
    );

  beforeAll(async () => {
    database = await engine.create();
    const values = Array.from({ length: ROWS }, (_, id) => `(${id}, 1, '${engine.kind === 'mysql' ? NOTE.replaceAll('\\', '\\\\') : NOTE}')`);
    await engine.execute(database.url, [
      'create table owners (id int primary key)',
      'insert into owners values (1), (2)',
      'create table notes (id int primary key, owner int, note text)',
      `insert into notes values ${values.join(',')}`,
      engine.sleepView,
    ]);
    wire = await openWire(database.url);
  });
  afterAll(async () => {
    await wire?.close();
    await Promise.all(opened.map((connector) => connector.close()));
    await database?.drop();
  });

  it('gives each of many reads of a single row its own, and keeps those behind one that takes too long', async () => {
    const connector = open(database.url, { queue: 300 });
    const note = connector.prepare(byId('notes', { id: INT, owner: INT }));
    const read = async (id: number): Promise<void> => expect(await note.run({ variables: { id } }, call())).toEqual(id < ROWS ? [[id, 1]] : []);
    await Promise.all(Array.from({ length: 200 }, (_, i) => read(i * 21)));
    const slow = failure(connector.prepare(byId('slow', { id: INT, pause: TEXT })).run({ variables: { id: 1 } }, call({ timeoutMs: 400 })));
    await Promise.all(Array.from({ length: 20 }, (_, i) => read(i)));
    expect(await slow).toMatchObject({ code: 'SOURCE_TIMEOUT' });
    await Promise.all(Array.from({ length: 20 }, (_, i) => read(i)));
  });

  it('tells the server what a statement is asked for, whatever stands in it', async () => {
    const connector = open(database.url, { max: 1 });
    const prepared = connector.prepare(ONE_NOTE);
    const hostile = "审计'; drop table notes; -- */ ? $1 /*! select 1 */ \uD800";
    const marker = 'purpose=%E5%AE%A1%E8%AE%A1%27%3B%20drop';
    await engine.logStatements(database.url, true);
    try {
      for (const purpose of [hostile, undefined, hostile]) expect(await prepared.run({}, call(purpose === undefined ? {} : { purpose }))).toEqual([[0]]);
      expect((await engine.logged(database.url, marker)).join('\n')).toContain(`/* ${marker}%20table%20notes%3B%20--%20%2A%2F%20%3F%20%241%20`);
    } finally {
      await engine.logStatements(database.url, false);
    }
    expect(prepared.statement).not.toContain('purpose');
    expect(await prepared.run({}, call())).toEqual([[0]]);
  });

  it('opens and prepares while its server is down, and says so without naming it', async () => {
    const connector = open(database.url.replace(/:\d+\//, ':9/'));
    const error = await failure(connector.prepare(ONE_NOTE).run({}, call()));
    expect(error).toMatchObject({ code: 'SOURCE_UNAVAILABLE', source: 'office', department: 'test' });
    expect(error.message).not.toMatch(/127|localhost|ECONN|:9/);
    expect(await connector.health(call())).toMatchObject({ status: 'down', code: 'SOURCE_UNAVAILABLE' });
  });

  it('tells its engine when it is up', async () => {
    expect(await open(database.url).health(call())).toMatchObject({ status: 'up', engine: expect.stringMatching(/PostgreSQL|MariaDB/) });
  });

  it('ends a call at its deadline and the statement in the server with it', async () => {
    const start = performance.now();
    const error = await failure(
      open(database.url)
        .prepare(SLOW)
        .run({}, call({ timeoutMs: 300 })),
    );
    expect(error.code).toBe('SOURCE_TIMEOUT');
    expect(performance.now() - start).toBeLessThan(3000);
    await expect.poll(() => engine.countRunning(database.url), { timeout: 5000 }).toBe(0);
  });

  it('ends a call that its caller gives up, and serves the next on the same connection', async () => {
    const connector = open(database.url, { max: 1 });
    const caller = new AbortController();
    const running = failure(connector.prepare(SLOW).run({}, call({ signal: caller.signal })));
    await expect.poll(() => engine.countRunning(database.url), { timeout: 5000 }).toBe(1);
    caller.abort();
    expect((await running).code).toBe('SOURCE_TIMEOUT');
    expect(await connector.prepare(ONE_NOTE).run({}, call())).toEqual([[0]]);
    expect(await engine.countRunning(database.url)).toBe(0);
  });

  it('refuses a call at once when too many wait', async () => {
    const connector = open(database.url, { max: 1, queue: 1 });
    const caller = new AbortController();
    const slow = connector.prepare(SLOW);
    const running = [failure(slow.run({}, call({ signal: caller.signal }))), failure(slow.run({}, call({ signal: caller.signal })))];
    expect(await failure(slow.run({}, call()))).toMatchObject({ code: 'SOURCE_BUSY', retryAfterMs: expect.any(Number) });
    caller.abort();
    await Promise.all(running);
  });

  it('survives the end of its idle connections', async () => {
    const connector = open(database.url);
    await connector.prepare(ONE_NOTE).run({}, call());
    await engine.killOthers(database.url);
    await sleep(100);
    expect(await connector.prepare(ONE_NOTE).run({}, call())).toEqual([[0]]);
  });

  it('fails when its connection ends under a statement', async () => {
    const running = failure(open(database.url).prepare(SLOW).run({}, call()));
    await expect.poll(() => engine.countRunning(database.url), { timeout: 5000 }).toBe(1);
    await engine.killOthers(database.url);
    expect((await running).code).toBe('SOURCE_UNAVAILABLE');
  });

  it('never gives a short list when the wire breaks within the answer', async () => {
    const connector = open(wire.url, { max: 1 });
    const notes = connector.prepare(ALL_NOTES);
    expect(await notes.run({}, call())).toHaveLength(ROWS);
    wire.breakAfter(200_000);
    expect((await failure(notes.run({}, call()))).code).toBe('SOURCE_UNAVAILABLE');
    await wire.cut();
    expect((await failure(notes.run({}, call()))).code).toBe('SOURCE_UNAVAILABLE');
    await wire.mend();
    expect(await notes.run({}, call())).toHaveLength(ROWS);
  });

  it('gives lists of several megabytes whole, whatever is in them', async () => {
    const [first, second] = await open(database.url).prepare(NESTED).run({}, call());
    expect((first![1] as unknown[]).length).toBe(ROWS);
    expect((first![1] as unknown[][]).every(([, note]) => note === NOTE)).toBe(true);
    expect(second![1]).toEqual([]);
  });

  it('refuses more rows than the caller may hold, nested ones too, and says how many that is', async () => {
    const connector = open(database.url);
    for (const request of [ALL_NOTES, NESTED]) {
      const error = await failure(connector.prepare(request).run({}, call({ maxRows: 1000 })));
      expect(error).toMatchObject({ code: 'JOIN_TOO_LARGE', message: expect.stringContaining('1000') });
    }
    expect(await connector.prepare(ALL_NOTES).run({}, call({ maxRows: ROWS }))).toHaveLength(ROWS);
  });

  it('tells a table that is gone from a source that is', async () => {
    const gone = select(table('never_was', { id: INT }), [column('id')]);
    expect((await failure(open(database.url).prepare(gone).run({}, call()))).code).toBe('SOURCE_DRIFT');
  });

  it('goes on after a table was altered under a prepared statement', async () => {
    await engine.execute(database.url, ['create table changing (id int)', 'insert into changing values (7)']);
    const connector = open(database.url, { max: 1 });
    const prepared = connector.prepare(select(table('changing', { id: INT }), [column('id')]));
    expect(await prepared.run({}, call())).toEqual([[7]]);
    await engine.execute(database.url, [engine.kind === 'mysql' ? 'alter table changing modify id bigint' : 'alter table changing alter id type bigint']);
    expect(await prepared.run({}, call())).toEqual([[7]]);
  });

  it('cannot write, not even through a function', async () => {
    await engine.execute(
      database.url,
      engine.kind === 'mysql'
        ? [
            'create function leak() returns int deterministic modifies sql data begin insert into owners values (99); return 1; end',
            'create view leaking as select leak() as id',
          ]
        : ["create function leak() returns int language sql as 'insert into owners values (99) returning id'", 'create view leaking as select leak() as id'],
    );
    const error = await failure(
      open(database.url)
        .prepare(select(table('leaking', { id: INT }), [column('id')]))
        .run({}, call()),
    );
    expect(error).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', message: 'source "office" refused the statement' });
    expect(await engine.execute(database.url, ['select id from owners where id = 99'])).toEqual([]);
  });

  it('lets running calls finish when it closes, and takes no new ones', async () => {
    const connector = open(database.url);
    const running = connector.prepare(ALL_NOTES).run({}, call());
    const closing = connector.close();
    expect((await failure(connector.prepare(ONE_NOTE).run({}, call()))).code).toBe('SOURCE_UNAVAILABLE');
    expect(await running).toHaveLength(ROWS);
    await closing;
    await connector.close();
  });
});
