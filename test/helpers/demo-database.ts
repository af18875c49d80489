/** A department's demo on one engine, as a test writes into it. */
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import { postgresTriggerSetup } from '../../connectors/postgres/trigger-setup.ts';
import { departments, loadDemoData, type DepartmentName, type Row, type Rows } from '../../scripts/demo-data/index.ts';
import { encodeCell } from '../../scripts/demo-data/cell.ts';
import { qualified, quote } from '../../scripts/demo-data/ddl.ts';
import type { Cell, Department, Table } from '../../scripts/demo-data/table.ts';
import type { Engine } from './departments-hub.ts';
import { createDatabase } from './services.ts';

/** One row's change, by the table's primary key. */
export type RowChange =
  | { readonly op: 'insert'; readonly table: Table; readonly row: Row }
  | { readonly op: 'delete'; readonly table: Table; readonly row: Row }
  /** @property columns places of the columns that become what they are in `row` */
  | { readonly op: 'update'; readonly table: Table; readonly row: Row; readonly columns: readonly number[] };

export interface DemoDatabase extends AsyncDisposable {
  /** What leads a hub there, as hub.yaml's variables. */
  readonly env: Readonly<Record<string, string>>;
  /** @throws when the database refuses it */
  write(change: RowChange): Promise<void>;
}

type Run = (sql: string, values: readonly (string | number | bigint | null)[]) => Promise<void>;

/** @param rows of the department's tables */
export async function openDemoDatabase(department: DepartmentName, engine: Engine, folder: string, rows: readonly Rows[]): Promise<DemoDatabase> {
  await using undo = new AsyncDisposableStack();
  const { schema } = departments[department];
  let url = `sqlite:${path.join(folder, `${department}.sqlite`)}`;
  if (engine !== 'sqlite') {
    const database = await createDatabase(engine, department);
    undo.defer(() => database.drop());
    ({ url } = database);
  }
  await loadDemoData(engine === 'sqlite' ? { engine, dir: folder } : { engine, url }, { departments: [department], rowsOf: () => rows });
  const run = await openSession(departments[department], engine, url, undo);
  const parts = undo.move();
  const name = department.toUpperCase();
  return {
    env: {
      [`${name}_URL`]: url,
      [`${name}_KIND`]: engine === 'mariadb' ? 'mysql' : engine,
      [`${name}_CHANGES`]: engine === 'mariadb' ? 'log' : 'trigger',
    },
    write(change) {
      const { table } = change;
      const values: (string | number | bigint | null)[] = [];
      const take = (at: number): string => {
        const column = table.columns[at]!;
        const cell = encodeCell(engine, column, change.row[at] ?? null);
        const isWide = engine === 'sqlite' && cell !== null && (column.type === 'bigint' || column.type === 'bigserial');
        values.push(isWide ? BigInt(cell) : cell);
        return engine === 'postgres' ? `$${values.length}` : '?';
      };
      const equals = (at: number): string => `${quote(engine, table.columns[at]!.name)} = ${take(at)}`;
      const target = qualified(engine, table.name, engine === 'postgres' ? schema : undefined);
      const all = table.columns.keys().toArray();
      if (change.op === 'insert') return run(`insert into ${target} values (${all.map(take).join(', ')})`, values);
      const start = change.op === 'delete' ? `delete from ${target}` : `update ${target} set ${change.columns.map(equals).join(', ')}`;
      return run(`${start} where ${keyOf(table).map(equals).join(' and ')}`, values);
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

/** Places of the primary key's columns. */
export const keyOf = (table: Table): number[] => (table.primaryKey ?? []).map((name) => table.columns.findIndex((column) => column.name === name));

export const keyText = (table: Table, row: Row): string => JSON.stringify(keyOf(table).map((at): Cell => row[at] ?? null));

async function openSession({ schema, tables }: Department, engine: Engine, url: string, undo: AsyncDisposableStack): Promise<Run> {
  if (engine === 'sqlite') {
    const database = new DatabaseSync(url.replace('sqlite:', ''), { timeout: 10_000 });
    undo.defer(() => database.close());
    return async (sql, values) => void database.prepare(sql).run(...values);
  }
  if (engine === 'postgres') {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    undo.defer(() => client.end());
    await client.query("set time zone 'Asia/Shanghai'");
    // As the department's DBA would. Two hubs cannot share the slot that the log is read by.
    const captured = tables.map(({ name }) => ({ schema, table: name, key: [], columns: [] }));
    for (const statement of postgresTriggerSetup(captured, `"${decodeURIComponent(new URL(url).username)}"`)) await client.query(statement);
    return async (sql, values) => void (await client.query(sql, [...values]));
  }
  const connection = await createConnection({ uri: url, charset: 'utf8mb4', timezone: '+08:00' });
  connection.on('error', () => undefined);
  undo.defer(() => connection.end());
  await connection.query("set time_zone = '+08:00'");
  return async (sql, values) => void (await connection.query(sql, [...values]));
}
