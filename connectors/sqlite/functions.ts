import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite';
import { epochMillisToZoned, isRealTimestamp, naiveKey, naiveToZoned, parseDateByFormat, zonedInZone, zonedKey } from '../../schema/model/date.ts';
import { addDecimal, decimalOfNumber, multiplyDecimal, normalizeDecimal, subtractDecimal } from '../../schema/model/decimal.ts';
import { castValue } from '../values/cast.ts';
import { jsonElementsAt, jsonTextAt } from '../values/json.ts';
import { foldText, keepText, matchWhole, partOfText, rewriteText, splitText } from '../values/text.ts';
import { decimalKey, decimalOfKey } from './decimal-key.ts';

type Value = SQLOutputValue;

const TEXT = { kind: 'text' } as const;
const MOMENT = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?$/;

/**
 * Registers what SQLite lacks of the IR; `dialect.ts` lists the functions and their meanings. All are deterministic and give null when their
 * first argument is null.
 */
export function registerFunctions(database: DatabaseSync, timeZone: string): void {
  const define = (name: string, run: (...values: never[]) => SQLInputValue): void => {
    const functions = nullFirst(run as unknown as (...values: Value[]) => SQLInputValue);
    database.function(name, { deterministic: true, useBigIntArguments: true }, functions[run.length - 1]!);
  };
  const instant = (text: string): string | null => storedInstant(text, timeZone);

  define('hub_fold', (text: string) => foldText(text));
  define('hub_keep', (text: string, set: 'digits' | 'alphanumerics') => keepText(text, set));
  define('hub_part', (text: string, separator: string, index: bigint) => partOfText(text, separator, Number(index)));
  define('hub_matching', (text: string, pattern: string) => (matchWhole(text, pattern) === null ? null : text));
  define('hub_extract', (text: string, pattern: string, group: bigint) => matchWhole(text, pattern)?.[Number(group)] ?? null);
  define('hub_rewrite', (text: string, pattern: string, pieces: string) => rewriteText(text, pattern, listOf(pieces) as (string | number)[]));
  define('hub_parse_date', (text: string, formats: string) => firstDate(text, listOf(formats) as string[]));

  define('hub_decimal', (value: Value) => decimalOfStored(value));
  define('hub_integer', (value: Value, bits: bigint) => integerOf(value, Number(bits) as 16 | 32 | 64));
  define('hub_dec_key', (decimal: string) => decimalKey(decimal));
  define('hub_dec_of_key', (key: string) => decimalOfKey(key));
  define('hub_dec_add', (a: string, b: string) => (b === null ? null : addDecimal(a, b)));
  define('hub_dec_sub', (a: string, b: string) => (b === null ? null : subtractDecimal(a, b)));
  define('hub_dec_mul', (a: string, b: string) => (b === null ? null : multiplyDecimal(a, b)));
  database.aggregate('hub_dec_sum', {
    deterministic: true,
    useBigIntArguments: true,
    start: null as string | null,
    step: (sum: string | null, value: Value) => {
      const decimal = value === null ? null : decimalOfStored(value);
      return decimal === null ? sum : sum === null ? decimal : addDecimal(sum, decimal);
    },
  });

  define('hub_naive', (text: Value) => storedNaive(String(text)));
  define('hub_moment', (text: Value) => (MOMENT.test(String(text)) && isRealTimestamp(String(text)) ? text : null));
  define('hub_cast_naive', (text: string) => keyOrNull(castValue(text, TEXT, { kind: 'timestamp', zoned: false }, timeZone)));
  define('hub_instant', (text: Value) => instant(String(text)));
  define('hub_instant_of_millis', (value: Value) => {
    const millis = Number(value);
    return millis >= 0 ? zonedOrNull(epochMillisToZoned(millis, 'UTC')) : null;
  });
  define('hub_zoned', (key: string) => zonedInZone(`${key}+00:00`, timeZone) ?? key);
  define('hub_local', (key: string) => {
    const zoned = zonedInZone(`${key}+00:00`, timeZone);
    return zoned === null ? null : zoned.slice(0, -6);
  });

  define('hub_json_text', (json: Value, path: string) => jsonTextAt(String(json), listOf(path)));
  define('hub_json_elements', (json: Value, path: string) => JSON.stringify(jsonElementsAt(String(json), listOf(path))));
  define('hub_split', (text: string, separators: string) => JSON.stringify(splitText(text, listOf(separators) as string[])));
}

/** By number of arguments (SQLite takes it from `length`): null when the first is. */
function nullFirst(run: (...values: Value[]) => SQLInputValue): ((...values: Value[]) => SQLInputValue)[] {
  return [(a) => (a === null ? null : run(a)), (a, b) => (a === null ? null : run(a, b!)), (a, b, c) => (a === null ? null : run(a, b!, c!))];
}

const lists = new Map<string, (string | number)[]>();

/** A JSON array constant of a statement, parsed once. */
function listOf(json: string): (string | number)[] {
  let list = lists.get(json);
  if (list === undefined) {
    if (lists.size > 1000) lists.clear();
    lists.set(json, (list = JSON.parse(json) as (string | number)[]));
  }
  return list;
}

/** A stored number, or text that is one, as normalised decimal text. */
export function decimalOfStored(value: Value): string | null {
  if (typeof value === 'bigint') return value.toString();
  // A REAL holds 15 digits faithfully; more would show the binary rounding of what was stored.
  if (typeof value === 'number') return decimalOfNumber(Number(value.toPrecision(15)));
  return typeof value === 'string' ? normalizeDecimal(value) : null;
}

function integerOf(value: Value, bits: 16 | 32 | 64): bigint | null {
  const text = typeof value === 'number' ? decimalOfStored(value) : String(value);
  const integer = castValue(text, TEXT, { kind: 'integer', bits }, 'UTC');
  return integer === null ? null : BigInt(integer as string | number);
}

function firstDate(text: string, formats: readonly string[]): string | null {
  for (const format of formats) {
    const date = parseDateByFormat(String(text), format);
    if (date !== null) return date;
  }
  return null;
}

/** A stored naive timestamp as `naiveKey`, a day as its midnight; any other text as it is. */
export function storedNaive(text: string): string {
  if (text.length === 19 && text.charCodeAt(10) === 32) return text; // what almost every row holds
  const match = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d)(:\d\d(?:\.\d+)?)?)?$/.exec(text);
  return match === null ? text : naiveKey(`${match[1]} ${match[2] ?? '00:00'}${match[3] ?? ':00'}`);
}

/** A stored zoned timestamp, or a naive one meant in the hub's zone, as `zonedKey`. */
export function storedInstant(text: string, timeZone: string): string | null {
  return isRealTimestamp(text) ? (zonedOrNull(zonedInZone(text, timeZone)) ?? instantOfNaive(text, timeZone)) : instantOfNaive(text, timeZone);
}

function instantOfNaive(text: string, timeZone: string): string | null {
  const naive = storedNaive(text);
  return /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?$/.test(naive) && isRealTimestamp(naive) ? zonedKey(naiveToZoned(naive, timeZone)) : null;
}

function keyOrNull(naive: unknown): string | null {
  return naive === null ? null : naiveKey(String(naive));
}

function zonedOrNull(zoned: string | null): string | null {
  return zoned === null ? null : zonedKey(zoned);
}
