import type { PhysicalType, WireValue } from '../../schema/model/physical-type.ts';
import type { Bindings, ColumnName, Expr, On, RowSet } from '../spi/ir.ts';

/** One row while a request is evaluated: values in wire form by column name. */
export type MemoryRow = ReadonlyMap<ColumnName, WireValue>;

/** A value with its type, as every expression yields it. */
export interface Typed {
  readonly value: WireValue;
  readonly type: PhysicalType;
}

/** What one run of a request can see. Row sets never depend on an enclosing row, so each is evaluated once a run. */
export interface Scope {
  readonly timeZone: string;
  readonly bindings: Bindings;
  /** Rows of a physical table, with at least the columns asked for. @throws {HubError} SOURCE_DRIFT when the table or a column is not there */
  readonly table: (rows: RowSet & { readonly kind: 'table' }) => readonly MemoryRow[];
  readonly rowSets: Map<RowSet, readonly MemoryRow[]>;
  readonly indexes: Map<RowSet, Map<On, ReadonlyMap<string, readonly number[]>>>;
  readonly lists: Map<string, ReadonlySet<string>>;
}

export const EMPTY_ROW: MemoryRow = new Map();

/** The value of a variable; absent means null. */
export function variableOf(scope: Scope, expr: Expr & { readonly kind: 'variable' }): WireValue {
  return scope.bindings.variables?.[expr.name] ?? null;
}
