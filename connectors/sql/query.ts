import type { PhysicalType } from '../../schema/model/physical-type.ts';
import type { AggregateQuery, Child, NamedExpr, Order, Query } from '../spi/ir.ts';
import { compileChild } from './child.ts';
import { compileExpr } from './expression.ts';
import { slot, type Fragment } from './fragment.ts';
import { joinKeyedChild } from './keyed-child.ts';
import { groupedRelation, type Grouped } from './grouped.ts';
import { compileOrderItems, compileOrders, orderBy } from './order.ts';
import { conditionOf, isComputed } from './predicate.ts';
import { pageRelation, type Relation } from './relation.ts';
import { compileMeasure } from './measure.ts';
import { compileRows, isDerived } from './row-set.ts';
import type { Context, Scope } from './scope.ts';

/** The rows that a query filters, not yet ordered. */
export function queryRows(query: Query | AggregateQuery, context: Context): Relation {
  const rows = compileRows(query.rows, context);
  if (query.where !== undefined) rows.filter(conditionOf(query.where, context));
  return rows;
}

/** `limit … offset …`; where a query has no limit, one row more than the caller may hold is enough to refuse the answer. */
export function pageOf({ limit, offset }: Pick<Query, 'limit' | 'offset'>, context: Context): { readonly limit: Fragment; readonly offset?: Fragment } {
  const { sql } = context.dialect;
  return {
    limit: limit === undefined ? capOf(context) : sql.integer(limit),
    ...(offset === undefined || offset === 0 ? {} : { offset: sql.integer(offset) }),
  };
}

export function capOf({ dialect }: Context): Fragment {
  return dialect.integerParameter(slot('integer', ({ maxRows }) => maxRows + 1));
}

export function pageText(page: Pick<Query, 'limit' | 'offset'>, context: Context): Fragment {
  const { limit, offset } = pageOf(page, context);
  return context.dialect.sql` ${context.dialect.page(limit, offset)}`;
}

/** Rows ready for a select list, FROM and ORDER BY of which are still to be written. */
interface Ordered {
  readonly rows: Relation;
  readonly orderItems: readonly Fragment[];
  readonly page: Fragment;
}

/** Children are computed for the rows of the page alone, so the page comes first where there are both. */
export function orderedRows(rows: Relation, query: Query, context: Context): Ordered {
  const page = pageText(query, context);
  if (query.limit !== undefined) rows.top((scope) => compileOrders(query.orderBy, scope, context), query.limit + (query.offset ?? 0));
  if (query.children.length > 0 && (query.limit !== undefined || query.offset !== undefined)) {
    return { ...pageRelation(rows, query.orderBy, page, context), page: context.dialect.sql`` };
  }
  return { rows, orderItems: compileOrderItems(query.orderBy, rows, context), page };
}

/** The statement of a `rows` request: values in output form, then children as JSON. */
export function compileQuery(query: Query, context: Context): Fragment {
  const { dialect } = context;
  const { sql } = dialect;
  const keyed = query.children.filter((child) => needsKeys(child, context));
  const isPaged = query.limit !== undefined || query.offset !== undefined;
  // The same page is selected again for the keys of children, so its order must leave nothing open that they depend on.
  const total: Query = isPaged ? { ...query, orderBy: [...query.orderBy, ...keyed.flatMap(keyOrder)] } : query;
  const pageOnly = (): Relation => (isPaged ? orderedRows(queryRows(total, context), total, context).rows : queryRows(query, context));
  const { rows, orderItems, page } = orderedRows(queryRows(total, context), total, context);
  const values = outputs(
    query.columns.map((column) => compileExpr(column, rows, context)),
    context,
  );
  const joins: Fragment[] = [];
  const children = query.children.map((child) => {
    if (!keyed.includes(child)) return dialect.jsonOutput(compileChild(child, rows, context));
    const { join, value } = joinKeyedChild(child, rows, pageOnly, context);
    joins.push(join);
    return dialect.jsonOutput(value);
  });
  const order = orderBy(orderItems, context);
  const { from, where } = rows.finish();
  return sql`select ${named([...values, ...children], context)} from ${from}${sql.join(joins, ' ')}${where}${order}${page}`;
}

/**
 * What would be evaluated whole for every row: a child over a subquery in FROM that cannot read the enclosing row, and one that is related by a computed
 * value, which no index has. Keyed, all parents share one evaluation.
 */
function needsKeys(child: Child, { dialect }: Context): boolean {
  if (child.on.length === 0) return false;
  if (child.on.some((pair) => !pair.distinct && isComputed(pair.inner))) return true;
  return !dialect.correlatedFrom && (child.kind === 'groups' || isDerived(child.query.rows));
}

function keyOrder(child: Child): Order[] {
  return child.on.map((pair) => ({ value: pair.outer, direction: 'asc', nulls: 'first' }));
}

/** Values in output form. */
export function outputs(operands: readonly { readonly value: Fragment; readonly type: PhysicalType }[], { dialect }: Context): Fragment[] {
  return operands.map(({ value, type }) => dialect.output(value, type));
}

/** The columns of a JSON row: values, then children. */
export function compileJsonRow(query: Query, rows: Scope, context: Context): Fragment {
  const { dialect } = context;
  const values = query.columns.map((column) => {
    const { value, type } = compileExpr(column, rows, context);
    return dialect.jsonItem(value, type);
  });
  const children = query.children.map((child) => {
    const json = compileChild(child, rows, context);
    return child.kind === 'one' ? dialect.sql`coalesce(${json}, ${dialect.jsonConstant('null')})` : json;
  });
  return dialect.jsonRow([...values, ...children]);
}

/** Groups with columns `k0 …` and `m0 …`, filtered by `having`. */
export function groupsOf(
  rows: Relation,
  query: AggregateQuery,
  context: Context,
  splitBy: readonly Fragment[] = [],
  by = groupKeys(query),
): { readonly groups: Grouped; readonly split: readonly Fragment[] } {
  const measures = query.measures.map((measure, index) => ({ ...measure, as: `m${index}` }));
  const groups = groupedRelation(rows, by, measures, { emptyGroup: false }, context);
  const split = groups.splitBy(splitBy);
  if (query.having !== undefined) groups.filter(conditionOf(query.having, context));
  return { groups, split };
}

/** The keys of a group by the names that `having` and `orderBy` know them by. */
export function groupKeys(query: AggregateQuery): NamedExpr[] {
  return (query.by ?? []).map((value, index) => ({ as: `k${index}`, value }));
}

/** Keys, then measures of a group. */
export function groupColumns(query: AggregateQuery, groups: Scope): { readonly value: Fragment; readonly type: PhysicalType }[] {
  return [...(query.by ?? []).map((_, index) => groups.column(`k${index}`)), ...query.measures.map((_, index) => groups.column(`m${index}`))];
}

/** The measures of an aggregate query over the rows at hand. */
export function groupedMeasures(query: AggregateQuery, rows: Scope, context: Context): { readonly value: Fragment; readonly type: PhysicalType }[] {
  return query.measures.map((measure) => compileMeasure(measure, rows, context));
}

/** The statement of an `aggregate` request. */
export function compileAggregate(query: AggregateQuery, context: Context): Fragment {
  const { dialect } = context;
  const { sql } = dialect;
  const { groups } = groupsOf(queryRows(query, context), query, context);
  const values = outputs(groupColumns(query, groups), context);
  const order = compileOrders(query.orderBy ?? [], groups, context);
  const { from, where } = groups.finish();
  return sql`select ${named(values, context)} from ${from}${where}${order}${pageText(query, context)}`;
}

export function jsonGroup(query: AggregateQuery, groups: Scope, { dialect }: Context): Fragment {
  return dialect.jsonRow(groupColumns(query, groups).map(({ value, type }) => dialect.jsonItem(value, type)));
}

function named(values: readonly Fragment[], { dialect: { sql } }: Context): Fragment[] {
  return values.length === 0 ? [sql`1 as ${sql.name('c0')}`] : values.map((value, index) => sql`${value} as ${sql.name(`c${index}`)}`);
}
