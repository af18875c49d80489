/**
 * The relational IR: what the planner asks of a source, as plain serialisable data. A connector translates it to its engine's
 * language; `connectors/memory` interprets it directly and is the executable definition of every node's meaning.
 *
 * Meanings that hold on every engine:
 * - A predicate selects the rows for which it is true. Comparing with null is never true, negated forms included.
 * - Text compares by Unicode code point, case and blanks significant; `padded` text without its trailing blanks.
 * - Decimals and 64-bit integers compare and add exactly; a sum over no rows is null, a count is 0.
 * - `false` sorts before `true`; where nulls go is always stated.
 * - An expression that cannot be evaluated for a row (bad date, text that is no number) is null, never an error.
 */
import type { PhysicalType, WireValue } from '../../schema/model/physical-type.ts';

export type ColumnName = string;
export type VariableName = string;

export interface ColumnDef {
  readonly name: ColumnName;
  readonly type: PhysicalType;
  /** A lookup by this column is cheap (it leads an index). Only steers the choice of statement, never the answer. */
  readonly indexed?: boolean;
  /** No two rows have the same value here. Only steers the choice of statement, never the answer. */
  readonly unique?: boolean;
  /** It alone is the primary key of its table. Only steers the choice of statement, never the answer. */
  readonly primary?: boolean;
  /** False: a constraint of the source keeps nulls out, so that an order by it may do without a nulls clause and use an index. */
  readonly nullable?: boolean;
}

/** A portable regular expression: literals, escaped metacharacters, `[…]` classes, `\d`, `(…)`, `(?:…)`, `|`, `? * + {n} {n,m}`. Matches the whole text. */
export type Pattern = string;

/** `yyyy` four digits; `MM dd` two; `M d` one or two; anything else stands for itself (e.g. `yyyy年M月d日`). A format without day means the 1st. */
export type DateFormat = string;

export type Expr =
  | { readonly kind: 'column'; readonly column: ColumnName; readonly type: PhysicalType }
  | { readonly kind: 'literal'; readonly value: WireValue; readonly type: PhysicalType }
  /** A value bound when the statement runs. */
  | { readonly kind: 'variable'; readonly name: VariableName; readonly type: PhysicalType }
  /** Text of the scalar at `path` of a JSON value; null where absent, JSON null, object or array. Numbers keep their digits; booleans are `true`/`false`. */
  | { readonly kind: 'jsonText'; readonly value: Expr; readonly path: readonly (string | number)[] }
  /** Full-width forms U+FF01–FF5E become ASCII, U+3000 and U+00A0 a blank. */
  | { readonly kind: 'fold'; readonly value: Expr }
  /** Without leading and trailing blanks, tabs, CR and LF. */
  | { readonly kind: 'trim'; readonly value: Expr }
  | { readonly kind: 'upper'; readonly value: Expr } // ASCII letters only
  /** Only the characters of the set are kept, in order. */
  | { readonly kind: 'keep'; readonly value: Expr; readonly set: 'digits' | 'alphanumerics' } // ASCII
  | { readonly kind: 'replace'; readonly value: Expr; readonly from: string; readonly to: string } // every occurrence
  | { readonly kind: 'slice'; readonly value: Expr; readonly start: number; readonly length: number } // 0-based, in code points
  /** The part of `value` between the `index`-th separators (0-based); null when there is no such part. */
  | { readonly kind: 'part'; readonly value: Expr; readonly separator: string; readonly index: number }
  /** The text itself when it matches, else null. */
  | { readonly kind: 'matching'; readonly value: Expr; readonly pattern: Pattern }
  /** Capture `group` (1-based) of a match of the whole text, else null. */
  | { readonly kind: 'extract'; readonly value: Expr; readonly pattern: Pattern; readonly group: number }
  /** The text rebuilt from the groups of a match of the whole text (numbers, 1-based) and the texts between them; null when it does not match. Every group named takes part in every match. */
  | { readonly kind: 'rewrite'; readonly value: Expr; readonly pattern: Pattern; readonly pieces: readonly (string | number)[] }
  /** Null when any part is null. Non-text parts in their wire form as text. */
  | { readonly kind: 'concat'; readonly values: readonly Expr[] }
  | { readonly kind: 'coalesce'; readonly values: readonly Expr[] }
  /** First branch whose predicate is true. */
  | { readonly kind: 'case'; readonly branches: readonly { readonly if: Predicate; readonly then: Expr }[]; readonly else?: Expr }
  /** Text → number, any → text (decimals without superfluous zeros), date or naive timestamp → zoned timestamp of the hub's zone. Text that is not `-?\d+(\.\d+)?` (integer: `-?\d+`, in range) is null. */
  | { readonly kind: 'cast'; readonly value: Expr; readonly type: PhysicalType }
  /** Exact product with a decimal constant. */
  | { readonly kind: 'scale'; readonly value: Expr; readonly factor: string }
  /** Exact on integers and decimals; the result is a decimal. */
  | { readonly kind: 'arithmetic'; readonly op: '+' | '-' | '*'; readonly left: Expr; readonly right: Expr }
  /** Text to date by the first format that the whole text matches and that names a real day; else null. */
  | { readonly kind: 'parseDate'; readonly value: Expr; readonly formats: readonly DateFormat[] }
  /** Milliseconds since 1970-01-01T00:00:00Z to a zoned timestamp; negative or null is null. */
  | { readonly kind: 'epochMillis'; readonly value: Expr }
  /** Timestamp → date (in the hub's time zone); date or timestamp → its first day of MONTH | QUARTER | YEAR, as a date. */
  | { readonly kind: 'truncate'; readonly value: Expr; readonly unit: 'DAY' | 'MONTH' | 'QUARTER' | 'YEAR' }
  /** One value of related rows in the same source: the first by `orderBy`, or a measure over all of them. */
  | {
      readonly kind: 'related';
      readonly on: On;
      readonly rows: RowSet;
      readonly where?: Predicate;
      readonly value: Expr | Measure;
      readonly orderBy?: readonly Order[];
    };

export type CompareOp = 'eq' | 'ne' | 'lt' | 'lte' | 'gt' | 'gte';
export type TextOp = 'contains' | 'startsWith' | 'endsWith' | 'iContains'; // iContains folds the case of ASCII letters

export type Predicate =
  | { readonly kind: 'and' | 'or'; readonly predicates: readonly Predicate[] } // [] is true for and, false for or
  | { readonly kind: 'isNull'; readonly value: Expr; readonly negated: boolean }
  | { readonly kind: 'compare'; readonly op: CompareOp; readonly left: Expr; readonly right: Expr }
  /** `negated`: value is not null and none of them. Null among `values` is ignored. */
  | { readonly kind: 'in'; readonly value: Expr; readonly values: readonly Expr[]; readonly negated: boolean }
  /** As `in`, over a list bound when the statement runs; may hold many thousands. */
  | { readonly kind: 'inList'; readonly value: Expr; readonly list: VariableName; readonly negated: boolean }
  | { readonly kind: 'text'; readonly op: TextOp; readonly value: Expr; readonly pattern: Expr; readonly negated: boolean }
  /** Some row of the same source is related and meets `where`. */
  | { readonly kind: 'exists'; readonly on: On; readonly rows: RowSet; readonly where?: Predicate; readonly negated: boolean };

/** Pairs that must be equal: `outer` over the enclosing row, `inner` over the related rows. With `distinct` the pair must differ instead (null never does). */
export type On = readonly { readonly outer: Expr; readonly inner: Expr; readonly distinct?: true }[];

export interface Order {
  readonly value: Expr;
  readonly direction: 'asc' | 'desc';
  readonly nulls: 'first' | 'last';
  /** No row has null here, so that `nulls` says nothing. Only steers the statement. */
  readonly present?: true;
}

/** Rows with named, typed columns. Names are unique within one row set. */
export type RowSet =
  | { readonly kind: 'table'; readonly schema?: string; readonly table: string; readonly columns: readonly ColumnDef[] }
  /** All rows of all branches; `values` give each branch its discriminators. Branch columns are taken by name. */
  | {
      readonly kind: 'union';
      readonly branches: readonly { readonly rows: RowSet; readonly values: readonly NamedExpr[] }[];
      readonly columns: readonly ColumnDef[];
    }
  | { readonly kind: 'filter'; readonly rows: RowSet; readonly where: Predicate }
  /** The first row by `orderBy` of each group of equal `by`. */
  | { readonly kind: 'latest'; readonly rows: RowSet; readonly by: readonly Expr[]; readonly orderBy: readonly Order[] }
  /** Adds columns of the one row of `table` that matches; null where none does. Where several match, the first by `orderBy`. */
  | {
      readonly kind: 'lookup';
      readonly rows: RowSet;
      readonly table: RowSet;
      readonly on: On;
      readonly values: readonly NamedExpr[];
      readonly orderBy: readonly Order[];
    }
  /** Each row once for every branch whose `where` is true, with that branch's values added. */
  | { readonly kind: 'unpivot'; readonly rows: RowSet; readonly branches: readonly { readonly where?: Predicate; readonly values: readonly NamedExpr[] }[] }
  /** Each row once for every element of the JSON array at `path` of `value` (0-based `ordinal`); `values` read the element, a json column named `element`. */
  | {
      readonly kind: 'jsonRows';
      readonly rows: RowSet;
      readonly value: Expr;
      readonly path: readonly (string | number)[];
      readonly element: ColumnName;
      readonly ordinal: ColumnName;
    }
  /** Each row once for every non-blank part of the text between any of the separators (single characters). */
  | {
      readonly kind: 'splitRows';
      readonly rows: RowSet;
      readonly value: Expr;
      readonly separators: readonly string[];
      readonly part: ColumnName;
      readonly ordinal: ColumnName;
    }
  /** Adds computed columns. */
  | { readonly kind: 'extend'; readonly rows: RowSet; readonly values: readonly NamedExpr[] }
  /** One row per group of equal `by`, with its measures. */
  | {
      readonly kind: 'grouped';
      readonly rows: RowSet;
      readonly by: readonly NamedExpr[];
      readonly measures: readonly (Measure & { readonly as: ColumnName })[];
    };

export interface NamedExpr {
  readonly as: ColumnName;
  readonly value: Expr;
}

/** `count` without `value` counts rows, with it non-null values. `avg` is left to the hub: it asks sum and count. */
export type Measure = { readonly fn: 'count'; readonly value?: Expr } | { readonly fn: 'countDistinct' | 'sum' | 'min' | 'max'; readonly value: Expr };

/** `columns` then `children` make up one result row, by position. */
export interface Query {
  readonly rows: RowSet;
  readonly columns: readonly Expr[];
  readonly where?: Predicate;
  readonly orderBy: readonly Order[];
  readonly limit?: number;
  readonly offset?: number;
  readonly children: readonly Child[];
}

export interface AggregateQuery {
  readonly rows: RowSet;
  readonly where?: Predicate;
  /** Absent: exactly one group, also over no rows. */
  readonly by?: readonly Expr[];
  readonly measures: readonly Measure[];
  readonly having?: Predicate; // over columns `m0 m1 …` (measures) and `k0 k1 …` (group keys)
  readonly orderBy?: readonly Order[]; // over the same columns
  readonly limit?: number;
  readonly offset?: number;
}

/**
 * Related rows of the same source, nested into each row. Result by kind: `many` → Row[] · `one` → Row or null (the first by
 * order) · `aggregate` → Row of measures · `groups` → Row[] of keys then measures.
 */
export type Child =
  | { readonly kind: 'many' | 'one'; readonly on: On; readonly query: Query }
  | { readonly kind: 'aggregate' | 'groups'; readonly on: On; readonly query: AggregateQuery };

/**
 * One statement's worth of work.
 * - `rows`: the rows of a query.
 * - `aggregate`: the groups of an aggregate query; each row holds the `by` keys, then the measures.
 * - `batch`: for every parent of another source, its children here. Each child's `on[i].outer` is the key column `k{i}`. The
 *   caller binds `keys`: tuples `[ordinal, k0, k1 …]`; several tuples may share an ordinal and their rows then belong together
 *   (one list, one limit, one total), unless the request is `single`. Result: one row per distinct ordinal, in ascending order: its children by position.
 *   `few`: some dozens of keys at most, each of one row at most; only steers the choice of statement.
 */
export type Request =
  | { readonly kind: 'rows'; readonly query: Query }
  | { readonly kind: 'aggregate'; readonly query: AggregateQuery }
  | { readonly kind: 'batch'; readonly keys: readonly ColumnDef[]; readonly single?: true; readonly few?: true; readonly children: readonly Child[] };

/** Values bound when a request runs. */
export interface Bindings {
  readonly variables?: Readonly<Record<VariableName, WireValue>>;
  readonly lists?: Readonly<Record<VariableName, readonly WireValue[]>>;
  /** Only for `batch`: `[ordinal, k0, k1 …]`, ordinals from 0, ascending. */
  readonly keys?: readonly (readonly [number, ...WireValue[]])[];
}

/** One result row: values in wire form, then nested children. Arrays may be mutated by whoever receives them. */
export type Row = (WireValue | Row | Row[])[];
