import type { Catalog, CatalogColumn, CatalogForeignKey, CatalogTable } from '../../schema/model/catalog.ts';
import { OUTBOX } from './change-setup.ts';
import { physicalTypeOf } from './native-type.ts';

/** Rows of one statement. */
export type Ask = (sql: string, parameters?: readonly string[]) => Promise<unknown[][]>;

/** What the hub's own triggers fill is not the department's. */
const OBJECTS = `select name, type from pragma_table_list where schema = 'main' and type in ('table', 'view') and name not like 'sqlite\\_%' escape '\\' and name <> '${OUTBOX}' order by name`;
const INDEXED = `select t.name, i.name, i."unique" and not i.partial and i.origin <> 'pk', x.name
  from pragma_table_list t join pragma_index_list(t.name) i join pragma_index_xinfo(i.name) x
  where t.schema = 'main' and t.type = 'table' and x.key order by t.name, i.seq, x.seqno`;
const FOREIGN = `select t.name, f.id, f."table", f."from", f."to" from pragma_table_list t join pragma_foreign_key_list(t.name) f
  where t.schema = 'main' and t.type = 'table' order by t.name, f.id, f.seq`;
/** Hidden columns (1) belong to virtual tables; generated ones (2, 3) are columns like any other. */
const COLUMNS = `select name, type, "notnull", pk from pragma_table_xinfo(?) where hidden <> 1 order by cid`;
const ESTIMATES = `select tbl, max(cast(stat as integer)) from sqlite_stat1 group by tbl`;

/** Reads what the database file declares. SQLite has no comments; estimates exist only where ANALYZE was run. */
export async function introspectSqlite(ask: Ask): Promise<Catalog> {
  const objects = (await ask(OBJECTS)) as [string, 'table' | 'view'][];
  const indexes = groupByFirst((await ask(INDEXED)) as [string, string, number, string | null][]);
  const foreign = groupByFirst((await ask(FOREIGN)) as [string, number, string, string, string | null][]);
  const analysed = (await ask(`select 1 from sqlite_schema where name = 'sqlite_stat1'`)).length > 0;
  const estimates = new Map(analysed ? ((await ask(ESTIMATES)) as [string, number][]) : []);

  const tables: CatalogTable[] = [];
  for (const [name, kind] of objects) {
    const columns = await columnsOf(name, kind, ask);
    if (columns === null) continue;
    const primaryKey = columns
      .filter((row) => row[3] > 0)
      .sort((a, b) => a[3] - b[3])
      .map((row) => row[0]);
    const groups = [...groupBySecond(indexes.get(name) ?? []).values()];
    const rowEstimate = estimates.get(name);
    tables.push({
      name,
      kind,
      columns: columns.map(catalogColumn),
      primaryKey,
      uniqueKeys: groups.filter((rows) => rows[0]![2] === 1 && rows.every((row) => row[3] !== null)).map((rows) => rows.map((row) => row[3]!)),
      foreignKeys: [...groupBySecond(foreign.get(name) ?? []).values()].map(foreignKey),
      indexedColumns: [...new Set([...primaryKey.slice(0, 1), ...groups.map((rows) => rows[0]![3]).filter((column) => column !== null)])],
      ...(rowEstimate === undefined ? {} : { rowEstimate }),
    });
  }
  return { tables: tables.map((table) => withReferences(table, tables)) };
}

type ColumnRow = readonly [name: string, type: string, notNull: number, pk: number];

/** Null for a view whose tables are gone: it cannot be read, and the others still can. */
async function columnsOf(table: string, kind: 'table' | 'view', ask: Ask): Promise<readonly ColumnRow[] | null> {
  try {
    return (await ask(COLUMNS, [table])) as unknown as ColumnRow[];
  } catch (error) {
    if (kind === 'view' && (error as { readonly code?: string }).code === 'SOURCE_DRIFT') return null;
    throw error;
  }
}

function catalogColumn([name, declared, notNull, pk]: ColumnRow): CatalogColumn {
  return { name, type: physicalTypeOf(declared), nativeType: declared, nullable: notNull === 0 && pk === 0 };
}

function foreignKey(rows: readonly (readonly [string, number, string, string, string | null])[]): CatalogForeignKey {
  return { columns: rows.map((row) => row[3]), table: { name: rows[0]![2] }, references: rows.map((row) => row[4]).filter((column) => column !== null) };
}

/** A foreign key that names no columns means the primary key. */
function withReferences(table: CatalogTable, tables: readonly CatalogTable[]): CatalogTable {
  const foreignKeys = table.foreignKeys.map((key) =>
    key.references.length > 0 ? key : { ...key, references: tables.find((other) => other.name === key.table.name)?.primaryKey ?? [] },
  );
  return { ...table, foreignKeys };
}

function groupByFirst<R extends readonly [string, ...unknown[]]>(rows: readonly R[]): Map<string, R[]> {
  return Map.groupBy(rows, (row) => row[0]);
}

function groupBySecond<R extends readonly [string, string | number, ...unknown[]]>(rows: readonly R[]): Map<string | number, R[]> {
  return Map.groupBy(rows, (row) => row[1]);
}
