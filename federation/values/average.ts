import { decimalOfNumber, divideDecimal, normalizeDecimal } from '../../schema/model/decimal.ts';
import type { WireValue } from '../../schema/model/physical-type.ts';

/** Decimal places of an average that no `scale` rounds further. */
const AVERAGE_SCALE = 6;

/** Exact to six places; null over no values, and where the sum is no finite number. */
export function averageOf(sum: WireValue, count: WireValue): string | null {
  if (sum === null || count === null || Number(count) === 0) return null;
  const plain = typeof sum === 'number' ? decimalOfNumber(sum) : normalizeDecimal(String(sum));
  if (plain === null) return null;
  const average = divideDecimal(plain, String(count), AVERAGE_SCALE);
  return average === null ? null : normalizeDecimal(average);
}
