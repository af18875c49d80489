import { zonedInZone } from '../../schema/model/date.ts';
import type { PhysicalType, WireValue } from '../../schema/model/physical-type.ts';
import { decimalOfStored, storedInstant, storedNaive } from './functions.ts';

/** A value as SQLite keeps it. */
export type Stored = string | number | bigint | Uint8Array | null;

/** Reads what SQL `quote()` writes: `NULL`, `12`, `1.5`, `'text'`, `X'ABCD'`. */
export function readLiteral(literal: string): Stored {
  const first = literal.charCodeAt(0);
  if (first === 39) return literal.slice(1, -1).replaceAll("''", "'");
  if (literal === 'NULL') return null;
  if (first === 88) return Uint8Array.from(Buffer.from(literal.slice(2, -1), 'hex'));
  return /^-?\d+$/.test(literal) ? BigInt(literal) : Number(literal);
}

/** The wire form of a stored value, as selecting the column gives it. */
export function wireOfStored(value: Stored, type: PhysicalType, timeZone: string): WireValue {
  if (value === null) return null;
  switch (type.kind) {
    case 'decimal':
      return decimalOfStored(value instanceof Uint8Array ? text(value) : value);
    case 'timestamp': {
      if (!type.zoned) return storedNaive(text(value));
      const key = storedInstant(text(value), timeZone);
      return key === null ? text(value) : (zonedInZone(`${key}+00:00`, timeZone) ?? key);
    }
    case 'time':
      return text(value).includes('.') ? text(value).replace(/0+$/, '').replace(/\.$/, '') : text(value);
    case 'date':
    case 'json':
    case 'uuid':
    case 'other':
      return text(value);
    case 'binary':
      return Buffer.from(value instanceof Uint8Array ? value : text(value)).toString('hex');
    case 'boolean':
      return Number(value instanceof Uint8Array ? text(value) : value) !== 0;
    case 'integer':
      return type.bits === 64 ? text(value) : plain(value);
    case 'text':
      return type.padded === true && typeof value === 'string' ? value.replace(/ +$/, '') : plain(value);
    default:
      return plain(value);
  }
}

function plain(value: Exclude<Stored, null>): WireValue {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  return value instanceof Uint8Array ? text(value) : value;
}

function text(value: Exclude<Stored, null>): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (typeof value !== 'number') return String(value);
  // SQLite writes a REAL with its point.
  return Number.isInteger(value) && Math.abs(value) < 1e15 ? value.toFixed(1) : String(value);
}
