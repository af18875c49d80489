import pg from 'pg';
import { encodeCell } from './cell.ts';
import { createStatements, indexStatements, qualified, quote, typeName } from './ddl.ts';
import type { Column, Department } from './table.ts';
import type { Writer } from './writer.ts';

/** The department's own schema in the URL's database. */
export async function createPostgresWriter(url: string, department: Department): Promise<Writer> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { schema } = department;
  const run = async (statements: readonly string[]): Promise<void> => {
    for (const statement of statements) await client.query(statement);
  };
  return {
    create: async (replace) => {
      await run([`CREATE SCHEMA IF NOT EXISTS ${quote('postgres', schema)}`, "SET TIME ZONE 'Asia/Shanghai'"]);
      if (replace) await run(department.tables.map((table) => `DROP TABLE IF EXISTS ${qualified('postgres', table.name, schema)} CASCADE`));
      await run(department.tables.flatMap((table) => createStatements('postgres', table, schema)));
    },
    insert: async (table, rows) => {
      // One array a column: the statement is the same for any number of rows.
      const arrays = table.columns.map((column, index) => `$${index + 1}::${castType(column)}[]`);
      await client.query({
        name: `insert ${schema}.${table.name}`,
        text: `INSERT INTO ${qualified('postgres', table.name, schema)} SELECT * FROM unnest(${arrays.join(', ')})`,
        values: table.columns.map((column, index) => rows.map((row) => encodeCell('postgres', column, row[index] ?? null))),
      });
    },
    finish: async () => {
      await run(department.tables.flatMap((table) => indexStatements('postgres', table, schema)));
      await run(department.tables.map((table) => `ANALYZE ${qualified('postgres', table.name, schema)}`));
    },
    close: () => client.end(),
  };
}

const castType = (column: Column): string => (column.type === 'serial' ? 'integer' : column.type === 'bigserial' ? 'bigint' : typeName('postgres', column));
