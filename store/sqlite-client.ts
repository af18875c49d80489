import { AsyncLocalStorage } from 'node:async_hooks';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { SqlClient, SqlRow, SqlSession, SqlValue } from './sql-session.ts';
import type { SqliteAnswer, SqliteCall } from './sqlite-worker.ts';
import { storeCannotOpen, storeFailed } from './store-error.ts';

interface Waiting {
  readonly resolve: (answer: SqliteAnswer) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A SQLite file (readable by its owner only) or `:memory:`, in a worker: the event loop never waits for the disk. Statements and transactions run
 * one after the other in the order they were asked for.
 * @throws {HubError} INTERNAL_SERVER_ERROR when the file cannot be opened or is no SQLite database.
 */
export async function openSqliteClient(path: string): Promise<SqlClient> {
  const fail = (cause: unknown): never => {
    throw storeCannotOpen(`SQLite file "${path}": ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  };
  if (path !== ':memory:') {
    try {
      mkdirSync(dirname(path), { recursive: true });
      closeSync(openSync(path, 'a', 0o600)); // it holds secrets; SQLite itself would create it for everybody
    } catch (error) {
      fail(error);
    }
  }
  const worker = new Worker(new URL('./sqlite-worker.ts', import.meta.url), { workerData: { path }, execArgv: [] }); // flags of the main thread are not meant for it
  const waiting = new Map<number, Waiting>();
  let broken: Error | undefined;
  let nextId = 0;
  const breakAll = (error: Error): void => {
    broken ??= error;
    for (const { reject } of waiting.values()) reject(broken);
    waiting.clear();
  };
  worker.on('message', (answer: SqliteAnswer) => {
    waiting.get(answer.id)?.resolve(answer);
    waiting.delete(answer.id);
    if (waiting.size === 0) worker.unref(); // an idle store keeps no process alive
  });
  worker.on('error', breakAll);
  worker.on('exit', () => breakAll(new Error('the store’s worker has ended')));

  const ask = (kind: SqliteCall['kind'], sql: string, params: readonly SqlValue[]): Promise<SqliteAnswer> =>
    new Promise((resolve, reject) => {
      if (broken !== undefined) return reject(broken);
      const id = nextId++;
      waiting.set(id, { resolve, reject });
      worker.ref();
      worker.postMessage({ id, kind, sql, params } satisfies SqliteCall);
    });
  const send = async (kind: SqliteCall['kind'], sql: string, params: readonly SqlValue[] = []): Promise<SqliteAnswer> => {
    try {
      const answer = await ask(kind, sql, params);
      if ('failure' in answer) throw Object.assign(new Error(answer.failure.message), { errcode: answer.failure.errcode });
      return answer;
    } catch (error) {
      throw storeFailed(error);
    }
  };
  const session: SqlSession = {
    dialect: 'sqlite',
    all: async (sql, params) => ((await send('all', sql, params)) as { rows: SqlRow[] }).rows,
    run: async (sql, params) => ((await send('run', sql, params)) as { changed: number }).changed,
  };

  const inTransaction = new AsyncLocalStorage<true>();
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    // Waiting for one's own transaction to end would wait for ever.
    if (inTransaction.getStore()) throw storeFailed(new Error('inside a transaction, use the tables it is given'));
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
  let closing: Promise<void> | undefined;
  const client: SqlClient = {
    dialect: 'sqlite',
    all: async (sql, params) => inTurn(() => session.all(sql, params)),
    run: async (sql, params) => inTurn(() => session.run(sql, params)),
    transaction: async (work) =>
      inTurn(async () => {
        await session.run('begin immediate');
        try {
          const result = await inTransaction.run(true, () => work(session));
          await session.run('commit');
          return result;
        } catch (error) {
          await session.run('rollback').catch(() => undefined); // the engine may have rolled back itself
          throw error;
        }
      }),
    close: () =>
      (closing ??= (async () => {
        await last;
        if (broken === undefined) await send('close', '').catch(() => undefined);
        breakAll(new Error('the store is closed'));
        await worker.terminate();
      })()),
  };
  try {
    await session.all('select count(*) as tables from sqlite_master');
  } catch (error) {
    await worker.terminate();
    fail(error instanceof Error && error.cause !== undefined ? error.cause : error);
  }
  return client;
}
