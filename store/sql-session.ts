/** The little that both store engines must do. SQL is the common part of SQLite and Postgres, parameters are `?`. */
export type SqlValue = string | number | null;
export type SqlRow = Readonly<Record<string, SqlValue>>;
export type SqlDialect = 'sqlite' | 'postgres';

/** Statements on one connection, or each on any connection when not inside a transaction. */
export interface SqlSession {
  readonly dialect: SqlDialect;
  /** Rows by column name; integers are numbers. */
  all(sql: string, params?: readonly SqlValue[]): Promise<SqlRow[]>;
  /** Number of rows changed. */
  run(sql: string, params?: readonly SqlValue[]): Promise<number>;
}

export interface SqlClient extends SqlSession {
  /** Commits when `work` resolves, rolls back when it rejects. Not nestable. */
  transaction<T>(work: (session: SqlSession) => Promise<T>): Promise<T>;
  /** Waits for running statements. Idempotent. */
  close(): Promise<void>;
}

const ROWS_PER_STATEMENT = 400; // of up to 80 columns: under SQLite's 32766 parameters

/** Inserts any number of rows; `conflict` is what follows `on conflict`, e.g. `(key) do nothing`. Returns the rows written. */
export async function insertRows(
  session: SqlSession,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly SqlValue[])[],
  conflict?: string,
): Promise<number> {
  const one = `(${columns.map(() => '?').join(', ')})`;
  const tail = conflict === undefined ? '' : ` on conflict ${conflict}`;
  let written = 0;
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
    const part = rows.slice(start, start + ROWS_PER_STATEMENT);
    const sql = `insert into ${table} (${columns.join(', ')}) values ${part.map(() => one).join(', ')}${tail}`;
    written += await session.run(sql, part.flat());
  }
  return written;
}

/** Makes others that take the same name wait until this transaction ends. SQLite has a single writer, so it waits already. */
export async function lockInTransaction(session: SqlSession, name: string): Promise<void> {
  if (session.dialect === 'postgres') await session.all('select pg_advisory_xact_lock(hashtextextended(?, 0))::text as locked', [`yiwang:${name}`]);
}

/** Text of a column that is never null. */
export function textOf(row: SqlRow, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw new TypeError(`store column "${column}" holds ${value === undefined ? 'nothing' : typeof value}, expected text`);
  return value;
}

/** Text or null. */
export function textOrNull(row: SqlRow, column: string): string | null {
  const value = row[column];
  return typeof value === 'string' ? value : null;
}

/** Number of a column that is never null. */
export function numberOf(row: SqlRow, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw new TypeError(`store column "${column}" holds ${value === undefined ? 'nothing' : typeof value}, expected a number`);
  return value;
}

export function numberOrNull(row: SqlRow, column: string): number | null {
  return row[column] === null || row[column] === undefined ? null : numberOf(row, column);
}
