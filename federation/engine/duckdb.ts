import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type * as DuckDbModule from '@duckdb/node-api';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { WireValue } from '../../schema/model/physical-type.ts';
import type { EngineType } from './duckdb-sql.ts';

export interface DuckDbOptions {
  /** Rows beyond it go to temporary files. */
  readonly memoryMb: number;
  /** Temporary files together; past it the answer is JOIN_TOO_LARGE. */
  readonly spillMb: number;
  /** Statements at once; others wait in line. */
  readonly concurrency: number;
}

/** A table of the embedded engine, whose column `r` is the row's number. */
export interface DuckDbTable {
  readonly columns: readonly { readonly name: string; readonly type: EngineType }[];
  readonly rows: number;
  /** Decimals and instants in plain form. */
  readonly value: (row: number, column: number) => WireValue;
}

/** The embedded relational engine, in this process. It is loaded when first asked for; it sees no file but its own temporary ones, and no network. */
export interface DuckDb extends AsyncDisposable {
  /**
   * Runs a statement over the table `t`; rows of text, numbers, truths and null.
   * @throws {HubError} JOIN_TOO_LARGE when memory and temporary files do not suffice; SOURCE_TIMEOUT when the signal ends it
   */
  query(table: DuckDbTable, sql: string, operands: readonly string[], signal: AbortSignal): Promise<WireValue[][]>;
}

const CHUNK_ROWS = 2_048;

export function createDuckDb(options: DuckDbOptions): DuckDb {
  let opened: Promise<Opened> | undefined;
  let closed = false;
  let running = 0;
  const waiting: (() => void)[] = [];
  const enter = async (): Promise<void> => {
    if (running < options.concurrency) running++;
    else await new Promise<void>((resolve) => waiting.push(resolve)); // takes over the place of one who leaves
  };
  const leave = (): void => {
    const next = waiting.shift();
    if (next) next();
    else running--;
  };
  return {
    async query(table, sql, operands, signal) {
      await enter();
      try {
        if (closed) throw new HubError('SHUTTING_DOWN', 'this instance is stopping');
        refuseAborted(signal);
        opened ??= open(options);
        return await run(await opened, table, sql, operands, signal);
      } finally {
        leave();
      }
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      // Those who wait are refused; those that run finish.
      while (running > 0) {
        await enter();
        leave();
        await new Promise(setImmediate);
      }
      const found = await opened?.catch(() => undefined);
      if (!found) return;
      found.instance.closeSync();
      await rm(found.folder, { recursive: true, force: true });
    },
  };
}

interface Opened {
  readonly duckdb: typeof DuckDbModule;
  readonly instance: DuckDbModule.DuckDBInstance;
  readonly folder: string;
}

async function open({ memoryMb, spillMb }: DuckDbOptions): Promise<Opened> {
  const duckdb = await import('@duckdb/node-api');
  const folder = await mkdtemp(path.join(tmpdir(), 'yiwang-engine-'));
  const instance = await duckdb.DuckDBInstance.create(':memory:', {
    threads: '1', // sums of floats in one order; the other cores serve requests
    memory_limit: `${memoryMb}MB`,
    temp_directory: folder,
    max_temp_directory_size: `${spillMb}MB`,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  await connection.run('set enable_external_access = false');
  await connection.run('set lock_configuration = true');
  connection.closeSync();
  return { duckdb, instance, folder };
}

async function run({ duckdb, instance }: Opened, table: DuckDbTable, sql: string, operands: readonly string[], signal: AbortSignal): Promise<WireValue[][]> {
  const connection = await instance.connect();
  const interrupt = (): void => connection.interrupt();
  signal.addEventListener('abort', interrupt, { once: true });
  try {
    await load(duckdb, connection, table, signal);
    refuseAborted(signal);
    const result = await connection.runAndReadAll(sql, [...operands]);
    return result.getRows() as WireValue[][];
  } catch (error) {
    throw failure(error, signal);
  } finally {
    signal.removeEventListener('abort', interrupt);
    connection.closeSync();
  }
}

/** Numbers are put in as text and cast by the engine, off this thread. Between chunks others have their turn. */
async function load(
  duckdb: Opened['duckdb'],
  connection: DuckDbModule.DuckDBConnection,
  { columns, rows, value }: DuckDbTable,
  signal: AbortSignal,
): Promise<void> {
  const stored = columns.map(({ type }) => (type === 'DOUBLE' || type === 'BOOLEAN' || type === 'INTEGER' ? type : 'VARCHAR'));
  await connection.run(`create temp table loaded (${['r integer', ...columns.map(({ name }, i) => `${name} ${stored[i] ?? ''}`)].join(', ')})`);
  const appender = await connection.createAppender('loaded');
  const chunkTypes = [duckdb.INTEGER, ...stored.map((type) => duckdb[type])];
  for (let start = 0; start < rows; start += CHUNK_ROWS) {
    const numbers = Array.from({ length: Math.min(CHUNK_ROWS, rows - start) }, (_, i) => start + i);
    const chunk = duckdb.DuckDBDataChunk.create(chunkTypes, numbers.length);
    chunk.setColumnValues(0, numbers);
    stored.forEach((type, column) => {
      const read = (row: number): WireValue => value(row, column);
      chunk.setColumnValues(column + 1, numbers.map(type === 'VARCHAR' ? (row) => textOf(read(row)) : read));
    });
    appender.appendDataChunk(chunk);
    await new Promise(setImmediate);
    refuseAborted(signal);
  }
  appender.closeSync();
  const cast = columns.map(({ name, type }) => (type.startsWith('DECIMAL') ? `cast(${name} as ${type}) as ${name}` : name));
  await connection.run(`create temp view t as select ${['r', ...cast].join(', ')} from loaded`);
}

const textOf = (value: WireValue): string | null => (value === null ? null : String(value));

function refuseAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new HubError('SOURCE_TIMEOUT', 'the hub had no time left to put the rows in order', { cause: signal.reason });
}

function failure(error: unknown, signal: AbortSignal): unknown {
  if (error instanceof HubError) return error;
  const text = error instanceof Error ? error.message : String(error);
  if (signal.aborted) return new HubError('SOURCE_TIMEOUT', 'the hub had no time left to put the rows in order', { cause: error });
  if (/Out of Memory|max_temp_directory_size/i.test(text))
    return new HubError('JOIN_TOO_LARGE', 'ordering or grouping these rows needs more memory than the hub may use; narrow the filter', { cause: error });
  return new HubError('INTERNAL_SERVER_ERROR', 'the hub failed to evaluate the rows', { cause: error });
}
