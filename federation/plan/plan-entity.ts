import type { SelectionSetNode } from 'graphql';
import type { UnifiedField, UnifiedType } from '../../schema/model/unified.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import { entityExists } from './entity-exists.ts';
import { relationJoin, relationSite, requireOnlineFor } from './key-access.ts';
import { planChecks } from './plan-checks.ts';
import { planConnection } from './plan-connection.ts';
import type { PlanContext } from './plan-context.ts';
import { boundValue, globalId, leafValue, maskOf, printOf } from './plan-leaf.ts';
import { planMeta } from './plan-meta.ts';
import { planValue } from './plan-value.ts';
import type { Output, OutputField, PlanError } from './output.ts';
import { createRowScope, type RowScope } from './row-scope.ts';
import { selectFields, type Selected } from './selection.ts';

/** The selected fields of one entity: columns of its row, rows nested into it, and batches to other sources. */
export function planEntity(context: PlanContext, scope: RowScope, sets: readonly SelectionSetNode[]): OutputField[] {
  const type = context.supergraph.model.types.get(scope.binding.type);
  if (!type) throw new HubError('INTERNAL_SERVER_ERROR', `no type ${scope.binding.type}`);
  const fields = selectFields(context, type.name, sets).map((selected) => ({
    key: selected.key,
    output: orError(() => entityField(context, scope, type, selected)),
  }));
  return context.subjects && type.kind === 'entity' && !context.document.internal ? [subject(scope, type), ...fields] : fields;
}

/** Which entity a row is of, by the key as the row's own source has it: nothing is asked for that purpose alone of another one. */
function subject(scope: RowScope, type: UnifiedType): OutputField {
  const { fields } = scope.binding;
  const key = type.key.every((path) => fields.has(path)) ? type.key.map((path) => boundValue(scope, scope.binding, path)) : [];
  return { key: '', output: { kind: 'subject', type: type.name, key } };
}

/** A field that cannot be planned fails alone; the rest of the operation is answered. */
export function orError<T>(plan: () => T): T | PlanError {
  try {
    return plan();
  } catch (error) {
    if (error instanceof HubError) return { kind: 'error', error };
    throw error;
  }
}

function entityField(context: PlanContext, scope: RowScope, type: UnifiedType, selected: Selected): Output {
  switch (selected.name) {
    case '__typename':
      return { kind: 'text', json: JSON.stringify(type.name) };
    case 'id':
      return { kind: 'value', value: globalId(context, scope, type), print: { scalar: 'ID' } };
    case '_meta':
      return { kind: 'meta', meta: planMeta(context, scope, type, selected.sets) };
    case 'checks':
      if (!type.fields.has('checks')) return planChecks(context, scope, type, selected);
  }
  const field = type.fields.get(selected.name);
  if (!field) throw new HubError('GRAPHQL_VALIDATION_FAILED', `${type.name} has no field ${selected.name}`);
  return fieldOutput(context, scope, type, field, selected);
}

function fieldOutput(context: PlanContext, scope: RowScope, type: UnifiedType, field: UnifiedField, selected: Selected): Output {
  if (field.kind === 'leaf') {
    const print = { ...printOf(context, field, selected.args), ...maskOf(context, type.name, field.name) };
    return { kind: 'value', value: leafValue(context, scope, type, field, field.name, selected.args), print };
  }
  if (field.kind === 'value') return planValue(context, type, field, selected, (leaf, path, args) => leafValue(context, scope, type, leaf, path, args));
  const asked = field.many ? relationJoin(context.supergraph, scope.binding, field)?.target : undefined;
  if (asked) requireOnlineFor(context, asked, (scratch, away) => planConnection(scratch, away, selected));
  const site = relationSite(context.supergraph, scope, field);
  if (!site) throw new HubError('SOURCE_CAPABILITY_MISSING', `${type.name}.${field.name} cannot be followed`, { source: scope.binding.source });
  if (field.many) return planConnection(context, site, selected);
  const target = createRowScope(site.target);
  const where = entityExists(context, site.target);
  const { ref } = site.add((on) => ({
    kind: 'one',
    on,
    scope: target,
    ...(where ? { where } : {}),
    orderBy: site.target.key.map((value) => ({ value, direction: 'asc', nulls: 'first' })),
  }));
  return { kind: 'one', ref, fields: planEntity(context, target, selected.sets) };
}
