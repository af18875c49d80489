import type { Expr } from '../../connectors/spi/ir.ts';
import type { PhysicalType, WireValue } from '../../schema/model/physical-type.ts';
import { suggestion } from '../../schema/parse/suggest.ts';
import { checkExpression } from './check.ts';
import { compileChecked } from './compile.ts';
import { expressionNames, invalid, type Expression } from './expression.ts';
import { parseExpression } from './parse.ts';
import { toExpr } from './to-expr.ts';
import { kindOf, nameOfKind, scalarType, type ExpressionType } from './types.ts';

export interface ColumnExpression {
  /** Columns read, in the order that `decode` takes them. */
  readonly columns: readonly string[];
  /** Of the result: text, decimal, float, boolean, date, timestamp. */
  readonly type: PhysicalType;
  /** Wire values of the columns → wire form of `type`. */
  readonly decode: (raw: readonly WireValue[]) => WireValue;
  /** The same as an expression of the source, where it has one. */
  readonly expr?: Expr;
}

export interface ColumnExpressionOptions {
  /** IANA name of the hub's zone. */
  readonly timeZone: string;
}

/**
 * An expression over a row's columns in their wire form; `cols["…"]` reads a column whose name is no identifier. There is no `asOf` or `now`: what
 * depends on the day is derived in the schema.
 * @throws {HubError} MAPPING_INVALID
 */
export function compileColumnExpression(text: string, columns: ReadonlyMap<string, PhysicalType>, options: ColumnExpressionOptions): ColumnExpression {
  const expression = withoutCols(parseExpression(text));
  const names = expressionNames(expression);
  const types = Object.fromEntries(names.map((name) => [name, typeOfColumn(name, columns)]));
  const checked = checkExpression(expression, types);
  const { type, scalar } = resultForm(checked.typeOf(expression));
  const { timeZone } = options;
  const compute = compileChecked(checked, { scalar, timeZone });
  const expr = toExpr(checked, { resolve: (name) => columnAsRead(name, columns.get(name) as PhysicalType), timeZone, scalar });
  return {
    columns: names,
    type,
    decode: (raw) => asWire(compute(Object.fromEntries(names.map((name, i) => [name, raw[i] ?? null]))) as WireValue, type),
    ...(expr ? { expr } : {}),
  };
}

/** A time that is written in the expression comes in canonical form. */
function asWire(value: WireValue, type: PhysicalType): WireValue {
  return type.kind === 'timestamp' && typeof value === 'string' ? value.replace('T', ' ') : value;
}

function typeOfColumn(name: string, columns: ReadonlyMap<string, PhysicalType>): ExpressionType {
  const type = columns.get(name);
  if (!type)
    throw invalid(
      name === 'asOf' || name === 'now'
        ? `"${name}" is not known in a mapping; derive the field in the schema`
        : `there is no column "${name}"; ${suggestion(name, [...columns.keys()])}`,
    );
  switch (type.kind) {
    case 'integer':
    case 'decimal':
      return scalarType('Decimal');
    case 'float':
      return scalarType('Float');
    case 'boolean':
      return scalarType('Boolean');
    case 'date':
      return scalarType('Date');
    case 'timestamp':
      return scalarType(type.zoned ? 'DateTime' : 'NaiveDateTime');
    case 'json':
      return scalarType('JSON');
    default:
      return scalarType('String');
  }
}

/** Text that an engine has a type of its own for is compared as text. */
function columnAsRead(column: string, type: PhysicalType): Expr {
  const expr: Expr = { kind: 'column', column, type };
  return type.kind === 'uuid' || type.kind === 'other' ? { kind: 'cast', value: expr, type: { kind: 'text' } } : expr;
}

function resultForm(type: ExpressionType): { readonly type: PhysicalType; readonly scalar: string } {
  const kind = kindOf(type);
  switch (kind) {
    case 'number':
      return type.kind === 'scalar' && type.scalar === 'Float'
        ? { type: { kind: 'float' }, scalar: 'Float' }
        : { type: { kind: 'decimal' }, scalar: 'Decimal' };
    case 'boolean':
      return { type: { kind: 'boolean' }, scalar: 'Boolean' };
    case 'date':
      return { type: { kind: 'date' }, scalar: 'Date' };
    case 'moment':
      return { type: { kind: 'timestamp', zoned: true }, scalar: 'DateTime' };
    case 'naive':
      return { type: { kind: 'timestamp', zoned: false }, scalar: 'NaiveDateTime' };
    case 'text':
      return { type: { kind: 'text' }, scalar: 'String' };
    default:
      throw invalid(`the expression gives ${nameOfKind(kind)}; a field takes a single value`);
  }
}

/** `cols["项目代码"]` is the name 项目代码. */
function withoutCols(e: Expression): Expression {
  const rewrite = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(rewrite);
    if (typeof part !== 'object' || part === null) return part;
    const node = part as Expression;
    if (node.op !== 'index' || node.of.op !== 'name' || node.of.name !== 'cols')
      return Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, rewrite(inner)]));
    if (node.index.op !== 'literal' || node.index.numeric || typeof node.index.value !== 'string')
      throw invalid('cols takes the name of a column, written out: cols["…"]');
    return { op: 'name', name: node.index.value } satisfies Expression;
  };
  return rewrite(e) as Expression;
}
