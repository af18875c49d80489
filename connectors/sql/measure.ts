import type { PhysicalType } from '../../schema/model/physical-type.ts';
import type { Measure } from '../spi/ir.ts';
import { typeOfMeasure } from '../spi/type-of.ts';
import { compileExpr } from './expression.ts';
import type { Fragment } from './fragment.ts';
import type { Context, Scope } from './scope.ts';

/** An aggregate function over the rows of a scope. @param handed what becomes of a row's value on its way */
export function compileMeasure(
  measure: Measure,
  scope: Scope,
  context: Context,
  handed = (value: Fragment): Fragment => value,
): { readonly value: Fragment; readonly type: PhysicalType } {
  const { dialect } = context;
  const type = typeOfMeasure(measure);
  if (measure.value === undefined) return { type, value: dialect.sql`count(*)` };
  const operand = compileExpr(measure.value, scope, context);
  return { type, value: dialect.measure(measure.fn, handed(operand.value), operand.type) };
}
