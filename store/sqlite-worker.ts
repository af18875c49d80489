/** Runs the store's SQLite statements off the event loop's thread. One connection, one statement at a time. */
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { SqlRow, SqlValue } from './sql-session.ts';

export interface SqliteCall {
  readonly id: number;
  readonly kind: 'all' | 'run' | 'close';
  readonly sql: string;
  readonly params: readonly SqlValue[];
}

export type SqliteAnswer =
  | { readonly id: number; readonly rows: SqlRow[] }
  | { readonly id: number; readonly changed: number }
  | { readonly id: number; readonly failure: { readonly message: string; readonly errcode?: number } };

const STATEMENTS_KEPT = 100;
const port = parentPort;
if (port === null) throw new Error('sqlite-worker.ts runs only as a worker');

const database = new DatabaseSync((workerData as { path: string }).path);
// Waiting for another process's write is the engine's job; WAL and FULL make a committed transaction survive a power cut.
database.exec('pragma busy_timeout = 5000; pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on');
const statements = new Map<string, StatementSync>();

function statementOf(sql: string): StatementSync {
  const kept = statements.get(sql);
  if (kept !== undefined) return kept;
  const statement = database.prepare(sql);
  statements.set(sql, statement);
  if (statements.size > STATEMENTS_KEPT) statements.delete(statements.keys().next().value ?? sql);
  return statement;
}

function answer(call: SqliteCall): SqliteAnswer {
  try {
    if (call.kind === 'all') return { id: call.id, rows: statementOf(call.sql).all(...call.params) as SqlRow[] };
    if (call.kind === 'run') return { id: call.id, changed: Number(statementOf(call.sql).run(...call.params).changes) };
    statements.clear();
    database.close();
    return { id: call.id, changed: 0 };
  } catch (error) {
    const { message, errcode } = error as Error & { errcode?: number };
    return { id: call.id, failure: errcode === undefined ? { message } : { message, errcode } };
  }
}

port.on('message', (call: SqliteCall) => {
  port.postMessage(answer(call));
  if (call.kind === 'close') port.close();
});
