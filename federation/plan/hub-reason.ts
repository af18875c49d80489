import { leafAt } from '../../schema/api/leaves.ts';
import type { TypeBinding } from '../supergraph/binding.ts';
import { fieldExpr } from './field-expr.ts';
import type { PlanContext } from './plan-context.ts';

/** Why only the hub can say what a field's value is. */
export function hubReason(context: PlanContext, binding: TypeBinding, path: string): string {
  if (fieldExpr(context, binding, path)) return 'tested beside what only the hub knows';
  const field = binding.fields.get(path);
  if (field?.crosswalk) return 'a key that only the crosswalk can read';
  if (field?.reason !== undefined) return field.reason;
  const derivation = leafAt(context.supergraph.model, binding.type, path)?.derivation;
  if (derivation) return 'derived over several sources';
  const provider = context.supergraph.bindings.get(binding.type)?.find((other) => other.fields.has(path));
  return provider && provider.source !== binding.source ? `the value is ${provider.source}’s` : 'no source computes it';
}
