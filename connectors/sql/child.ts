import type { AggregateQuery, Child, Query } from '../spi/ir.ts';
import type { Fragment } from './fragment.ts';
import { compileOrderItems, orderBy } from './order.ts';
import { compileExpr } from './expression.ts';
import { conditionOfOn } from './predicate.ts';
import { compileJsonRow, groupedMeasures, groupKeys, groupsOf, jsonGroup, orderedRows, pageOf, pageText, queryRows } from './query.ts';
import type { Relation } from './relation.ts';
import type { Context, Scope } from './scope.ts';

/** A child as one JSON value: a subquery that reads the enclosing row. */
export function compileChild(child: Child, outer: Scope, context: Context): Fragment {
  const { sql } = context.dialect;
  const related = (): Relation => {
    const rows = queryRows(child.query, context);
    rows.filter(conditionOfOn(child.on, outer, context));
    return rows;
  };
  switch (child.kind) {
    case 'many':
      return context.dialect.listsBySubquery ? listBySubquery(related(), child.query, context) : listByAggregate(related(), child.query, context);
    case 'one': {
      const rows = related();
      const order = orderBy(compileOrderItems(child.query.orderBy, rows, context), context);
      const row = compileJsonRow(child.query, rows, context);
      const { from, where } = rows.finish();
      const { offset } = pageOf(child.query, context);
      return sql`(select ${row} from ${from}${where}${order} ${context.dialect.page(sql.integer(1), offset)})`;
    }
    case 'aggregate': {
      const rows = related();
      const row = compileMeasuresRow(child.query, rows, context);
      const { from, where } = rows.finish();
      return sql`(select ${row} from ${from}${where})`;
    }
    case 'groups':
      return compileGroups(child, outer, context);
  }
}

/** The JSON row of an aggregate query's measures over the rows at hand. */
export function compileMeasuresRow(query: AggregateQuery, rows: Scope, context: Context): Fragment {
  const { dialect } = context;
  return dialect.jsonRow(groupedMeasures(query, rows, context).map(({ value, type }) => dialect.jsonItem(value, type)));
}

function listBySubquery(related: Relation, query: Query, context: Context): Fragment {
  const { dialect } = context;
  const { sql } = dialect;
  const { rows, orderItems, page } = orderedRows(related, query, context);
  const row = compileJsonRow(query, rows, context);
  const { from, where } = rows.finish();
  return listOf(sql`select ${row} as ${sql.name('j')} from ${from}${where}${orderBy(orderItems, context)}${page}`, context);
}

/** The JSON list of the rows `j` of an ordered select. */
function listOf(select: Fragment, context: Context): Fragment {
  const { dialect } = context;
  const { sql } = dialect;
  const alias = context.alias('l');
  return sql`(select ${dialect.jsonList(sql.path(alias, 'j'), [], {})} from (${select}) as ${sql.name(alias)})`;
}

function listByAggregate(rows: Relation, query: Query, context: Context): Fragment {
  const { dialect } = context;
  const { sql } = dialect;
  const list = dialect.jsonList(compileJsonRow(query, rows, context), compileOrderItems(query.orderBy, rows, context, true), pageOf(query, context));
  const { from, where } = rows.finish();
  return sql`(select ${list} from ${from}${where})`;
}

function compileGroups(child: Child & { readonly kind: 'groups' | 'aggregate' }, outer: Scope, context: Context): Fragment {
  const { dialect } = context;
  const { sql } = dialect;
  const { query } = child;
  if (dialect.correlatedFrom) {
    const rows = queryRows(query, context);
    rows.filter(conditionOfOn(child.on, outer, context));
    const { groups } = groupsOf(rows, query, context);
    const order = orderBy(compileOrderItems(query.orderBy ?? [], groups, context), context);
    const row = jsonGroup(query, groups, context);
    const { from, where } = groups.finish();
    return listOf(sql`select ${row} as ${sql.name('j')} from ${from}${where}${order}${pageText(query, context)}`, context);
  }
  // All parents' groups at once, told apart by what relates them; each parent then takes its own.
  const rows = queryRows(query, context);
  const by = [...groupKeys(query), ...child.on.map((pair, index) => ({ as: `o${index}`, value: pair.inner }))];
  const { groups } = groupsOf(rows, query, context, [], by);
  const on = child.on.map((pair, index) => ({
    outer: pair.outer,
    inner: { kind: 'column' as const, column: `o${index}`, type: compileExpr(pair.inner, rows, context).type },
  }));
  groups.filter(conditionOfOn(on, outer, context));
  const list = dialect.jsonList(jsonGroup(query, groups, context), compileOrderItems(query.orderBy ?? [], groups, context, true), pageOf(query, context));
  const { from, where } = groups.finish();
  return sql`(select ${list} from ${from}${where})`;
}
