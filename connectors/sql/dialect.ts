/**
 * What differs between SQL engines. `connectors/sql` translates the IR by these methods alone; each dialect folder implements them once.
 *
 * A fragment for a value is in the engine's *native* form of its `PhysicalType` (numeric, date, boolean …), null where the value is null.
 * It must never raise for what a row holds. Text is always comparable by code point: whoever makes text gives it that collation.
 */
import type { PhysicalType, WireValue } from '../../schema/model/physical-type.ts';
import type { ColumnDef, CompareOp, Expr, TextOp } from '../spi/ir.ts';
import type { Fragment, RunContext, Slot, SqlBuilder } from './fragment.ts';

/** Where a constant comes from: a literal of the IR, or a variable bound at run time. */
export type Constant = (context: RunContext) => WireValue;

/** One side of a comparison. */
export interface Operand {
  /** Native form. */
  readonly value: Fragment;
  readonly type: PhysicalType;
  /** The bare stored column, where the operand is one: only a predicate on it can use an index. */
  readonly stored?: Fragment;
  /** That column leads an index. */
  readonly indexed?: boolean;
  /** False where it cannot be null, so that an order may do without a nulls clause. */
  readonly nullable?: boolean;
  /** The same value at every row, where the operand is a literal or variable. */
  readonly constant?: Constant;
  /** A key of the batch, which stands in the statement as a literal. */
  readonly given?: true;
}

export interface Dialect {
  readonly sql: SqlBuilder;
  /** A subquery in FROM may refer to columns of the queries around it (not MariaDB). */
  readonly correlatedFrom: boolean;
  /** Can a lookup's, child's or batch's lists be limited by a subquery with ORDER BY and LIMIT inside an aggregate? Otherwise the aggregate itself orders and limits. */
  readonly listsBySubquery: boolean;
  /** `in (select …)` keeps the values that it selects, also where it is negated (not MariaDB). */
  readonly keepsMembers: boolean;
  /** One list per key of a batch comes cheaper as plain rows than as JSON. */
  readonly listsAsRows: boolean;
  /** Every index holds the primary key, so that rows can be ranked by it before they are read (MariaDB). */
  readonly indexesHoldKeys: boolean;
  /** Rows may be grouped by what a subquery gives while others of their values are counted once each (not MariaDB). */
  readonly groupsBySubquery: boolean;
  /** A total for each key of a batch comes cheaper as a subquery than from groups. */
  readonly totalsBySubquery: boolean;

  // Values
  /** A stored column in native form; text gets the code-point collation, padding goes, odd native types become what their `PhysicalType` says. */
  column(stored: Fragment, type: PhysicalType): Fragment;
  constant(constant: Constant, type: PhysicalType): Fragment;
  /** A null that has a type. */
  nothing(type: PhysicalType): Fragment;
  /** The value as text: decimals and floats in plain notation without superfluous zeros, everything else in wire form. */
  text(value: Fragment, type: PhysicalType): Fragment;
  /** See `cast` of the IR; also meets what `connectors/memory` does between date, timestamp and boolean. Null where the value has no such form. */
  cast(value: Fragment, from: PhysicalType, to: PhysicalType): Fragment;
  /** Nodes of the IR on text that is already text; each as the IR defines it. */
  textFunction(node: TextNode, value: Fragment): Fragment;
  /** Text of the scalar at `path`; `value` is JSON (`from.kind` json) or JSON as text. */
  jsonText(value: Fragment, from: PhysicalType, path: readonly (string | number)[]): Fragment;
  concat(parts: readonly Fragment[]): Fragment;
  /** Exact. Both operands are decimals already. */
  arithmetic(op: '+' | '-' | '*', left: Fragment, right: Fragment): Fragment;
  epochMillis(value: Fragment, type: PhysicalType): Fragment;
  truncate(value: Fragment, type: PhysicalType, unit: 'DAY' | 'MONTH' | 'QUARTER' | 'YEAR'): Fragment;

  // Comparisons. Operands have comparable types (`comparableOperands` saw to that).
  compare(op: CompareOp, left: Operand, right: Operand): Fragment;
  /** `value` is one of the list's values; nulls in the list count for nothing, an empty list is false, and true when `negated` for a value that is not null. */
  inList(value: Operand, list: (context: RunContext) => readonly WireValue[], negated: boolean): Fragment;
  matches(op: TextOp, value: Fragment, pattern: Operand): Fragment;
  /**
   * Sort item; leaves the nulls clause out where the engine does so by itself or `nullable` is false. `inAggregate`: it stands in an aggregate function,
   * where MariaDB takes nulls for zeros.
   */
  order(value: Fragment, type: PhysicalType, direction: 'asc' | 'desc', nulls: 'first' | 'last', nullable: boolean, inAggregate?: boolean): Fragment;
  /** What to group by or count distinct by, so that equal values fall together. */
  identity(value: Fragment, type: PhysicalType): Fragment;
  measure(fn: 'count' | 'countDistinct' | 'sum' | 'min' | 'max', value: Fragment, type: PhysicalType): Fragment;

  // What leaves the statement
  /** A selected value, in a form that `decode` turns into the wire form. */
  output(value: Fragment, type: PhysicalType): Fragment;
  /** Driver value (never null) to wire value; absent when the driver already gives the wire form. */
  decode(type: PhysicalType): ((raw: never) => WireValue) | undefined;
  /** One item of a JSON row: integers up to 32 bits, floats and booleans as JSON, everything else as a JSON string in wire form; JSON null when null. */
  jsonItem(value: Fragment, type: PhysicalType): Fragment;
  /** A JSON array of items and nested JSON, as something that `jsonList` and a nested row take. */
  jsonRow(items: readonly Fragment[]): Fragment;
  /** Aggregate: the JSON array of rows in order. `orderBy` and `limit` are given only where `listsBySubquery` is false, or where rows come in no order of their own. */
  jsonList(row: Fragment, orderBy: readonly Fragment[], page: { readonly limit?: Fragment; readonly offset?: Fragment }): Fragment;
  /** A constant JSON array, such as `[]` or `[0,null]`. */
  jsonConstant(text: string): Fragment;
  /** The selected JSON column as text for `JSON.parse`. */
  jsonOutput(json: Fragment): Fragment;
  /** `limit … offset …` for the end of a select. */
  page(limit: Fragment | undefined, offset: Fragment | undefined): Fragment;
  /** A parameter holding an integer. */
  integerParameter(slot: Slot): Fragment;
  /** A FROM item for a select that reads nothing of the queries around it, evaluated once and not for each of their rows; `head` goes before the SELECT. */
  once(select: Fragment, alias: string): { readonly head: Fragment; readonly from: Fragment };

  // Rows that are not tables
  /** FROM item with alias, joined after the items it refers to, which has columns `element` (json) and `ordinal` (0-based integer), one row per element of the array at `path`; none where there is no array. */
  jsonElements(value: Fragment, from: PhysicalType, path: readonly (string | number)[], alias: string): LateralItem;
  /** As `jsonElements`, for the non-blank parts of text: columns `part` and `ordinal` (place among all parts). */
  textParts(value: Fragment, separators: readonly string[], alias: string): LateralItem;
  /** A select of the distinct tuples `ordinal, k0 …` of a batch's keys, first `width` key columns only. @param isSingle each ordinal has one */
  keys(columns: readonly ColumnDef[], width: number, isSingle: boolean): Fragment;
  /** Both FROM items joined; the condition comes in WHERE. `indexed`: a row of `rows` is best found by its key. */
  joinKeys(keys: Fragment, rows: Fragment, indexed: boolean): Fragment;
}

export interface LateralItem {
  /** With its join word: `cross join lateral (…) as "e1"`. */
  readonly join: Fragment;
  readonly value: Fragment;
  readonly ordinal: Fragment;
}

export type TextNode = Extract<
  Expr,
  { readonly kind: 'fold' | 'trim' | 'upper' | 'keep' | 'replace' | 'slice' | 'part' | 'matching' | 'extract' | 'rewrite' | 'parseDate' }
>;
