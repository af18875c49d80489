/**
 * A process that holds one read-only connection to one SQLite file. SQLite's calls are synchronous and cannot be interrupted from JavaScript,
 * not even by ending a thread: only a process can be stopped in the middle of a statement.
 */
import { statSync } from 'node:fs';
import { constants, DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { registerFunctions } from './functions.ts';

/** What the pool sends: the first message sets up, every other one is a statement to run. */
export type WorkerRequest =
  | { readonly kind: 'open'; readonly path: string; readonly timeZone: string; readonly busyMs: number }
  | { readonly kind: 'run'; readonly sql: string; readonly parameters: readonly SQLInputValue[] };

/**
 * What the worker answers to each statement; to the first message, `ready`, once the file is open or could not be opened. `failure` is the SQLite result
 * code, 14 (cannot open) where the file is not there.
 */
export type WorkerReply = ({ readonly rows: unknown[][] } | { readonly failure: number; readonly message: string }) & {
  /** How long it took here, without the way to and fro. */
  readonly ms: number;
};

const STATEMENTS_MAX = 200;
const CANNOT_OPEN = 14;
const PRAGMAS = new Set(['table_list', 'table_xinfo', 'index_list', 'index_xinfo', 'foreign_key_list', 'schema_version']);

interface Connection {
  readonly database: DatabaseSync;
  readonly file: string;
  readonly statements: Map<string, StatementSync>;
}

let settings: Extract<WorkerRequest, { kind: 'open' }> | undefined;
let connection: Connection | undefined;
/** Statements that have met an integer beyond 2^53. */
const wide = new WeakSet<StatementSync>();

process.on('message', (request: WorkerRequest) => {
  if (request.kind === 'run') return void process.send!(answer(request.sql, request.parameters));
  settings = request;
  try {
    connected(); // part of the start, so that no statement's time is spent on it
  } catch {
    // The statements tell, and the file may be there by then.
  }
  process.send!('ready');
});

function answer(sql: string, parameters: readonly SQLInputValue[]): WorkerReply {
  const start = performance.now();
  const ms = (): number => performance.now() - start;
  try {
    return { rows: rowsOf(connected(), sql, parameters), ms: ms() };
  } catch (error) {
    const { errcode, code, message } = error as { readonly errcode?: number; readonly code?: string; readonly message: string };
    const failure = errcode ?? (code === 'ENOENT' || code === 'EACCES' || code === 'ENOTDIR' ? CANNOT_OPEN : 1);
    return { failure: failure & 0xff, message, ms: ms() };
  }
}

/** The connection, opened anew where another file has taken the path: an open file that was moved away would go on being read. */
function connected(): Connection {
  const { path, busyMs, timeZone } = settings!;
  let file: string;
  try {
    const { dev, ino } = statSync(path);
    file = `${dev}:${ino}`;
  } catch (error) {
    disconnect();
    throw error;
  }
  if (connection?.file === file) return connection;
  disconnect();
  const database = new DatabaseSync(path, { readOnly: true, timeout: busyMs });
  database.setAuthorizer(authorize);
  registerFunctions(database, timeZone);
  connection = { database, file, statements: new Map() };
  return connection;
}

function disconnect(): void {
  connection?.database.close();
  connection = undefined;
}

function authorize(action: number, first: string | null, second: string | null): number {
  switch (action) {
    case constants.SQLITE_SELECT:
    case constants.SQLITE_READ:
    case constants.SQLITE_RECURSIVE:
    case constants.SQLITE_TRANSACTION: // of a connection that only reads
      return constants.SQLITE_OK;
    case constants.SQLITE_FUNCTION:
      return second === 'load_extension' ? constants.SQLITE_DENY : constants.SQLITE_OK;
    case constants.SQLITE_PRAGMA:
      return PRAGMAS.has(first ?? '') ? constants.SQLITE_OK : constants.SQLITE_DENY;
    default:
      return constants.SQLITE_DENY;
  }
}

function rowsOf({ database, statements }: Connection, sql: string, parameters: readonly SQLInputValue[]): unknown[][] {
  const statement = statements.get(sql) ?? prepare(database, sql);
  statements.delete(sql); // last used goes last, so that the first is the one to drop
  statements.set(sql, statement);
  if (statements.size > STATEMENTS_MAX) statements.delete(statements.keys().next().value!);
  if (!wide.has(statement)) {
    try {
      return statement.all(...parameters) as unknown as unknown[][];
    } catch (error) {
      if ((error as { readonly code?: string }).code !== 'ERR_OUT_OF_RANGE') throw error;
    }
    // Reading every integer as BigInt would cost each statement; few ever meet one beyond 2^53.
    statement.setReadBigInts(true);
    wide.add(statement);
  }
  const rows = statement.all(...parameters) as unknown as unknown[][];
  for (const row of rows) for (const [index, value] of row.entries()) if (typeof value === 'bigint') row[index] = plainInteger(value);
  return rows;
}

function prepare(database: DatabaseSync, sql: string): StatementSync {
  const statement = database.prepare(sql);
  statement.setReturnArrays(true);
  return statement;
}

function plainInteger(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}
