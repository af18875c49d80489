import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareZoned,
  epochMillisToZoned,
  isRealDate,
  naiveKey,
  naiveToZoned,
  parseDateByFormat,
  rfc3339ToZoned,
  truncateDate,
  zonedInZone,
  zonedToRfc3339,
  zoneOffset,
} from '../../../../schema/model/date.ts';

describe('dates', () => {
  it.each([
    ['20240305', 'yyyyMMdd', '2024-03-05'],
    ['2024.3.5', 'yyyy.M.d', '2024-03-05'],
    ['2024年12月31日', 'yyyy年M月d日', '2024-12-31'],
    ['202403', 'yyyyMM', '2024-03-01'],
    ['2024/03/05', 'yyyy/MM/dd', '2024-03-05'],
    ['20240229', 'yyyyMMdd', '2024-02-29'],
    ['20230231', 'yyyyMMdd', null],
    ['00000000', 'yyyyMMdd', null],
    ['20240305 ', 'yyyyMMdd', null],
    ['２０２４0305', 'yyyyMMdd', null],
    ['2024x3x5', 'yyyy.M.d', null],
    ['20241301', 'yyyyMMdd', null],
  ])('reads %s by %s as %s', (text, format, expected) => {
    expect(parseDateByFormat(text, format)).toBe(expected);
  });

  it('knows leap years', () => {
    expect([2000, 1900, 2024, 2023].map((year) => isRealDate(year, 2, 29))).toEqual([true, false, true, false]);
  });

  it('truncates to the first day of a unit', () => {
    expect((['DAY', 'MONTH', 'QUARTER', 'YEAR'] as const).map((unit) => truncateDate('2024-11-17 10:00:00', unit))).toEqual([
      '2024-11-17',
      '2024-11-01',
      '2024-10-01',
      '2024-01-01',
    ]);
  });

  it('prints instants in a zone, summer time of the 1980s included', () => {
    expect(epochMillisToZoned(0, 'Asia/Shanghai')).toBe('1970-01-01 08:00:00+08:00');
    expect(epochMillisToZoned(Date.UTC(1988, 6, 1), 'Asia/Shanghai')).toBe('1988-07-01 09:00:00+09:00');
    expect(epochMillisToZoned(1704074400120, 'Asia/Shanghai')).toBe('2024-01-01 10:00:00.120+08:00');
    expect(epochMillisToZoned(1704074400120, 'America/New_York')).toBe('2023-12-31 21:00:00.120-05:00');
    expect(epochMillisToZoned(1704074400000, 'UTC')).toBe('2024-01-01 02:00:00+00:00');
    expect(epochMillisToZoned(8.64e15, 'UTC')).toBeNull();
  });

  it('prints any instant as a Date object does', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true }), (date) => {
        const iso = date.toISOString();
        expect(zonedToRfc3339(epochMillisToZoned(date.getTime(), 'UTC')!)).toBe(iso.replace(/\.?0*Z$/, '+00:00').replace(/(:\d\d)\.\+/, '$1+'));
        expect(zonedInZone(iso, 'UTC')!.slice(0, 19)).toBe(iso.slice(0, 19).replace('T', ' '));
      }),
      { verbose: 1 },
    );
  });

  it('finds the offset of a naive local time', () => {
    expect(zoneOffset('2024-01-01 10:00:00', 'Asia/Shanghai')).toBe('+08:00');
    expect(zoneOffset('1988-07-01 10:00:00', 'Asia/Shanghai')).toBe('+09:00');
    expect(zoneOffset('1991-09-20 10:00:00', 'Asia/Shanghai')).toBe('+08:00');
    expect(zoneOffset('2024-07-01 10:00:00', 'America/New_York')).toBe('-04:00');
    expect(zoneOffset('2024-03-10 02:30:00', 'America/New_York')).toBe('-05:00'); // skipped
    expect(zoneOffset('2024-11-03 01:30:00', 'America/New_York')).toBe('-05:00'); // comes twice
    expect(naiveToZoned('1986-05-04 02:04:00.5', 'Asia/Shanghai')).toBe('1986-05-04 03:04:00.5+09:00'); // skipped
    expect(naiveToZoned('2024-01-01 10:00:00.123456', 'Asia/Shanghai')).toBe('2024-01-01 10:00:00.123456+08:00');
  });

  it('moves zoned times to another zone and keeps microseconds', () => {
    expect(zonedInZone('2024-01-01 02:00:00.123456+00:00', 'Asia/Shanghai')).toBe('2024-01-01 10:00:00.123456+08:00');
    expect(zonedInZone('2024-01-01T02:00:00Z', 'Asia/Shanghai')).toBe('2024-01-01 10:00:00+08:00');
    expect(zonedInZone('2024-01-01 02:00:00-05', 'UTC')).toBe('2024-01-01 07:00:00+00:00');
    expect(zonedInZone('2024-01-01', 'UTC')).toBeNull();
  });

  it('prints RFC 3339 without a zero fraction', () => {
    expect(zonedToRfc3339('2024-01-01 10:00:00.120000+08:00')).toBe('2024-01-01T10:00:00.12+08:00');
    expect(zonedToRfc3339('2024-01-01 10:00:00.000000+08:00')).toBe('2024-01-01T10:00:00+08:00');
    expect(zonedToRfc3339('2024-01-01 10:00:00-05:00')).toBe('2024-01-01T10:00:00-05:00');
    expect(rfc3339ToZoned('2024-01-01T02:00:00.5Z', 'Asia/Shanghai')).toBe('2024-01-01 10:00:00.5+08:00');
    expect(rfc3339ToZoned('2023-02-31T02:00:00Z', 'Asia/Shanghai')).toBeNull();
  });

  it('orders zoned times by instant', () => {
    expect(compareZoned('2024-01-01 10:00:00+08:00', '2024-01-01 02:00:00.000+00:00')).toBe(0);
    expect(compareZoned('2024-01-01 10:00:00.5+08:00', '2024-01-01 10:00:00.25+08:00')).toBeGreaterThan(0);
    expect(compareZoned('2024-01-01 09:59:59.999999+08:00', '2024-01-01 02:00:00+00:00')).toBeLessThan(0);
    expect(naiveKey('2024-01-01 10:00:00.500000')).toBe('2024-01-01 10:00:00.5');
  });
});
