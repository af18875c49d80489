import { isMoment, type PhysicalType, type WireValue } from '../../schema/model/physical-type.ts';
import type { Expr, Measure } from '../spi/ir.ts';
import { typeOfExpr } from '../spi/type-of.ts';
import type { Constant, Operand } from './dialect.ts';
import type { Fragment } from './fragment.ts';
import { computedMeasure, isComputedOn } from './computed-on.ts';
import { compileMeasure } from './measure.ts';
import { compileOrders } from './order.ts';
import { compilePredicate } from './predicate.ts';
import { relate } from './relate.ts';
import { partsOf } from './row-set.ts';
import type { Context, Scope } from './scope.ts';

const DECIMAL: PhysicalType = { kind: 'decimal' };
const TEXT: PhysicalType = { kind: 'text' };

/** An expression of the IR in the engine's native form. */
export function compileExpr(expr: Expr, scope: Scope, context: Context): Operand {
  const type = typeOfExpr(expr);
  switch (expr.kind) {
    case 'column':
      return scope.column(expr.column);
    case 'literal':
      return constantOperand(() => expr.value, type, context, expr.value);
    case 'variable':
      return constantOperand(({ bindings }) => bindings.variables?.[expr.name] ?? null, type, context);
    case 'cast': {
      const source = compileExpr(expr.value, scope, context);
      const value = context.dialect.cast(source.value, source.type, type);
      // What stays as it is may be as little null, and keeps its place in an index.
      return { type, value, ...(value === source.value && source.nullable !== undefined ? { nullable: source.nullable } : {}) };
    }
    default:
      return { type, value: compileValue(expr, type, scope, context) };
  }
}

function constantOperand(constant: Constant, type: PhysicalType, { dialect }: Context, known?: WireValue): Operand {
  return { type, constant, value: known === null ? dialect.nothing(type) : dialect.constant(constant, type) };
}

type Computed = Exclude<Expr, { readonly kind: 'column' | 'literal' | 'variable' | 'cast' }>;

function compileValue(expr: Computed, type: PhysicalType, scope: Scope, context: Context): Fragment {
  const { dialect } = context;
  const { sql } = dialect;
  switch (expr.kind) {
    case 'jsonText': {
      const source = compileExpr(expr.value, scope, context);
      return dialect.jsonText(source.value, source.type, expr.path);
    }
    case 'fold':
    case 'trim':
    case 'upper':
    case 'keep':
    case 'replace':
    case 'slice':
    case 'part':
    case 'matching':
    case 'extract':
    case 'rewrite':
    case 'parseDate':
      return dialect.textFunction(expr, compileText(expr.value, scope, context));
    case 'concat':
      return dialect.concat(expr.values.map((value) => compileText(value, scope, context)));
    case 'coalesce': {
      const values = expr.values.map((value) => compileAs(value, type, scope, context));
      return values.length === 1 ? values[0]! : sql`coalesce(${values})`;
    }
    case 'case': {
      const branches = expr.branches.map(
        (branch) => sql`when ${compilePredicate(branch.if, scope, context)} then ${compileAs(branch.then, type, scope, context)}`,
      );
      const otherwise = expr.else === undefined ? sql`` : sql` else ${compileAs(expr.else, type, scope, context)}`;
      if (branches.length === 0) return expr.else === undefined ? dialect.nothing(type) : compileAs(expr.else, type, scope, context);
      return sql`case ${sql.join(branches, ' ')}${otherwise} end`;
    }
    case 'scale':
      return dialect.arithmetic(
        '*',
        compileDecimal(expr.value, scope, context),
        dialect.constant(() => expr.factor, DECIMAL),
      );
    case 'arithmetic':
      return dialect.arithmetic(expr.op, compileDecimal(expr.left, scope, context), compileDecimal(expr.right, scope, context));
    case 'epochMillis': {
      const source = compileExpr(expr.value, scope, context);
      return dialect.epochMillis(source.value, source.type);
    }
    case 'truncate': {
      const source = compileExpr(expr.value, scope, context);
      return dialect.truncate(source.value, source.type, expr.unit);
    }
    case 'related': {
      const { value } = expr;
      if ('fn' in value && !dialect.correlatedFrom) {
        const parts = partsOf(expr.rows);
        const sum =
          parts.length > 1
            ? sumOfParts(
                value,
                parts.map((rows) => compileValue({ ...expr, rows }, type, scope, context)),
                context,
              )
            : undefined;
        if (sum !== undefined) return sum;
      }
      if ('fn' in value && isComputedOn(expr)) return computedMeasure({ ...expr, value }, scope, context);
      const rows = relate(expr, scope, context);
      const selected = 'fn' in value ? compileMeasure(value, rows, context).value : compileExpr(value, rows, context).value;
      const orders = 'fn' in value ? sql`` : compileOrders(expr.orderBy ?? [], rows, context);
      const { from, where } = rows.finish();
      return 'fn' in value ? sql`(select ${selected} from ${from}${where})` : sql`(select ${selected} from ${from}${where}${orders} limit 1)`;
    }
  }
}

/** A measure over rows from the measures over their parts, where it is a sum; a sum of nothing stays null. */
function sumOfParts({ fn }: Measure, parts: readonly Fragment[], { dialect: { sql } }: Context): Fragment | undefined {
  if (fn === 'count') return sql`(${sql.join(parts, ' + ')})`;
  if (fn !== 'sum') return undefined;
  const total = sql.join(
    parts.map((part) => sql`coalesce(${part}, 0)`),
    ' + ',
  );
  return sql`case when coalesce(${parts}) is not null then ${total} end`;
}

/** The value as text. */
export function compileText(expr: Expr, scope: Scope, context: Context): Fragment {
  const { value, type } = compileExpr(expr, scope, context);
  return type.kind === 'text' ? value : context.dialect.text(value, type);
}

/** One of several alternatives, in the type of the whole. */
function compileAs(expr: Expr, type: PhysicalType, scope: Scope, context: Context): Fragment {
  if (expr.kind === 'literal' && expr.value === null) return context.dialect.nothing(type);
  const operand = compileExpr(expr, scope, context);
  return operand.type.kind === type.kind && sameZone(operand.type, type) ? operand.value : context.dialect.cast(operand.value, operand.type, type);
}

function sameZone(a: PhysicalType, b: PhysicalType): boolean {
  return a.kind !== 'timestamp' || b.kind !== 'timestamp' || a.zoned === b.zoned;
}

function compileDecimal(expr: Expr, scope: Scope, context: Context): Fragment {
  const { value, type } = compileExpr(expr, scope, context);
  return type.kind === 'decimal' ? value : context.dialect.cast(value, type, DECIMAL);
}

/** Two operands in a type that both can be compared in: numbers as numbers, moments as moments, anything else as text. */
export function comparableOperands(left: Operand, right: Operand, context: Context): readonly [Operand, Operand] {
  const type = commonType(left.type, right.type);
  return [convert(left, type, context), convert(right, type, context)];
}

function commonType(a: PhysicalType, b: PhysicalType): PhysicalType | undefined {
  const isNumber = (type: PhysicalType): boolean => type.kind === 'integer' || type.kind === 'decimal' || type.kind === 'float';
  if (isNumber(a) && isNumber(b)) return a.kind === b.kind ? undefined : a.kind === 'float' || b.kind === 'float' ? { kind: 'float' } : DECIMAL;
  if (isMoment(a) && isMoment(b)) {
    if (a.kind === b.kind && sameZone(a, b)) return undefined;
    return { kind: 'timestamp', zoned: (a.kind === 'timestamp' && a.zoned) || (b.kind === 'timestamp' && b.zoned) };
  }
  return a.kind === b.kind && a.kind !== 'json' && a.kind !== 'other' ? undefined : TEXT;
}

function convert(operand: Operand, type: PhysicalType | undefined, { dialect }: Context): Operand {
  if (type === undefined || (operand.type.kind === type.kind && sameZone(operand.type, type))) return operand;
  const value = type.kind === 'text' ? dialect.text(operand.value, operand.type) : dialect.cast(operand.value, operand.type, type);
  return { type, value };
}
