import { decimalOfNumber, normalizeDecimal } from '../../schema/model/decimal.ts';
import { zonedToRfc3339 } from '../../schema/model/date.ts';
import type { Canonical } from '../../schema/model/canonical.ts';
import type { WireValue } from '../../schema/model/physical-type.ts';
import { isDay, isTime, isZonedTime } from '../../schema/model/wire-moment.ts';

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
      return textOf((text) => (isZonedTime(text) ? zonedToRfc3339(text) : null));
    case 'Date':
      return textOf((text) => (isMomentText(text) ? text.slice(0, 10) : null));
    case 'YearMonth':
      return textOf((text) => (isMomentText(text.length === 7 ? `${text}-01` : text) ? text.slice(0, 7) : null));
    case 'JSON':
    case 'GeoJSON':
      return (value) => (value === null ? null : (JSON.parse(String(value)) as Canonical));
    default:
      return (value) => (value === null ? null : String(value));
  }
}

const textOf =
  (read: (text: string) => Canonical) =>
  (value: WireValue): Canonical =>
    value === null ? null : read(String(value));

const isMomentText = (text: string): boolean => isDay(text) || isTime(text) || isZonedTime(text);
