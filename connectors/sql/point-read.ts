import type { ColumnName, Predicate, Request, RowSet } from '../spi/ir.ts';

/** More rows are no single object. */
const ROWS_MAX = 2;

/** Finds at most a row or two of one table by an index: whatever the table's size, it is over in no time. */
export function isPointRead(request: Request): boolean {
  if (request.kind !== 'rows') return false;
  const { rows, where, limit, offset, children } = request.query;
  if (limit === undefined || limit > ROWS_MAX || offset !== undefined || children.length > 0) return false;
  const found = tableOf(rows);
  if (!found) return false;
  const indexed = new Set(found.table.columns.filter((column) => column.indexed === true).map(({ name }) => name));
  return [where, ...found.conditions].some((condition) => condition && isKeyed(condition, indexed));
}

function tableOf(rows: RowSet): { readonly table: Extract<RowSet, { kind: 'table' }>; readonly conditions: readonly Predicate[] } | undefined {
  if (rows.kind === 'table') return { table: rows, conditions: [] };
  const below = rows.kind === 'filter' ? tableOf(rows.rows) : undefined;
  return below && rows.kind === 'filter' ? { table: below.table, conditions: [...below.conditions, rows.where] } : undefined;
}

function isKeyed(condition: Predicate, indexed: ReadonlySet<ColumnName>): boolean {
  if (condition.kind === 'and') return condition.predicates.some((each) => isKeyed(each, indexed));
  if (condition.kind !== 'compare' || condition.op !== 'eq') return false;
  return [
    [condition.left, condition.right],
    [condition.right, condition.left],
  ].some(([key, value]) => key?.kind === 'column' && indexed.has(key.column) && (value?.kind === 'variable' || value?.kind === 'literal'));
}
