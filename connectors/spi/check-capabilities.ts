import { HubError } from '../../schema/errors/hub-error.ts';
import type { Capabilities } from './connector.ts';
import type { AggregateQuery, Child, Expr, Measure, On, Order, Predicate, Query, Request, RowSet } from './ir.ts';

/** Everything the interface knows. */
export const ALL_CAPABILITIES: Capabilities = {
  batch: {},
  relations: {},
  aggregates: {},
  groups: {},
  orders: {},
  offset: {},
  predicates: {},
  rowSets: { union: {}, latest: {}, lookup: {}, unpivot: {}, jsonRows: {}, splitRows: {}, extend: {}, grouped: {} },
};

/**
 * Refuses a request that needs what a connector does not declare.
 * @throws {HubError} SOURCE_CAPABILITY_MISSING
 */
export function checkCapabilities(request: Request, capabilities: Capabilities, source: string): void {
  for (const need of neededCapabilities(request)) {
    const [name, part] = need.split('.') as [keyof Capabilities, string?];
    const declared = part === undefined ? capabilities[name] : capabilities.rowSets?.[part];
    if (declared === undefined) throw new HubError('SOURCE_CAPABILITY_MISSING', `source "${source}" cannot evaluate ${need}`, { source });
  }
}

/** Names of capabilities a request uses, row sets as `rowSets.union`. */
export function neededCapabilities(request: Request): ReadonlySet<string> {
  const needs = new Set<string>();
  const need = (name: string): unknown => needs.add(name);

  function visitRequest(): void {
    if (request.kind === 'rows') visitQuery(request.query);
    else if (request.kind === 'aggregate') visitAggregate(request.query);
    else {
      need('batch');
      request.children.forEach(visitChild);
    }
  }

  function visitQuery(query: Query): void {
    visitRows(query.rows);
    query.columns.forEach(visitExpr);
    visitPaging(query);
    query.children.forEach((child) => {
      need('relations');
      visitChild(child);
    });
  }

  function visitAggregate(query: AggregateQuery): void {
    need('aggregates');
    if (query.by !== undefined && query.by.length > 0) need('groups');
    visitRows(query.rows);
    query.by?.forEach(visitExpr);
    query.measures.forEach(visitMeasure);
    if (query.having !== undefined) visitPredicate(query.having);
    visitPaging({ ...query, orderBy: query.orderBy ?? [] });
  }

  function visitPaging(query: Pick<Query, 'where' | 'orderBy' | 'offset'>): void {
    if (query.where !== undefined) visitPredicate(query.where);
    if (query.orderBy.length > 0) need('orders');
    query.orderBy.forEach((order) => visitExpr(order.value));
    if (query.offset !== undefined && query.offset > 0) need('offset');
  }

  function visitChild(child: Child): void {
    visitOn(child.on);
    if (child.kind === 'many' || child.kind === 'one') visitQuery(child.query);
    else if (child.kind === 'aggregate' || child.kind === 'groups') visitAggregate(child.query);
    if (child.kind === 'groups') need('groups');
  }

  function visitOn(on: On): void {
    on.forEach((pair) => {
      visitExpr(pair.outer);
      visitExpr(pair.inner);
    });
  }

  function visitMeasure(measure: Measure): void {
    if (measure.value !== undefined) visitExpr(measure.value);
  }

  function visitOrders(orders: readonly Order[]): void {
    orders.forEach((order) => visitExpr(order.value));
  }

  function visitExpr(expr: Expr): void {
    switch (expr.kind) {
      case 'column':
      case 'literal':
      case 'variable':
        return;
      case 'concat':
      case 'coalesce':
        expr.values.forEach(visitExpr);
        return;
      case 'case':
        expr.branches.forEach((branch) => {
          visitPredicate(branch.if);
          visitExpr(branch.then);
        });
        if (expr.else !== undefined) visitExpr(expr.else);
        return;
      case 'arithmetic':
        visitExpr(expr.left);
        visitExpr(expr.right);
        return;
      case 'related':
        need('relations');
        visitOn(expr.on);
        visitRows(expr.rows);
        if (expr.where !== undefined) visitPredicate(expr.where);
        visitOrders(expr.orderBy ?? []);
        if ('fn' in expr.value) visitMeasure(expr.value);
        else visitExpr(expr.value);
        return;
      default:
        visitExpr(expr.value);
    }
  }

  function visitPredicate(predicate: Predicate): void {
    switch (predicate.kind) {
      case 'and':
        predicate.predicates.forEach(visitPredicate);
        return;
      case 'or':
        need('predicates');
        predicate.predicates.forEach(visitPredicate);
        return;
      case 'compare':
        if (predicate.op !== 'eq') need('predicates');
        visitExpr(predicate.left);
        visitExpr(predicate.right);
        return;
      case 'in':
      case 'inList':
        if (predicate.negated) need('predicates');
        visitExpr(predicate.value);
        if (predicate.kind === 'in') predicate.values.forEach(visitExpr);
        return;
      case 'exists':
        need('relations');
        visitOn(predicate.on);
        visitRows(predicate.rows);
        if (predicate.where !== undefined) visitPredicate(predicate.where);
        return;
      case 'isNull':
      case 'text':
        need('predicates');
        visitExpr(predicate.value);
        if (predicate.kind === 'text') visitExpr(predicate.pattern);
    }
  }

  function visitRows(rows: RowSet): void {
    if (rows.kind === 'table') return;
    if (rows.kind !== 'filter') need(`rowSets.${rows.kind}`);
    if (rows.kind === 'union') {
      rows.branches.forEach((branch) => {
        visitRows(branch.rows);
        branch.values.forEach((named) => visitExpr(named.value));
      });
      return;
    }
    visitRows(rows.rows);
    switch (rows.kind) {
      case 'filter':
        visitPredicate(rows.where);
        return;
      case 'latest':
        rows.by.forEach(visitExpr);
        visitOrders(rows.orderBy);
        return;
      case 'lookup':
        visitRows(rows.table);
        visitOn(rows.on);
        rows.values.forEach((named) => visitExpr(named.value));
        visitOrders(rows.orderBy);
        return;
      case 'unpivot':
        rows.branches.forEach((branch) => {
          if (branch.where !== undefined) visitPredicate(branch.where);
          branch.values.forEach((named) => visitExpr(named.value));
        });
        return;
      case 'jsonRows':
      case 'splitRows':
        visitExpr(rows.value);
        return;
      case 'extend':
        rows.values.forEach((named) => visitExpr(named.value));
        return;
      case 'grouped':
        rows.by.forEach((named) => visitExpr(named.value));
        rows.measures.forEach(visitMeasure);
    }
  }

  visitRequest();
  return needs;
}
