import type { WireValue } from '../../schema/model/physical-type.ts';
import type { Expr, RowSet } from '../spi/ir.ts';
import { typeOfExpr } from '../spi/type-of.ts';
import { identityOf } from './compare.ts';
import { evaluate } from './expression.ts';
import { rowsOf } from './row-set.ts';
import type { MemoryRow, Scope } from './scope.ts';

/** Rows of physical tables, by `schema.table` or `table` as row sets name them; a table that is not there has no rows, a column that is not there is null. */
export type InterpretedTables = ReadonlyMap<string, readonly Readonly<Record<string, WireValue>>[]>;

/** The values of expressions for every row of a row set, over these tables' rows alone. */
export function interpret(rows: RowSet, columns: readonly Expr[], tables: InterpretedTables, timeZone: string): WireValue[][] {
  const scope = scopeOver(tables, timeZone);
  return rowsOf(rows, scope).map((row) => columns.map((column) => evaluate(column, row, scope)));
}

/** For every row of a row set, a text that two rows share exactly when these expressions are equal; undefined where one is null and `nulls` do not count as equal. */
export function interpretKeys(
  rows: RowSet,
  columns: readonly Expr[],
  tables: InterpretedTables,
  timeZone: string,
  nulls: 'equal' | 'unequal',
): (string | undefined)[] {
  const types = columns.map(typeOfExpr);
  return interpret(rows, columns, tables, timeZone).map((values) =>
    nulls === 'unequal' && values.includes(null) ? undefined : JSON.stringify(values.map((value, index) => identityOf(value, types[index]!))),
  );
}

function scopeOver(tables: InterpretedTables, timeZone: string): Scope {
  return {
    timeZone,
    bindings: {},
    table: ({ schema, table, columns }) => {
      const rows = tables.get(schema === undefined ? table : `${schema}.${table}`) ?? [];
      return rows.map((row): MemoryRow => new Map(columns.map(({ name }) => [name, row[name] ?? null])));
    },
    rowSets: new Map(),
    indexes: new Map(),
    lists: new Map(),
  };
}
