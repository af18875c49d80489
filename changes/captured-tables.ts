import type { CapturedTable } from '../connectors/spi/changes.ts';
import type { ColumnDef, Expr, RowSet } from '../connectors/spi/ir.ts';
import type { Catalog, CatalogTable } from '../schema/model/catalog.ts';

export type TableSet = RowSet & { readonly kind: 'table' };

/** What a row set calls a table: `schema.table`, or `table`. */
export const tableName = ({ schema, table }: Pick<TableSet, 'schema' | 'table'>): string => (schema === undefined ? table : `${schema}.${table}`);

/** Every physical table that a row set reads, each as often as it is read. */
export function tablesOf(rows: RowSet): TableSet[] {
  switch (rows.kind) {
    case 'table':
      return [rows];
    case 'union':
      return rows.branches.flatMap((branch) => tablesOf(branch.rows));
    case 'lookup':
      return [...tablesOf(rows.rows), ...tablesOf(rows.table)];
    default:
      return tablesOf(rows.rows);
  }
}

/**
 * The tables that these row sets read, with all columns that any of them reads and what identifies a row: the primary key, else a unique key without
 * nulls, else the columns that a mapping names as the key, else all columns (then equal rows are one).
 */
export function capturedTables(reads: readonly { readonly rows: RowSet; readonly key: readonly Expr[] }[], catalog: Catalog): CapturedTable[] {
  const found = new Map<string, { readonly set: TableSet; readonly columns: Map<string, ColumnDef>; named: readonly string[] }>();
  for (const { rows, key } of reads) {
    const names = key.flatMap((expr) => (expr.kind === 'column' ? [expr.column] : []));
    const tables = tablesOf(rows);
    for (const set of tables) {
      const known = found.get(tableName(set)) ?? { set, columns: new Map<string, ColumnDef>(), named: [] };
      found.set(tableName(set), known);
      for (const column of set.columns) known.columns.set(column.name, column);
      const isWhole = names.length === key.length && names.every((name) => set.columns.some((column) => column.name === name));
      if (isWhole && known.named.length === 0) known.named = names;
    }
  }
  return [...found.values()].map(({ set, columns, named }) => captured(set, columns, named, catalog));
}

function captured(set: TableSet, columns: Map<string, ColumnDef>, named: readonly string[], catalog: Catalog): CapturedTable {
  const table = catalog.tables.find((each) => each.name === set.table && (set.schema === undefined || each.schema === set.schema));
  const key = table === undefined ? [] : keyOf(table);
  for (const name of key) {
    const column = table?.columns.find((each) => each.name === name);
    if (column !== undefined && !columns.has(name)) columns.set(name, { name, type: column.type, nullable: false });
  }
  const all = [...columns.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return {
    ...(set.schema === undefined ? {} : { schema: set.schema }),
    table: set.table,
    columns: all,
    key: key.length > 0 ? key : named.length > 0 ? named : all.map(({ name }) => name),
  };
}

function keyOf(table: CatalogTable): readonly string[] {
  if (table.primaryKey.length > 0) return table.primaryKey;
  const nullable = new Set(table.columns.filter((column) => column.nullable).map((column) => column.name));
  return table.uniqueKeys.find((columns) => columns.every((column) => !nullable.has(column))) ?? [];
}
