/** Whether text is the wire form of a day or time that exists (see `WireValue`). Every row of a list is asked: regular expressions would take ten times as long. */
import { isRealDate } from './date.ts';

const BLANK = 32;
const PLUS = 43;
const MINUS = 45;
const POINT = 46;
const COLON = 58;

/** `YYYY-MM-DD`. */
export const isDay = (text: string): boolean => text.length === 10 && startsWithDay(text);

/** Such a day comes first; anything may follow. */
export function startsWithDay(text: string): boolean {
  if (text.charCodeAt(4) !== MINUS || text.charCodeAt(7) !== MINUS) return false;
  return isRealDate(numberAt(text, 0, 4), numberAt(text, 5, 7), numberAt(text, 8, 10));
}

/** `YYYY-MM-DD HH:MM:SS`, maybe with a fraction. */
export const isTime = (text: string): boolean => isTimeUpTo(text, text.length);

function isTimeUpTo(text: string, end: number): boolean {
  if (end < 19 || text.charCodeAt(10) !== BLANK || text.charCodeAt(13) !== COLON || text.charCodeAt(16) !== COLON || !startsWithDay(text)) return false;
  const isInDay = isBelow(24, text, 11) && isBelow(60, text, 14) && isBelow(60, text, 17);
  return isInDay && (end === 19 || (end > 20 && text.charCodeAt(19) === POINT && numberAt(text, 20, end) >= 0));
}

/** The same with the zone's offset behind it, `+08:00`. */
export function isZonedTime(text: string): boolean {
  const end = text.length - 6;
  const sign = text.charCodeAt(end);
  if ((sign !== PLUS && sign !== MINUS) || text.charCodeAt(end + 3) !== COLON) return false;
  return isBelow(24, text, end + 1) && isBelow(60, text, end + 4) && isTimeUpTo(text, end);
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
