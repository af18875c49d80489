/**
 * The plan language: what one operation does, as plain data. A plan has two halves. The *fetches* say which requests run, on which source, and how
 * the keys of one feed the next; their results are arrays that are stitched into one tree by putting each result into a slot of its parent row.
 * The *outputs* say how the response is written from that tree. `print-plan.ts` prints it, `execute/` runs it.
 */
import type { Decision } from './decision.ts';
import type { FieldRef, OutputField, ValuePlan } from './output.ts';
import type { Canonical } from '../../schema/model/canonical.ts';
import type { PhysicalType, WireValue } from '../../schema/model/physical-type.ts';
import type { AggregateQuery, Expr, Measure, Order, Predicate, Request } from '../../connectors/spi/ir.ts';

export interface Plan {
  readonly operation: 'query';
  /** Root fetches; the root row holds their results by position. */
  readonly fetches: readonly RootFetch[];
  readonly outputs: readonly OutputField[];
  readonly parameters: readonly Parameter[];
  /** How its conditions, orders and groups are met. */
  readonly decisions: readonly Decision[];
}

/** An IR variable or list that is bound when the plan runs: from the operation's variables, from a literal, or from keys that another source gives. */
export interface Parameter {
  readonly name: string;
  readonly from: { readonly kind: 'variable'; readonly variable: string } | { readonly kind: 'value'; readonly value: unknown } | KeySet;
  readonly to: ParameterWrite;
  /** `list` parameters carry all keys that the value stands for. */
  readonly list: boolean;
  /** A row rule's: any other value is null, which nothing equals. Not for `list`. */
  readonly within?: readonly WireValue[];
}

/**
 * A semi-join's keys: one group per key in another source, the rows filtered there. With `test`, only the keys whose measures, taken over all local keys
 * of the same entity, pass it.
 */
export interface KeySet {
  readonly kind: 'keys';
  readonly source: string;
  readonly request: Extract<Request, { kind: 'aggregate' | 'rows' }>;
  /** Of `rows`: which of them pass is decided in the hub. */
  readonly shape?: NonNullable<ChildShape>;
  readonly read: KeyRead;
  readonly test?: MeasureTest;
  /** Belongs to a row rule: not for `explain`. */
  readonly hidden?: true;
  /** Of the table that is asked, as its source counts it. */
  readonly rowEstimate?: number;
}

/**
 * The shorter way to a list whose filter other sources decide: its own source gives rows in order, and the hub tests them until enough have passed. Each
 * attempt reads more rows than the one before; where too few pass, the fetch's own request asks the others for all keys.
 */
export interface FirstRows {
  readonly attempts: readonly { readonly rows: number; readonly request: Extract<Request, { kind: 'rows' }> }[];
  /** Column that tells rows apart. */
  readonly key: number;
  /** Which rows pass. The layout is that of the fetch. */
  readonly stage: HubStage;
  readonly skip: number;
  readonly take: number;
}

/**
 * The longer way of a fetch whose key sets are too large to hold: ranges of its own key, bounded by the variables `after` (exclusive) and `upTo`, one
 * after the other.
 */
export interface KeyRanges {
  /** Keys of a set that are read at once. */
  readonly size: number;
  readonly keyType: PhysicalType;
  readonly sets: readonly RangedSet[];
  /** What is asked of the rows in a range, uncut; of rows with what they are ordered by after their columns. */
  readonly requests: { readonly first: Request; readonly middle: Request; readonly last: Request };
}

/** A key set in ranges, with the list that the request names it by. */
export type RangedSet = OrderedSet | CrossedSet;

/** Its keys have the same order there as here: `first` reads them from the beginning, `next` those beyond `after`, one more than there are in a range. */
export interface OrderedSet {
  readonly kind: 'ordered';
  readonly parameter: string;
  readonly to: KeyWrite;
  readonly keys: RangedKeys;
  readonly first: KeySet;
  readonly next: KeySet;
}

/** The crosswalk tells which keys there belong to a range here; `within` reads those of the list `keys`. */
export interface CrossedSet {
  readonly kind: 'crossed';
  readonly parameter: string;
  readonly to: Extract<KeyWrite, { kind: 'local' | 'value' }>;
  readonly keys: RangedKeys;
  /** What a canonical key is called there. */
  readonly named: ParameterWrite;
  readonly within: KeySet;
}

export type RangedKeys = KeySet & { readonly request: Extract<Request, { kind: 'aggregate' }> };

/** Comparisons of one measure, which stands in the column after the key. */
export interface MeasureTest {
  /** An average's sum and count stand in two columns. */
  readonly fn: 'count' | 'countDistinct' | 'sum' | 'avg' | 'min' | 'max';
  readonly scalar: string;
  /** Operands are canonical values, or variables of the operation. */
  readonly ops: Readonly<Record<string, unknown>>;
  readonly negated: boolean;
  /** Stands for null: what the measure is over no rows. */
  readonly empty?: string;
  /** Keys pass that do not meet the comparisons. */
  readonly fails?: true;
}

export interface RootFetch {
  readonly source: string;
  /** Of the tables that are asked, as their source counts them. */
  readonly rowEstimate?: number;
  readonly request: Request;
  /** By child for a batch, otherwise one. */
  readonly shapes: readonly ChildShape[];
  readonly firstRows?: FirstRows;
  /** For each key that too many may be known of. */
  readonly ranges?: readonly KeyRanges[];
  /** Of a batch: canonical keys, one tuple an ordinal. */
  readonly keys?: { readonly values: readonly (readonly Canonical[])[]; readonly writes: readonly KeyWrite[] };
}

/** Layout of a row: `columns` values, then one slot per child, then one per external. */
export interface RowShape {
  readonly columns: number;
  readonly children: readonly ChildShape[];
  readonly externals: readonly External[];
}

/** Null: rows of aggregates, which hold values only. `stages` run over the rows of each list of this place before anything else is done with them. */
export type ChildShape = { readonly many: boolean; readonly shape: RowShape; readonly stages?: readonly HubStage[] } | null;

/**
 * A step that no source can take: the hub puts values of all rows of a list into columns `c0 c1 …` and filters, orders and cuts the rows by them, or
 * groups them. All rows of the list are fetched for it, under the row cap, with only the slots that the columns are read from; the rest of a row is
 * fetched when it has passed.
 */
export interface HubStage {
  readonly columns: readonly HubColumn[];
  /** Slots of the row that the columns are read from. */
  readonly externals: readonly number[];
  readonly children: readonly number[];
  readonly query: HubQuery;
}

/** A canonical value as a column, in the wire form of its scalar. */
export interface HubColumn {
  readonly value: ValuePlan;
  readonly scalar: string;
  /** A day or time becomes the first day of its period. */
  readonly truncate?: 'DAY' | 'MONTH' | 'QUARTER' | 'YEAR';
}

/** Over the columns `c0 c1 …`; of groups, `having` and `orderBy` are over `k0 k1 …` (keys) and `m0 m1 …` (measures), as in an `AggregateQuery`. */
export type HubQuery =
  | { readonly kind: 'rows'; readonly where?: Predicate; readonly orderBy: readonly Order[]; readonly limit?: number; readonly offset?: number }
  | {
      readonly kind: 'groups';
      /** None: exactly one group, also over no rows. */
      readonly by: readonly Expr[];
      readonly measures: readonly Measure[];
      readonly having?: Predicate;
      readonly orderBy?: readonly Order[];
      readonly limit?: number;
    };

/** Children of a row that another source holds: one batch request for all rows at this place. */
export interface External {
  readonly source: string;
  /** Of the tables that are asked, as their source counts them. */
  readonly rowEstimate?: number;
  readonly keys: readonly KeyPart[];
  readonly request: Extract<Request, { kind: 'batch' }>;
  readonly shapes: readonly ChildShape[];
  /** What a parent without any key gets, by child. */
  readonly empty: readonly ('list' | 'null' | { readonly aggregate: AggregateQuery })[];
}

export interface KeyPart {
  readonly read: KeyRead;
  readonly write: KeyWrite;
}

/** Where a key comes from in a row: a local key of an entity, a field's canonical value, a value that the source computed, or the source's own row key. */
export type KeyRead =
  | { readonly kind: 'row'; readonly column: number }
  | { readonly kind: 'local'; readonly column: number; readonly entity: string; readonly source: string }
  | { readonly kind: 'value'; readonly columns: readonly number[]; readonly field: FieldRef }
  | { readonly kind: 'wire'; readonly column: number; readonly scalar: string };

/** What it becomes in the target source. */
export type KeyWrite =
  | { readonly kind: 'row'; readonly type: PhysicalType }
  | { readonly kind: 'local'; readonly entity: string; readonly source: string; readonly type: PhysicalType }
  | { readonly kind: 'value'; readonly field: FieldRef; readonly type: PhysicalType };

/**
 * What a bound value becomes; `scalar` where no field of a source says it: beside a measure, or what the hub makes. `blank`: empty text stands for itself,
 * since it is compared; as a key it stands for nothing.
 */
export type ParameterWrite =
  KeyWrite | (Extract<KeyWrite, { readonly kind: 'value' }> & { readonly blank: true }) | { readonly kind: 'scalar'; readonly scalar: string };
