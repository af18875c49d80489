import { escape } from 'mysql2';
import { isRealDate, isRealTimestamp, zonedInZone } from '../../schema/model/date.ts';
import type { PhysicalType, WireValue } from '../../schema/model/physical-type.ts';

/** SQL text that stands in a statement as it is: numbers, typed literals and lists, whose form was checked. Anything else is escaped as a string. */
export class Literal {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const NULL = new Literal('null');

/** A constant as MariaDB reads it; one that its type cannot hold equals nothing, like null. Zoned timestamps become local times of the hub's zone. */
export function literalOf(value: WireValue, type: PhysicalType, timeZone: string): Literal | string {
  if (value === null) return NULL;
  const text = String(value);
  switch (type.kind) {
    case 'integer':
      return /^-?\d{1,30}$/.test(text) ? new Literal(text) : NULL;
    case 'decimal':
      return /^-?\d{1,65}(\.\d{1,38})?$/.test(text) ? new Literal(text) : NULL;
    case 'float':
      return Number.isFinite(Number(value)) ? new Literal(Number(value).toExponential()) : NULL;
    case 'boolean':
      return new Literal(value === true ? '1' : '0');
    case 'date':
      return /^\d{4}-\d\d-\d\d$/.test(text) && isRealDate(Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8)))
        ? new Literal(`date'${text}'`)
        : NULL;
    case 'timestamp': {
      const local = type.zoned ? zonedInZone(text, timeZone)?.slice(0, -6) : text;
      return local !== undefined && /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?$/.test(local) && isRealTimestamp(local)
        ? new Literal(`timestamp'${local}'`)
        : NULL;
    }
    case 'time':
      return /^\d\d:\d\d:\d\d(\.\d{1,6})?$/.test(text) ? new Literal(`time'${text}'`) : NULL;
    case 'binary':
      return /^([0-9a-f]{2})*$/.test(text) ? new Literal(`x'${text}'`) : NULL;
    default:
      return text;
  }
}

/** As it stands in a statement. */
export function literalText(value: Literal | string): string {
  return value instanceof Literal ? value.text : escape(String(value));
}

/** A list in brackets; an empty one holds null, which nothing equals. */
export function listLiteral(items: readonly (Literal | string)[]): Literal {
  return new Literal(items.length === 0 ? '(null)' : `(${items.map(literalText).join(',')})`);
}
