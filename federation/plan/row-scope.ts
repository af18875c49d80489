import type { AggregateQuery, Child, ColumnDef, Expr, Measure, On, Order, Predicate, Query, Request, RowSet } from '../../connectors/spi/ir.ts';
import type { TypeBinding } from '../supergraph/binding.ts';
import type { Ref } from './output.ts';
import type { ChildShape, External, HubStage, KeyPart, RowShape } from './plan.ts';

/**
 * One row under construction: what is selected of it, the related rows of the same source nested into it, and the batches that other
 * sources answer for it. Selecting the same expression twice gives the same column; equal batches are one.
 */
export interface RowScope {
  readonly binding: TypeBinding;
  column(value: Expr): number;
  columns(values: readonly Expr[]): number[];
  readonly children: PendingChild[];
  readonly externals: PendingExternal[];
  external(target: TypeBinding, keys: readonly PendingKey[]): number;
}

export type PendingChild = PendingRows | PendingAggregate;

export const isRows = (child: PendingChild): child is PendingRows => child.kind === 'many' || child.kind === 'one';

export interface PendingRows {
  readonly kind: 'many' | 'one';
  readonly on: On;
  readonly scope: RowScope;
  readonly where?: Predicate;
  readonly orderBy: readonly Order[];
  readonly limit?: number;
  readonly offset?: number;
  readonly stages?: readonly HubStage[];
  /** Of a list at the root. */
  readonly firstRows?: PendingFirstRows;
}

/** Rows in order that the hub tests: those that meet `where`, told apart by the column `key`. */
export interface PendingFirstRows {
  readonly where?: Predicate;
  readonly key: number;
  readonly stage: HubStage;
}

export interface PendingAggregate {
  readonly kind: 'aggregate' | 'groups';
  readonly on: On;
  readonly rows: RowSet;
  readonly where?: Predicate;
  readonly by?: readonly Expr[];
  readonly measures: Measure[];
  having?: Predicate;
  orderBy?: readonly Order[];
  limit?: number;
  /** Whose externals hang on the groups, and what the hub does with these; `by` are then its columns. */
  readonly hub?: { readonly scope: RowScope; readonly stages: readonly HubStage[] };
}

export interface PendingKey extends KeyPart {
  readonly column: ColumnDef;
}

export interface PendingExternal {
  readonly source: string;
  readonly rowEstimate?: number;
  readonly keys: readonly PendingKey[];
  readonly children: PendingChild[];
}

export function createRowScope(binding: TypeBinding): RowScope {
  const selected: Expr[] = [];
  const positions = new Map<string, number>();
  const externals: PendingExternal[] = [];
  const column = (value: Expr): number => {
    const text = JSON.stringify(value);
    const known = positions.get(text);
    if (known !== undefined) return known;
    positions.set(text, selected.push(value) - 1);
    return selected.length - 1;
  };
  const scope: RowScope & { readonly selected: readonly Expr[] } = {
    binding,
    selected,
    column,
    columns: (values) => values.map(column),
    children: [],
    externals,
    external({ source, rowEstimate }, keys) {
      const text = JSON.stringify([source, keys]);
      const known = externals.findIndex((e) => JSON.stringify([e.source, e.keys]) === text);
      if (known >= 0) return known;
      return externals.push({ source, ...(rowEstimate === undefined ? {} : { rowEstimate }), keys, children: [] }) - 1;
    },
  };
  return scope;
}

/** By the row's own key: of several rows that could be meant, always the same one is. */
export function rowOrder(binding: TypeBinding): Order[] {
  return binding.key.map((value) => ({ value, direction: 'asc', nulls: 'first' }));
}

/** Adds a child to a list of children; aggregates over the same rows share one, so that their measures run together. */
export function addChild(children: PendingChild[], child: PendingChild): number {
  if (child.kind === 'aggregate') {
    const same = children.findIndex(
      (c) => c.kind === 'aggregate' && JSON.stringify([c.on, c.rows, c.where]) === JSON.stringify([child.on, child.rows, child.where]),
    );
    if (same >= 0) return same;
  }
  return children.push(child) - 1;
}

/** Position of a measure in an aggregate's result row, added when new. */
export function measure(child: PendingAggregate, wanted: Measure): number {
  const text = JSON.stringify(wanted);
  const known = child.measures.findIndex((m) => JSON.stringify(m) === text);
  return (child.by?.length ?? 0) + (known >= 0 ? known : child.measures.push(wanted) - 1);
}

export function childRef(index: number): Ref {
  return { via: 'child', index };
}

export const sealedColumns = (scope: RowScope): readonly Expr[] => (scope as RowScope & { readonly selected: readonly Expr[] }).selected;

export function sealQuery(rows: Omit<PendingRows, 'on' | 'kind'>): Query {
  return {
    rows: rows.scope.binding.rows,
    columns: sealedColumns(rows.scope),
    ...(rows.where ? { where: rows.where } : {}),
    orderBy: rows.orderBy,
    ...(rows.limit === undefined ? {} : { limit: rows.limit }),
    ...(rows.offset ? { offset: rows.offset } : {}),
    children: rows.scope.children.map(sealChild),
  };
}

export function sealAggregate(child: Omit<PendingAggregate, 'on' | 'kind'>): AggregateQuery {
  return {
    rows: child.rows,
    ...(child.where ? { where: child.where } : {}),
    ...(child.by ? { by: child.by } : {}),
    measures: child.measures,
    ...(child.having ? { having: child.having } : {}),
    ...(child.orderBy ? { orderBy: child.orderBy } : {}),
    ...(child.limit === undefined ? {} : { limit: child.limit }),
  };
}

function sealChild(child: PendingChild): Child {
  if (isRows(child)) return { kind: child.kind, on: child.on, query: sealQuery(child) };
  return { kind: child.kind, on: child.on, query: sealAggregate(child) };
}

export function shapeOf(child: PendingChild): ChildShape {
  if (isRows(child)) return { many: child.kind === 'many', shape: sealShape(child.scope), ...(child.stages ? { stages: child.stages } : {}) };
  if (!child.hub) return null;
  const columns = (child.by?.length ?? 0) + child.measures.length;
  return { many: true, shape: { columns, children: [], externals: child.hub.scope.externals.map(sealExternal) }, stages: child.hub.stages };
}

export function sealShape(scope: RowScope): RowShape {
  return { columns: sealedColumns(scope).length, children: scope.children.map(shapeOf), externals: scope.externals.map(sealExternal) };
}

function sealExternal(external: PendingExternal): External {
  // A local key is one of any number that an entity has in a source.
  const isSingle = external.keys.every(({ read, write }) => read.kind !== 'local' && write.kind !== 'local');
  const request: Extract<Request, { kind: 'batch' }> = {
    kind: 'batch',
    keys: external.keys.map((k) => k.column),
    ...(isSingle ? { single: true } : {}),
    children: external.children.map(sealChild),
  };
  return {
    source: external.source,
    ...(external.rowEstimate === undefined ? {} : { rowEstimate: external.rowEstimate }),
    keys: external.keys.map(({ read, write }) => ({ read, write })),
    request,
    shapes: external.children.map(shapeOf),
    empty: request.children.map((c) => (c.kind === 'aggregate' ? { aggregate: c.query } : c.kind === 'one' ? 'null' : 'list')),
  };
}
