/** Days, local times and zones as text: the calendar is the proleptic Gregorian one, years 1 to 9999. */
import { escapePattern } from './escape-pattern.ts';

const DAY_MS = 86_400_000;
/** China has kept UTC+8 without summer time since 1991-09-15 local midnight (1991-09-14T17:00Z, with margin). */
const SHANGHAI_FIXED_FROM_MS = Date.UTC(1991, 8, 16);

/** True when the day exists: `isRealDate(2023, 2, 31)` is false. Months and days count from 1. */
export function isRealDate(year: number, month: number, day: number): boolean {
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1) return false;
  return day <= daysInMonth(year, month);
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

interface CompiledFormat {
  readonly regex: RegExp;
  /** Group numbers; 0 where the format has no such part. */
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const formats = new Map<string, CompiledFormat>();

/** The regular expression (portable, whole text) that a date format stands for, and which of its groups is which part (0: none). */
export function compileDateFormat(format: string): CompiledFormat & { readonly pattern: string } {
  let group = 0;
  const places = { yyyy: 0, MM: 0, dd: 0, M: 0, d: 0 };
  const pattern = format.replaceAll(/yyyy|MM|dd|M|d|[^]/gu, (token) => {
    if (!(token in places)) return escapePattern(token);
    places[token as keyof typeof places] = group += 1;
    return token === 'yyyy' ? '([0-9]{4})' : token.length === 2 ? '([0-9]{2})' : '([0-9]{1,2})';
  });
  return { pattern, regex: new RegExp(`^(?:${pattern})$`, 'u'), year: places.yyyy, month: places.MM || places.M, day: places.dd || places.d };
}

/** The day that the whole text names in this format, or null when it does not match or there is no such day. Without month or day the first is meant. */
export function parseDateByFormat(text: string, format: string): string | null {
  let compiled = formats.get(format);
  if (compiled === undefined) formats.set(format, (compiled = compileDateFormat(format)));
  const match = compiled.regex.exec(text);
  if (match === null) return null;
  const year = Number(match[compiled.year]);
  const month = compiled.month === 0 ? 1 : Number(match[compiled.month]);
  const day = compiled.day === 0 ? 1 : Number(match[compiled.day]);
  return compiled.year !== 0 && isRealDate(year, month, day) ? printDate(year, month, day) : null;
}

/** First day of the unit that a `YYYY-MM-DD…` text lies in. */
export function truncateDate(text: string, unit: 'DAY' | 'MONTH' | 'QUARTER' | 'YEAR'): string {
  if (unit === 'DAY') return text.slice(0, 10);
  if (unit === 'MONTH') return `${text.slice(0, 7)}-01`;
  if (unit === 'YEAR') return `${text.slice(0, 4)}-01-01`;
  return `${text.slice(0, 4)}-${two(Math.floor((Number(text.slice(5, 7)) - 1) / 3) * 3 + 1)}-01`;
}

/** An instant (milliseconds since 1970 UTC) as `YYYY-MM-DD HH:MM:SS[.fff]+HH:MM` in a zone; null outside the years 1 to 9999. */
export function epochMillisToZoned(ms: number, zone: string): string | null {
  const whole = Math.trunc(ms);
  const minutes = offsetMinutes(whole, zone);
  const local = printNaive(whole + minutes * 60_000);
  return local === null ? null : local + printOffset(minutes);
}

/** The zone's offset at a naive local time `YYYY-MM-DD HH:MM[:SS[.f]]`. A time that a change of offset skips takes the old offset, one that comes twice the new. */
export function zoneOffset(naive: string, zone: string): string {
  return printOffset(localOffset(localMillis(naive), zone));
}

/** A naive local time with its zone's offset appended. One that a change of offset skips is told as the clocks showed it. */
export function naiveToZoned(naive: string, zone: string): string {
  const local = localMillis(naive);
  const minutes = localOffset(local, zone);
  const zoned = naive + printOffset(minutes);
  return offsetMinutes(local - minutes * 60_000, zone) === minutes ? zoned : (zonedInZone(zoned, zone) ?? zoned);
}

/** The same instant as text of another zone; fraction digits are kept as they are. Takes `T` or a blank, `Z`, `+HH`, `+HHMM` or `+HH:MM`. Null when it is no zoned timestamp. */
export function zonedInZone(zoned: string, zone: string): string | null {
  const match = ZONED.exec(zoned);
  if (match === null) return null;
  const ms = localMillis(zoned) - parseOffset(match[4]!) * 60_000;
  const text = epochMillisToZoned(ms, zone);
  return text === null ? null : text.slice(0, 19) + (match[3] ?? '') + text.slice(19);
}

const ZONED = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(\.\d+)?(Z|[+-]\d{2}(?::?\d{2})?)$/;

/** Zoned wire form (`2024-01-01 10:00:00.120+08:00`) to RFC 3339 (`2024-01-01T10:00:00.12+08:00`); the fraction is left out when it is zero. */
export function zonedToRfc3339(zoned: string): string {
  const zoneAt = Math.max(zoned.lastIndexOf('+'), zoned.lastIndexOf('-'), zoned.lastIndexOf('Z'));
  let end = zoneAt;
  if (zoned.charCodeAt(19) === 46) {
    while (zoned.charCodeAt(end - 1) === 48) end -= 1;
    if (end === 20) end = 19;
  }
  return `${zoned.slice(0, 10)}T${zoned.slice(11, end)}${zoned.slice(zoneAt)}`;
}

/** RFC 3339 to zoned wire form in a zone; null when the text is no RFC 3339 timestamp with a real day and time. */
export function rfc3339ToZoned(text: string, zone: string): string | null {
  const match = ZONED.exec(text);
  if (match === null || !isRealTimestamp(text)) return null;
  return zonedInZone(text, zone);
}

/** True when `YYYY-MM-DD HH:MM:SS…` (or with `T`) names a real day and a time before 24:00:00. */
export function isRealTimestamp(text: string): boolean {
  if (!isRealDate(Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8, 10)))) return false;
  return Number(text.slice(11, 13)) < 24 && Number(text.slice(14, 16)) < 60 && Number(text.slice(17, 19)) < 60;
}

/** Orders zoned wire forms by instant: negative, zero or positive. */
export function compareZoned(a: string, b: string): number {
  const keyA = zonedKey(a);
  const keyB = zonedKey(b);
  return keyA < keyB ? -1 : keyA > keyB ? 1 : 0;
}

/** Text that is equal for equal instants and sorts as they do: the instant in UTC without trailing zeros of its fraction. */
export function zonedKey(zoned: string): string {
  const match = ZONED.exec(zoned);
  if (match === null) return zoned;
  const utc = printNaive(localMillis(zoned) - parseOffset(match[4]!) * 60_000);
  return utc === null ? zoned : naiveKey(utc + (match[3] ?? ''));
}

/** A naive timestamp without a zero fraction; equal times have equal text and sort as they do. */
export function naiveKey(naive: string): string {
  if (naive.charCodeAt(19) !== 46) return naive;
  let end = naive.length;
  while (naive.charCodeAt(end - 1) === 48) end -= 1;
  return naive.slice(0, end === 20 ? 19 : end);
}

/** Milliseconds since 1970 as if the local time were UTC. */
function localMillis(naive: string): number {
  const year = digits(naive, 0, 4);
  const time = Date.UTC(year + 400, digits(naive, 5, 2) - 1, digits(naive, 8, 2), digits(naive, 11, 2), digits(naive, 14, 2), digits(naive, 17, 2));
  return time - FOUR_CENTURIES_MS; // Date.UTC takes years below 100 for the twentieth century
}

const FOUR_CENTURIES_MS = 146_097 * DAY_MS;

/** The number at a place of a text; 0 for what is not there. */
function digits(text: string, at: number, count: number): number {
  let value = 0;
  for (let index = at; index < at + count && index < text.length; index += 1) value = value * 10 + (text.charCodeAt(index) - 48);
  return value;
}

function localOffset(local: number, zone: string): number {
  const before = offsetMinutes(local - DAY_MS, zone);
  const after = offsetMinutes(local + DAY_MS, zone);
  if (before === after) return after;
  const afterHolds = offsetMinutes(local - after * 60_000, zone) === after;
  return afterHolds ? after : before;
}

/** Minutes east of UTC at an instant; seconds of historic local mean times are dropped. */
function offsetMinutes(ms: number, zone: string): number {
  if (zone === 'UTC') return 0;
  if (zone === 'Asia/Shanghai' && ms >= SHANGHAI_FIXED_FROM_MS) return 480;
  const parts = formatterOf(zone).formatToParts(ms);
  const name = parts.find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
  return name === 'GMT' ? 0 : parseOffset(name.slice(3, 9));
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(zone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(zone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
    formatters.set(zone, formatter);
  }
  return formatter;
}

function parseOffset(text: string): number {
  if (text === 'Z') return 0;
  const digits = text.slice(1).replace(':', '');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2) || 0);
  return text.startsWith('-') ? -minutes : minutes;
}

function printOffset(minutes: number): string {
  if (minutes === 480) return '+08:00';
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

function printNaive(localMs: number): string | null {
  if (!(localMs >= YEAR_1_MS && localMs < YEAR_10000_MS)) return null;
  const days = Math.floor(localMs / DAY_MS);
  const ms = localMs - days * DAY_MS;
  const seconds = Math.floor(ms / 1000);
  const fraction = ms % 1000;
  const time = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return `${printDay(days)} ${time}${fraction === 0 ? '' : `.${String(fraction).padStart(3, '0')}`}`;
}

/** Days since 1970 as a date: Hinnant's `civil_from_days`, several times faster than a Date object. */
function printDay(days: number): string {
  const shifted = days + 719_468; // from 0000-03-01, so that the leap day ends the year
  const era = Math.floor(shifted / 146_097);
  const ofEra = shifted - era * 146_097;
  const yearOfEra = Math.floor((ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365);
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * ofYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return printDate(yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, ofYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1);
}

const YEAR_1_MS = localMillis('0001-01-01 00:00:00');
const YEAR_10000_MS = Date.UTC(10_000, 0, 1);

function printDate(year: number, month: number, day: number): string {
  return `${year < 1000 ? String(year).padStart(4, '0') : year}-${two(month)}-${two(day)}`;
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}
