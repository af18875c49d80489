import type { Predicate } from '../../connectors/spi/ir.ts';
import type { TypeBinding } from '../supergraph/binding.ts';
import { fieldExpr } from './field-expr.ts';
import type { PlanContext } from './plan-context.ts';

/** A row is an entity only if its key can be read. A bare key column needs no test where the source keeps it non-null by its own key. */
export function entityExists(context: PlanContext, binding: TypeBinding): Predicate | undefined {
  const key = context.supergraph.model.types.get(binding.type)?.key ?? [];
  const tests = key.flatMap((path): Predicate[] => {
    const expr = fieldExpr(context, binding, path);
    if (!expr || expr.kind === 'column' && binding.key.some((k) => k.kind === 'column' && k.column === expr.column)) return [];
    return [{ kind: 'isNull', value: expr, negated: true }];
  });
  return tests.length > 1 ? { kind: 'and', predicates: tests } : tests[0];
}
