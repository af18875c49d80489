import type { Expr, On } from '../../connectors/spi/ir.ts';
import { typeOfExpr } from '../../connectors/spi/type-of.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { ErrorCode } from '../../schema/errors/register.ts';
import type { RelationField } from '../../schema/model/unified.ts';
import { requireTrusted } from '../drift/drift-error.ts';
import type { TypeBinding } from '../supergraph/binding.ts';
import { bareInteger, bareKey } from './bare-key.ts';
import type { FieldRef, Ref } from './output.ts';
import type { PlanContext } from './plan-context.ts';
import { addChild, childRef, type PendingChild, type PendingKey, type RowScope } from './row-scope.ts';
import { crosswalkOf, type Supergraph } from './supergraph.ts';

/** How one source knows a field that relates entities: by its own key of the entity, or by the value itself. */
export type KeyAccess =
  { readonly kind: 'local'; readonly entity: string; readonly local: Expr } | { readonly kind: 'value'; readonly field: FieldRef; readonly expr: Expr };

/** Undefined when the source neither maps the field nor can compare it. */
export function keyAccess(supergraph: Supergraph, binding: TypeBinding, path: string): KeyAccess | undefined {
  const field = binding.fields.get(path);
  if (!field) return undefined;
  requireTrusted(binding, field);
  if (field.crosswalk) return { kind: 'local', entity: field.crosswalk.entity, local: field.crosswalk.local };
  const own = crosswalkOf(supergraph, binding.type, binding.source);
  const key = supergraph.model.types.get(binding.type)?.key ?? [];
  if (own?.authority && key.length === 1 && key[0] === path) return { kind: 'local', entity: binding.type, local: own.local };
  if (!field.expr) return undefined;
  return { kind: 'value', field: { type: binding.type, source: binding.source, path }, expr: field.expr };
}

/** @throws {HubError} SOURCE_UNAVAILABLE when the source has never been seen; SOURCE_DRIFT when its rows can no longer be trusted. */
export function requireOnline(binding: TypeBinding): void {
  requireTrusted(binding);
  if (binding.offline)
    throw new HubError('SOURCE_UNAVAILABLE', `${binding.source} has not been reached yet`, { source: binding.source, department: binding.department });
}

/** No waiting cures these. */
const OF_THE_ASKER: ReadonlySet<ErrorCode> = new Set(['BAD_USER_INPUT', 'LIMIT_PAGE']);

/**
 * As `requireOnline`, but a fault of whoever asks is told first.
 * @param plan plans what is asked of rows that nobody will read
 */
export function requireOnlineFor(context: PlanContext, binding: TypeBinding, plan: (scratch: PlanContext, site: Site) => unknown): void {
  if (!binding.offline || binding.drift) return requireOnline(binding);
  const { decisions: _unsaid, used: _unread, ...scratch } = context;
  try {
    plan({ ...scratch, parameters: [] }, { target: binding, single: true, add: (make) => ({ ref: { via: 'fetch', index: 0 }, child: make([]) }) });
  } catch (error) {
    if (error instanceof HubError && OF_THE_ASKER.has(error.code)) throw error;
  }
  requireOnline(binding);
}

export interface Site {
  readonly target: TypeBinding;
  /** Its rows are one list, not a list for each parent. */
  readonly single?: true;
  /** Adds rows or measures of the related entities; says where they will be. */
  add(make: (on: On) => PendingChild): { readonly ref: Ref; readonly child: PendingChild };
}

/** The target binding that a relation can be followed to, and its join; undefined when no source can follow it. */
export function relationJoin(
  supergraph: Supergraph,
  from: TypeBinding,
  relation: RelationField,
): { target: TypeBinding; pairs: { outer: KeyAccess; inner: KeyAccess }[] } | undefined {
  for (const target of supergraph.bindings.get(relation.target) ?? []) {
    const pairs: { outer: KeyAccess; inner: KeyAccess }[] = [];
    relation.fields.forEach((field, i) => {
      const outer = keyAccess(supergraph, from, field);
      const inner = keyAccess(supergraph, target, relation.references[i] ?? '');
      if (outer && inner) pairs.push({ outer, inner });
    });
    if (pairs.length === relation.fields.length) return { target, pairs };
  }
  return undefined;
}

/** Can both ends be joined inside the one source? Either by the same entity's local keys, or by equal values. */
export function sameSourceOn(supergraph: Supergraph, from: TypeBinding, relation: RelationField): { target: TypeBinding; on: On } | undefined {
  const join = relationJoin(supergraph, from, relation);
  if (!join || join.target.source !== from.source) return undefined;
  const on: { outer: Expr; inner: Expr; distinct?: true }[] = [];
  for (const { outer, inner } of join.pairs) {
    if (outer.kind === 'local' && inner.kind === 'local' && outer.entity === inner.entity) on.push({ outer: outer.local, inner: inner.local });
    else if (outer.kind === 'value' && inner.kind === 'value') on.push({ outer: outer.expr, inner: bareInteger(inner.expr) ?? inner.expr });
    else return undefined;
  }
  const self = relation.distinctFrom ? from.key[0] : undefined;
  if (self) on.push({ outer: self, inner: join.target.key[0] ?? self, distinct: true });
  return { target: join.target, on };
}

/** Where the rows of a relation are reached from `scope`: nested into its statement, or in a batch to another source. */
export function relationSite(supergraph: Supergraph, scope: RowScope, relation: RelationField): Site | undefined {
  const same = sameSourceOn(supergraph, scope.binding, relation);
  if (same) {
    return {
      target: same.target,
      add: (make) => {
        const child = make(same.on);
        const index = addChild(scope.children, child);
        return { ref: childRef(index), child: scope.children[index] ?? child };
      },
    };
  }
  const join = relationJoin(supergraph, scope.binding, relation);
  return join ? externalSite(supergraph, scope, join.target, join.pairs) : undefined;
}

export function externalSite(supergraph: Supergraph, scope: RowScope, target: TypeBinding, pairs: readonly { outer: KeyAccess; inner: KeyAccess }[]): Site {
  requireOnline(target);
  const keys = pairs.map(({ outer, inner }, i): PendingKey => {
    const type = typeOfExpr(inner.kind === 'local' ? inner.local : inner.expr);
    return {
      column: { name: `k${i}`, type },
      read:
        outer.kind === 'local'
          ? authorityRead(supergraph, scope, outer)
          : { kind: 'value', columns: scope.columns(scope.binding.fields.get(outer.field.path)?.reads ?? []), field: outer.field },
      write: inner.kind === 'local' ? { kind: 'local', entity: inner.entity, source: target.source, type } : { kind: 'value', field: inner.field, type },
    };
  });
  const index = scope.external(target, keys);
  const on: On = pairs.map(({ inner }, i) => ({
    outer: { kind: 'column', column: `k${i}`, type: keys[i]?.column.type ?? { kind: 'text' } },
    // The writer of keys leaves out what no row can have.
    inner: inner.kind === 'local' ? inner.local : (bareKey(inner.expr) ?? inner.expr),
  }));
  return {
    target,
    add: (make) => {
      const children = scope.externals[index]?.children ?? [];
      const child = make(on);
      const at = addChild(children, child);
      return { ref: { via: 'external', index, child: at }, child: children[at] ?? child };
    },
  };
}

/** In the authority the canonical key stands in the row itself, so the crosswalk need not be asked for it. */
function authorityRead(supergraph: Supergraph, scope: RowScope, outer: Extract<KeyAccess, { kind: 'local' }>): PendingKey['read'] {
  const key = supergraph.model.types.get(outer.entity)?.key[0];
  if (scope.binding.type === outer.entity && key !== undefined && crosswalkOf(supergraph, outer.entity, scope.binding.source)?.authority) {
    const field = scope.binding.fields.get(key);
    if (field && !field.crosswalk)
      return { kind: 'value', columns: scope.columns(field.reads), field: { type: outer.entity, source: scope.binding.source, path: key } };
  }
  return { kind: 'local', column: scope.column(outer.local), entity: outer.entity, source: scope.binding.source };
}
