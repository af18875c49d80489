import type { WireValue } from '../schema/model/physical-type.ts';
import { insertRows, numberOf, textOf, type SqlRow, type SqlSession } from './sql-session.ts';

/** Physical rows of the sources as the change log last knew them: what the next change is compared with. Only columns that a mapping reads. */
export interface RowImageTable {
  get(source: string, table: string, keys: readonly string[]): Promise<Map<string, ImageRow>>;
  /** Places of the rows that have one of these values, as `save` was told them. */
  find(source: string, index: string, values: readonly string[]): Promise<string[]>;
  /** All rows of a table by key, page by page. `except`: only those not seen by this snapshot. */
  pages(source: string, table: string, options?: { readonly except?: number }): AsyncIterable<readonly ImageEntry[]>;
  count(source: string, table: string): Promise<number>;
  /** Adds or replaces rows; null removes. */
  save(source: string, table: string, snapshot: number, rows: readonly ImageWrite[]): Promise<void>;
  /** Adds index entries: `[index, value, place]`. */
  index(source: string, entries: readonly (readonly [string, string, string])[]): Promise<void>;
  /** Says that a snapshot has seen these rows as they are. */
  touch(source: string, table: string, snapshot: number, keys: readonly string[]): Promise<void>;
  /** Forgets a source, or one of its tables with these indexes. */
  clear(source: string, table?: string, indexes?: readonly string[]): Promise<void>;
}

/** Wire values by column. */
export type ImageRow = Readonly<Record<string, WireValue>>;

export interface ImageEntry {
  readonly key: string;
  readonly row: ImageRow;
}

export interface ImageWrite {
  readonly key: string;
  readonly row: ImageRow | null;
  /** What index entries lead to. */
  readonly place: string;
  /** Index entries to add and to remove: `[index, value]`. */
  readonly add: readonly (readonly [string, string])[];
  readonly remove: readonly (readonly [string, string])[];
}

const AT_ONCE = 400;
const PAGE_ROWS = 1_000;

export function createRowImageTable(session: SqlSession): RowImageTable {
  const marks = (items: readonly unknown[]): string => items.map(() => '?').join(', ');
  return {
    get: async (source, table, keys) => {
      const found = new Map<string, ImageRow>();
      for (const part of chunks(keys)) {
        const rows = await session.all(`select row_key, row_values from row_image where source = ? and table_name = ? and row_key in (${marks(part)})`, [
          source,
          table,
          ...part,
        ]);
        for (const row of rows) found.set(textOf(row, 'row_key'), imageOf(row));
      }
      return found;
    },
    find: async (source, index, values) => {
      const places = new Set<string>();
      for (const part of chunks(values)) {
        const rows = await session.all(`select place from row_image_index where source = ? and index_name = ? and value in (${marks(part)})`, [
          source,
          index,
          ...part,
        ]);
        for (const row of rows) places.add(textOf(row, 'place'));
      }
      return [...places];
    },
    async *pages(source, table, { except } = {}) {
      const unseen = except === undefined ? '' : ' and snapshot <> ?';
      let after: string | undefined;
      for (;;) {
        const rows = await session.all(
          `select row_key, row_values from row_image where source = ? and table_name = ?${after === undefined ? '' : ' and row_key > ?'}${unseen} order by row_key limit ${PAGE_ROWS}`,
          [source, table, ...(after === undefined ? [] : [after]), ...(except === undefined ? [] : [except])],
        );
        if (rows.length > 0) yield rows.map((row) => ({ key: textOf(row, 'row_key'), row: imageOf(row) }));
        if (rows.length < PAGE_ROWS) return;
        after = textOf(rows.at(-1)!, 'row_key');
      }
    },
    count: async (source, table) => {
      const [row] = await session.all('select count(*) as total from row_image where source = ? and table_name = ?', [source, table]);
      return row === undefined ? 0 : numberOf(row, 'total');
    },
    save: async (source, table, snapshot, rows) => {
      const kept = rows.filter((row) => row.row !== null);
      const gone = rows.filter((row) => row.row === null).map((row) => row.key);
      await insertRows(
        session,
        'row_image',
        ['source', 'table_name', 'row_key', 'row_values', 'snapshot'],
        kept.map(({ key, row }) => [source, table, key, JSON.stringify(row), snapshot]),
        '(source, table_name, row_key) do update set row_values = excluded.row_values, snapshot = excluded.snapshot',
      );
      for (const part of chunks(gone)) {
        await session.run(`delete from row_image where source = ? and table_name = ? and row_key in (${marks(part)})`, [source, table, ...part]);
      }
      for (const part of chunks(rows.flatMap(({ place, remove }) => remove.map(([index, value]) => [source, index, value, place])))) {
        await session.run(
          `delete from row_image_index where (source, index_name, value, place) in (values ${part.map(() => '(?, ?, ?, ?)').join(', ')})`,
          part.flat(),
        );
      }
      const added = rows.flatMap(({ place, add }) => add.map(([index, value]) => [source, index, value, place]));
      await insertRows(session, 'row_image_index', ['source', 'index_name', 'value', 'place'], added, '(source, index_name, value, place) do nothing');
    },
    index: async (source, entries) =>
      void (await insertRows(
        session,
        'row_image_index',
        ['source', 'index_name', 'value', 'place'],
        entries.map((entry) => [source, ...entry]),
        '(source, index_name, value, place) do nothing',
      )),
    touch: async (source, table, snapshot, keys) => {
      for (const part of chunks(keys)) {
        await session.run(`update row_image set snapshot = ? where source = ? and table_name = ? and row_key in (${marks(part)})`, [
          snapshot,
          source,
          table,
          ...part,
        ]);
      }
    },
    clear: async (source, table, indexes = []) => {
      if (table === undefined) {
        await session.run('delete from row_image where source = ?', [source]);
        await session.run('delete from row_image_index where source = ?', [source]);
        return;
      }
      await session.run('delete from row_image where source = ? and table_name = ?', [source, table]);
      for (const index of indexes) await session.run('delete from row_image_index where source = ? and index_name = ?', [source, index]);
    },
  };
}

const imageOf = (row: SqlRow): ImageRow => JSON.parse(textOf(row, 'row_values')) as ImageRow;

function* chunks<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += AT_ONCE) yield items.slice(start, start + AT_ONCE);
}
