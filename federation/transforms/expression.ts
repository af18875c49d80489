import { typeOfExpr } from '../../connectors/spi/type-of.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { PhysicalType } from '../../schema/model/physical-type.ts';
import type { Expr } from '../../connectors/spi/ir.ts';
import { compileColumnExpression, type ColumnExpression } from '../expression/column-expression.ts';
import type { Reads } from './column.ts';
import { DECIMAL, MappingFault, TEXT, type Value } from './value.ts';

interface ExpressionRows {
  types(): ReadonlyMap<string, PhysicalType>;
  column(name: string): { readonly expr: Expr };
}

/** A CEL expression over columns of the row; null when an operand is. */
export function expression(text: string, rows: ExpressionRows, reads: Reads): Value {
  const types = rows.types();
  const { columns, decode, expr } = compileChecked(text, types);
  const places = columns.map((name) => reads.indexOf(rows.column(name).expr));
  const hasFloats = columns.some((name) => types.get(name)?.kind === 'float');
  const type = expr === undefined ? TEXT : resultType(expr);
  return {
    type,
    rawText: (raw) => places.map((place) => String(raw[place] ?? '')).join(' '),
    decode: (raw) => decode(places.map((place) => raw[place] ?? null)),
    ...(expr === undefined || hasFloats ? { reason: expr === undefined ? 'the expression uses what databases do not share' : 'the expression uses approximate numbers' } : { expr: asResult(expr, type) }),
  };
}

/** Every number of an expression is an exact decimal. */
const resultType = (expr: Expr): PhysicalType => (typeOfExpr(expr).kind === 'integer' ? DECIMAL : typeOfExpr(expr));
const asResult = (expr: Expr, type: PhysicalType): Expr => (type.kind === 'decimal' && typeOfExpr(expr).kind === 'integer' ? { kind: 'scale', value: expr, factor: '1' } : expr);

function compileChecked(text: string, types: ReadonlyMap<string, PhysicalType>): ColumnExpression {
  try {
    return compileColumnExpression(text, types);
  } catch (error) {
    if (error instanceof HubError) throw new MappingFault(error.message, 'see the reference of expressions; columns whose name is no identifier are written cols["…"]');
    throw error;
  }
}
