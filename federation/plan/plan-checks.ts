import { Kind, parse, type SelectionSetNode } from 'graphql';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { Check } from '../../schema/model/check.ts';
import type { UnifiedType } from '../../schema/model/unified.ts';
import { concrete, type PlanContext } from './plan-context.ts';
import { departmentsOf } from './departments-of.ts';
import { planEntity } from './plan-entity.ts';
import type { CheckPlan, Output, PlanError } from './output.ts';
import type { RowScope } from './row-scope.ts';
import { selectFields, type Selected } from './selection.ts';

/** `checks(codes:)`: each check's own selection, planned with the rest of the operation, and its condition on the result. */
export function planChecks(context: PlanContext, scope: RowScope, type: UnifiedType, selected: Selected): Output {
  const all = context.supergraph.checks.get(type.name) ?? [];
  const codes = (selected.args['codes'] as unknown[] | undefined)?.map((code) => String(concrete(context, code)));
  const unknown = codes?.find((code) => !all.some((check) => check.check === code));
  if (unknown !== undefined) throw new HubError('BAD_USER_INPUT', `${type.name} has no check ${unknown}; it has ${all.map((c) => c.check).join(', ')}`);
  const checks = all.filter((check) => codes?.includes(check.check) ?? true).map((check) => checkPlan(context, scope, check));
  const fields = selectFields(context, 'CheckResult', selected.sets).map((f) => ({ key: f.key, name: f.name }));
  return { kind: 'checks', checks, fields };
}

/** A check's selection on a row of its subject, and whose rows it reads. @throws {HubError} what any part of the selection may not read */
export function checkPlan(context: PlanContext, scope: RowScope, check: Check): CheckPlan {
  const internal: PlanContext = { ...context, document: { ...context.document, internal: true } };
  const type = context.supergraph.model.types.get(check.subject);
  const select = planEntity(internal, scope, [checkSelection(check)]);
  const refused = refusalIn(select);
  if (refused) throw refused;
  return {
    subject: check.subject,
    check: check.check,
    select,
    departments: type ? departmentsOf(context.supergraph, type, checkSelection(check)) : [],
  };
}

/** A condition cannot be told of a part that is null because it may not be read. */
function refusalIn(part: unknown): HubError | undefined {
  if (typeof part !== 'object' || part === null) return undefined;
  const { kind, error } = part as Partial<PlanError>;
  if (kind === 'error') return error;
  for (const inner of Object.values(part)) {
    const found = refusalIn(inner);
    if (found) return found;
  }
  return undefined;
}

const selections = new WeakMap<Check, SelectionSetNode>();

export function checkSelection(check: Check): SelectionSetNode {
  const known = selections.get(check);
  if (known) return known;
  const definition = parse(check.select, { noLocation: true }).definitions[0];
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new HubError('MAPPING_INVALID', `check ${check.check}: select is no selection`);
  selections.set(check, definition.selectionSet);
  return definition.selectionSet;
}
