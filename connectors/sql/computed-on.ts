/**
 * Relations by values that have to be computed from the related rows, such as a normalised name, or from a subquery: no index has them, and a subquery that
 * reads the enclosing row would compute them again for each of its rows. Here they are computed once, in a subquery of their own.
 */
import { typeOfExpr } from '../spi/type-of.ts';
import type { Measure, On, Predicate, RowSet } from '../spi/ir.ts';
import type { Operand } from './dialect.ts';
import { comparableOperands, compileExpr } from './expression.ts';
import type { Fragment } from './fragment.ts';
import { compileMeasure } from './measure.ts';
import { conditionOf, isComputed, isStored } from './predicate.ts';
import type { Relation } from './relation.ts';
import { compileRows, isDerived } from './row-set.ts';
import type { Context, Scope } from './scope.ts';

interface Related {
  readonly on: On;
  readonly rows: RowSet;
  readonly where?: Predicate | undefined;
}

/** Nothing that relates the rows could be found by an index. */
export function isComputedOn({ on, rows }: Related): boolean {
  const equal = on.filter(({ distinct }) => distinct !== true);
  return equal.length > 0 && equal.every(({ inner }) => isComputed(inner) || (!isStored(inner) && isDerived(rows)));
}

/** Has the row of `outer` any related row? Never null. */
export function computedExists(related: Related, outer: Scope, context: Context): Fragment {
  const { sql, keepsMembers } = context.dialect;
  const pair = keepsMembers ? textPair(related.on) : undefined;
  if (pair === undefined) {
    const { head, from, where } = relatedOnce(related, [], outer, context);
    // Not EXISTS: MariaDB would make a join of it, and so could count a row once for each that is related.
    return sql`((${head}select 1 from ${from} where ${where} limit 1) is not null)`;
  }
  const rows = relatedRows(related, context);
  const key = keyOf(pair.inner, rows, context);
  const { from, where } = rows.finish();
  return sql`(${keyOf(pair.outer, outer, context)} in (select ${key} from ${from}${where}) and (${compileExpr(pair.outer, outer, context).value}) is not null)`;
}

/** A measure over the related rows of the row of `outer`. */
export function computedMeasure({ value: measure, ...related }: Related & { readonly value: Measure }, outer: Scope, context: Context): Fragment {
  const { dialect } = context;
  const { sql } = dialect;
  const pair = textPair(related.on);
  if (pair === undefined) {
    const { head, from, where, values } = relatedOnce(related, measure.value === undefined ? [] : [measure.value], outer, context);
    const [operand] = values;
    return sql`(${head}select ${operand === undefined ? sql`count(*)` : dialect.measure(measure.fn, operand.value, operand.type)} from ${from} where ${where})`;
  }
  const rows = relatedRows(related, context);
  const key = keyOf(pair.inner, rows, context);
  const { value } = compileMeasure(measure, rows, context);
  const { from, where } = rows.finish();
  const alias = context.alias('g');
  // Unlike any other of the statement: MariaDB confuses equal names of different subqueries.
  const [k, m] = [`${alias}k`, `${alias}m`];
  const all = dialect.once(sql`select ${key} as ${sql.name(k)}, ${value} as ${sql.name(m)} from ${from}${where} group by 1`, alias);
  const own = compileExpr(pair.outer, outer, context);
  const found = sql`(${all.head}select ${sql.path(alias, m)} from ${all.from} where ${sql.path(alias, k)} = ${dialect.identity(own.value, own.type)})`;
  return measure.fn === 'count' || measure.fn === 'countDistinct' ? sql`coalesce(${found}, 0)` : found;
}

/** The only pair, of texts. */
function textPair(on: On): On[number] | undefined {
  const [pair] = on;
  return on.length === 1 && pair !== undefined && typeOfExpr(pair.inner).kind === 'text' && typeOfExpr(pair.outer).kind === 'text' ? pair : undefined;
}

/** Never null, so that no engine looks for nulls among the keys; rows without a key are left out on both sides. */
function keyOf(expr: On[number]['inner'], rows: Scope, context: Context): Fragment {
  const { dialect } = context;
  const { value, type } = compileExpr(expr, rows, context);
  return dialect.sql`coalesce(${dialect.identity(value, type)}, '')`;
}

/** All rows that could be related to any row. */
function relatedRows({ on, ...related }: Related, context: Context): Relation {
  const rows = compileRows(related.rows, context);
  if (related.where !== undefined) rows.filter(conditionOf(related.where, context));
  for (const { inner } of on) rows.filter(conditionOf({ kind: 'isNull', value: inner, negated: true }, context));
  return rows;
}

/** FROM and WHERE of the rows that are related to the row of `outer`, and values of theirs. */
function relatedOnce(
  related: Related,
  values: readonly On[number]['inner'][],
  outer: Scope,
  context: Context,
): { readonly head: Fragment; readonly from: Fragment; readonly where: Fragment; readonly values: readonly Operand[] } {
  const { dialect } = context;
  const { sql } = dialect;
  const rows = relatedRows(related, context);
  const alias = context.alias('g');
  const items: Fragment[] = [];
  const hand = (expr: On[number]['inner']): Operand => {
    const { value, type } = compileExpr(expr, rows, context);
    const name = `${alias}x${items.length}`;
    items.push(sql`${value} as ${sql.name(name)}`);
    return { type, value: sql.path(alias, name) };
  };
  const conditions = related.on.map(({ inner, outer: other, distinct }) =>
    dialect.compare(distinct ? 'ne' : 'eq', ...comparableOperands(hand(inner), compileExpr(other, outer, context), context)),
  );
  const handed = values.map(hand);
  const { from, where } = rows.finish();
  const once = dialect.once(sql`select ${items} from ${from}${where}`, alias);
  return { ...once, where: sql.join(conditions, ' and '), values: handed };
}
