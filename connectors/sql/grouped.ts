import type { PhysicalType } from '../../schema/model/physical-type.ts';
import type { ColumnName, Expr, Measure, NamedExpr } from '../spi/ir.ts';
import type { Operand } from './dialect.ts';
import { compileExpr } from './expression.ts';
import type { Fragment } from './fragment.ts';
import { compileMeasure } from './measure.ts';
import { relationOf, type Relation } from './relation.ts';
import type { Context, Scope } from './scope.ts';
import { columnsOf } from './scope.ts';

/** One row per group of equal `by`, its columns named by `as`. */
export interface Grouped extends Relation {
  /** Groups by more values too and hands them on. */
  splitBy(values: readonly Fragment[]): readonly Fragment[];
}

/** Does it read other rows than the one at hand? */
const hasSubquery = (value: Expr): boolean => /"kind":"(related|exists)"/.test(JSON.stringify(value));

/** @param options `emptyGroup`: with nothing to group by, no rows make no group (as `grouped` of the IR has it), instead of one. */
export function groupedRelation(
  base: Relation,
  by: readonly NamedExpr[],
  measures: readonly (Measure & { readonly as: ColumnName })[],
  { emptyGroup }: { readonly emptyGroup: boolean },
  context: Context,
): Grouped {
  const { dialect } = context;
  const { sql, correlatedFrom } = dialect;
  const alias = context.alias('g');
  const keys: Fragment[] = [];
  const values: Fragment[] = [];
  const conditions: Fragment[] = [];
  const columns = new Map<ColumnName, Operand>();
  // MariaDB, within a query that reads the enclosing row, makes a group of its own of the first row.
  const apart = !dialect.groupsBySubquery && by.some(({ value }) => hasSubquery(value)) && measures.some(({ fn }) => fn === 'countDistinct');
  const rows = apart ? context.alias('r') : '';
  const read: Fragment[] = [];
  /** A value of each row, before the rows are grouped. */
  const ofRow = (value: Fragment): Fragment => {
    if (!apart) return value;
    const name = `${rows}v${read.length}`;
    read.push(sql`${value} as ${sql.name(name)}`);
    return sql.path(rows, name);
  };
  const hand = (list: Fragment[], letter: string, value: Fragment, type: PhysicalType): Operand => {
    // Unlike any other of the statement: MariaDB confuses equal names of different subqueries.
    const name = `${alias}${letter}${list.length}`;
    list.push(sql`${value} as ${sql.name(name)}`);
    return { type, value: sql.path(alias, name) };
  };
  for (const { as, value } of by) {
    const operand = compileExpr(value, base, context);
    columns.set(as, hand(keys, 'k', ofRow(dialect.identity(operand.value, operand.type)), operand.type));
  }
  for (const measure of measures) {
    const { value, type } = compileMeasure(measure, base, context, ofRow);
    columns.set(measure.as, hand(values, 'm', value, type));
  }
  const byExpr = new Map(by.map(({ as, value }) => [as, value]));
  const scope: Scope = {
    column: (name) => {
      const operand = columns.get(name);
      if (operand === undefined) throw new Error(`expected one of the columns ${[...columns.keys()].join(', ')}, got ${name}`);
      return operand;
    },
  };
  /** The group's keys, computed from a row of the group. */
  const below = (rows: Scope): Scope => ({ column: (name) => compileExpr(byExpr.get(name)!, rows, context) });
  const sourcesOf = (names: ReadonlySet<ColumnName>): ReadonlySet<ColumnName> | undefined =>
    [...names].every((name) => byExpr.has(name)) ? columnsOf(...[...names].map((name) => byExpr.get(name)!)) : undefined;

  const splitBy = (more: readonly Fragment[]): readonly Fragment[] => more.map((value) => hand(keys, 'k', ofRow(value), { kind: 'integer', bits: 32 }).value);
  const relation = relationOf(
    {
      names: new Set(columns.keys()),
      ...scope,
      filter: (condition) => {
        const sources = correlatedFrom || !condition.correlated ? sourcesOf(condition.columns) : undefined;
        // A constant condition would leave one empty group where there is nothing to group by.
        if (sources === undefined || sources.size === 0) conditions.push(condition.compile(scope));
        else base.filter({ ...condition, columns: sources, compile: (rows) => condition.compile(below(rows)) });
      },
      parts: () => {
        const { from, where } = base.finish();
        const groupBy = keys.length === 0 ? (emptyGroup ? sql` having count(*) > 0` : sql``) : sql` group by ${keys.map((_, index) => sql.integer(index + 1))}`;
        const items = keys.length + values.length === 0 ? [sql`count(*) as ${sql.name(`${alias}m0`)}`] : [...keys, ...values];
        const grouped = apart ? dialect.once(sql`select ${read} from ${from}${where}`, rows).from : sql`${from}${where}`;
        return { from: sql`(select ${items} from ${grouped}${groupBy}) as ${sql.name(alias)}`, conditions };
      },
    },
    context,
  );
  return {
    ...relation,
    splitBy,
    attach: (keysToJoin) => {
      const sources = sourcesOf(keysToJoin.columns);
      if (sources === undefined || sources.size === 0) return relation.attach(keysToJoin);
      return splitBy(base.attach({ ...keysToJoin, columns: sources, on: (rows, keyAlias) => keysToJoin.on(below(rows), keyAlias) }));
    },
  };
}
