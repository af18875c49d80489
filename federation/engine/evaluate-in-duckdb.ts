import type { ColumnDef, Expr } from '../../connectors/spi/ir.ts';
import { typeOfExpr, typeOfMeasure } from '../../connectors/spi/type-of.ts';
import type { PhysicalType, WireValue } from '../../schema/model/physical-type.ts';
import type { Values } from './compile-test.ts';
import { plainForm } from './comparison.ts';
import { DIGITS_MAX, digitsOf, engineType, exprSql, measureSql, orderSql, predicateSql, type SqlContext } from './duckdb-sql.ts';
import type { DuckDb, DuckDbTable } from './duckdb.ts';
import type { GroupsQuery, RowsQuery } from './engine.ts';

/** Rows in plain form, with the list that each belongs to. */
export interface ListedRows {
  readonly columns: readonly ColumnDef[];
  readonly rows: readonly Values[];
  readonly lists: readonly number[];
}

/** A sum has so many digits more than what is added up: there are fewer rows than 10^7. */
const SUM_ROOM = 7;

/** Can the engine hold all numbers exactly, those that they are compared with and their sums too? */
export function fitsDuckDb({ columns, rows }: ListedRows, query: RowsQuery | GroupsQuery): boolean {
  const operands = query.kind === 'rows' && query.where ? digitsOf(literalsIn(query.where)) : { whole: 0, scale: 0 };
  return columns.every(({ type }, i) => {
    if (type.kind !== 'decimal' && type.kind !== 'integer') return true;
    const { whole, scale } = digitsOf(column(rows, i));
    return Math.max(whole, operands.whole) + Math.max(scale, operands.scale) + SUM_ROOM <= DIGITS_MAX;
  });
}

/** By list: numbers of the rows that pass, in the order asked. */
export async function selectInDuckDb(duckdb: DuckDb, input: ListedRows, query: RowsQuery, count: number, signal: AbortSignal): Promise<number[][]> {
  const context: SqlContext = { operands: [] };
  const where = query.where ? ` where ${predicateSql(query.where, context)}` : '';
  const order = [...orderSql(query.orderBy, context), 'r'].join(', ');
  const [first, last] = [query.offset ?? 0, query.limit === undefined ? Number.MAX_SAFE_INTEGER : (query.offset ?? 0) + query.limit];
  const sql =
    count === 1
      ? `select r, l from t${where} order by ${order}${query.limit === undefined ? '' : ` limit ${query.limit}`} offset ${first}`
      : `select r, l from (select r, l, row_number() over (partition by l order by ${order}) as n from t${where}) where n > ${first} and n <= ${last} order by l, n`;
  const found = await duckdb.query(tableOf(input), sql, context.operands, signal);
  const result = Array.from({ length: count }, (): number[] => []);
  for (const [row, list] of found) result[Number(list)]?.push(Number(row));
  return result;
}

/** By list: its groups, keys then measures, in no order. */
export async function groupInDuckDb(duckdb: DuckDb, input: ListedRows, query: GroupsQuery, count: number, signal: AbortSignal): Promise<WireValue[][][]> {
  const context: SqlContext = { operands: [] };
  const keys = query.by.map((key) => exprSql(key, context));
  const shown = query.by.map((key, i) => (typeOfExpr(key).kind === 'boolean' ? (keys[i] ?? '') : `${keys[i] ?? ''}::varchar`));
  const sql = `select ${['l', ...shown, ...query.measures.map((measure) => measureSql(measure, context))].join(', ')} from t group by ${['l', ...keys].join(', ')}`;
  const found = await duckdb.query(tableOf(input), sql, context.operands, signal);
  const forms = [...query.by.map(typeOfExpr), ...query.measures.map(typeOfMeasure)].map(fromText);
  const result = Array.from({ length: count }, (): WireValue[][] => []);
  for (const [list, ...values] of found) result[Number(list)]?.push(values.map((value, i) => forms[i]?.(value) ?? null));
  return result;
}

function tableOf({ columns, rows, lists }: ListedRows): DuckDbTable {
  return {
    columns: [{ name: 'l', type: 'INTEGER' }, ...columns.map(({ name, type }, i) => ({ name, type: engineType(type, column(rows, i)) }))],
    rows: rows.length,
    value: (row, i) => (i === 0 ? (lists[row] ?? 0) : (rows[row]?.[i - 1] ?? null)),
  };
}

function fromText(type: PhysicalType): (value: WireValue) => WireValue {
  const number = type.kind === 'float' || (type.kind === 'integer' && type.bits !== 64);
  if (number) return (value) => (value === null ? null : Number(value));
  return plainForm(type);
}

function* column(rows: readonly Values[], index: number): Iterable<WireValue> {
  for (const row of rows) yield row[index] ?? null;
}

function literalsIn(node: unknown): WireValue[] {
  if (typeof node !== 'object' || node === null) return [];
  const { kind, value, type } = node as Extract<Expr, { kind: 'literal' }>;
  if (kind === 'literal') return type.kind === 'decimal' || type.kind === 'integer' ? [value] : [];
  return Object.values(node).flatMap(literalsIn);
}
