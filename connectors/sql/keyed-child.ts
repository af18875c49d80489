import type { Child } from '../spi/ir.ts';
import type { Fragment } from './fragment.ts';
import { compileMeasuresRow } from './child.ts';
import { comparableOperands, compileExpr } from './expression.ts';
import { compilePair } from './predicate.ts';
import { compileJsonRow, groupsOf, jsonGroup, queryRows } from './query.ts';
import { rankedRows } from './ranked.ts';
import type { Keys, Relation } from './relation.ts';
import { columnsOf, type Context, type Scope } from './scope.ts';

/** What a child is where nothing is related. */
export function emptyJson(child: Child): string | undefined {
  if (child.kind === 'one') return undefined;
  return child.kind === 'aggregate' ? JSON.stringify(child.query.measures.map(({ fn }) => (fn === 'count' || fn === 'countDistinct' ? 0 : null))) : '[]';
}

/** A child for many parents at once: a select of the parents' names and the child's JSON `j`, one row for each parent that has any related row. */
export function compileKeyedChild(child: Child, keys: Keys, context: Context): Fragment {
  const { dialect } = context;
  const { sql } = dialect;
  const base = queryRows(child.query, context);
  const attached = base.attach(keys);
  const select = (parents: readonly Fragment[], json: Fragment, rows: Relation, grouped: boolean): Fragment => {
    const { from, where } = rows.finish();
    const items = parents.map((parent, index) => sql`${parent} as ${sql.name(keys.names[index]!)}`);
    return sql`select ${[...items, sql`${json} as ${sql.name('j')}`]} from ${from}${where}${grouped ? sql` group by ${parents}` : sql``}`;
  };
  switch (child.kind) {
    case 'many': {
      const { rows, parents, rank } = rankedRows(base, attached, child.query.orderBy, child.query, context);
      return select(parents, dialect.jsonList(compileJsonRow(child.query, rows, context), rank, {}), rows, true);
    }
    case 'one': {
      const { rows, parents } = rankedRows(base, attached, child.query.orderBy, { ...child.query, limit: 1 }, context);
      return select(parents, compileJsonRow(child.query, rows, context), rows, false);
    }
    case 'aggregate':
      return select(attached, compileMeasuresRow(child.query, base, context), base, true);
    case 'groups': {
      const { groups, split } = groupsOf(base, child.query, context, attached);
      const { rows, parents, rank } = rankedRows(groups, split, child.query.orderBy ?? [], child.query, context);
      return select(parents, dialect.jsonList(jsonGroup(child.query, rows, context), rank, {}), rows, true);
    }
  }
}

/**
 * A child of a query's own rows, computed for all of them at once and joined to them. Its keys come from the same rows, selected once more: `page` gives
 * them, and must select the same ones each time.
 */
export function joinKeyedChild(child: Child, outer: Scope, page: () => Relation, context: Context): { readonly join: Fragment; readonly value: Fragment } {
  const { dialect } = context;
  const { sql } = dialect;
  const names = child.on.map((_, index) => `k${index}`);
  const parents = page();
  const keys = child.on.map((pair, index) => ({ name: names[index]!, operand: compileExpr(pair.outer, parents, context) }));
  const { from, where } = parents.finish();
  const select = sql`select distinct ${keys.map(({ name, operand }) => sql`${operand.value} as ${sql.name(name)}`)} from ${from}${where}`;
  const json = compileKeyedChild(
    child,
    {
      names,
      select,
      columns: columnsOf(...child.on.map((pair) => pair.inner)),
      on: (rows, alias) =>
        sql.join(
          child.on.map((pair, index) => {
            const key: Scope = { column: () => ({ type: keys[index]!.operand.type, value: sql.path(alias, names[index]!) }) };
            return compilePair({ ...pair, outer: { kind: 'column', column: names[index]!, type: keys[index]!.operand.type } }, key, rows, context);
          }),
          ' and ',
        ),
    },
    context,
  );
  const alias = context.alias('c');
  const on = child.on.map((pair, index) =>
    dialect.compare(
      'eq',
      ...comparableOperands(compileExpr(pair.outer, outer, context), { type: keys[index]!.operand.type, value: sql.path(alias, names[index]!) }, context),
    ),
  );
  const empty = emptyJson(child);
  const value = sql.path(alias, 'j');
  return {
    join: sql` left join (${json}) as ${sql.name(alias)} on ${sql.join(on, ' and ')}`,
    value: empty === undefined ? value : sql`coalesce(${value}, ${dialect.jsonConstant(empty)})`,
  };
}
