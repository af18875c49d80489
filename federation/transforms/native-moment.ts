import type { Expr } from '../../connectors/spi/ir.ts';
import { isRealDate } from '../../schema/model/date.ts';
import type { PhysicalType } from '../../schema/model/physical-type.ts';
import { both, compare, exactly, isPresent } from './predicates.ts';
import { literal, type Value } from './value.ts';

type Moment = Extract<PhysicalType, { readonly kind: 'date' | 'timestamp' }>;

export const isMoment = (type: PhysicalType): type is Moment => type.kind === 'date' || type.kind === 'timestamp';

/**
 * What a column of dates or timestamps holds. Databases keep days that do not exist (MariaDB's `0000-00-00`, any text in SQLite, `infinity` in PostgreSQL):
 * such a cell is null and BAD_DATE, and null to the source itself, whose cast to the column's own type leaves them out.
 */
export function nativeMoment(column: Expr, type: Moment): Pick<Value, 'expr' | 'sargable'> & { readonly isReal: (text: string) => boolean } {
  const real: Expr = { kind: 'cast', value: column, type };
  const isThere = exactly(isPresent(real));
  return {
    isReal: realTest(type),
    expr: real,
    sargable: (op, constant) => {
      const found = exactly(compare(op, column, literal(constant, type)));
      // What equals a real moment is one.
      return op === 'eq' ? found : both(found, isThere);
    },
  };
}

function realTest(type: Moment): (text: string) => boolean {
  if (type.kind === 'date') return (text) => text.length === 10 && isDay(text);
  return type.zoned ? isZoned : (text) => isTime(text, text.length);
}

// Every row of a list is asked: regular expressions would take ten times as long.

const BLANK = 32;
const PLUS = 43;
const MINUS = 45;
const POINT = 46;
const COLON = 58;

/** The text begins with `YYYY-MM-DD`, and there is such a day. */
export function isDay(text: string): boolean {
  if (text.charCodeAt(4) !== MINUS || text.charCodeAt(7) !== MINUS) return false;
  return isRealDate(numberAt(text, 0, 4), numberAt(text, 5, 7), numberAt(text, 8, 10));
}

/** `YYYY-MM-DD HH:MM:SS`, maybe with a fraction, up to `end`. */
function isTime(text: string, end: number): boolean {
  if (end < 19 || text.charCodeAt(10) !== BLANK || text.charCodeAt(13) !== COLON || text.charCodeAt(16) !== COLON || !isDay(text)) return false;
  const isInDay = isBelow(24, text, 11) && isBelow(60, text, 14) && isBelow(60, text, 17);
  return isInDay && (end === 19 || (end > 20 && text.charCodeAt(19) === POINT && numberAt(text, 20, end) >= 0));
}

function isZoned(text: string): boolean {
  const end = text.length - 6;
  const sign = text.charCodeAt(end);
  if ((sign !== PLUS && sign !== MINUS) || text.charCodeAt(end + 3) !== COLON) return false;
  return isBelow(24, text, end + 1) && isBelow(60, text, end + 4) && isTime(text, end);
}

function isBelow(limit: number, text: string, at: number): boolean {
  const value = numberAt(text, at, at + 2);
  return value >= 0 && value < limit;
}

/** -1 when a character is no digit. */
function numberAt(text: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value;
}
