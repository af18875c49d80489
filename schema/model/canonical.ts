/**
 * A value in the form clients see, one per scalar:
 * String ID enums and custom scalars → string · Int Float → number · Boolean → boolean · Decimal BigInt → string in plain notation without
 * superfluous zeros · Date → `YYYY-MM-DD` · YearMonth → `YYYY-MM` · DateTime → RFC 3339 with the hub's offset, fraction only if not zero ·
 * JSON GeoJSON → JSON data. Null is absence.
 */
export type Canonical = string | number | boolean | null | JsonData;
export type JsonData = { readonly [key: string]: Canonical } | readonly Canonical[];

/** A value that could not be decoded: the field is null, the row stays, and this says why. */
export interface DataIssue {
  readonly code: 'UNKNOWN_CODE' | 'BAD_DATE' | 'BAD_NUMBER' | 'BAD_KEY' | 'BAD_JSON' | 'BAD_FORMAT' | 'DUPLICATE_KEY' | 'UNRESOLVED_KEY';
  readonly type: string;
  readonly field: string;
  readonly source: string;
  /** The source row's key, as text. */
  readonly key: string;
  readonly rawValue: string;
}
