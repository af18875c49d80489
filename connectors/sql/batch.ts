import type { Child, ColumnDef, Request } from '../spi/ir.ts';
import { compileMeasuresRow } from './child.ts';
import type { Fragment } from './fragment.ts';
import { compileOrderItems } from './order.ts';
import { conditionOfOn } from './predicate.ts';
import { capOf, compileJsonRow, groupsOf, jsonGroup, queryRows } from './query.ts';
import { derivedRelation, rankOf, type Derived, type Keys, type Relation } from './relation.ts';
import type { Context, Scope } from './scope.ts';
import { columnsOf } from './scope.ts';

type Batch = Request & { readonly kind: 'batch' };

/** The statement of a `batch` request: each child computed for all tuples at once as JSON per ordinal, then joined to the ordinals. */
export function compileBatch(request: Batch, context: Context): Fragment {
  const { dialect } = context;
  const { sql } = dialect;
  const ordinals = context.alias('o');
  const ordinal = sql.path(ordinals, 'ordinal');
  const children = request.children.map((child) => {
    const alias = context.alias('c');
    const list = sql.path(alias, 'j');
    const empty = emptyJson(child);
    return {
      join: sql` left join (${compileBatchChild(child, request.keys, context)}) as ${sql.name(alias)} on ${sql.path(alias, 'ordinal')} = ${ordinal}`,
      item: dialect.jsonOutput(empty === undefined ? list : sql`coalesce(${list}, ${dialect.jsonConstant(empty)})`),
    };
  });
  const items = [ordinal, ...children.map(({ item }) => item)].map((value, index) => sql`${value} as ${sql.name(`c${index}`)}`);
  return sql`select ${items} from (${dialect.keys(request.keys, 0)}) as ${sql.name(ordinals)}${sql.join(
    children.map(({ join }) => join),
    ' ',
  )} order by ${ordinal}`;
}

/** What a child is where nothing is related. */
function emptyJson(child: Child): string | undefined {
  if (child.kind === 'one') return undefined;
  return child.kind === 'aggregate' ? JSON.stringify(child.query.measures.map(({ fn }) => (fn === 'count' || fn === 'countDistinct' ? 0 : null))) : '[]';
}

/** The key columns as the enclosing row of a child. */
function keyScope(columns: readonly ColumnDef[], alias: string, context: Context): Scope {
  const { sql } = context.dialect;
  return {
    column: (name) => {
      const index = columns.findIndex((column) => column.name === name);
      const column = columns[index];
      if (column === undefined) throw new Error(`expected one of the key columns ${columns.map((known) => known.name).join(', ')}, got ${name}`);
      return { type: column.type, value: sql.path(alias, `k${index}`) };
    },
  };
}

function keysOf(child: Child, columns: readonly ColumnDef[], context: Context): Keys {
  const used = columnsOf(...child.on.map((pair) => pair.outer));
  const width = columns.reduce((most, column, index) => (used.has(column.name) ? index + 1 : most), 0);
  return {
    select: context.dialect.keys(columns, width),
    columns: columnsOf(...child.on.map((pair) => pair.inner)),
    on: (rows, alias) => conditionOfOn(child.on, keyScope(columns, alias, context), context).compile(rows),
  };
}

/** A select of `ordinal` and the child's JSON `j`, one row per ordinal that has any related row. */
function compileBatchChild(child: Child, columns: readonly ColumnDef[], context: Context): Fragment {
  const { dialect } = context;
  const { sql } = dialect;
  const base = queryRows(child.query, context);
  const key = base.attach(keysOf(child, columns, context));
  const select = (ordinal: Fragment, json: Fragment, rows: Relation, grouped: boolean): Fragment => {
    const { from, where } = rows.finish();
    return sql`select ${ordinal} as ${sql.name('ordinal')}, ${json} as ${sql.name('j')} from ${from}${where}${grouped ? sql` group by ${ordinal}` : sql``}`;
  };
  switch (child.kind) {
    case 'many': {
      const { rows, ordinal, rank } = rankedRows(base, key, child.query.orderBy, child.query, context);
      return select(ordinal, dialect.jsonList(compileJsonRow(child.query, rows, context), rank, {}), rows, true);
    }
    case 'one': {
      const { rows, ordinal } = rankedRows(base, key, child.query.orderBy, { ...child.query, limit: 1 }, context);
      return select(ordinal, compileJsonRow(child.query, rows, context), rows, false);
    }
    case 'aggregate':
      return select(key, compileMeasuresRow(child.query, base, context), base, true);
    case 'groups': {
      const { groups, split } = groupsOf(base, child.query, context, key);
      const { rows, ordinal, rank } = rankedRows(groups, split!, child.query.orderBy ?? [], child.query, context);
      return select(ordinal, dialect.jsonList(jsonGroup(child.query, rows, context), rank, {}), rows, true);
    }
  }
}

interface Ranked {
  readonly rows: Derived;
  readonly ordinal: Fragment;
  /** What orders the rows of one ordinal; empty when nothing does. */
  readonly rank: readonly Fragment[];
}

/** Rows with their rank within the ordinal; only those of the page that each ordinal may show. */
function rankedRows(
  base: Relation,
  ordinal: Fragment,
  orderBy: Parameters<typeof compileOrderItems>[0],
  page: { readonly limit?: number; readonly offset?: number },
  context: Context,
): Ranked {
  const { dialect } = context;
  const { sql } = dialect;
  const orderItems = compileOrderItems(orderBy, base, context);
  const { limit, offset = 0 } = page;
  const ranked = orderItems.length > 0 || limit !== undefined || offset > 0;
  const order = orderItems.length === 0 ? sql`` : sql` order by ${orderItems}`;
  const rank = (alias: string): Fragment => sql`, row_number() over (partition by ${ordinal}${order}) as ${sql.name(rankOf(alias))}`;
  const capped = limit === undefined && offset === 0;
  const rows = derivedRelation(
    base,
    {
      render: (items, { from, where }, alias) =>
        sql`select ${items}${ranked ? rank(alias) : sql``} from ${from}${where}${capped ? sql` ${dialect.page(capOf(context), undefined)}` : sql``}`,
      conditions: (alias) => {
        const place = sql.path(alias, rankOf(alias));
        return [
          ...(offset > 0 ? [sql`${place} > ${sql.integer(offset)}`] : []),
          ...(limit === undefined ? [] : [sql`${place} <= ${sql.integer(offset + limit)}`]),
        ];
      },
    },
    context,
  );
  return { rows, ordinal: rows.export(ordinal), rank: orderItems.length === 0 ? [] : [sql.path(rows.alias, rankOf(rows.alias))] };
}
