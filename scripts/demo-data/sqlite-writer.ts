import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { sqliteChangeSetup } from '../../connectors/sqlite/change-setup.ts';
import { encodeCell } from './cell.ts';
import { createStatements, indexStatements, quote } from './ddl.ts';
import type { Cell, Column, Department, Row, Table } from './table.ts';
import type { Writer } from './writer.ts';

/** One file, `<department>.sqlite`. It is written under another name and takes its own when complete, so a half-filled one is never opened. */
export function createSqliteWriter(dir: string, department: Department): Promise<Writer> {
  mkdirSync(dir, { recursive: true });
  const file = join(dir, `${department.name}.sqlite`);
  const statements = new Map<string, StatementSync>();
  let database: DatabaseSync | undefined;
  const open = (): DatabaseSync => {
    if (database === undefined) throw new Error('create comes first');
    return database;
  };
  const partial = `${file}.${process.pid}.partial`;
  return Promise.resolve({
    create: async (replace) => {
      if (!replace && existsSync(file)) throw new Error(`${file} is there already; say replace to make it anew`);
      rmSync(partial, { force: true });
      database = new DatabaseSync(partial);
      database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = ON; BEGIN');
      for (const table of department.tables) for (const statement of createStatements('sqlite', table)) database.exec(statement);
    },
    insert: async (table, rows) => {
      let statement = statements.get(table.name);
      if (!statement)
        statements.set(
          table.name,
          (statement = open().prepare(`INSERT INTO ${quote('sqlite', table.name)} VALUES (${table.columns.map(() => '?').join(', ')})`)),
        );
      for (const row of rows) statement.run(...values(table, row));
    },
    finish: async () => {
      const connection = open();
      for (const table of department.tables) for (const statement of indexStatements('sqlite', table)) connection.exec(statement);
      // As the department's DBA would: from here on the hub can tell what changes.
      const captured = department.tables.map(({ name, columns }) => ({
        table: name,
        key: [],
        columns: columns.map((column) => ({ name: column.name, type: { kind: 'text' } as const })),
      }));
      for (const statement of sqliteChangeSetup(captured).statements) connection.exec(statement);
      // So that whoever reads never waits for whoever writes, nor the other way.
      connection.exec('COMMIT; PRAGMA optimize = 0x10002; PRAGMA journal_mode = WAL');
      connection.close();
      database = undefined;
      for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
      renameSync(partial, file);
    },
    close: async () => {
      if (database === undefined) return;
      database.close();
      database = undefined;
      rmSync(partial, { force: true });
    },
  });
}

const values = (table: Table, row: Row): (string | number | bigint | null)[] => table.columns.map((column, index) => value(column, row[index] ?? null));

function value(column: Column, cell: Cell): string | number | bigint | null {
  const encoded = encodeCell('sqlite', column, cell);
  return encoded !== null && (column.type === 'bigint' || column.type === 'bigserial') ? BigInt(encoded) : encoded;
}
