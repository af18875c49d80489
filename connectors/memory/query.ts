import type { WireValue } from '../../schema/model/physical-type.ts';
import type { AggregateQuery, Child, Query, Row } from '../spi/ir.ts';
import { evaluate } from './expression.ts';
import { groupRows } from './group.ts';
import { measureRows } from './measure.ts';
import { orderRows } from './order.ts';
import { holds } from './predicate.ts';
import { relatedRows } from './related.ts';
import { rowsOf } from './row-set.ts';
import type { MemoryRow, Scope } from './scope.ts';

/** Result rows of a query: filter, order, page, then columns and children. */
export function runQuery(query: Query, scope: Scope): Row[] {
  return pageOf(query, kept(rowsOf(query.rows, scope), query, scope), scope);
}

/** Result rows of an aggregate query: filter, group, measure, `having`, order, page. */
export function runAggregate(query: AggregateQuery, scope: Scope): Row[] {
  return groupsOf(query, kept(rowsOf(query.rows, scope), query, scope), scope);
}

/** What a child holds for the rows around it; several outer rows share one list, one page, one total. */
export function runChild(child: Child, outers: readonly MemoryRow[], scope: Scope): Row | Row[] | null {
  const related = relatedRows({ on: child.on, ...pick(child.query) }, outers, scope);
  switch (child.kind) {
    case 'many':
      return pageOf(child.query, related, scope);
    case 'one':
      return pageOf({ ...child.query, limit: 1 }, related, scope)[0] ?? null;
    case 'aggregate':
      return groupsOf(child.query, related, scope)[0] ?? null;
    case 'groups':
      return groupsOf(child.query, related, scope);
  }
}

function pick({ rows, where }: Query | AggregateQuery): Pick<Query, 'rows' | 'where'> {
  return where === undefined ? { rows } : { rows, where };
}

function kept(rows: readonly MemoryRow[], { where }: Query | AggregateQuery, scope: Scope): readonly MemoryRow[] {
  return where === undefined ? rows : rows.filter((row) => holds(where, row, scope));
}

function pageOf(query: Query, rows: readonly MemoryRow[], scope: Scope): Row[] {
  return paged(orderRows(rows, query.orderBy, scope), query).map((row) => [
    ...query.columns.map((column) => evaluate(column, row, scope)),
    ...query.children.map((child) => runChild(child, [row], scope)),
  ]);
}

function groupsOf(query: AggregateQuery, rows: readonly MemoryRow[], scope: Scope): Row[] {
  const by = query.by ?? [];
  const groups = by.length === 0 ? [{ keys: [], rows }] : groupRows(rows, by, scope);
  const results = groups.map((group) => {
    const result = new Map<string, WireValue>(group.keys.map((key, index) => [`k${index}`, key]));
    for (const [index, measure] of query.measures.entries()) result.set(`m${index}`, measureRows(measure, group.rows, scope));
    return result;
  });
  const { having } = query;
  const wanted = having === undefined ? results : results.filter((result) => holds(having, result, scope));
  return paged(orderRows(wanted, query.orderBy ?? [], scope), query).map((result) => [...result.values()]);
}

function paged<T>(rows: readonly T[], { limit, offset = 0 }: Query | AggregateQuery): readonly T[] {
  return rows.slice(offset, limit === undefined ? undefined : offset + limit);
}
