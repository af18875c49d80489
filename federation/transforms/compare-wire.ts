import type { CompareOp } from '../../connectors/spi/ir.ts';
import { compareZoned } from '../../schema/model/date.ts';
import { compareDecimal, decimalOfNumber } from '../../schema/model/decimal.ts';
import type { PhysicalType, WireValue } from '../../schema/model/physical-type.ts';
import { compareText } from '../../schema/model/compare-text.ts';

/** `a op b` for two present values of one type, decided in the hub as a source would. */
export function compareWire(op: CompareOp, a: NonNullable<WireValue>, b: NonNullable<WireValue>, type: PhysicalType): boolean {
  const order = orderOf(a, b, type);
  switch (op) {
    case 'eq':
      return order === 0;
    case 'ne':
      return order !== 0;
    case 'lt':
      return order < 0;
    case 'lte':
      return order <= 0;
    case 'gt':
      return order > 0;
    case 'gte':
      return order >= 0;
  }
}

function orderOf(a: NonNullable<WireValue>, b: NonNullable<WireValue>, type: PhysicalType): number {
  switch (type.kind) {
    case 'integer':
    case 'decimal':
      return compareDecimal(digitsOf(a), digitsOf(b));
    case 'float':
    case 'boolean':
      return Number(a) - Number(b);
    case 'timestamp':
      return compareZoned(String(a), String(b));
    default:
      return compareText(String(a), String(b));
  }
}

const digitsOf = (value: NonNullable<WireValue>): string => (typeof value === 'number' ? (decimalOfNumber(value) ?? '0') : String(value));
