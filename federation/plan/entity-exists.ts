import type { Expr, Predicate } from '../../connectors/spi/ir.ts';
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
    return expr && !isRowKey(binding, expr) ? [{ kind: 'isNull', value: expr, negated: true }] : [];
  });
  return tests.length > 1 ? { kind: 'and', predicates: tests } : tests[0];
}

/** Also written as text: that is null only where the column is. */
function isRowKey(binding: TypeBinding, expr: Expr): boolean {
  if (expr.kind === 'cast' && expr.type.kind === 'text') return isRowKey(binding, expr.value);
  return expr.kind === 'column' && binding.key.some((key) => key.kind === 'column' && key.column === expr.column);
}
