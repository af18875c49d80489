import type { Expr, Predicate } from '../../connectors/spi/ir.ts';
import { naiveToZoned } from '../../schema/model/date.ts';
import { isMoment, type MomentType } from '../../schema/model/physical-type.ts';
import type { TypeBinding } from '../supergraph/binding.ts';
import { fieldExpr } from './field-expr.ts';
import type { PlanContext } from './plan-context.ts';
import { both } from './predicates.ts';
import { rowRule } from './row-rule.ts';

/** Which rows are entities that whoever asks may know of. Stands wherever rows of a type are read: a hidden row is in no list, total or condition. */
export function entityExists(context: PlanContext, binding: TypeBinding): Predicate | undefined {
  return both(keyIsReadable(context, binding), rowRule(context, binding));
}

/** A row is an entity only if its key can be read. A bare key column needs no test where the source keeps it non-null by its own key. */
function keyIsReadable(context: PlanContext, binding: TypeBinding): Predicate | undefined {
  const key = context.supergraph.model.types.get(binding.type)?.key ?? [];
  const tests = key.flatMap((path): Predicate[] => {
    const expr = fieldExpr(context, binding, path);
    return expr && !isRowKey(binding, expr) ? isReadable(expr, context.supergraph.timeZone) : [];
  });
  return tests.length > 1 ? { kind: 'and', predicates: tests } : tests[0];
}

/** A column's day that does not exist (`0000-00-00`, `infinity`) is null to no database but SQLite, and meets no comparison in the others. */
function isReadable(expr: Expr, timeZone: string): Predicate[] {
  const present: Predicate = { kind: 'isNull', value: expr, negated: true };
  const column = momentColumn(expr);
  return column
    ? [present, { kind: 'compare', op: 'lte', left: column, right: { kind: 'literal', value: lastOf(column.type, timeZone), type: column.type } }]
    : [present];
}

/** The column of days that a value is made of: the value itself, its day, its month or its text. */
function momentColumn(expr: Expr): (Expr & { readonly kind: 'column'; readonly type: MomentType }) | undefined {
  if (expr.kind === 'cast' || expr.kind === 'truncate' || expr.kind === 'slice') return momentColumn(expr.value);
  return expr.kind === 'column' && isMoment(expr.type) ? { ...expr, type: expr.type } : undefined;
}

const LAST = '9999-12-31 23:59:59.999999';

/** The last moment of the years that there are. */
function lastOf(type: MomentType, timeZone: string): string {
  if (type.kind === 'date') return LAST.slice(0, 10);
  return type.zoned ? naiveToZoned(LAST, timeZone) : LAST;
}

/** Also written as text: that is null only where the column is. */
function isRowKey(binding: TypeBinding, expr: Expr): boolean {
  if (expr.kind === 'cast' && expr.type.kind === 'text') return isRowKey(binding, expr.value);
  return expr.kind === 'column' && binding.key.some((key) => key.kind === 'column' && key.column === expr.column);
}
