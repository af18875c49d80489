import type { OperationDefinitionNode } from 'graphql';
import type { On, Predicate, Request } from '../../connectors/spi/ir.ts';
import { typeOfExpr } from '../../connectors/spi/type-of.ts';
import { decodeGlobalId } from '../../schema/api/global-id.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { Canonical } from '../../schema/model/canonical.ts';
import type { UnifiedType } from '../../schema/model/unified.ts';
import type { TypeBinding } from '../supergraph/binding.ts';
import { bareInteger } from './bare-key.ts';
import { requireOnlineFor, type Site } from './key-access.ts';
import { planKeyRanges } from './key-ranges.ts';
import { planConnection } from './plan-connection.ts';
import { concrete, parameter, type PlanContext } from './plan-context.ts';
import { keyWrite, planEntities, requiredAccess } from './plan-entities.ts';
import { orError, planEntity } from './plan-entity.ts';
import type { Output, OutputField, PlanError } from './output.ts';
import type { FirstRows, Plan, RootFetch } from './plan.ts';
import { planTotals } from './plan-totals.ts';
import { createRowScope, isRows, sealAggregate, sealQuery, shapeOf, type PendingChild, type PendingFirstRows, type PendingRows } from './row-scope.ts';
import { both } from './predicates.ts';
import { representedEntity, type EntityKey } from './represented-entity.ts';
import { entityExists } from './entity-exists.ts';
import { selectFields, type Selected } from './selection.ts';

/** Root fields that are answered by planning; all others are the hub's own. */
export function isPlannedRoot(context: Pick<PlanContext, 'supergraph'>, name: string): boolean {
  return name === 'node' || name === 'nodes' || name === '_entities' || rootType(context, name) !== undefined;
}

function rootType(context: Pick<PlanContext, 'supergraph'>, name: string): UnifiedType | undefined {
  for (const type of context.supergraph.model.types.values()) {
    if (type.kind === 'entity' && (type.names.one === name || type.names.many === name)) return type;
  }
  return undefined;
}

/**
 * Plans a query's root fields, in document order; those that are not planned stay foreign. A field that cannot be planned fails alone: its error is an output.
 * Pure: reads the document, its variables and the supergraph.
 */
export function planOperation(context: PlanContext, operation: OperationDefinitionNode): Plan {
  const pending: (() => RootFetch)[] = [];
  const outputs = selectFields(context, 'Query', [operation.selectionSet]).map((field): OutputField => {
    if (!isPlannedRoot(context, field.name)) return { key: field.key, output: { kind: 'foreign', key: field.key } };
    const [fetches, parameters] = [pending.length, context.parameters.length];
    const output = orError(() => rootOutput(context, pending, field));
    if (output.kind === 'error') {
      // What was planned of it before it failed need not be asked.
      pending.length = fetches;
      context.parameters.length = parameters;
    }
    return { key: field.key, output };
  });
  const fetches = pending.map((seal) => withRanges(context, seal()));
  return { operation: 'query', fetches, outputs, parameters: context.parameters, decisions: context.decisions ?? [] };
}

function withRanges({ parameters, supergraph }: PlanContext, fetch: RootFetch): RootFetch {
  const ranges = planKeyRanges(fetch.request, parameters, supergraph.limits.sourceRowsMax);
  return ranges.length > 0 ? { ...fetch, ranges } : fetch;
}

function rootOutput(context: PlanContext, fetches: (() => RootFetch)[], field: Selected): Output {
  if (field.name === 'node') return { kind: 'nodes', single: true, items: [globalNode(context, fetches, concrete(context, field.args['id']), field)] };
  if (field.name === 'nodes') {
    const ids = (field.args['ids'] as unknown[] | undefined) ?? [];
    const { pageMax } = context.supergraph.limits;
    if (ids.length > pageMax) throw new HubError('LIMIT_PAGE', `ids has ${ids.length} values; at most ${pageMax} are allowed`);
    return {
      kind: 'nodes',
      single: false,
      items: globalNodes(
        context,
        fetches,
        ids.map((id) => concrete(context, id)),
        field,
      ),
    };
  }
  if (field.name === '_entities') {
    const given = concrete(context, field.args['representations']) as unknown;
    const all = Array.isArray(given) ? (given as readonly unknown[]) : [];
    const { inMax } = context.supergraph.limits;
    if (all.length > inMax) throw new HubError('LIMIT_PAGE', `representations has ${all.length} values; at most ${inMax} are allowed`);
    const wanted = all.map((each) => orError(() => representedEntity(context, each)));
    return { kind: 'nodes', single: false, items: entitiesByKey(context, fetches, wanted, field) };
  }
  const type = rootType(context, field.name) as UnifiedType;
  const binding = context.supergraph.bindings.get(type.name)?.[0];
  if (!binding) throw new HubError('SOURCE_CAPABILITY_MISSING', `${type.name} is mapped by no source`);
  const totals = context.supergraph.features.totals?.get(type.name);
  requireOnlineFor(context, binding, (scratch, site) => {
    if (totals) planTotals(scratch, site, totals, field);
    else if (field.name === type.names.many) planConnection(scratch, site, field);
  });
  if (totals) return planTotals(context, rootSite(context, fetches, binding), totals, field);
  return field.name === type.names.many ? planConnection(context, rootSite(context, fetches, binding), field) : byKey(context, fetches, type, binding, field);
}

/** A list at the root: its rows and its totals are requests of their own, run side by side. */
function rootSite({ supergraph }: PlanContext, fetches: (() => RootFetch)[], target: TypeBinding): Site {
  const added: { readonly child: PendingChild; readonly index: number }[] = [];
  return {
    target,
    single: true,
    add(make: (on: On) => PendingChild) {
      const child = make([]);
      const same =
        child.kind === 'aggregate'
          ? added.find((a) => a.child.kind === 'aggregate' && JSON.stringify(a.child.where) === JSON.stringify(child.where))
          : undefined;
      if (same) return { ref: { via: 'fetch', index: same.index }, child: same.child };
      const index = fetches.push(() => rootFetch(target, child, supergraph.limits)) - 1;
      added.push({ child, index });
      return { ref: { via: 'fetch', index }, child };
    },
  };
}

function rootFetch({ source, rowEstimate }: TypeBinding, child: PendingChild, { sourceRowsMax }: PlanContext['supergraph']['limits']): RootFetch {
  const request: Request = isRows(child) ? { kind: 'rows', query: sealQuery(child) } : { kind: 'aggregate', query: sealAggregate(child) };
  return {
    source,
    ...(rowEstimate === undefined ? {} : { rowEstimate }),
    request,
    shapes: [shapeOf(child)],
    ...(isRows(child) && child.firstRows ? { firstRows: sealFirstRows(child, child.firstRows, sourceRowsMax) } : {}),
  };
}

/** Rows read for each one needed, from attempt to attempt. */
const ATTEMPTS = [1, 2, 4, 8, 20, 50];

function sealFirstRows({ scope, orderBy, limit = 0, offset = 0 }: PendingRows, { where, key, stage }: PendingFirstRows, max: number): FirstRows {
  const attempts = ATTEMPTS.map((times) => Math.min(times * (limit + offset), max)).map((rows) => ({
    rows,
    request: { kind: 'rows' as const, query: sealQuery({ scope, ...(where ? { where } : {}), orderBy, limit: rows }) },
  }));
  return { attempts, key, stage, skip: offset, take: limit };
}

/** One entity by its key; the values stay parameters. */
function byKey(context: PlanContext, fetches: (() => RootFetch)[], type: UnifiedType, binding: TypeBinding, field: Selected): Output {
  const scope = createRowScope(binding);
  const tests = type.key.map((path): Predicate => {
    const access = requiredAccess(context, binding, path);
    const value = field.args[path];
    const write = keyWrite(binding, access);
    if (access.kind === 'local') {
      const known: Predicate = { kind: 'inList', value: access.local, list: parameter(context, value, write, true), negated: false };
      const expr = binding.fields.get(path)?.expr;
      if (!expr || access.entity !== type.name) return known;
      // The crosswalk may be a moment old: the row must still say so itself.
      const same = parameter(context, value, { kind: 'value', field: { type: type.name, source: binding.source, path }, type: typeOfExpr(expr) }, false);
      return { kind: 'and', predicates: [known, { kind: 'compare', op: 'eq', left: expr, right: { kind: 'variable', name: same, type: typeOfExpr(expr) } }] };
    }
    const left = bareInteger(access.expr) ?? access.expr;
    return { kind: 'compare', op: 'eq', left, right: { kind: 'variable', name: parameter(context, value, write, false), type: write.type } };
  });
  const where = both(entityExists(context, binding), tests.length === 1 ? tests[0] : { kind: 'and', predicates: tests });
  const rows: PendingChild = { kind: 'many', on: [], scope, ...(where ? { where } : {}), orderBy: keyOrder(binding), limit: 1 };
  const index = fetches.push(() => rootFetch(binding, rows, context.supergraph.limits)) - 1;
  return { kind: 'first', ref: { via: 'fetch', index }, fields: planEntity(context, scope, field.sets) };
}

function globalNode(context: PlanContext, fetches: (() => RootFetch)[], id: Canonical, field: Selected): NodeItem {
  return globalNodes(context, fetches, [id], field)[0] ?? null;
}

type NodeItem = Extract<Output, { kind: 'nodes' }>['items'][number];

function globalNodes(context: PlanContext, fetches: (() => RootFetch)[], ids: readonly Canonical[], field: Selected): NodeItem[] {
  const wanted = ids.map((id) => (typeof id === 'string' ? decodeGlobalId(id) : null));
  return entitiesByKey(context, fetches, wanted, field);
}

/** All entities of one type are one batch; null where there is none, or none for whoever asks. */
function entitiesByKey(context: PlanContext, fetches: (() => RootFetch)[], wanted: readonly (EntityKey | PlanError | null)[], field: Selected): NodeItem[] {
  const batches = new Map<string, { fetch: number; values: Canonical[][]; fields: OutputField[] }>();
  return wanted.map((global): NodeItem => {
    if (global && 'error' in global) return global;
    const type = global ? context.supergraph.model.types.get(global.type) : undefined;
    if (!global || !type || !context.supergraph.bindings.has(type.name) || type.kind !== 'entity' || global.key.length !== type.key.length) return null;
    if (!type.key.every((path) => context.supergraph.features.readable(type.name, path))) return null; // to whoever asks there is no such type
    const batch = batches.get(type.name) ?? nodeBatch(context, fetches, type, field);
    batches.set(type.name, batch);
    return { fetch: batch.fetch, ordinal: batch.values.push([...global.key]) - 1, fields: batch.fields };
  });
}

function nodeBatch(
  context: PlanContext,
  fetches: (() => RootFetch)[],
  type: UnifiedType,
  field: Selected,
): { fetch: number; values: Canonical[][]; fields: OutputField[] } {
  const values: Canonical[][] = [];
  const { fields, fetch } = planEntities(context, type, field.sets);
  return { fetch: fetches.push(() => fetch(values)) - 1, values, fields };
}

const keyOrder = (binding: TypeBinding) => binding.key.map((value) => ({ value, direction: 'asc' as const, nulls: 'first' as const }));
