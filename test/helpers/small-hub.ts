/** A hub over a database of a few rows, for tests of what a data officer does; everything is in one folder. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createHub, type Hub, type HubOptions } from '../../server/hub.ts';
import { createLog } from '../../server/log.ts';
import { send, type Answer } from './hub.ts';

export const SMALL_SDL = `"书 A book."
type Book @key(fields: "isbn") @authority(department: "library") {
  isbn: String!
  title: String
  author: String
  pages: Int
}
`;
export const SMALL_MAPPING = `source: library
types:
  Book:
    rows: book
    key: isbn
    fields: { isbn: isbn, title: title, author: author, pages: pages }
`;
const HUB = `departments: { library: { zh: 图书馆, en: Library }, archive: { zh: 档案馆, en: Archive } }
sources:
  library: { department: library, kind: "\${LIBRARY_KIND:-sqlite}", url: "\${LIBRARY_URL:-sqlite:library.sqlite}", changes: "\${LIBRARY_CHANGES:-none}" }
release: { mappings: "*/mapping.yaml" }
store: { url: "\${STORE_URL:-sqlite:hub.sqlite}" }
`;

export const BOOKS: readonly (readonly [string, string, string, number])[] = [
  ['978-1', '山海经', '佚名', 312],
  ['978-2', '红楼梦', '曹雪芹', 1606],
  ['978-3', '围城', '钱锺书', 359],
];

export interface SmallHub extends AsyncDisposable {
  readonly folder: string;
  readonly file: string;
  /** Starts another instance over the same folder and store. */
  start(options?: Partial<HubOptions>): Promise<RunningHub>;
  write(name: string, text: string): void;
}

export interface RunningHub extends AsyncDisposable {
  readonly hub: Hub;
  readonly address: string;
  post(query: string, variables?: Readonly<Record<string, unknown>>): Promise<Answer>;
  /** @throws when there are errors */
  data(query: string, variables?: Readonly<Record<string, unknown>>): Promise<any>; // oxlint-disable-line typescript/no-explicit-any -- what comes over the wire
}

export interface SmallHubFiles {
  readonly env?: Readonly<Record<string, string>>;
}

export function createSmallHub({ env = {} }: SmallHubFiles = {}): SmallHub {
  const folder = mkdtempSync(path.join(tmpdir(), 'yiwang-small-'));
  const write = (name: string, text: string): void => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  };
  write('hub.yaml', HUB);
  write('schema/book.graphql', SMALL_SDL);
  write('library/mapping.yaml', SMALL_MAPPING);
  const database = new DatabaseSync(path.join(folder, 'library.sqlite'));
  database.exec('create table book (isbn text primary key, title text, author text, pages integer)');
  for (const row of BOOKS) database.prepare('insert into book values (?, ?, ?, ?)').run(...row);
  database.close();
  const file = path.join(folder, 'hub.yaml');
  return {
    folder,
    file,
    write,
    async start(options = {}) {
      const hub = await createHub({ configurationFile: file, development: true, log: createLog(process.env['YIWANG_LOG_LEVEL'] ?? 'silent'), env, ...options });
      const address = await hub.listen(0);
      const post = (query: string, variables?: Readonly<Record<string, unknown>>) => send(`${address}/graphql`, { query, variables });
      return {
        hub,
        address,
        post,
        async data(query, variables) {
          const { body } = await post(query, variables);
          if (body.errors) throw new Error(`${query}\n${JSON.stringify(body.errors, null, 1)}`);
          return body.data;
        },
        [Symbol.asyncDispose]: () => hub[Symbol.asyncDispose](),
      };
    },
    async [Symbol.asyncDispose]() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
