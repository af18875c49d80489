import type { Expr } from '../../connectors/spi/ir.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { PhysicalType } from '../../schema/model/physical-type.ts';
import { compileColumnExpression, type ColumnExpression } from '../expression/column-expression.ts';
import type { Reads } from './column.ts';
import { MappingFault, type TransformContext, type Value } from './value.ts';

interface ExpressionRows {
  types(): ReadonlyMap<string, PhysicalType>;
  column(name: string): { readonly expr: Expr };
}

/** A CEL expression over columns of the row; null when an operand is. */
export function expression(text: string, rows: ExpressionRows, reads: Reads, { timeZone }: TransformContext): Value {
  const { columns, type, decode, expr } = compileChecked(text, rows.types(), timeZone);
  const places = columns.map((name) => reads.indexOf(rows.column(name).expr));
  return {
    type,
    rawText: (raw) => places.map((place) => String(raw[place] ?? '')).join(' '),
    decode: (raw) => decode(places.map((place) => raw[place] ?? null)),
    ...(expr === undefined ? { reason: 'the expression uses what databases do not share' } : { expr }),
  };
}

function compileChecked(text: string, types: ReadonlyMap<string, PhysicalType>, timeZone: string): ColumnExpression {
  try {
    return compileColumnExpression(text, types, { timeZone });
  } catch (error) {
    if (error instanceof HubError) throw new MappingFault(error.message, 'columns whose name is no identifier are written cols["…"]');
    throw error;
  }
}
