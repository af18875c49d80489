import type { CompareOp } from '../../connectors/spi/ir.ts';
import { naiveToZoned, rfc3339ToZoned, zonedToRfc3339, zoneOffset } from '../../schema/model/date.ts';
import type { PhysicalType, WireValue } from '../../schema/model/physical-type.ts';
import type { SargablePredicate } from '../supergraph/binding.ts';
import { both } from './predicates.ts';
import { DATE, exprFrom, MappingFault, type Sargable, TEXT, type TransformContext, type Value, ZONED } from './value.ts';

/** The day of a date or timestamp, in the hub's time zone. */
export function toDate(input: Value, context: TransformContext): Value {
  if (input.type.kind === 'date') return input;
  if (input.type.kind !== 'timestamp') throw new MappingFault('the value is no date', 'say how its text is written, e.g. `date: yyyyMMdd`');
  const { sargable, type } = input;
  return {
    type: DATE,
    rawText: input.rawText,
    decode: (raw, issues) => {
      const value = input.decode(raw, issues);
      return value === null ? null : (value as string).slice(0, 10);
    },
    ...exprFrom(input, (value) => ({ kind: 'truncate', value, unit: 'DAY' })),
    ...(sargable === undefined ? {} : { sargable: rangeOf(sargable, (day) => midnight(day, type, context), nextDay) }),
  };
}

/** The month of a date or timestamp, as `YYYY-MM`. */
export function toYearMonth(input: Value, context: TransformContext): Value {
  const day = toDate(input, context);
  const { sargable } = day;
  return {
    type: TEXT,
    neverEmpty: true,
    rawText: input.rawText,
    decode: (raw, issues) => {
      const value = day.decode(raw, issues);
      return value === null ? null : (value as string).slice(0, 7);
    },
    ...exprFrom(day, (value) => ({ kind: 'slice', value: { kind: 'cast', value, type: TEXT }, start: 0, length: 7 })),
    ...(sargable === undefined ? {} : { sargable: rangeOf(sargable, (month) => `${month}-01`, nextMonth) }),
  };
}

/** An instant: native timestamps; naive ones and dates in the hub's time zone. */
export function toDateTime(input: Value, { timeZone }: TransformContext): Value {
  const { type, sargable } = input;
  if (type.kind === 'timestamp' && type.zoned) return input;
  if (type.kind !== 'timestamp' && type.kind !== 'date')
    throw new MappingFault('the value is no timestamp', 'use `time: epochMillis` for milliseconds, or make the field a Date or a String');
  const toNaive = type.kind === 'date' ? (value: string) => `${value} 00:00:00` : (value: string) => value;
  const next: Value = {
    type: ZONED,
    rawText: input.rawText,
    decode: (raw, issues) => {
      const value = input.decode(raw, issues);
      return value === null ? null : naiveToZoned(toNaive(value as string), timeZone);
    },
    ...exprFrom(input, (value) => ({ kind: 'cast', value, type: ZONED })),
  };
  if (sargable === undefined || type.kind === 'date') return next;
  return {
    ...next,
    sargable: (op, constant) => {
      const zoned = String(constant);
      const local = zoned.slice(0, -6);
      // Around a change of offset local times repeat or are left out: no range of them is a range of instants.
      return isSteady(local, timeZone) ? sargable(op, local) : undefined;
    },
  };
}

function isSteady(local: string, timeZone: string): boolean {
  const day = local.slice(0, 10);
  const offsets = new Set(
    [-1, 0, 1, 2].map((days) => shifted(day, days)).map((date) => zoneOffset(`${date === PAST_LAST_YEAR ? day : date} 00:00:00`, timeZone)),
  );
  return offsets.size === 1;
}

/** Comparisons of a unit (day, month) as comparisons of what it is made of: the unit begins at `start` and ends before the next one does. */
function rangeOf(sargable: Sargable, start: (unit: string) => string, next: (unit: string) => string): Sargable {
  const at = (op: CompareOp, unit: string): SargablePredicate | undefined => {
    return unit === PAST_LAST_YEAR ? undefined : sargable(op, start(unit));
  };
  return (op, constant) => {
    const unit = String(constant);
    switch (op) {
      case 'lt':
      case 'gte':
        return at(op, unit);
      case 'lte':
        return at('lt', next(unit));
      case 'gt':
        return at('gte', next(unit));
      case 'eq': {
        const from = at('gte', unit);
        const to = at('lt', next(unit));
        return from === undefined || to === undefined ? undefined : both(from, to);
      }
      default:
        return undefined;
    }
  };
}

/** Years have four digits. */
const PAST_LAST_YEAR = '';

function midnight(day: string, type: PhysicalType, { timeZone }: TransformContext): string {
  const naive = `${day} 00:00:00`;
  return type.kind === 'timestamp' && type.zoned ? naiveToZoned(naive, timeZone) : naive;
}

const shifted = (day: string, days: number): string => {
  const moment = new Date(`${day}T00:00:00Z`);
  moment.setUTCDate(moment.getUTCDate() + days);
  return moment.getUTCFullYear() > 9999 ? PAST_LAST_YEAR : moment.toISOString().slice(0, 10);
};
const nextDay = (day: string): string => shifted(day, 1);

function nextMonth(month: string): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  if (number === 12) return year === 9999 ? PAST_LAST_YEAR : `${String(year + 1).padStart(4, '0')}-01`;
  return `${String(year).padStart(4, '0')}-${String(number + 1).padStart(2, '0')}`;
}

/** DateTime as clients write it ↔ zoned wire form. */
export const encodeDateTime = (text: string, { timeZone }: TransformContext): WireValue => rfc3339ToZoned(text, timeZone);
export const decodeDateTime = (wire: WireValue): string | null => (wire === null ? null : zonedToRfc3339(wire as string));
