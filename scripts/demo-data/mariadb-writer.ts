import { createConnection } from 'mysql2/promise';
import { encodeCell } from './cell.ts';
import { createStatements, indexStatements, quote } from './ddl.ts';
import type { Department } from './table.ts';
import type { Writer } from './writer.ts';

/** The URL's database or, where it names none, the department's own, which is then created. */
export async function createMariadbWriter(url: string, department: Department): Promise<Writer> {
  const connection = await createConnection({ uri: url, charset: 'utf8mb4', timezone: '+08:00' });
  const named = new URL(url).pathname.length > 1;
  const run = async (statements: readonly string[]): Promise<void> => {
    for (const statement of statements) await connection.query(statement);
  };
  return {
    create: async (replace) => {
      if (!named)
        await run([`CREATE DATABASE IF NOT EXISTS ${quote('mariadb', department.schema)} CHARACTER SET utf8mb4`, `USE ${quote('mariadb', department.schema)}`]);
      await run(["SET time_zone = '+08:00'"]);
      if (replace) await run([...department.tables].reverse().map((table) => `DROP TABLE IF EXISTS ${quote('mariadb', table.name)}`));
      await run(department.tables.flatMap((table) => createStatements('mariadb', table)));
    },
    insert: async (table, rows) => {
      const values = rows.map((row) => table.columns.map((column, index) => encodeCell('mariadb', column, row[index] ?? null)));
      await connection.query(`INSERT INTO ${quote('mariadb', table.name)} VALUES ?`, [values]);
    },
    finish: async () => {
      await run(department.tables.flatMap((table) => indexStatements('mariadb', table)));
      await run(department.tables.map((table) => `ANALYZE TABLE ${quote('mariadb', table.name)}`));
    },
    close: () => connection.end(),
  };
}
