import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDecimal,
  compareDecimal,
  decimalOfNumber,
  divideDecimal,
  multiplyDecimal,
  normalizeDecimal,
  roundDecimal,
  subtractDecimal,
} from '../../../../schema/model/decimal.ts';

const decimal = fc.tuple(fc.bigInt(-(10n ** 32n), 10n ** 32n), fc.nat(12), fc.boolean()).map(([units, scale, short]) => {
  const value = short ? units % 100_000n : units;
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0');
  return `${value < 0n ? '-' : ''}${scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`}`;
});

describe('decimals', () => {
  it.each([
    ['007.10', 0, '7.1'],
    ['-0.00', 0, '0'],
    ['100', 0, '100'],
    ['0', 0, '0'],
    ['-0', 0, '0'],
    ['5', 2, '5.00'],
    ['5.1', 2, '5.10'],
    ['5.123', 2, '5.123'],
    ['123456789012345678901234567890.10', 0, '123456789012345678901234567890.1'],
  ])('normalises %s with %i digits to %s', (text, minScale, expected) => {
    expect(normalizeDecimal(text, minScale)).toBe(expected);
  });

  it.each(['', ' 1', '1e5', '.5', '1.', '+1', '1,000', '１２', '--1'])('calls %j no plain decimal', (text) => {
    expect(normalizeDecimal(text)).toBeNull();
  });

  it('prints numbers without exponent', () => {
    expect([1e21, 1.5e-7, -0, 0.1, -1e22, 12].map(decimalOfNumber)).toEqual([
      '1000000000000000000000',
      '0.00000015',
      '0',
      '0.1',
      '-10000000000000000000000',
      '12',
    ]);
    expect(decimalOfNumber(Number.NaN)).toBeNull();
  });

  it('rounds halves away from zero', () => {
    expect(roundDecimal('2.345', 2)).toBe('2.35');
    expect(roundDecimal('-2.345', 2)).toBe('-2.35');
    expect(roundDecimal('0.5', 0)).toBe('1');
    expect(divideDecimal('1', '3', 4)).toBe('0.3333');
    expect(divideDecimal('-2', '3', 4)).toBe('-0.6667');
    expect(divideDecimal('10.005', '0.01', 0)).toBe('1001');
    expect(divideDecimal('1', '0.00', 2)).toBeNull();
  });

  it('refuses to calculate with text that is no decimal', () => {
    expect(() => addDecimal('1e5', '1.5')).toThrow(RangeError);
  });

  it('adds, subtracts and multiplies exactly', () => {
    fc.assert(
      fc.property(decimal, decimal, (a, b) => {
        const sum = addDecimal(a, b);
        expect(subtractDecimal(sum, b)).toBe(normalizeDecimal(a));
        expect(compareDecimal(addDecimal(b, a), sum)).toBe(0);
        expect(multiplyDecimal(a, b)).toBe(multiplyDecimal(b, a));
        expect(multiplyDecimal(a, '2')).toBe(addDecimal(a, a));
      }),
      { verbose: 1 },
    );
  });

  it('undoes a product by division', () => {
    fc.assert(
      fc.property(decimal, decimal, (a, b) => {
        fc.pre(compareDecimal(b, '0') !== 0);
        expect(divideDecimal(multiplyDecimal(a, b), b, 12)).toBe(normalizeDecimal(a));
      }),
      { verbose: 1 },
    );
  });

  it('compares as numbers do, also when one side is long', () => {
    fc.assert(
      fc.property(decimal, decimal, (a, b) => {
        const expected = Math.sign(Number(subtractDecimal(a, b)));
        expect(Math.sign(compareDecimal(a, b))).toBe(expected);
      }),
      { verbose: 1 },
    );
  });
});
