import type { TypeBinding } from '../supergraph/binding.ts';
import type { PlanContext } from './plan-context.ts';
import { leafScalar } from './plan-where.ts';

export type MeasureFunction = 'COUNT' | 'COUNT_DISTINCT' | 'SUM' | 'AVG' | 'MIN' | 'MAX';

const FUNCTIONS: Readonly<Record<string, MeasureFunction>> = {
  count: 'COUNT',
  countDistinct: 'COUNT_DISTINCT',
  sum: 'SUM',
  avg: 'AVG',
  min: 'MIN',
  max: 'MAX',
};

/** By its name in the API: `count countDistinct sum avg min max`. */
export const measureFunction = (name: string): MeasureFunction | undefined => FUNCTIONS[name];

/** The scalar of a measure of a field: sums and averages are exact decimals whatever they are over. */
export function measureScalar(context: PlanContext, target: TypeBinding, fn: MeasureFunction, path: string | undefined): string {
  if (fn === 'COUNT' || fn === 'COUNT_DISTINCT') return 'Int';
  return fn === 'SUM' || fn === 'AVG' ? 'Decimal' : leafScalar(context, target, path ?? '');
}
