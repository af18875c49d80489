/**
 * What a source column holds, in words that every engine shares. Introspection maps native types to these;
 * anything it does not know is `other` and can only be read as text.
 */
export type PhysicalType =
  /**
   * `padded`: fixed length (`char(n)`); trailing blanks are padding and not part of the value. `maxLength`: characters, only where the engine itself
   * refuses longer values (SQLite does not). `byCodePoint`: the engine keeps it in the order of code points, so that an index on it serves an order.
   */
  | { readonly kind: 'text'; readonly padded?: boolean; readonly charset?: string; readonly maxLength?: number; readonly byCodePoint?: boolean }
  /** `bits` 64 is carried as a decimal string, everything smaller as a JS number. */
  | { readonly kind: 'integer'; readonly bits: 16 | 32 | 64 }
  /** Exact. `storage: 'text'` says that the engine keeps the digits as text (SQLite) and must not compare it natively. */
  | { readonly kind: 'decimal'; readonly scale?: number; readonly storage?: 'text' }
  | { readonly kind: 'float' }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'date' }
  /** `zoned: false` is a naive local time in the hub's time zone. */
  | { readonly kind: 'timestamp'; readonly zoned: boolean }
  | { readonly kind: 'time' }
  | { readonly kind: 'json' }
  | { readonly kind: 'uuid' }
  | { readonly kind: 'binary' }
  | { readonly kind: 'other'; readonly native: string };

/** A day, with or without a time. */
export type MomentType = Extract<PhysicalType, { readonly kind: 'date' | 'timestamp' }>;

export const isMoment = (type: PhysicalType): type is MomentType => type.kind === 'date' || type.kind === 'timestamp';

/**
 * How a value of each physical type crosses from a connector to the hub (and back, as a parameter), the same on every engine:
 * text, uuid, other → string (padded text without its trailing blanks) · integer → number, 64-bit → decimal string ·
 * decimal → string in plain notation (`-12.50`; trailing zeros allowed, no exponent) · float → number · boolean → boolean ·
 * date → `YYYY-MM-DD` · timestamp → `YYYY-MM-DD HH:MM:SS[.ffffff]`, zoned with `+HH:MM` appended (offset of the hub's time zone) ·
 * time → `HH:MM:SS[.ffffff]` · json → its JSON text · binary → lower-case hex.
 */
export type WireValue = string | number | boolean | null;

/** Whether a whole number of 64 bits with its sign can hold it. */
export const isInteger64 = (text: string): boolean => /^-?\d{1,19}$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text);
