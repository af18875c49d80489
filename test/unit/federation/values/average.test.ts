import { describe, expect, it } from 'vitest';
import { averageOf } from '../../../../federation/values/average.ts';

describe('an average', () => {
  it.each([
    ['10', 4, '2.5'],
    ['9007199254740993', '2', '4503599627370496.5'],
    [0.1, 4, '0.025'],
    [1e22, 1, '10000000000000000000000'],
    [-3e21, 2, '-1500000000000000000000'],
    [5e-7, 1, '0.000001'],
    [1e-9, 2, '0'],
    [1.7976931348623157e308, 1, `17976931348623157${'0'.repeat(292)}`],
  ])('of a sum of %j over %j is %s', (sum, count, average) => {
    expect(averageOf(sum, count)).toBe(average);
  });

  it.each([
    [null, 0],
    [null, null],
    [0, 0],
    [Number.POSITIVE_INFINITY, 2],
    [Number.NaN, 2],
    ['NaN', 2],
  ])('of a sum of %s over %s is null', (sum, count) => {
    expect(averageOf(sum, count)).toBeNull();
  });
});
