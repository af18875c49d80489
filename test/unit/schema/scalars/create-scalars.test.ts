import { parseValue, type GraphQLScalarType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createScalars } from '../../../../schema/scalars/create-scalars.ts';

const scalars = createScalars(
  [
    { name: 'ProjectCode', pattern: '[0-9]{4}-[0-9]{6}', normalize: 'projectCode' },
    { name: 'USCC', description: 'Credit code', label: { zh: '统一社会信用代码' } },
  ],
  { timeZone: 'Asia/Shanghai', normalize: (_, text) => (text === 'none' ? null : text.replaceAll(' ', '')) },
);

function scalar(name: string): GraphQLScalarType {
  return scalars.get(name)!;
}

function read(name: string, value: unknown): unknown {
  return scalar(name).parseValue(value);
}

function readLiteral(name: string, literal: string): unknown {
  return scalar(name).parseLiteral(parseValue(literal), {});
}

describe('Decimal', () => {
  it.each([
    ['1234.50', '1234.5'],
    ['-0.00', '0'],
    ['007', '7'],
    [5, '5'],
    [0.1, '0.1'],
    [123456789012.34, '123456789012.34'],
  ])('makes %j canonical', (value, expected) => {
    expect(read('Decimal', value)).toBe(expected);
  });

  it('takes the digits of literals exactly', () => {
    expect(readLiteral('Decimal', '12345678901234567890.123456789')).toBe('12345678901234567890.123456789');
    expect(readLiteral('Decimal', '"1.10"')).toBe('1.1');
    for (const most of ['1'.repeat(65), `${'1'.repeat(35)}.${'1'.repeat(30)}`]) expect(read('Decimal', most)).toBe(most);
  });

  it.each(['', 'abc', '1e5', '+1', '1,000', ' 1', '.5', '5.', '１', 'NaN', '1'.repeat(66), `0.${'1'.repeat(31)}`, true, null, {}, [], 1e21, Number.NaN, 1 / 3])(
    'refuses %j',
    (value) => {
      expect(() => read('Decimal', value)).toThrow(/^Decimal is a decimal in plain notation/);
    },
  );

  it.each([
    ['{ from: "10" }', 'an object'],
    ['["10"]', 'a list'],
    ['HIGH', '"HIGH"'],
  ])('says what it got instead: %s', (literal, got) => {
    expect(() => readLiteral('Decimal', literal)).toThrow(new RegExp(`; got ${got}$`));
  });

  it('writes money as it comes, and numbers plainly', () => {
    expect(scalar('Decimal').serialize('1.50')).toBe('1.50');
    expect(scalar('Decimal').serialize(7)).toBe('7');
    expect(() => scalar('Decimal').serialize('x')).toThrow('Decimal cannot be written');
  });
});

describe('BigInt', () => {
  it('takes whole numbers of up to 64 bits', () => {
    expect(read('BigInt', '-9223372036854775808')).toBe('-9223372036854775808');
    expect(readLiteral('BigInt', '18446744073709551615')).toBe('18446744073709551615');
    expect(read('BigInt', 9007199254740991)).toBe('9007199254740991');
    for (const value of ['18446744073709551616', '-9223372036854775809', '1.0', '', 9007199254740992, 1.5])
      expect(() => read('BigInt', value)).toThrow(/^BigInt is a whole number/);
  });
});

describe('Date and YearMonth', () => {
  it('takes days and months that exist', () => {
    expect(read('Date', '2024-02-29')).toBe('2024-02-29');
    expect(read('YearMonth', '2024-12')).toBe('2024-12');
  });

  it.each(['2023-02-29', '2024-1-1', '20240101', '0000-01-01', '2024-01-01T00:00:00Z', '2024-13-01', 20240101])('refuses the day %j', (value) => {
    expect(() => read('Date', value)).toThrow(/^Date is a day of the calendar/);
  });

  it.each(['2024-13', '2024-00', '0000-01', '2024', '2024-1', '202401'])('refuses the month %j', (value) => {
    expect(() => read('YearMonth', value)).toThrow(/^YearMonth is a month/);
  });
});

describe('DateTime', () => {
  it.each([
    ['2024-03-01T01:30:00Z', '2024-03-01T09:30:00+08:00'],
    ['2024-03-01t01:30:00.500z', '2024-03-01T09:30:00.5+08:00'],
    ['2024-02-29T20:00:00.123456-05:00', '2024-03-01T09:00:00.123456+08:00'],
    ['2024-03-01T09:30:00.000+08:00', '2024-03-01T09:30:00+08:00'],
    ['1990-07-01T00:00:00Z', '1990-07-01T09:00:00+09:00'],
  ])('makes %s canonical', (value, expected) => {
    expect(read('DateTime', value)).toBe(expected);
  });

  it.each([
    '2024-03-01',
    '2024-03-01T09:30:00',
    '2024-03-01 09:30:00Z',
    '2024-02-30T00:00:00Z',
    '2024-03-01T24:00:00Z',
    '2024-03-01T09:60:00Z',
    '2024-03-01T09:30:00+0800',
    '2024-03-01T09:30:00+25:00',
    '2024-03-01T00:00:00.1234567Z',
    1709256600,
  ])('refuses %j', (value) => {
    expect(() => read('DateTime', value)).toThrow(/^DateTime is a time with its offset/);
  });
});

describe('JSON and GeoJSON', () => {
  it('takes any JSON', () => {
    expect(readLiteral('JSON', '{ a: [1, "b", null, true] }')).toEqual({ a: [1, 'b', null, true] });
  });

  it('takes what GeoJSON allows and nothing else', () => {
    expect(read('GeoJSON', { type: 'Point', coordinates: [120.6, 31.3] })).toEqual({ type: 'Point', coordinates: [120.6, 31.3] });
    expect(read('GeoJSON', { type: 'Feature', geometry: null, properties: {} })).toBeDefined();
    for (const value of [
      {},
      { type: 'Point' },
      { type: 'Point', coordinates: ['a', 'b'] },
      { type: 'Polygon', coordinates: [[1, 2]] },
      { type: 'toString', coordinates: [] },
      [],
      'x',
    ])
      expect(() => read('GeoJSON', value)).toThrow(/^GeoJSON is an object/);
  });
});

describe('scalars of the model', () => {
  it('are normalised and must match their pattern', () => {
    expect(read('ProjectCode', ' 2024-123456 ')).toBe('2024-123456');
    expect(readLiteral('ProjectCode', '"2024-123456"')).toBe('2024-123456');
    expect(() => read('ProjectCode', '2024-12345')).toThrow('ProjectCode is text of the form [0-9]{4}-[0-9]{6}; got "2024-12345"');
    expect(() => read('ProjectCode', 'none')).toThrow('got "none"');
    expect(() => readLiteral('ProjectCode', '2024')).toThrow('ProjectCode is text of the form [0-9]{4}-[0-9]{6}; got "2024"');
  });

  it('are any text without a pattern, and keep their description and label', () => {
    expect(read('USCC', 'x')).toBe('x');
    expect(scalar('USCC').description).toBe('统一社会信用代码\nCredit code');
    expect(() => read('USCC', 5)).toThrow('USCC is text; got 5');
  });
});
