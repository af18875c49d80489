/**
 * A mapping as data, after parsing: how one source's rows become unified types. In YAML every construct looks as its type here,
 * with the short forms noted. Nothing here is SQL; expressions are CEL. Column names are physical names, case kept.
 */
import type { Place } from './unified.ts';

export interface Mapping {
  readonly file: string;
  readonly source: string;
  readonly types: ReadonlyMap<string, TypeMapping>;
  readonly crosswalks: ReadonlyMap<string, CrosswalkMapping>;
}

export interface TypeMapping {
  readonly rows: RowsMapping;
  /** Physical columns (or columns made by `rows`) that identify a row of this type. YAML: one name or a list. */
  readonly key: readonly string[];
  /** Field name, or `field.leaf` of an embedded value type → its value. */
  readonly fields: ReadonlyMap<string, ValueMapping>;
  readonly place: Place;
}

/**
 * Where rows come from, applied in this order: table(s) → `only` → `lookups` → `latest` → `deleted`, `where` → one of `split`, `jsonRows`, `unpivot`,
 * `grouped`. YAML: a bare string is a table name.
 */
export interface RowsMapping {
  /** One of `table`, `tables`, `union`. */
  readonly table?: TableName;
  /** A name with `{placeholder}`: every table that fits, new ones too; the placeholder's text becomes a column of that name. Placeholders match `[A-Za-z0-9]+`. */
  readonly tables?: TableName;
  /** `values` are constants added as text columns. */
  readonly union?: readonly { readonly table: TableName; readonly values: Readonly<Record<string, string>> }[];
  /** Keeps rows before anything else. */
  readonly only?: RowFilter;
  /** Name → a dictionary row; its columns are then `name.column`. */
  readonly lookups?: Readonly<Record<string, LookupMapping>>;
  /** The newest version per key. `order` names columns, `-` in front for descending; the first row counts. */
  readonly latest?: { readonly by: readonly string[]; readonly order: readonly string[] };
  /** Rows for which this is true are gone (soft delete). */
  readonly deleted?: RowFilter;
  readonly where?: RowFilter;
  /** One row per non-blank part of the text; the part becomes the column `as`, its place (0-based) `{as}_ordinal`. */
  readonly split?: { readonly column: string; readonly separators: readonly string[]; readonly as: string };
  /** One row per element of a JSON array; fields read it by `json: {as}`; its place is `{as}_ordinal`. */
  readonly jsonRows?: { readonly column: string; readonly path: readonly string[]; readonly as: string };
  /** One row per branch, each with its own values for the same new columns. A branch where `unless` are all null or blank yields no row. */
  readonly unpivot?: { readonly branches: readonly { readonly values: Readonly<Record<string, UnpivotValue>>; readonly unlessBlank: readonly string[] }[] };
  /** Child rows gathered into one row per group. */
  readonly grouped?: {
    readonly by: readonly string[];
    readonly measures: Readonly<Record<string, { readonly fn: 'count' | 'countDistinct' | 'sum' | 'min' | 'max'; readonly column?: string }>>;
  };
  readonly place: Place;
}

export interface TableName {
  readonly schema?: string;
  readonly name: string; // YAML: `name` or `schema.name`; quote a name that holds a dot
}

export type UnpivotValue = { readonly column: string } | { readonly constant: string };

export interface LookupMapping {
  readonly table: TableName;
  /** column of the row → column of the dictionary. */
  readonly on: Readonly<Record<string, string>>;
  readonly where?: RowFilter;
  /** Which row, where several match: columns, `-` for descending. */
  readonly order: readonly string[];
}

/**
 * Column → condition; all must hold. YAML: a bare value means `eq`, `null` means `isNull: true`. Values are compared in the column's own form.
 * `ne` and `notIn` keep rows whose column is null: a row is left out only for what it says.
 */
export type RowFilter = Readonly<Record<string, RowCondition>>;
export interface RowCondition {
  readonly eq?: RawValue;
  readonly ne?: RawValue;
  readonly in?: readonly RawValue[];
  readonly notIn?: readonly RawValue[];
  readonly lt?: RawValue;
  readonly lte?: RawValue;
  readonly gt?: RawValue;
  readonly gte?: RawValue;
  readonly isNull?: boolean;
}
export type RawValue = string | number | boolean;

/**
 * One value of a row. Exactly one origin: `column` · `constant` · `json` · `concat` · `firstValid` · `expression`; YAML: a bare string is `column`.
 * Then the steps, applied in the order of this interface, each optional. Empty text after the steps is missing, never an issue.
 */
export interface ValueMapping {
  readonly column?: string;
  readonly constant?: string | number | boolean;
  /** Text of a scalar in a JSON column: `{ json: ext_attrs, path: site.lng }`. Alone on a JSON/GeoJSON field: the JSON itself. */
  readonly json?: string;
  readonly path?: readonly string[]; // YAML: dotted; a number is an array index
  /** Texts put together; null when any part is. YAML: a list of values; `{ constant: "-" }` for literal text. */
  readonly concat?: readonly ValueMapping[];
  /** The first that decodes; an unreadable earlier one is not an issue when a later one decodes. Steps may stand inside each. */
  readonly firstValid?: readonly ValueMapping[];
  /** CEL over columns of the row by name (`cols["项目代码"]` for names that are no identifier), null when an operand is null. */
  readonly expression?: string;

  readonly fold?: boolean; // full-width to ASCII
  /** Piece between separators: `{ separator: ",", index: 0 }`. */
  readonly part?: { readonly separator: string; readonly index: number };
  readonly replace?: readonly { readonly from: string; readonly to: string }[]; // YAML: a map from → to
  readonly extract?: { readonly pattern: string; readonly group: number }; // YAML: a bare string is a pattern with group 1
  /** Name of a normaliser. What does not fit is null + BAD_KEY. */
  readonly normalize?: string;

  /** Exact factor: stored × factor = canonical, after `number` where both stand. `10000` for 万元, `0.01` for 分. */
  readonly scale?: string;
  /** Date formats, first match wins: `yyyyMMdd`, `yyyy年M月d日`, … On a YearMonth field `yyyyMM`. A native date or timestamp column needs none. */
  readonly date?: readonly string[]; // YAML: one or a list
  /** `epochMillis`: milliseconds since 1970 UTC → DateTime. */
  readonly time?: 'epochMillis';
  /** Stored text (trimmed; numbers by their digits) → canonical. `"*"` is the default for anything else; without it an unknown code is null + UNKNOWN_CODE. */
  readonly codes?: Readonly<Record<string, string>>;
  readonly boolean?: { readonly true: readonly string[]; readonly false: readonly string[] };
  /** Number in text: `plain` ('1,234.50'), `percent` ('58%' → 58, '58' → 58). */
  readonly number?: 'plain' | 'percent';
  /** Amount in text with a unit suffix: suffix → factor; `""` for none. `{ "亿元": "100000000", "万元": "10000", "元": "1", "": "1" }`. Commas, blanks and currency signs are ignored. */
  readonly amount?: Readonly<Record<string, string>>;
  /** The column holds this source's key of the entity; the canonical key comes through its crosswalk. */
  readonly crosswalk?: string;
  /** Datum of a coordinate: WGS84 CGCS2000 GCJ02 BD09. Only on the datum leaf, as a constant; listed here for the reader. */
  readonly place: Place;
}

/** How this source's own keys of an entity are matched to canonical ones. */
export interface CrosswalkMapping {
  /** The rows that hold both keys; `of` means the rows of that type in this mapping. Exactly one. */
  readonly rows?: RowsMapping;
  readonly of?: string;
  /** This source's key. */
  readonly local: string;
  /** The canonical key as this source writes it; `split` when one cell may hold several. With `of`: absent, the type's key field is meant. */
  readonly canonical?: ValueMapping;
  readonly split?: readonly string[];
  /** Only rows that meet this are confirmed; the others are candidates for the officer. Absent: all are. */
  readonly confirmed?: RowFilter;
  /** A date column; past it the match no longer holds. */
  readonly validTo?: string;
  /** Unified field → column: what to compare when no key matches (names, owners, amounts). */
  readonly evidence: Readonly<Record<string, string>>;
  readonly place: Place;
}

/** `normalizers.yaml`: applied in this order; what does not match is not a key. */
export interface Normalizer {
  readonly fold: boolean;
  readonly trim: boolean;
  readonly upper: boolean;
  readonly remove: readonly string[]; // texts removed wherever they stand
  readonly keep?: 'digits' | 'alphanumerics';
  /** Whole text must match; groups are numbered from 1. */
  readonly match?: string;
  /** Rebuilt from the groups: `{1}-{2}`. Absent: the text itself. */
  readonly format?: string;
}
