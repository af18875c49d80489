/** A department's tables, once, for every engine: `ddl.ts` writes them in each engine's words. */

export type Engine = 'postgres' | 'mariadb' | 'sqlite';

export interface Department {
  readonly name: DepartmentName;
  /** Postgres schema, or MariaDB database, the department itself uses. */
  readonly schema: string;
  readonly tables: readonly Table[];
}

export type DepartmentName = 'development' | 'finance' | 'housing' | 'audit';

export interface Table {
  readonly name: string;
  readonly comment?: string;
  /** Character set on MariaDB, where it is not utf8mb4. */
  readonly charset?: 'gbk';
  readonly columns: readonly Column[];
  readonly primaryKey?: readonly string[];
  readonly unique?: readonly (readonly string[])[];
  readonly references?: { readonly column: string; readonly table: string; readonly key: string };
  /** Made after loading. */
  readonly indexes?: readonly (readonly string[])[];
}

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly comment?: string;
  readonly notNull?: boolean;
  readonly default?: 'now' | 'uuid' | { readonly value: string | boolean };
}

/** As in standard SQL; `serial` and `bigserial` number themselves, `timestamptz` is an instant, `timestamp` a local time. */
export type ColumnType =
  | `${'varchar' | 'char'}(${number})`
  | `decimal(${number},${number})`
  | 'text'
  | 'smallint'
  | 'int'
  | 'bigint'
  | 'serial'
  | 'bigserial'
  | 'date'
  | 'timestamp'
  | 'timestamptz'
  | 'boolean'
  | 'json'
  | 'uuid';

/**
 * One value in neutral form: decimals and 64-bit integers as text, dates `YYYY-MM-DD`, times `YYYY-MM-DD HH:MM:SS` (with `+08:00` where zoned),
 * JSON as its text.
 */
export type Cell = string | number | boolean | null;

/** Values in the order of the table's columns. */
export type Row = readonly Cell[];

/** Some rows of one table. */
export interface Rows {
  readonly table: string;
  readonly rows: readonly Row[];
}

export function column(name: string, type: ColumnType, more: Omit<Column, 'name' | 'type'> = {}): Column {
  return { name, type, ...more };
}

/** The same with a comment, for tables that label their columns. */
export function labelled(name: string, type: ColumnType, comment: string, more: Omit<Column, 'name' | 'type' | 'comment'> = {}): Column {
  return { name, type, comment, ...more };
}
