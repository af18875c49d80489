import type { Catalog } from '../../schema/model/catalog.ts';
import type { Supergraph } from '../plan/supergraph.ts';

/** How much of a source its mapping uses. */
export interface Coverage {
  readonly tables: number;
  readonly mappedTables: number;
  readonly columns: number;
  readonly mappedColumns: number;
  /** Tables with columns that are not used, in the catalog's order. */
  readonly unmapped: readonly { readonly table: string; readonly comment?: string; readonly columns: readonly string[] }[];
}

/** Compares a source's catalog with what its bindings read. Pure. A column counts as used in every table of a row set that reads a column of its name. */
export function sourceCoverage(supergraph: Supergraph, source: string, catalog: Catalog): Coverage {
  const used = new Map<string, Set<string>>();
  const note = (binding: object): void => {
    const columns = new Set<string>();
    const tables = new Set<string>();
    collect(binding, columns, tables);
    for (const table of tables) {
      const known = used.get(table) ?? new Set<string>();
      for (const column of columns) known.add(column);
      used.set(table, known);
    }
  };
  for (const bindings of supergraph.bindings.values()) for (const binding of bindings) if (binding.source === source) note(binding);
  for (const crosswalk of supergraph.crosswalks.values()) if (crosswalk.source === source) note(crosswalk);

  const tables = catalog.tables.map((table) => {
    const columns = used.get(table.name);
    return { table, free: table.columns.map((column) => column.name).filter((name) => !columns?.has(name)) };
  });
  const columns = tables.reduce((sum, { table }) => sum + table.columns.length, 0);
  return {
    tables: tables.length,
    mappedTables: tables.filter(({ table }) => used.has(table.name)).length,
    columns,
    mappedColumns: columns - tables.reduce((sum, { free }) => sum + free.length, 0),
    unmapped: tables
      .filter(({ free }) => free.length > 0)
      .map(({ table, free }) => ({ table: table.name, ...(table.comment === undefined ? {} : { comment: table.comment }), columns: free })),
  };
}

/** Every column and table that the IR under `value` names. */
function collect(value: unknown, columns: Set<string>, tables: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  if (value instanceof Map) {
    for (const each of value.values()) collect(each, columns, tables);
    return;
  }
  const node = value as { readonly kind?: unknown; readonly table?: unknown; readonly column?: unknown };
  if (node.kind === 'table' && typeof node.table === 'string') {
    tables.add(node.table);
    return; // it lists all its columns, used or not
  }
  if (node.kind === 'column' && typeof node.column === 'string') columns.add(node.column);
  for (const each of Object.values(value)) collect(each, columns, tables);
}
