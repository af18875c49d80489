import type { Expr } from '../../connectors/spi/ir.ts';
import { isMoment } from '../../schema/model/physical-type.ts';
import { isRealDate, parseDateByFormat, truncateDate } from '../../schema/model/date.ts';
import { asText } from './as-text.ts';
import { foldAndTrim } from './fold.ts';
import { anyOf, both, compare, loosely } from './predicates.ts';
import { foldText, trimText } from './text.ts';
import { DATE, MappingFault, readText, type Sargable, textLiteral, type Value } from './value.ts';

/** Formats whose text sorts as its days do. */
const DIGITS_ONLY = /^yyyy(?:MM(?:dd)?)?$/;

/** A day in text, by the first format that fits. What fits none or names no real day is null and BAD_DATE. Native dates and timestamps pass: `rawValue` has seen to those. */
export function date(input: Value, formats: readonly string[]): Value {
  if (isMoment(input.type)) return input;
  for (const format of formats) {
    if (!format.includes('yyyy')) throw new MappingFault(`date format "${format}" has no year`, 'use yyyy, MM or M, dd or d, and the characters between them');
  }
  const [only] = formats;
  if (only === undefined) throw new MappingFault('`date` names no format', 'for example yyyyMMdd');
  const text = asText(input);
  return formats.length === 1 && DIGITS_ONLY.test(only) ? digitsDate(text, only) : anyDate(text, formats.map(foldText));
}

function anyDate(text: Value, formats: readonly string[]): Value {
  const read = (value: string): string | undefined => {
    for (const format of formats) {
      const day = parseDateByFormat(value, format);
      if (day !== null) return day;
    }
    return undefined;
  };
  return readText(foldAndTrim(text), DATE, 'BAD_DATE', read, (value) => ({ kind: 'parseDate', value, formats }));
}

/**
 * Text that begins with a digit is taken as it is, anything else is folded first: so full-width digits are read, and a range of days is still a range of
 * texts. Digits of both widths in one text are no date.
 */
function digitsDate(text: Value, format: string): Value {
  const clean = (value: string): string => {
    const trimmed = trimText(value);
    return trimmed.charCodeAt(0) < 58 ? trimmed : trimText(foldText(trimmed));
  };
  const cleaned: Value = {
    ...text,
    decode: (raw, issues) => {
      const value = text.decode(raw, issues);
      return value === null ? null : clean(value as string);
    },
  };
  const make = (value: Expr): Expr => {
    const trimmed: Expr = { kind: 'trim', value };
    const folded: Expr = { kind: 'trim', value: { kind: 'fold', value: trimmed } };
    return {
      kind: 'parseDate',
      value: { kind: 'case', branches: [{ if: compare('lt', trimmed, textLiteral(':')), then: trimmed }], else: folded },
      formats: [format],
    };
  };
  const parsed = readText(cleaned, DATE, 'BAD_DATE', (value) => readDigits(value, format.length) ?? undefined, make);
  const { sargable } = text;
  if (sargable === undefined) return parsed;
  const isTight = text.width !== undefined && text.width <= format.length;
  return { ...parsed, sargable: textRange(sargable, format, isTight) };
}

/** The day that four, six or eight digits name; null for anything else. */
function readDigits(text: string, length: number): string | null {
  if (text.length !== length) return null;
  const year = numberAt(text, 0, 4);
  const month = length > 4 ? numberAt(text, 4, 6) : 1;
  const day = length > 6 ? numberAt(text, 6, 8) : 1;
  if (!isRealDate(year, month, day)) return null;
  return `${text.slice(0, 4)}-${length > 4 ? text.slice(4, 6) : '01'}-${length > 6 ? text.slice(6, 8) : '01'}`;
}

/** 0, which no part of a date is, when a character is no digit. */
function numberAt(text: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return 0;
    value = value * 10 + digit;
  }
  return value;
}

/**
 * Days as ranges of raw text. Beside the plain spelling a row may begin with a blank (which sorts before every digit) or be full-width (after every
 * digit): both are let through for `expr` to judge. A column no longer than the format has no room for blanks.
 */
function textRange(raw: Sargable, format: string, isTight: boolean): Sargable {
  return (op, constant) => {
    const day = String(constant);
    const low = printDay(day, format);
    const next = nextText(day, format);
    const blank = isTight ? [] : [raw('lt', '0')];
    const wide = raw('gte', ':');
    const upTo = next === null ? raw('lt', ':') : raw('lt', next);
    switch (op) {
      case 'gt':
      case 'gte':
        return loosely(anyOf([raw('gte', op === 'gt' && format === 'yyyyMMdd' && next !== null ? next : low), ...blank]));
      case 'lt':
      case 'lte':
        return loosely(anyOf([op === 'lt' && low === printFirst(day, format) ? raw('lt', low) : upTo, wide]));
      case 'eq':
        return loosely(anyOf([isTight ? raw('eq', low) : both(raw('gte', low), upTo), ...blank, wide]));
      default:
        return undefined;
    }
  };
}

const printDay = (day: string, format: string): string => day.replaceAll('-', '').slice(0, format.length);

/** The text of the day when it is the first of its format's unit, as every day of such text is. */
function printFirst(day: string, format: string): string | null {
  const unit = format === 'yyyyMMdd' ? 'DAY' : format === 'yyyyMM' ? 'MONTH' : 'YEAR';
  return truncateDate(day, unit) === day ? printDay(day, format) : null;
}

/** The text of the next day, month or year; null past the year 9999. */
function nextText(day: string, format: string): string | null {
  const moment = new Date(0);
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  if (format === 'yyyyMMdd') moment.setUTCFullYear(year, month - 1, date + 1);
  else if (format === 'yyyyMM') moment.setUTCFullYear(year, month, 1);
  else moment.setUTCFullYear(year + 1, 0, 1);
  return moment.getUTCFullYear() > 9999 ? null : printDay(moment.toISOString().slice(0, 10), format);
}
