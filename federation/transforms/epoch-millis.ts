import type { Expr } from '../../connectors/spi/ir.ts';
import { epochMillisToZoned } from '../../schema/model/date.ts';
import { decimalOfNumber } from '../../schema/model/decimal.ts';
import { numberOf } from './number.ts';
import { toInteger } from './plain-number.ts';
import { both, compare } from './predicates.ts';
import { exprFrom, INT64, literal, MappingFault, type TransformContext, type Value, ZONED } from './value.ts';

/** 9999-12-30 in UTC: whatever the zone, the year still has four digits. */
const LATEST = 253_402_127_999_999;

/** Milliseconds since 1970 UTC. Negative ones stand for no time, as national platforms write it; later than the year 9999 is BAD_DATE. */
export function epochMillis(input: Value, { timeZone }: TransformContext): Value {
  if (!['integer', 'text', 'decimal'].includes(input.type.kind))
    throw new MappingFault('`time: epochMillis` needs whole numbers', 'leave it out for native timestamps');
  const millis = input.type.kind === 'integer' ? input : toInteger(numberOf(input), 64);
  const latest = literal(String(LATEST), INT64);
  const { sargable } = millis;
  return {
    type: ZONED,
    rawText: input.rawText,
    decode: (raw, issues) => {
      const value = millis.decode(raw, issues);
      if (value === null) return null;
      const ms = Number(value);
      if (ms < 0) return null;
      if (ms <= LATEST) return epochMillisToZoned(ms, timeZone);
      issues('BAD_DATE', input.rawText(raw));
      return null;
    },
    ...exprFrom(millis, (value): Expr => ({ kind: 'case', branches: [{ if: compare('lte', value, latest), then: { kind: 'epochMillis', value } }] })),
    ...(sargable === undefined
      ? {}
      : {
          sargable: (op, constant) => {
            const ms = millisOf(String(constant));
            if (ms === null) return undefined;
            let found = sargable(op, ms);
            if (ms.startsWith('-') || op === 'lt' || op === 'lte') found = both(found, sargable('gte', '0'));
            if (Number(ms) > LATEST || op === 'gt' || op === 'gte') found = both(found, sargable('lte', String(LATEST)));
            return found;
          },
        }),
  };
}

/** Milliseconds of a zoned timestamp as decimal text, finer fractions included. */
function millisOf(zoned: string): string | null {
  const match = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d+))?([+-]\d\d:\d\d)$/.exec(zoned);
  if (match === null) return null;
  const whole = Date.parse(`${match[1]}T${match[2]}${match[4]}`);
  const fraction = (match[3] ?? '').padEnd(3, '0');
  const millis = decimalOfNumber(whole + Number(fraction.slice(0, 3)));
  if (millis === null) return null;
  const finer = fraction.slice(3);
  if (!/[1-9]/.test(finer)) return millis;
  return whole < 0 ? null : `${millis}.${finer}`;
}
