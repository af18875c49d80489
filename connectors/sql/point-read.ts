import type { KeyedRead } from '../spi/connector.ts';
import type { ColumnDef, ColumnName, Expr, Predicate, Query, Request, RowSet, VariableName } from '../spi/ir.ts';

/** More rows are no single object. */
const ROWS_MAX = 2;

type Table = Extract<RowSet, { kind: 'table' }>;

/** Finds at most a row or two of one table by an index, or some dozens by one each: whatever the table's size, it is over in no time. */
export function isPointRead(request: Request): boolean {
  if (request.kind === 'batch') return request.few === true;
  if (request.kind !== 'rows' || !isShort(request.query)) return false;
  const { rows, where } = request.query;
  const found = tableOf(rows);
  if (!found) return false;
  const indexed = columnsWith(found.table, ({ indexed }) => indexed === true);
  return [where, ...found.conditions].some((condition) => condition && andedOf(condition).some((each) => keyOf(each, indexed)));
}

/** The same read for several keys, where it finds at most one row by one value of its own. @param request in its simplest form */
export function keyedRead(request: Request): KeyedRead | undefined {
  if (request.kind !== 'rows' || !isShort(request.query)) return undefined;
  const { rows, where, limit = ROWS_MAX, ...query } = request.query;
  const found = tableOf(rows);
  if (!found) return undefined;
  const unique = columnsWith(found.table, (column) => column.unique === true && column.indexed === true);
  const conditions = [where, ...found.conditions].flatMap((condition) => (condition ? andedOf(condition) : []));
  for (const condition of conditions) {
    const pair = keyOf(condition, unique);
    if (pair?.value.kind !== 'variable') continue;
    const { key, value } = pair;
    const rest = conditions.filter((each) => each !== condition);
    const all: Query = { ...query, rows: found.table, ...(rest.length === 0 ? {} : { where: { kind: 'and', predicates: rest } }) };
    if (namesVariable(all, value.name)) continue; // it would be another for each key
    const outer: Expr = { kind: 'column', column: 'k0', type: value.type };
    return {
      key: value.name,
      limit,
      request: {
        kind: 'batch',
        single: true,
        few: true,
        keys: [{ name: 'k0', type: value.type }],
        children: [{ kind: 'many', on: [{ outer, inner: key }], query: all }],
      },
    };
  }
  return undefined;
}

function isShort({ limit, offset, children }: Query): boolean {
  return limit !== undefined && limit <= ROWS_MAX && offset === undefined && children.length === 0;
}

function tableOf(rows: RowSet): { readonly table: Table; readonly conditions: readonly Predicate[] } | undefined {
  if (rows.kind === 'table') return { table: rows, conditions: [] };
  const below = rows.kind === 'filter' ? tableOf(rows.rows) : undefined;
  return below && rows.kind === 'filter' ? { table: below.table, conditions: [...below.conditions, rows.where] } : undefined;
}

function columnsWith({ columns }: Table, has: (column: ColumnDef) => boolean): ReadonlySet<ColumnName> {
  return new Set(columns.filter(has).map(({ name }) => name));
}

/** What must all be true. */
function andedOf(condition: Predicate): readonly Predicate[] {
  return condition.kind === 'and' ? condition.predicates.flatMap(andedOf) : [condition];
}

function namesVariable(part: unknown, name: VariableName): boolean {
  if (typeof part !== 'object' || part === null) return false;
  if ('kind' in part && part.kind === 'variable' && 'name' in part && part.name === name) return true;
  return Object.values(part).some((inner) => namesVariable(inner, name));
}

type Value = Extract<Expr, { kind: 'variable' | 'literal' }>;

/** The column of these that must equal a value. */
function keyOf(condition: Predicate, columns: ReadonlySet<ColumnName>): { readonly key: Expr; readonly value: Value } | undefined {
  if (condition.kind !== 'compare' || condition.op !== 'eq') return undefined;
  for (const [key, value] of [
    [condition.left, condition.right],
    [condition.right, condition.left],
  ] as const)
    if (key.kind === 'column' && columns.has(key.column) && (value.kind === 'variable' || value.kind === 'literal')) return { key, value };
  return undefined;
}
