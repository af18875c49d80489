import type { Expr, On, Predicate } from '../spi/ir.ts';
import type { Operand } from './dialect.ts';
import { comparableOperands, compileExpr, compileText } from './expression.ts';
import type { Fragment, RunContext } from './fragment.ts';
import { computedExists, isComputedOn } from './computed-on.ts';
import { relate } from './relate.ts';
import { partsOf } from './row-set.ts';
import type { Condition, Context, Scope } from './scope.ts';
import { guardOf, type Guard } from './simplify.ts';
import { columnsOf } from './scope.ts';

/** A predicate that is true for exactly the rows that it selects; for others it is false or null. */
export function compilePredicate(predicate: Predicate, scope: Scope, context: Context): Fragment {
  const { dialect } = context;
  const { sql } = dialect;
  switch (predicate.kind) {
    case 'and':
    case 'or': {
      const parts = predicate.predicates.map((part) => compilePredicate(part, scope, context));
      if (parts.length === 0) return predicate.kind === 'and' ? sql`(1 = 1)` : sql`(1 = 0)`;
      return parts.length === 1 ? parts[0]! : sql`(${sql.join(parts, predicate.kind === 'and' ? ' and ' : ' or ')})`;
    }
    case 'isNull': {
      const { value } = compileExpr(predicate.value, scope, context);
      return predicate.negated ? sql`(${value}) is not null` : sql`(${value}) is null`;
    }
    case 'compare': {
      const [left, right] = comparableOperands(compileExpr(predicate.left, scope, context), compileExpr(predicate.right, scope, context), context);
      return dialect.compare(predicate.op, left, right);
    }
    case 'in':
      return compileIn(compileExpr(predicate.value, scope, context), predicate.values, predicate.negated, scope, context);
    case 'inList':
      return dialect.inList(compileExpr(predicate.value, scope, context), ({ bindings }) => bindings.lists?.[predicate.list] ?? [], predicate.negated);
    case 'text': {
      const pattern = compileExpr(predicate.pattern, scope, context);
      const sought: Operand = pattern.type.kind === 'text' ? pattern : { type: { kind: 'text' }, value: dialect.text(pattern.value, pattern.type) };
      const matches = dialect.matches(predicate.op, compileText(predicate.value, scope, context), sought);
      return predicate.negated ? sql`not (${matches})` : matches;
    }
    case 'exists': {
      const parts = dialect.correlatedFrom ? [predicate.rows] : partsOf(predicate.rows);
      const tests = parts.map((part) => {
        if (isComputedOn({ ...predicate, rows: part })) {
          const found = computedExists({ ...predicate, rows: part }, scope, context);
          return predicate.negated ? sql`not (${found})` : found;
        }
        const { from, where } = relate({ ...predicate, rows: part }, scope, context).finish();
        return sql`${predicate.negated ? sql`not exists` : sql`exists`} (select 1 from ${from}${where})`;
      });
      if (tests.length === 0) return predicate.negated ? sql`(1 = 1)` : sql`(1 = 0)`;
      return sql`(${sql.join(tests, predicate.negated ? ' and ' : ' or ')})`;
    }
  }
}

/** Of no consequence to literals. */
const NO_RUN: RunContext = { bindings: {}, maxRows: 0 };

function compileIn(value: Operand, values: readonly Expr[], negated: boolean, scope: Scope, context: Context): Fragment {
  const { dialect } = context;
  const { sql } = dialect;
  const operands = values.filter((item) => item.kind !== 'literal' || item.value !== null).map((item) => compileExpr(item, scope, context));
  const constants = operands.flatMap(({ constant, type }) =>
    constant !== undefined && type.kind === value.type.kind && type.kind !== 'timestamp' ? [constant] : [],
  );
  if (constants.length === operands.length) {
    const isFixed = values.every(({ kind }) => kind === 'literal');
    const fixed = isFixed ? constants.map((constant) => constant(NO_RUN)) : undefined;
    return dialect.inList(value, (run) => fixed ?? constants.map((constant) => constant(run)), negated);
  }
  const isPresent = sql`(${value.value}) is not null`;
  const tests = operands.map((operand) => {
    const [left, right] = comparableOperands(value, operand, context);
    return negated ? sql`(${dialect.compare('ne', left, right)} or (${right.value}) is null)` : dialect.compare('eq', left, right);
  });
  return negated ? sql`(${sql.join([isPresent, ...tests], ' and ')})` : sql`(${sql.join(tests, ' or ')})`;
}

export function conditionOf(predicate: Predicate, context: Context): Condition {
  return {
    columns: columnsOf(predicate),
    correlated: false,
    selective: isSelective(predicate),
    compile: (scope) => compilePredicate(predicate, scope, context),
  };
}

function isSelective(predicate: Predicate): boolean {
  switch (predicate.kind) {
    case 'and':
      return predicate.predicates.some(isSelective);
    case 'or':
      return predicate.predicates.every(isSelective);
    case 'compare':
      return predicate.op !== 'ne' && (isStored(predicate.left) || isStored(predicate.right));
    case 'in':
    case 'inList':
      return !predicate.negated && isStored(predicate.value);
    case 'text':
      return !predicate.negated && predicate.op === 'startsWith' && isStored(predicate.value);
    default:
      return false;
  }
}

/** A column, maybe behind a guard. */
export function isStored(expr: Expr): boolean {
  return (guardOf(expr)?.then ?? expr).kind === 'column';
}

/** What no index can have. */
export function isComputed(expr: Expr): boolean {
  return !isStored(expr) && !(expr.kind === 'cast' && isStored(expr.value));
}

/** All pairs are equal; the outer side is read in `outer`. */
export function conditionOfOn(on: On, outer: Scope, context: Context): Condition {
  return {
    columns: columnsOf(...on.map((pair) => pair.inner)),
    correlated: true,
    selective: on.some((pair) => !pair.distinct && isStored(pair.inner)),
    compile: (scope) => {
      const { sql } = context.dialect;
      if (on.length === 0) return sql`(1 = 1)`;
      return sql.join(
        on.map((pair) => compilePair(pair, outer, scope, context)),
        ' and ',
      );
    },
  };
}

/** One pair, each side's guard apart from its value, so that indexes serve it. */
export function compilePair({ outer, inner, distinct }: On[number], outerScope: Scope, innerScope: Scope, context: Context): Fragment {
  const [left, right] = [guardOf(inner), guardOf(outer)];
  const guards = [
    ...(left ? [compilePredicate(left.if, innerScope, context)] : []),
    // Of two values that are equal and guarded alike, one guard will do.
    ...(right && (distinct || !left || !isSameGuard(left, right)) ? [compilePredicate(right.if, outerScope, context)] : []),
  ];
  const operands = comparableOperands(compileExpr(left?.then ?? inner, innerScope, context), compileExpr(right?.then ?? outer, outerScope, context), context);
  return context.dialect.sql.join([...guards, context.dialect.compare(distinct ? 'ne' : 'eq', ...operands)], ' and ');
}

/** Each differs from the same constant. */
function isSameGuard(a: Guard, b: Guard): boolean {
  const constantOf = ({ if: test, then }: Guard): string | undefined =>
    test.kind === 'compare' && test.right.kind === 'literal' && JSON.stringify(test.left) === JSON.stringify(then)
      ? JSON.stringify([test.op, test.right])
      : undefined;
  const constant = constantOf(a);
  return constant !== undefined && constant === constantOf(b);
}
