import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decimalKey, decimalOfKey } from '../../../../connectors/sqlite/decimal-key.ts';
import { compareDecimal, normalizeDecimal } from '../../../../schema/model/decimal.ts';

const decimal = fc.tuple(fc.bigInt(-(10n ** 40n), 10n ** 40n), fc.nat(12), fc.nat(38)).map(([units, scale, drop]) => {
  const value = units / 10n ** BigInt(drop);
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0');
  return normalizeDecimal(`${value < 0n ? '-' : ''}${scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`}`)!;
});

it('sorts keys bytewise as the numbers do', () => {
  fc.assert(
    fc.property(decimal, decimal, (a, b) => {
      const keys = Buffer.compare(Buffer.from(decimalKey(a)), Buffer.from(decimalKey(b)));
      expect(keys).toBe(Math.sign(compareDecimal(a, b)));
    }),
    { numRuns: 2000, verbose: 1 },
  );
});

it('gives back the number a key was made of', () => {
  fc.assert(
    fc.property(decimal, (a) => {
      expect(decimalOfKey(decimalKey(a))).toBe(a);
    }),
    { verbose: 1 },
  );
});

it('orders negative fractions, zero and small numbers', () => {
  const sorted = ['-10', '-1.55', '-1.5', '-0.05', '0', '0.005', '0.05', '0.5', '1', '9.99', '10', '100'];
  expect(sorted.toSorted((a, b) => (decimalKey(a) < decimalKey(b) ? -1 : 1))).toEqual(sorted);
});
