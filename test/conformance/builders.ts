/** Short spellings of IR nodes for tests, over the tables that introspection found. */
import type { Catalog } from '../../schema/model/catalog.ts';
import type { PhysicalType, WireValue } from '../../schema/model/physical-type.ts';
import type { AggregateQuery, ColumnDef, CompareOp, Expr, NamedExpr, On, Order, Predicate, Query, Request, RowSet, TextOp } from '../../connectors/spi/ir.ts';

export const TEXT: PhysicalType = { kind: 'text' };
export const INT: PhysicalType = { kind: 'integer', bits: 32 };
export const LONG: PhysicalType = { kind: 'integer', bits: 64 };
export const DECIMAL: PhysicalType = { kind: 'decimal' };
export const DATE: PhysicalType = { kind: 'date' };
export const BOOLEAN: PhysicalType = { kind: 'boolean' };
export const JSON_TYPE: PhysicalType = { kind: 'json' };
export const NAIVE: PhysicalType = { kind: 'timestamp', zoned: false };
export const ZONED: PhysicalType = { kind: 'timestamp', zoned: true };

export interface Tables {
  /** A table with all its columns, typed as introspected. */
  readonly rows: (table: string) => RowSet & { readonly kind: 'table' };
  readonly column: (table: string, column: string) => Expr & { readonly kind: 'column' };
}

export function tablesOf(catalog: Catalog): Tables {
  const sets = new Map<string, RowSet & { readonly kind: 'table' }>();
  const rows = (name: string): RowSet & { readonly kind: 'table' } => {
    const known = sets.get(name);
    if (known !== undefined) return known;
    const table = catalog.tables.find((candidate) => candidate.name === name);
    if (table === undefined) throw new Error(`expected introspection to find table ${name}`);
    const columns: ColumnDef[] = table.columns.map((column) => ({
      name: column.name,
      type: column.type,
      ...(table.indexedColumns.includes(column.name) ? { indexed: true } : {}),
      ...(column.nullable ? {} : { nullable: false }),
    }));
    const set = { kind: 'table' as const, ...(table.schema === undefined ? {} : { schema: table.schema }), table: name, columns };
    sets.set(name, set);
    return set;
  };
  const column = (table: string, name: string): Expr & { readonly kind: 'column' } => {
    const found = rows(table).columns.find((candidate) => candidate.name === name);
    if (found === undefined) throw new Error(`expected introspection to find column ${table}.${name}`);
    return { kind: 'column', column: name, type: found.type };
  };
  return { rows, column };
}

export function col(column: string, type: PhysicalType): Expr {
  return { kind: 'column', column, type };
}

export function lit(value: WireValue, type: PhysicalType = typeof value === 'number' ? INT : typeof value === 'boolean' ? BOOLEAN : TEXT): Expr {
  return { kind: 'literal', value, type };
}

export function compare(op: CompareOp, left: Expr, right: Expr): Predicate {
  return { kind: 'compare', op, left, right };
}

export function text(op: TextOp, value: Expr, pattern: string | Expr, negated = false): Predicate {
  return { kind: 'text', op, value, pattern: typeof pattern === 'string' ? lit(pattern) : pattern, negated };
}

export function isNull(value: Expr, negated = false): Predicate {
  return { kind: 'isNull', value, negated };
}

export function asc(value: Expr): Order {
  return { value, direction: 'asc', nulls: 'first' };
}

export function desc(value: Expr): Order {
  return { value, direction: 'desc', nulls: 'last' };
}

export function named(as: string, value: Expr): NamedExpr {
  return { as, value };
}

export function on(outer: Expr, inner: Expr): On {
  return [{ outer, inner }];
}

export function query(rows: RowSet, columns: readonly Expr[], rest: Partial<Omit<Query, 'rows' | 'columns'>> = {}): Query {
  return { rows, columns, orderBy: [], children: [], ...rest };
}

export function rowsRequest(rows: RowSet, columns: readonly Expr[], rest: Partial<Omit<Query, 'rows' | 'columns'>> = {}): Request {
  return { kind: 'rows', query: query(rows, columns, rest) };
}

export function aggregateRequest(rows: RowSet, measures: AggregateQuery['measures'], rest: Partial<Omit<AggregateQuery, 'rows' | 'measures'>> = {}): Request {
  return { kind: 'aggregate', query: { rows, measures, ...rest } };
}
