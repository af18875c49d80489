import { isRealTimestamp, naiveToZoned, parseDateByFormat, zonedInZone } from '../../schema/model/date.ts';
import { compareDecimal, decimalOfNumber, normalizeDecimal } from '../../schema/model/decimal.ts';
import type { PhysicalType, WireValue } from '../../schema/model/physical-type.ts';

const INTEGER_LIMITS = { 16: '32768', 32: '2147483648', 64: '9223372036854775808' } as const;

/** A value as text: decimals without superfluous zeros, everything else in its wire form. */
export function textOf(value: WireValue, type: PhysicalType): string | null {
  if (value === null) return null;
  if (type.kind === 'decimal') return normalizeDecimal(String(value));
  if (type.kind === 'text' && type.padded === true) return String(value).replace(/ +$/, '');
  return typeof value === 'number' ? decimalOfNumber(value) : String(value);
}

/** A number, or text that is one, as exact decimal text; null for anything else. */
export function decimalOf(value: WireValue): string | null {
  if (typeof value === 'number') return decimalOfNumber(value);
  return typeof value === 'string' ? normalizeDecimal(value) : null;
}

/** The value in the wire form of another type, or null where it has none there. */
export function castValue(value: WireValue, from: PhysicalType, to: PhysicalType, timeZone: string): WireValue {
  if (value === null) return null;
  switch (to.kind) {
    case 'text':
    case 'uuid':
    case 'other':
      return textOf(value, from);
    case 'integer': {
      const digits = from.kind === 'text' && !/^-?[0-9]+$/.test(String(value)) ? null : decimalOf(value);
      if (digits === null || digits.includes('.') || !isInRange(digits, to.bits)) return null;
      return to.bits === 64 ? digits : Number(digits);
    }
    case 'decimal':
      return decimalOf(value);
    case 'float': {
      const digits = decimalOf(value);
      return digits === null ? null : Number(digits);
    }
    case 'boolean':
      return typeof value === 'boolean' ? value : value === 'true' ? true : value === 'false' ? false : null;
    case 'date':
      return parseDateByFormat(momentIn(String(value), from, timeZone).slice(0, 10), 'yyyy-MM-dd');
    case 'timestamp':
      return castTimestamp(String(value), from, to.zoned, timeZone);
    case 'json':
      return isJson(String(value)) ? String(value) : null;
    default:
      return value;
  }
}

function isInRange(digits: string, bits: 16 | 32 | 64): boolean {
  const limit = INTEGER_LIMITS[bits];
  return compareDecimal(digits, limit) < 0 && compareDecimal(digits, `-${limit}`) >= 0;
}

/** A zoned timestamp as text of the hub's zone; anything else as it is. */
export function momentIn(text: string, type: PhysicalType, timeZone: string): string {
  return type.kind === 'timestamp' && type.zoned ? (zonedInZone(text, timeZone) ?? text) : text;
}

function castTimestamp(text: string, from: PhysicalType, zoned: boolean, timeZone: string): string | null {
  if (from.kind === 'timestamp' && from.zoned) return zoned ? text : momentIn(text, from, timeZone).slice(0, -6);
  const naive = from.kind === 'date' ? `${text} 00:00:00` : text;
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?$/.test(naive) || !isRealTimestamp(naive)) return null;
  return zoned ? naiveToZoned(naive, timeZone) : naive;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
