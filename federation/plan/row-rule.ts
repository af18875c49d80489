import type { Predicate } from '../../connectors/spi/ir.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { TypeBinding } from '../supergraph/binding.ts';
import { semiJoin } from './cross-source.ts';
import { keyAccess } from './key-access.ts';
import type { PlanContext } from './plan-context.ts';
import { planWhere } from './plan-where.ts';
import { always } from './predicates.ts';
import type { Supergraph } from './supergraph.ts';

/**
 * The rows of a type that the rights leave, as a predicate; undefined when they leave all. The rule itself sees everything: it may test what whoever asks
 * may not see.
 */
export function rowRule(context: PlanContext, binding: TypeBinding): Predicate | undefined {
  const { restriction } = context.supergraph;
  requirePurpose(restriction, binding.type);
  const rule = restriction?.rows.get(binding.type);
  if (!restriction || !rule) return undefined;
  const whole: PlanContext = { ...context, supergraph: restriction.whole, hidden: true };
  const primary = restriction.whole.bindings.get(binding.type)?.[0];
  if (!primary || primary.source === binding.source) return planWhere(whole, binding, rule) ?? always(true);
  return semiJoin(whole, binding, keyJoin(whole, binding, primary), planWhere(whole, primary, rule));
}

/** Before anything is told of a type's rows. @throws {HubError} PURPOSE_REQUIRED */
export function requirePurpose(restriction: Supergraph['restriction'], type: string): void {
  if (restriction?.rights.types?.get(type)?.purposeMissing)
    throw new HubError('PURPOSE_REQUIRED', `${type} is read for a stated purpose only: send it in the header x-purpose, or as purpose in connection_init.`);
}

/** From an entity's row in one source to its row in the source that decides. */
function keyJoin(context: PlanContext, binding: TypeBinding, primary: TypeBinding): Parameters<typeof semiJoin>[2] {
  const [key, ...more] = context.supergraph.model.types.get(binding.type)?.key ?? [];
  const outer = key === undefined || more.length > 0 ? undefined : keyAccess(context.supergraph, binding, key);
  const inner = key === undefined ? undefined : keyAccess(context.supergraph, primary, key);
  if (!outer || !inner)
    throw new HubError('SOURCE_CAPABILITY_MISSING', `rows of ${binding.type} in ${binding.source} cannot be told apart by your rights`, {
      source: binding.source,
      department: binding.department,
    });
  return { target: primary, outer, inner };
}
