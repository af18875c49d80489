import { isRealDate } from '../../schema/model/date.ts';

const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const NINE = 57;

/** Where a decimal ends without superfluous zeros; -1 for one that is written otherwise. */
export function endOfDecimal(bytes: Buffer, start: number, length: number): number {
  const end = start + length;
  const first = bytes[start] === MINUS ? start + 1 : start;
  let point = -1;
  for (let i = first; i < end; i++) {
    const code = bytes[i] as number;
    if (code === POINT && point < 0 && i > first) point = i;
    else if (code < ZERO || code > NINE) return -1;
  }
  const whole = (point < 0 ? end : point) - first;
  if (whole === 0 || (whole > 1 && bytes[first] === ZERO)) return -1;
  let last = end;
  if (point >= 0) {
    while (bytes[last - 1] === ZERO) last -= 1;
    if (last === point + 1) last = point;
  }
  const isNegativeZero = first > start && last === first + 1 && bytes[first] === ZERO;
  return isNegativeZero ? -1 : last;
}

const DATE_LENGTH = 10;

/** `YYYY-MM-DD`, of a year of four digits, and there is such a day. */
export function isDate(bytes: Buffer, start: number, length: number): boolean {
  if (length !== DATE_LENGTH) return false;
  for (let i = 0; i < DATE_LENGTH; i++) {
    const code = bytes[start + i] as number;
    if (i === 4 || i === 7 ? code !== MINUS : code < ZERO || code > NINE) return false;
  }
  const month = twoDigits(bytes, start + 5);
  return isRealDate(twoDigits(bytes, start) * 100 + twoDigits(bytes, start + 2), month, twoDigits(bytes, start + 8));
}

const twoDigits = (bytes: Buffer, at: number): number => ((bytes[at] as number) - ZERO) * 10 + (bytes[at + 1] as number) - ZERO;
