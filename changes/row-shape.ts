import { createHash } from 'node:crypto';
import type { Expr, RowSet } from '../connectors/spi/ir.ts';
import { tableName, tablesOf } from './captured-tables.ts';

/**
 * How the rows of a type hang on physical rows. A row of the type is made of one base row (`rowWise`), or of a base row with rows of dictionaries, or of
 * all base rows of one group; then a changed physical row can alter types' rows whose base rows did not change, and these are found by indexes.
 */
export interface RowShape {
  readonly rows: RowSet;
  /** Tables of base rows, in the row set's words. */
  readonly base: readonly string[];
  readonly rowWise: boolean;
  /** A row of the type is made of one base row and of dictionaries that hold no base rows: a change of base rows alone can be told row by row. */
  readonly byBaseRow: boolean;
  readonly dictionaries: readonly {
    readonly tables: readonly string[];
    /** The same value on both sides joins them. Absent: any row may be joined to any. */
    readonly outer?: RowIndex;
    readonly inner: RowIndex;
  }[];
  /** Base rows that are judged together; undefined: any with any. */
  readonly groups: readonly (RowIndex | undefined)[];
}

/** Finds physical rows by a value. */
export interface RowIndex {
  /** Stays the same for the same rows and values. */
  readonly name: string;
  /** Evaluated over one physical row alone. */
  readonly rows: RowSet;
  readonly tables: readonly string[];
  readonly values: readonly Expr[];
  readonly nulls: 'equal' | 'unequal';
}

/** @param together further values whose equal rows are judged together, e.g. all rows of one key of a crosswalk */
export function rowShape(rows: RowSet, together?: readonly Expr[]): RowShape {
  const dictionaries: (RowSet & { readonly kind: 'lookup' })[] = [];
  const groups: (readonly Expr[])[] = together === undefined ? [] : [together];
  let base = rows;
  while (base.kind !== 'table' && base.kind !== 'union') {
    if (base.kind === 'lookup') dictionaries.push(base);
    if (base.kind === 'latest') groups.push(base.by);
    if (base.kind === 'grouped') groups.push(base.by.map(({ value }) => value));
    base = base.rows;
  }
  const baseTables = tablesOf(base).map(tableName);
  const columns = new Set(base.columns.map(({ name }) => name));
  const indexOver = (set: RowSet, values: readonly Expr[], nulls: RowIndex['nulls'], known: ReadonlySet<string>): RowIndex | undefined =>
    values.every((value) => columnsOf(value).every((name) => known.has(name)))
      ? { name: nameOf(set, values), rows: set, tables: tablesOf(set).map(tableName), values, nulls }
      : undefined;
  return {
    rows,
    base: baseTables,
    rowWise: dictionaries.length === 0 && groups.length === 0,
    byBaseRow: groups.length === 0 && dictionaries.every(({ table }) => tablesOf(table).every((set) => !baseTables.includes(tableName(set)))),
    dictionaries: dictionaries.map(({ table, on }) => {
      const pairs = on.filter((pair) => pair.distinct !== true);
      const outer = indexOver(
        base,
        pairs.map((pair) => pair.outer),
        'unequal',
        columns,
      );
      const values = pairs.map((pair) => pair.inner);
      const inner: RowIndex = { name: nameOf(table, values), rows: table, tables: tablesOf(table).map(tableName), values, nulls: 'unequal' };
      return { tables: inner.tables, inner, ...(outer === undefined ? {} : { outer }) };
    }),
    groups: groups.map((by) => indexOver(base, by, 'equal', columns)),
  };
}

/** Every index that a shape needs. */
export function indexesOf(shape: RowShape): RowIndex[] {
  const all = [...shape.dictionaries.flatMap(({ outer, inner }) => (outer === undefined ? [inner] : [outer, inner])), ...shape.groups];
  return all.filter((index) => index !== undefined);
}

function columnsOf(expr: Expr): string[] {
  if (expr.kind === 'column') return [expr.column];
  const parts = Object.values(expr).flatMap((part: unknown) => (Array.isArray(part) ? (part as unknown[]) : [part]));
  return parts.flatMap((part) => (typeof part === 'object' && part !== null && 'kind' in part ? columnsOf(part as Expr) : []));
}

function nameOf(rows: RowSet, values: readonly Expr[]): string {
  return createHash('sha256')
    .update(JSON.stringify([tablesOf(rows).map(tableName), rows.kind, filterOf(rows), values]))
    .digest('base64url')
    .slice(0, 16);
}

const filterOf = (rows: RowSet): unknown => (rows.kind === 'filter' ? rows.where : null);
