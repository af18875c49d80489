import type { TableRef } from '../spi/connector.ts';

/** The files of each table and of its partitions: `ALTER … TYPE … USING` writes new ones and tells no row, and an attached partition brings rows untold. */
const STORAGE = `select coalesce((with recursive part(oid) as (
      select to_regclass(name)::oid union all select inhrelid from pg_inherits join part on inhparent = part.oid)
    select string_agg(c.oid || ' ' || c.relfilenode, ',' order by c.oid) from pg_class c join part on part.oid = c.oid), '')
  from unnest($1::text[]) with ordinality as wanted(name, place) order by place`;

export async function storageOfTables(
  query: (text: string, values?: readonly unknown[]) => Promise<unknown[][]>,
  tables: readonly TableRef[],
): Promise<readonly string[]> {
  const rows = await query(STORAGE, [tables.map(({ schema, table }) => (schema === undefined ? quoted(table) : `${quoted(schema)}.${quoted(table)}`))]);
  return rows.map(([text]) => String(text));
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
