import type { PhysicalType } from '../../schema/model/physical-type.ts';
import type { ColumnName, NamedExpr } from '../spi/ir.ts';
import type { Operand } from './dialect.ts';
import { compileExpr } from './expression.ts';
import type { Fragment } from './fragment.ts';
import { layerRelation, relationOf, unknownColumn, type Keys, type Relation } from './relation.ts';
import type { Condition, Context, Scope } from './scope.ts';
import { columnsOf } from './scope.ts';

interface Branch {
  readonly relation: Relation;
  readonly values: readonly NamedExpr[];
}

/**
 * All rows of all branches. Conditions, keys and limits go into each branch, where indexes serve them.
 * @param types the columns and their types; absent: those of the branches, which are then alike
 */
export function unionRelation(branches: readonly Branch[], types: ReadonlyMap<ColumnName, PhysicalType> | undefined, context: Context): Relation {
  const { dialect } = context;
  const { sql, correlatedFrom } = dialect;
  const first = branches[0];
  const names = new Set(types?.keys() ?? [...(first?.relation.names ?? []), ...(first?.values ?? []).map(({ as }) => as)]);

  function columnIn({ relation, values }: Branch, name: ColumnName, rows: Scope): Operand {
    if (!names.has(name)) unknownColumn(name, names);
    const value = values.find(({ as }) => as === name)?.value;
    const type = types?.get(name);
    if (value === undefined && !relation.names.has(name)) return { type: type!, value: dialect.nothing(type!) };
    const operand = value === undefined ? rows.column(name) : compileExpr(value, rows, context);
    if (type === undefined || type.kind === operand.type.kind) return operand;
    return { type, value: value?.kind === 'literal' && value.value === null ? dialect.nothing(type) : dialect.cast(operand.value, operand.type, type) };
  }
  const over = (branch: Branch, rows: Scope): Scope => ({ column: (name) => columnIn(branch, name, rows) });
  const sourcesOf = ({ relation, values }: Branch, columns: ReadonlySet<ColumnName>): ReadonlySet<ColumnName> =>
    new Set(
      [...columns].flatMap((name) => {
        const value = values.find(({ as }) => as === name)?.value;
        return value === undefined ? (relation.names.has(name) ? [name] : []) : [...columnsOf(value)];
      }),
    );
  const filterIn = (branch: Branch, condition: Condition): void =>
    branch.relation.filter({
      ...condition,
      columns: sourcesOf(branch, condition.columns),
      compile: (rows) => condition.compile(over(branch, rows)),
    });
  const attachTo = (branch: Branch, keys: Keys): readonly Fragment[] =>
    branch.relation.attach({ ...keys, columns: sourcesOf(branch, keys.columns), on: (rows, alias) => keys.on(over(branch, rows), alias) });

  if (branches.length === 1 && first !== undefined) {
    return layerRelation(
      first.relation,
      { names, column: (name, below) => columnIn(first, name, below), sources: (name) => sourcesOf(first, new Set([name])) },
      context,
    );
  }

  const alias = context.alias('u');
  const known = new Map<ColumnName, Operand>();
  const items: Fragment[][] = branches.map(() => []);
  const conditions: Fragment[] = [];
  let topOf: { readonly orderBy: (rows: Scope) => Fragment; readonly count: number } | undefined;
  const hand = (valueIn: (branch: Branch) => Fragment): Fragment => {
    const name = `${alias}x${items[0]?.length ?? 0}`;
    branches.forEach((branch, index) => items[index]!.push(sql`${valueIn(branch)} as ${sql.name(name)}`));
    return sql.path(alias, name);
  };
  const scope: Scope = {
    column: (name) => {
      let operand = known.get(name);
      if (operand === undefined) {
        const operands = new Map(branches.map((branch) => [branch, columnIn(branch, name, branch.relation)]));
        const type = types?.get(name) ?? [...operands.values()][0]?.type ?? { kind: 'text' as const };
        known.set(name, (operand = { type, value: hand((branch) => operands.get(branch)!.value) }));
      }
      return operand;
    },
  };
  const select = (branch: Branch, index: number): Fragment => {
    const orders = topOf === undefined ? sql`` : topOf.orderBy(over(branch, branch.relation));
    const { from, where } = branch.relation.finish();
    const list = items[index]!.length === 0 ? [sql`1 as ${sql.name(`${alias}x0`)}`] : items[index]!;
    const plain = sql`select ${list} from ${from}${where}`;
    return topOf === undefined ? plain : sql`select * from (${plain}${orders} limit ${sql.integer(topOf.count)}) as ${sql.name(context.alias('b'))}`;
  };
  return relationOf(
    {
      names,
      ...scope,
      filter: (condition) => {
        if (condition.correlated && !correlatedFrom) conditions.push(condition.compile(scope));
        else branches.forEach((branch) => filterIn(branch, condition));
      },
      attach: (keys) => {
        const parents = new Map(branches.map((branch) => [branch, attachTo(branch, keys)]));
        return keys.names.map((_, index) => hand((branch) => parents.get(branch)![index]!));
      },
      top: (orderBy, count) => {
        if (conditions.length === 0) topOf = { orderBy, count };
      },
      parts: () => {
        const selects =
          branches.length === 0
            ? [
                sql`select ${[...known.values()].map((_, index) => sql`null as ${sql.name(`${alias}x${index}`)}`)} from (select 1) as ${sql.name(context.alias('n'))} where (1 = 0)`,
              ]
            : branches.map(select);
        return { from: sql`(${sql.join(selects, ' union all ')}) as ${sql.name(alias)}`, conditions };
      },
    },
    context,
  );
}
