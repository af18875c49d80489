/** The half of a plan that says how the response is written from the tree of rows that its fetches give. */
import type { HubError } from '../../schema/errors/hub-error.ts';
import type { MaskKind } from '../../schema/model/mask.ts';

/** A field as one source binds it. */
export interface FieldRef {
  readonly type: string;
  readonly source: string;
  readonly path: string;
}

/** A place in a row that holds rows. */
export type Ref =
  | { readonly via: 'fetch'; readonly index: number }
  | { readonly via: 'child'; readonly index: number }
  | { readonly via: 'external'; readonly index: number; readonly child: number };

export interface OutputField {
  readonly key: string; // response key
  readonly output: Output;
}

export type Output =
  | { readonly kind: 'text'; readonly json: string }
  /** A field that cannot be planned: null and this error. */
  | PlanError
  /** A root field of the hub's own, answered elsewhere. */
  | { readonly kind: 'foreign'; readonly key: string }
  | { readonly kind: 'value'; readonly value: ValuePlan; readonly print: Print }
  /** Not written: which entity the row is of, for the access log. Without `key` it is only counted. */
  | { readonly kind: 'subject'; readonly type: string; readonly key: readonly ValuePlan[] }
  | { readonly kind: 'object'; readonly fields: readonly OutputField[] } // on the same row
  | { readonly kind: 'one'; readonly ref: Ref; readonly fields: readonly OutputField[] }
  | { readonly kind: 'first'; readonly ref: Ref; readonly fields: readonly OutputField[] } // first of a list, or null
  | {
      readonly kind: 'connection';
      readonly list?: ListPlan;
      readonly fields: readonly ConnectionField[];
      readonly refs: readonly Ref[];
      readonly bare: boolean;
    } // bare: written as the list of its nodes
  | {
      readonly kind: 'point';
      readonly longitude: ValuePlan;
      readonly latitude: ValuePlan;
      readonly datum: ValuePlan;
      readonly to: string;
      readonly fields: readonly { readonly key: string; readonly part: 'longitude' | 'latitude' | 'datum' | 'typename'; readonly text?: string }[];
    }
  /** By position: an entity found by its global id or key (row `ordinal` of a root batch), null, or why it cannot be asked for. */
  | {
      readonly kind: 'nodes';
      readonly single: boolean;
      readonly items: readonly ({ readonly fetch: number; readonly ordinal: number; readonly fields: readonly OutputField[] } | PlanError | null)[];
    }
  | { readonly kind: 'meta'; readonly meta: MetaPlan }
  | { readonly kind: 'checks'; readonly checks: readonly CheckPlan[]; readonly fields: readonly { readonly key: string; readonly name: string }[] };

/** How a canonical value is written: `money` with at least two decimals, `factor` divides by the unit; `mask` leaves only a part of it. */
export interface Print {
  readonly scalar: string;
  readonly money?: { readonly factor: string; readonly decimals: number };
  readonly mask?: MaskKind;
}

/** A canonical value computed from a row. */
export type ValuePlan =
  | { readonly kind: 'field'; readonly columns: readonly number[]; readonly field: FieldRef }
  | { readonly kind: 'canonicalKey'; readonly column: number; readonly entity: string; readonly source: string; readonly field: FieldRef }
  | { readonly kind: 'wire'; readonly column: number; readonly scalar: string } // a source computed it
  | { readonly kind: 'canonical'; readonly column: number } // known already
  /** Null where it is over fewer values than may be told. */
  | { readonly kind: 'enough'; readonly column: number; readonly scalar: string; readonly count: number; readonly atLeast: number }
  | { readonly kind: 'average'; readonly sum: number; readonly count: number }
  /** From the row at ref, or the only one of the list there; `empty` stands for null. */
  | { readonly kind: 'via'; readonly ref: Ref; readonly value: ValuePlan; readonly empty?: string; readonly only?: true }
  | { readonly kind: 'check'; readonly check: CheckPlan } // has it failed?
  | {
      readonly kind: 'computed';
      readonly expression: string;
      readonly names: readonly string[];
      readonly types: readonly string[];
      readonly values: readonly ValuePlan[];
      readonly scalar: string;
      readonly scale?: number;
      readonly asOf?: string;
    }
  | { readonly kind: 'globalId'; readonly type: string; readonly key: readonly ValuePlan[] };

export interface ListPlan {
  readonly ref: Ref;
  /** Rows are fetched in reverse and turned (`last`). */
  readonly reversed: boolean;
  /** At most so many are shown; one more is fetched to know whether there are others. */
  readonly limit: number;
  /** A cursor of this list holds these values. */
  readonly cursor?: CursorPlan;
  readonly paged: { readonly after: boolean; readonly before: boolean; readonly offset: number };
}

export interface CursorPlan {
  readonly fingerprint: string;
  readonly columns: readonly number[];
  readonly scalars: readonly string[];
  /** In place of columns, where the hub orders. */
  readonly values?: readonly ValuePlan[];
}

export type ConnectionField =
  | { readonly key: string; readonly kind: 'text'; readonly json: string }
  | { readonly key: string; readonly kind: 'nodes'; readonly fields: readonly OutputField[] }
  | { readonly key: string; readonly kind: 'edges'; readonly fields: readonly EdgeField[] }
  | { readonly key: string; readonly kind: 'pageInfo'; readonly fields: readonly { readonly key: string; readonly name: string }[] }
  | { readonly key: string; readonly kind: 'count'; readonly ref: Ref; readonly column: number; readonly tooFew?: HubError }
  | { readonly key: string; readonly kind: 'aggregate'; readonly ref: Ref; readonly fields: readonly OutputField[]; readonly tooFew?: TooFew }
  | { readonly key: string; readonly kind: 'groups'; readonly ref: Ref; readonly fields: readonly OutputField[]; readonly max: number }
  | (PlanError & { readonly key: string });

/** What cannot be planned: null, with this error. */
export interface PlanError {
  readonly kind: 'error';
  readonly error: HubError;
}

/** Nothing is left of the total when the count there is none. */
export interface TooFew {
  readonly column: number;
  readonly error: HubError;
}

export type EdgeField =
  | { readonly key: string; readonly kind: 'text'; readonly json: string }
  | { readonly key: string; readonly kind: 'cursor' }
  | { readonly key: string; readonly kind: 'node'; readonly fields: readonly OutputField[] };

/** `_meta`: provenance of the entity on this row and of its parts in other sources. */
export interface MetaPlan {
  readonly type: string;
  readonly fields: readonly MetaField[];
  readonly parts: readonly MetaPart[];
  /** The entity's canonical key, for its open keys; absent where the key has no single value. */
  readonly key?: ValuePlan;
  /** Sources whose open keys may be told. */
  readonly open?: readonly string[];
}

export interface MetaPart {
  readonly type: string;
  readonly source: string;
  readonly ref?: Ref; // absent: the row itself
  /** Columns of the source's own key; absent where it may not be told. */
  readonly key?: readonly number[];
  /** Column that names the row's table, where there are several. */
  readonly table?: number;
  readonly fields: readonly {
    readonly columns: readonly number[];
    readonly field: FieldRef;
    readonly mask?: MaskKind;
    readonly key?: { readonly entity: string; readonly column: number };
  }[];
}

export interface MetaField {
  readonly key: string;
  readonly name: 'sources' | 'issues' | 'values' | 'unresolved' | '__typename';
  readonly field?: string; // of `values`
  readonly fields: readonly { readonly key: string; readonly name: string }[];
}

export interface CheckPlan {
  readonly subject: string;
  readonly check: string;
  readonly select: readonly OutputField[];
  /** Whose rows it reads. */
  readonly departments: readonly string[];
}
