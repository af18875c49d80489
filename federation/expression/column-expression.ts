import type { Expr } from '../../connectors/spi/ir.ts';
import type { PhysicalType, WireValue } from '../../schema/model/physical-type.ts';
import { compileExpression, type ExpressionType } from './compile.ts';
import { expressionNames, invalid, parseExpression, type Expression } from './parse.ts';
import { toExpr } from './to-expr.ts';

export interface ColumnExpression {
  /** Columns read, in the order that `decode` takes them. */
  readonly columns: readonly string[];
  readonly decode: (raw: readonly WireValue[]) => WireValue;
  /** The same as an expression of the source, where it has one. */
  readonly expr?: Expr;
  /** Scalar of the result. */
  readonly scalar: string;
}

/**
 * An expression over a row's columns in their wire form; `cols["…"]` reads a column whose name is no identifier.
 * @throws {HubError} MAPPING_INVALID
 */
export function compileColumnExpression(text: string, columns: ReadonlyMap<string, PhysicalType>): ColumnExpression {
  const expression = withoutCols(parseExpression(text));
  const names = expressionNames(expression).filter((name) => name !== 'asOf' && name !== 'now');
  const missing = names.find((name) => !columns.has(name));
  if (missing !== undefined) throw invalid(`there is no column "${missing}"`);
  const types = Object.fromEntries(names.map((name) => [name, typeOf(columns.get(name) as PhysicalType)]));
  const compute = compileExpression(expression, types);
  const expr = toExpr(expression, { resolve: (name) => ({ kind: 'column', column: name, type: columns.get(name) as PhysicalType }), asOf: '' });
  return {
    columns: names,
    decode: (raw) => compute(Object.fromEntries(names.map((name, i) => [name, raw[i] ?? null])), { asOf: '', now: '' }) as WireValue,
    ...(expr ? { expr } : {}),
    scalar: 'String',
  };
}

function typeOf(type: PhysicalType): ExpressionType {
  const scalar = type.kind === 'integer' || type.kind === 'decimal' || type.kind === 'float' ? 'Decimal' : type.kind === 'boolean' ? 'Boolean' : type.kind === 'date' ? 'Date' : 'String';
  return { kind: 'scalar', scalar };
}

/** `cols["项目代码"]` is the name 项目代码. */
function withoutCols(e: Expression): Expression {
  const rewrite = (x: unknown): unknown => {
    if (Array.isArray(x)) return x.map(rewrite);
    if (typeof x !== 'object' || x === null) return x;
    const node = x as Expression;
    if (node.op === 'index' && node.of.op === 'name' && node.of.name === 'cols' && node.index.op === 'literal') return { op: 'name', name: String(node.index.value) };
    return Object.fromEntries(Object.entries(x).map(([key, inner]) => [key, rewrite(inner)]));
  };
  return rewrite(e) as Expression;
}
