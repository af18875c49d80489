import { decimalOfNumber, normalizeDecimal } from '../../schema/model/decimal.ts';
import { isDay } from '../transforms/native-moment.ts';
import { zonedToRfc3339 } from '../../schema/model/date.ts';
import type { Canonical } from '../../schema/model/canonical.ts';
import type { WireValue } from '../../schema/model/physical-type.ts';

/** What a source computed for a scalar (an expression, a measure, a group key), in canonical form. What the scalar has no value for (a day that does not exist) is null. */
export function decodeWire(scalar: string): (value: WireValue) => Canonical {
  switch (scalar) {
    case 'Decimal':
    case 'BigInt':
      return (value) => (typeof value === 'number' ? decimalOfNumber(value) : value === null ? null : normalizeDecimal(String(value)));
    case 'Int':
    case 'Float':
      return (value) => (value === null ? null : Number(value));
    case 'Boolean':
      return (value) => value;
    case 'DateTime':
      return (value) => (value === null || !startsWithDay(String(value)) ? null : zonedToRfc3339(String(value)));
    case 'Date':
      return (value) => (value === null || !startsWithDay(String(value)) ? null : String(value).slice(0, 10));
    case 'YearMonth':
      return (value) => (value === null || !startsWithDay(`${String(value)}-01`) ? null : String(value).slice(0, 7));
    case 'JSON':
    case 'GeoJSON':
      return (value) => (value === null ? null : (JSON.parse(String(value)) as Canonical));
    default:
      return (value) => (value === null ? null : String(value));
  }
}

/** A time may follow. PostgreSQL's `infinity`, years of five digits and years before the first are no days. */
const startsWithDay = (text: string): boolean => /^\d{4}-\d{2}-\d{2}(?:$|[ T]\d|-01$)/.test(text) && !text.endsWith('BC') && isDay(text);
