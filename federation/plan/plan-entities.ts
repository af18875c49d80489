import type { SelectionSetNode } from 'graphql';
import type { On, Predicate, Request } from '../../connectors/spi/ir.ts';
import { typeOfExpr } from '../../connectors/spi/type-of.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { Canonical } from '../../schema/model/canonical.ts';
import type { UnifiedType } from '../../schema/model/unified.ts';
import type { TypeBinding } from '../supergraph/binding.ts';
import { entityExists } from './entity-exists.ts';
import { keyAccess, requireOnline, type KeyAccess } from './key-access.ts';
import type { PlanContext } from './plan-context.ts';
import { planEntity } from './plan-entity.ts';
import type { OutputField } from './output.ts';
import type { KeyWrite, RootFetch } from './plan.ts';
import { both } from './predicates.ts';
import { createRowScope, sealQuery, sealShape, type RowScope } from './row-scope.ts';

/** A batch over entities of one type whose keys are known when it runs. */
export interface EntityBatch {
  /** @param values canonical keys, one tuple an ordinal */
  readonly fetch: (values: readonly (readonly Canonical[])[]) => RootFetch;
}

/** The selected fields of entities, by their keys. The row of an ordinal holds the entity's, or null where there is none. */
export function planEntities(context: PlanContext, type: UnifiedType, sets: readonly SelectionSetNode[]): EntityBatch & { readonly fields: OutputField[] } {
  const binding = primaryOf(context, type);
  const scope = createRowScope(binding);
  const fields = planEntity(context, scope, sets);
  return { fields, ...batchOf(context, type, binding, [{ scope, where: entityExists(context, binding) }]) };
}

/** Which entities meet which conditions: the row of an ordinal holds something for each condition that is met, and null for the others. */
export function planConditions(context: PlanContext, type: UnifiedType, conditions: readonly (Predicate | undefined)[]): EntityBatch {
  const binding = primaryOf(context, type);
  const rows = conditions.map((condition) => {
    const scope = createRowScope(binding);
    for (const key of binding.key) scope.column(key);
    return { scope, where: both(entityExists(context, binding), condition) };
  });
  return batchOf(context, type, binding, rows);
}

export function primaryOf({ supergraph }: Pick<PlanContext, 'supergraph'>, type: UnifiedType): TypeBinding {
  const binding = supergraph.bindings.get(type.name)?.[0];
  if (!binding) throw new HubError('SOURCE_CAPABILITY_MISSING', `${type.name} is mapped by no source`);
  requireOnline(binding);
  return binding;
}

interface BatchRow {
  readonly scope: RowScope;
  readonly where: Predicate | undefined;
}

/** The scopes are complete: nothing is added to them any more. */
function batchOf(context: PlanContext, type: UnifiedType, binding: TypeBinding, rows: readonly BatchRow[]): EntityBatch {
  const accesses = type.key.map((path) => requiredAccess(context, binding, path));
  const writes = accesses.map((access) => keyWrite(binding, access));
  const on: On = accesses.map((access, i) => ({
    outer: { kind: 'column', column: `k${i}`, type: writes[i]?.type ?? { kind: 'text' } },
    inner: access.kind === 'local' ? access.local : access.expr,
  }));
  const orderBy = binding.key.map((value) => ({ value, direction: 'asc' as const, nulls: 'first' as const }));
  const request: Request = {
    kind: 'batch',
    keys: writes.map((write, i) => ({ name: `k${i}`, type: write.type })),
    children: rows.map(({ scope, where }) => ({ kind: 'one', on, query: sealQuery({ scope, ...(where ? { where } : {}), orderBy }) })),
  };
  const shapes = rows.map(({ scope }) => ({ many: false, shape: sealShape(scope) }));
  return { fetch: (values) => ({ source: binding.source, request, shapes, keys: { values, writes } }) };
}

export function requiredAccess(context: PlanContext, binding: TypeBinding, path: string): KeyAccess {
  const access = keyAccess(context.supergraph, binding, path);
  if (!access)
    throw new HubError('SOURCE_CAPABILITY_MISSING', `${binding.type} cannot be found by ${path}`, { source: binding.source, department: binding.department });
  return access;
}

export function keyWrite(binding: TypeBinding, access: KeyAccess): KeyWrite {
  if (access.kind === 'local') return { kind: 'local', entity: access.entity, source: binding.source, type: typeOfExpr(access.local) };
  return { kind: 'value', field: access.field, type: typeOfExpr(access.expr) };
}
