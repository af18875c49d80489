import { compareText } from '../../schema/model/compare-text.ts';
import { compareZoned, naiveKey, naiveToZoned, zonedKey } from '../../schema/model/date.ts';
import { compareDecimal, normalizeDecimal } from '../../schema/model/decimal.ts';
import { isMoment, type PhysicalType, type WireValue } from '../../schema/model/physical-type.ts';

type Present = Exclude<WireValue, null>;

/** Orders two present values of comparable types: negative, zero or positive. `timeZone` gives naive timestamps their instant when they meet zoned ones. */
export function compareValues(a: Present, typeA: PhysicalType, b: Present, typeB: PhysicalType, timeZone: string): number {
  if (isNumeric(typeA) && isNumeric(typeB)) {
    return typeA.kind === 'float' || typeB.kind === 'float' ? Number(a) - Number(b) : compareDecimal(String(a), String(b));
  }
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (isMoment(typeA) && isMoment(typeB)) return compareMoments(String(a), typeA, String(b), typeB, timeZone);
  return compareText(textKey(String(a), typeA), textKey(String(b), typeB));
}

/** Text that two values of one type share exactly when they are equal; null has its own. */
export function identityOf(value: WireValue, type: PhysicalType): string {
  if (value === null) return 'null';
  if (isNumeric(type)) return `=${normalizeDecimal(String(value)) ?? String(value)}`;
  if (type.kind === 'timestamp') return `=${type.zoned ? zonedKey(String(value)) : naiveKey(String(value))}`;
  return `=${textKey(String(value), type)}`;
}

function textKey(text: string, type: PhysicalType): string {
  if (type.kind === 'text' && type.padded === true) return text.replace(/ +$/, '');
  return type.kind === 'time' && text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

function isNumeric(type: PhysicalType): boolean {
  return type.kind === 'integer' || type.kind === 'decimal' || type.kind === 'float';
}

function compareMoments(a: string, typeA: PhysicalType, b: string, typeB: PhysicalType, timeZone: string): number {
  if (typeA.kind === 'date' && typeB.kind === 'date') return compareText(a, b);
  const zonedA = typeA.kind === 'timestamp' && typeA.zoned;
  const zonedB = typeB.kind === 'timestamp' && typeB.zoned;
  if (!zonedA && !zonedB) return compareText(naiveKey(atMidnight(a)), naiveKey(atMidnight(b)));
  return compareZoned(zonedA ? a : naiveToZoned(atMidnight(a), timeZone), zonedB ? b : naiveToZoned(atMidnight(b), timeZone));
}

function atMidnight(text: string): string {
  return text.length === 10 ? `${text} 00:00:00` : text;
}
