/** The library of the small hub on each engine, and how to alter it while it is asked. */
import { DatabaseSync } from 'node:sqlite';
import path from 'node:path';
import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import { afterAll, beforeAll } from 'vitest';
import { createDatabase } from './services.ts';
import { BOOKS, createSmallHub, type RunningHub, type SmallHub } from './small-hub.ts';

export interface Engine {
  readonly small: SmallHub;
  /** Of its database. */
  readonly url: string;
  run(...statements: string[]): Promise<void>;
  drop(): Promise<void>;
}

const LOAD = [
  'create table book (isbn varchar(20) primary key, title varchar(40), author varchar(40), pages int)',
  `insert into book values ${BOOKS.map((row) => `(${row.map((value) => (typeof value === 'number' ? value : `'${value}'`)).join(', ')})`).join(', ')}`,
];

export const LIBRARY_ENGINES = ['sqlite', 'postgres', 'mariadb'] as const;
export type LibraryEngine = (typeof LIBRARY_ENGINES)[number];

export const ENGINES: Readonly<Record<LibraryEngine, () => Promise<Engine>>> = {
  async sqlite() {
    const small = createSmallHub();
    const run = async (...statements: string[]): Promise<void> => {
      const database = new DatabaseSync(path.join(small.folder, 'library.sqlite'));
      database.exec('pragma busy_timeout = 5000');
      for (const statement of statements) database.exec(statement);
      database.close();
    };
    return { small, url: `sqlite:${path.join(small.folder, 'library.sqlite')}`, run, drop: async () => {} };
  },
  async postgres() {
    const database = await createDatabase('postgres', 'library');
    const run = async (...statements: string[]): Promise<void> => {
      const client = new pg.Client({ connectionString: database.url });
      await client.connect();
      for (const statement of statements) await client.query(statement);
      await client.end();
    };
    await run(...LOAD);
    return { small: createSmallHub({ env: { LIBRARY_KIND: 'postgres', LIBRARY_URL: database.url } }), url: database.url, run, drop: () => database.drop() };
  },
  async mariadb() {
    const database = await createDatabase('mariadb', 'library');
    const run = async (...statements: string[]): Promise<void> => {
      const connection = await createConnection({ uri: database.url });
      for (const statement of statements) await connection.query(statement);
      await connection.end();
    };
    await run(...LOAD);
    return { small: createSmallHub({ env: { LIBRARY_KIND: 'mysql', LIBRARY_URL: database.url } }), url: database.url, run, drop: () => database.drop() };
  },
};

/** A hub over a schema, a mapping and tables of a `describe`'s own, for all its tests; call it there. */
export function useLibrary(
  engine: LibraryEngine,
  { sdl, mapping, load }: { readonly sdl: string; readonly mapping: string; readonly load: readonly string[] },
): { readonly hub: RunningHub } {
  const undo = new AsyncDisposableStack();
  const library = {} as { hub: RunningHub };
  beforeAll(async () => {
    const opened = await ENGINES[engine]();
    undo.defer(() => opened.drop());
    const small = undo.use(opened.small);
    small.write('schema/book.graphql', sdl);
    small.write('library/mapping.yaml', mapping);
    await opened.run(...load);
    library.hub = undo.use(await small.start());
  }, 60_000);
  afterAll(() => undo.disposeAsync());
  return library;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export async function until(done: () => Promise<boolean>, withinMs: number): Promise<void> {
  for (const start = performance.now(); !(await done()); await pause(20))
    if (performance.now() - start > withinMs) throw new Error('it did not happen in time');
}
