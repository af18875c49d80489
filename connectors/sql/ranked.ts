import type { Order } from '../spi/ir.ts';
import type { Fragment } from './fragment.ts';
import { compileOrderItems } from './order.ts';
import { capOf } from './query.ts';
import { derivedRelation, rankOf, type Derived, type Relation } from './relation.ts';
import type { Context } from './scope.ts';

interface Ranked {
  readonly rows: Derived;
  /** What tells the parents apart, handed on. */
  readonly parents: readonly Fragment[];
  /** What orders the rows of one parent; empty when nothing does. */
  readonly rank: readonly Fragment[];
}

/** Rows with their rank among the rows of their parent; only those of the page that each parent may show. */
export function rankedRows(
  base: Relation,
  parents: readonly Fragment[],
  orderBy: readonly Order[],
  page: { readonly limit?: number; readonly offset?: number },
  context: Context,
): Ranked {
  const { dialect } = context;
  const { sql } = dialect;
  const orderItems = compileOrderItems(orderBy, base, context);
  const { limit, offset = 0 } = page;
  const isRanked = orderItems.length > 0 || limit !== undefined || offset > 0;
  const order = orderItems.length === 0 ? sql`` : sql` order by ${orderItems}`;
  const rank = (alias: string): Fragment => (isRanked ? sql`, row_number() over (partition by ${parents}${order}) as ${sql.name(rankOf(alias))}` : sql``);
  const cap = limit === undefined && offset === 0 ? sql` ${dialect.page(capOf(context), undefined)}` : sql``;
  const rows = derivedRelation(
    base,
    {
      render: (items, { from, where }, alias) => sql`select ${items}${rank(alias)} from ${from}${where}${cap}`,
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
  return { rows, parents: parents.map((parent) => rows.export(parent)), rank: orderItems.length === 0 ? [] : [sql.path(rows.alias, rankOf(rows.alias))] };
}
