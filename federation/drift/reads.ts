import type { TableRef } from '../../connectors/spi/connector.ts';
import type { Expr, RowSet } from '../../connectors/spi/ir.ts';

/** Tables and columns that some IR reads, wherever in it. Columns by `["schema","table","column"]`. */
export interface Reads {
  readonly tables: ReadonlyMap<string, TableRef>;
  readonly columns: ReadonlySet<string>;
  /** Those of them that are read as whole numbers of 32 bits: a greater one would lose digits. */
  readonly small: ReadonlySet<string>;
}

export const tableKey = ({ schema, table }: TableRef): string => JSON.stringify([schema ?? '', table]);
export const columnKey = (schema: string | undefined, table: string, column: string): string => JSON.stringify([schema ?? '', table, column]);

export function readsOf(...parts: readonly unknown[]): Reads {
  const tables = new Map<string, TableRef>();
  const [columns, small] = [new Set<string>(), new Set<string>()];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if (value instanceof Map) return value.forEach(visit);
    if ('kind' in value && value.kind === 'table' && 'table' in value) {
      const { schema, table, columns: defs } = value as Extract<RowSet, { kind: 'table' }>;
      if (table === '') return; // of a source that has not been reached yet
      const ref = { ...(schema === undefined ? {} : { schema }), table };
      tables.set(tableKey(ref), ref);
      for (const { name, type } of defs) {
        columns.add(columnKey(schema, table, name));
        if (type.kind === 'integer' && type.bits < 64) small.add(columnKey(schema, table, name));
      }
      return;
    }
    Object.values(value).forEach(visit);
  };
  parts.forEach(visit);
  return { tables, columns, small };
}

/** Names of the columns that expressions of some IR read, wherever in it. */
export function columnNamesIn(...parts: readonly unknown[]): Set<string> {
  const names = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { kind, column } = value as Partial<Extract<Expr, { kind: 'column' }>>;
    if (kind === 'column' && typeof column === 'string') names.add(column);
    Object.values(value).forEach(visit);
  };
  parts.forEach(visit);
  return names;
}
