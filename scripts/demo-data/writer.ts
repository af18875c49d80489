import type { Row, Table } from './table.ts';

/** Puts the rows of one department somewhere. */
export interface Writer {
  /** Makes the tables, without their indexes. */
  create(replace: boolean): Promise<void>;
  insert(table: Table, rows: readonly Row[]): Promise<void>;
  /** Makes the indexes. */
  finish(): Promise<void>;
  /** Frees the connection, whatever happened before. */
  close(): Promise<void>;
}
