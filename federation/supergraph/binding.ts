/** What binding a mapping to a source's catalog yields, and all that planning needs to know of mappings: row sets and, per field, how to read, decode, filter and order it. */
import type { CompareOp, Expr, Predicate, RowSet } from '../../connectors/spi/ir.ts';
import type { Canonical, DataIssue } from '../../schema/model/canonical.ts';
import type { WireValue } from '../../schema/model/physical-type.ts';

/** One unified type in one source. */
export interface TypeBinding {
  readonly type: string;
  readonly source: string;
  readonly department: string;
  readonly rows: RowSet;
  /** Physical row key, for provenance and to break ties; its concatenated text names the row in issues. */
  readonly key: readonly Expr[];
  /** Physical tables, for provenance. A table pattern lists every table found. */
  readonly tables: readonly string[];
  /** Which of several tables the row is from. */
  readonly table?: Expr;
  readonly fields: ReadonlyMap<string, FieldBinding>;
  /** Rows of its tables together, as the source counts them; absent where it does not. Only steers the choice of plan. */
  readonly rowEstimate?: number;
  /** Its source has never been seen: the fields are known from the mapping, and asking for them fails. */
  readonly offline?: true;
  /** Its rows can no longer be trusted: asking for them fails with SOURCE_DRIFT. */
  readonly drift?: true;
}

export interface FieldBinding {
  /** `amount`, or `location.lng` of an embedded value type. */
  readonly path: string;
  /** Canonical scalar (or enum) name of the unified field. */
  readonly scalar: string;
  /** What must be selected to decode: usually one raw column. */
  readonly reads: readonly Expr[];
  /** Raw values (in the order of `reads`) → canonical value. Reports an issue instead of throwing; null and empty text are null without issue. */
  readonly decode: Decode;
  /** The value is the column's, as the source prints it: text (of which the empty one is missing), whole numbers and dates as they are, decimals but for superfluous zeros. */
  readonly verbatim?: 'text' | 'integer' | 'decimal' | 'date';
  /**
   * The canonical value computed by the source: equal to `decode` for every row, null where decode gives null. Its type is the natural one of
   * the scalar (text for enums, decimal for Decimal, date, zoned timestamp …), so filter, order, group and measure can be built on it.
   * Absent: no engine can compute it (then `reason` says why) and only the hub can.
   */
  readonly expr?: Expr;
  readonly reason?: string;
  /**
   * A predicate on raw columns that is true whenever `expr op value` is, and that an index can serve; added to it by `and`. Absent or undefined where
   * there is none. When `exact`, it may stand alone, in its place.
   */
  readonly sargable?: (op: CompareOp | 'in', values: readonly Canonical[]) => SargablePredicate | undefined;
  /** A canonical constant as a parameter comparable with `expr`: e.g. DateTime → zoned timestamp in wire form. */
  readonly encode: (value: Canonical) => WireValue;
  /** The field is this source's local key of an entity; `reads[0]`, `expr` and `decode` are then absent of meaning and `local` counts. */
  readonly crosswalk?: { readonly entity: string; readonly local: Expr };
  /** What it is read from can no longer be trusted: asking for it fails with SOURCE_DRIFT. */
  readonly drift?: true;
}

export interface SargablePredicate {
  readonly predicate: Predicate;
  readonly exact: boolean;
}

export type Decode = (raw: readonly WireValue[], issues: IssueSink) => Canonical;

/** Called with what could not be decoded; the executor adds type, source and key. */
export type IssueSink = (code: DataIssue['code'], rawValue: string) => void;

/** One source's way of naming an entity; the crosswalk is filled by running `rows` and decoding. */
export interface CrosswalkBinding {
  readonly entity: string;
  readonly source: string;
  readonly department: string;
  readonly rows: RowSet;
  readonly local: Expr;
  /** Raw value(s) of the canonical key as this source writes it. */
  readonly reads: readonly Expr[];
  /** All canonical keys the cell names (several where it is split). */
  readonly decode: (raw: readonly WireValue[], issues: IssueSink) => readonly string[];
  readonly confirmed?: Predicate;
  readonly validTo?: Expr;
  /** Unified field name → column, e.g. name. */
  readonly evidence: ReadonlyMap<string, Expr>;
  /** True in the entity's authority: every decoded key exists. */
  readonly authority: boolean;
  /** Its columns can no longer be trusted: it is not read, and what was read before stands. */
  readonly drift?: true;
}
