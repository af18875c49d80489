import type { Child, ColumnDef, On, Query, Request } from '../spi/ir.ts';
import { compileExpr } from './expression.ts';
import type { Dialect } from './dialect.ts';
import type { Fragment } from './fragment.ts';
import { compileKeyedChild, emptyJson } from './keyed-child.ts';
import type { Keys } from './relation.ts';
import { compileOrderItems, orderBy as orderByOf } from './order.ts';
import { conditionOfOn } from './predicate.ts';
import { capOf, groupedMeasures, outputs, queryRows } from './query.ts';
import { rankedRows } from './ranked.ts';
import type { Context, Scope } from './scope.ts';
import { columnsOf } from './scope.ts';

type Batch = Request & { readonly kind: 'batch' };
type ListChild = Child & { readonly kind: 'many' };
type AggregateChild = Child & { readonly kind: 'aggregate' };

/**
 * How a batch's rows come back: `joined`: one row an ordinal, `ordinal` then children as JSON · `json`: the only child's JSON after its ordinal, for
 * ordinals that have any · `list`: its rows one by one before their ordinal, in order · `measures`: its one row of measures before its ordinal.
 */
export type BatchForm = 'joined' | 'json' | 'list' | 'measures';

export function batchForm({ children, few }: Batch, listsAsRows: boolean): BatchForm {
  const [child] = children;
  if (child === undefined || children.length > 1) return 'joined';
  if (child.kind === 'aggregate') return 'measures';
  return child.kind === 'many' && (listsAsRows || few === true) && child.query.children.length === 0 ? 'list' : 'json';
}

/** The statement of a `batch` request, its rows in the form that `batchForm` says. */
export function compileBatch(request: Batch, context: Context): Fragment {
  const { dialect } = context;
  const { sql } = dialect;
  const [child] = request.children;
  switch (batchForm(request, dialect.listsAsRows)) {
    case 'list':
      return compileList(child as ListChild, request, context);
    case 'measures':
      return isTotalByKey(request, dialect)
        ? compileTotal(child as AggregateChild, request, context)
        : compileMeasures(child as AggregateChild, request, context);
    case 'json':
      return compileKeyedChild(child!, keyParents(child!.on, request, context), context);
    case 'joined':
      break;
  }
  const ordinals = context.alias('o');
  const ordinal = sql.path(ordinals, 'ordinal');
  const children = request.children.map((each) => {
    const alias = context.alias('c');
    const list = sql.path(alias, 'j');
    const empty = emptyJson(each);
    return {
      join: sql` left join (${compileKeyedChild(each, keyParents(each.on, request, context), context)}) as ${sql.name(alias)} on ${sql.path(alias, 'ordinal')} = ${ordinal}`,
      item: dialect.jsonOutput(empty === undefined ? list : sql`coalesce(${list}, ${dialect.jsonConstant(empty)})`),
    };
  });
  const items = [ordinal, ...children.map(({ item }) => item)].map((value, index) => sql`${value} as ${sql.name(`c${index}`)}`);
  const joins = sql.join(
    children.map(({ join }) => join),
    ' ',
  );
  return sql`select ${items} from (${dialect.keys(request.keys, 0, request.single === true)}) as ${sql.name(ordinals)}${joins} order by ${ordinal}`;
}

/** One measure of one table's rows that an index finds by a single key: without such an index each key would look at all rows. */
function isTotalByKey({ single, children: [child] }: Batch, { totalsBySubquery }: Dialect): boolean {
  if (!totalsBySubquery || single !== true || child?.kind !== 'aggregate' || child.query.measures.length !== 1 || child.query.rows.kind !== 'table')
    return false;
  const { columns } = child.query.rows;
  return child.on.some(({ inner }) => inner.kind === 'column' && columns.some(({ name, indexed }) => name === inner.column && indexed === true));
}

/** The tuples of the batch as parents of a child. */
function keyParents(on: On, { keys: columns, single }: Batch, context: Context): Keys & { readonly scope: (alias: string) => Scope } {
  const { sql } = context.dialect;
  const used = columnsOf(...on.map((pair) => pair.outer));
  const width = columns.reduce((most, column, index) => (used.has(column.name) ? index + 1 : most), 0);
  const scope = (alias: string): Scope => ({
    column: (name) => {
      const index = columns.findIndex((column) => column.name === name);
      const column = columns[index];
      if (column === undefined) throw new Error(`expected one of the key columns ${columns.map((known) => known.name).join(', ')}, got ${name}`);
      return { type: column.type, value: sql.path(alias, `k${index}`), given: true };
    },
  });
  return {
    scope,
    names: ['ordinal'],
    select: context.dialect.keys(columns, width, single === true),
    columns: columnsOf(...on.map((pair) => pair.inner)),
    on: (rows, alias) => conditionOfOn(on, scope(alias), context).compile(rows),
  };
}

/** The rows of the only child, each after its ordinal. */
function compileList(child: ListChild, request: Batch, context: Context): Fragment {
  const { dialect } = context;
  const { sql } = dialect;
  const { query } = child;
  const base = queryRows(query, context);
  const [ordinal] = base.attach(keyParents(child.on, request, context)) as [Fragment];
  const select = (place: Fragment, rows: Scope, from: () => { readonly from: Fragment; readonly where: Fragment }, order: readonly Fragment[]): Fragment => {
    const items = [...valuesOf(query, rows, context), place].map((value, index) => sql`${value} as ${sql.name(`c${index}`)}`);
    const parts = from();
    return sql`select ${items} from ${parts.from}${parts.where}${orderByOf([place, ...order], context)}`;
  };
  if (query.limit === undefined && (query.offset ?? 0) === 0) {
    return sql`${select(ordinal, base, () => base.finish(), compileOrderItems(query.orderBy, base, context))} ${dialect.page(capOf(context), undefined)}`;
  }
  const { rows, parents, rank } = rankedRows(base, [ordinal], query.orderBy, query, context);
  const key = rankedInIndex(child, dialect);
  if (key === undefined) return select(parents[0]!, rows, () => rows.finish(), rank);
  const whole = queryRows(query, context);
  const isSame = sql`${whole.column(key).value} = ${rows.column(key).value}`;
  const from = (): { readonly from: Fragment; readonly where: Fragment } => {
    const [ranked, read] = [rows.parts(), whole.parts()];
    return {
      from: dialect.joinKeys(ranked.from, read.from, true),
      where: sql` where ${sql.join([...ranked.conditions, isSame], ' and ')}`,
    };
  };
  return select(parents[0]!, whole, from, rank);
}

/** The primary key of a table whose lists are found, ordered and cut by an index alone: only rows that are shown need be read. */
function rankedInIndex({ on, query: { rows, where, orderBy, columns } }: ListChild, { indexesHoldKeys }: Dialect): string | undefined {
  const [order] = orderBy;
  if (!indexesHoldKeys || rows.kind !== 'table' || where !== undefined || orderBy.length !== 1 || order?.value.kind !== 'column') return undefined;
  const key = order.value.column;
  const is = (name: string, test: (column: ColumnDef) => boolean): boolean => rows.columns.some((column) => column.name === name && test(column));
  const [inner] = on.map((pair) => pair.inner);
  const isFound = on.length === 1 && inner?.kind === 'column' && is(inner.column, ({ indexed }) => indexed === true);
  if (!isFound || !is(key, ({ primary }) => primary === true)) return undefined;
  return [...columnsOf(...columns)].some((name) => name !== key && name !== inner.column) ? key : undefined;
}

function valuesOf(query: Query, rows: Scope, context: Context): Fragment[] {
  return outputs(
    query.columns.map((column) => compileExpr(column, rows, context)),
    context,
  );
}

/** The measure of the only child, for each ordinal before it. */
function compileTotal(child: AggregateChild, request: Batch, context: Context): Fragment {
  const { dialect } = context;
  const { sql } = dialect;
  const alias = context.alias('k');
  const { select, scope } = keyParents(child.on, request, context);
  const base = queryRows(child.query, context);
  base.filter(conditionOfOn(child.on, scope(alias), context));
  const [measure] = outputs(groupedMeasures(child.query, base, context), context) as [Fragment];
  const { from, where } = base.finish();
  return sql`select (select ${measure} from ${from}${where}) as ${sql.name('c0')}, ${sql.path(alias, 'ordinal')} as ${sql.name('c1')} from (${select}) as ${sql.name(alias)}`;
}

/** The measures of the only child, each row after its ordinal. */
function compileMeasures(child: AggregateChild, request: Batch, context: Context): Fragment {
  const { sql } = context.dialect;
  const base = queryRows(child.query, context);
  const [ordinal] = base.attach(keyParents(child.on, request, context)) as [Fragment];
  const measures = outputs(groupedMeasures(child.query, base, context), context);
  const items = [...measures, ordinal].map((value, index) => sql`${value} as ${sql.name(`c${index}`)}`);
  const { from, where } = base.finish();
  return sql`select ${items} from ${from}${where} group by ${ordinal}`;
}
