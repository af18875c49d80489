import { addDecimal } from '../../schema/model/decimal.ts';
import type { WireValue } from '../../schema/model/physical-type.ts';
import type { Measure } from '../spi/ir.ts';
import { typeOfExpr } from '../spi/type-of.ts';
import { decimalOf } from '../values/cast.ts';
import { compareValues, identityOf } from './compare.ts';
import { evaluate } from './expression.ts';
import type { MemoryRow, Scope } from './scope.ts';

/** A measure over rows, nulls left out: counts of nothing are 0, everything else of nothing is null. */
export function measureRows(measure: Measure, rows: readonly MemoryRow[], scope: Scope): WireValue {
  const { value: expr } = measure;
  if (expr === undefined) return rows.length;
  const type = typeOfExpr(expr);
  const values = rows.map((row) => evaluate(expr, row, scope)).filter((value) => value !== null);
  switch (measure.fn) {
    case 'count':
      return values.length;
    case 'countDistinct':
      return new Set(values.map((value) => identityOf(value, type))).size;
    case 'sum':
      if (values.length === 0) return null;
      if (type.kind === 'float') return values.reduce<number>((sum, value) => sum + Number(value), 0);
      return values.reduce<string>((sum, value) => addDecimal(sum, decimalOf(value) ?? '0'), '0');
    case 'min':
    case 'max': {
      const sign = measure.fn === 'min' ? 1 : -1;
      return values.reduce<WireValue>(
        (best, value) => (best === null || compareValues(value, type, best, type, scope.timeZone) * sign < 0 ? value : best),
        null,
      );
    }
  }
}
