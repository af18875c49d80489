import type { Expr } from '../../connectors/spi/ir.ts';
import { bareText } from './bare-text.ts';

/** What rows may be found by in place of a mapped key, so that an index serves it; undefined where only the mapped value will do. */
export const bareKey = (key: Expr): Expr | undefined => bareText(key) ?? bareInteger(key);

/** A column of longer numbers than the field has, which its text is read for: what equals a number of the field's is one. */
export function bareInteger(key: Expr): Expr | undefined {
  if (key.kind !== 'cast' || key.type.kind !== 'integer') return undefined;
  const { value } = key;
  const column = value.kind === 'cast' && value.type.kind === 'text' ? value.value : value;
  return column.kind === 'column' && column.type.kind === 'integer' && column.type.bits > key.type.bits ? column : undefined;
}
