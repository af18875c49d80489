import { textOf, type SqlSession } from './sql-session.ts';

/** An operation that an app registered before it sends it. */
export interface DocumentRow {
  readonly app: string;
  /** What the app sends in the text's place. */
  readonly id: string;
  readonly name: string;
  readonly document: string;
  readonly by: string;
  /** RFC 3339. */
  readonly at: string;
}

export interface DocumentTable {
  /** Another number whenever the table is another. */
  revision(): Promise<number>;
  /** By app, name and id. */
  list(): Promise<readonly DocumentRow[]>;
  /** Those of the app and id that are there already stay. */
  add(rows: readonly DocumentRow[]): Promise<void>;
  /** @param ids absent: all of the app @returns how many there were */
  remove(app: string, ids?: readonly string[]): Promise<number>;
}

const REVISION = 'documents.revision';

export function createDocumentTable(session: SqlSession): DocumentTable {
  const touch = async (): Promise<void> =>
    void (await session.run(
      `insert into settings (key, value) values (?, '1') on conflict (key) do update set value = cast(cast(settings.value as bigint) + 1 as text)`,
      [REVISION],
    ));
  return {
    async revision() {
      const [row] = await session.all('select value from settings where key = ?', [REVISION]);
      return row === undefined ? 0 : Number(textOf(row, 'value'));
    },
    async list() {
      const rows = await session.all('select app, id, name, document, registered_by, at from trusted_document order by app, name, id');
      return rows.map((row) => ({
        app: textOf(row, 'app'),
        id: textOf(row, 'id'),
        name: textOf(row, 'name'),
        document: textOf(row, 'document'),
        by: textOf(row, 'registered_by'),
        at: textOf(row, 'at'),
      }));
    },
    async add(rows) {
      for (const { app, id, name, document, by, at } of rows)
        await session.run(
          'insert into trusted_document (app, id, name, document, registered_by, at) values (?, ?, ?, ?, ?, ?) on conflict (app, id) do nothing',
          [app, id, name, document, by, at],
        );
      await touch();
    },
    async remove(app, ids) {
      let removed = 0;
      if (ids === undefined) removed = await session.run('delete from trusted_document where app = ?', [app]);
      else for (const id of ids) removed += await session.run('delete from trusted_document where app = ? and id = ?', [app, id]);
      await touch();
      return removed;
    },
  };
}
