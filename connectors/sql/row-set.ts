import type { PhysicalType } from '../../schema/model/physical-type.ts';
import type { ColumnName, Expr, NamedExpr, RowSet } from '../spi/ir.ts';
import type { Operand } from './dialect.ts';
import { compileExpr } from './expression.ts';
import type { Fragment } from './fragment.ts';
import { groupedRelation } from './grouped.ts';
import { compileOrderItems } from './order.ts';
import { conditionOf } from './predicate.ts';
import { derivedRelation, layerRelation, rankOf, tableRelation, type Keys, type Relation } from './relation.ts';
import type { Context } from './scope.ts';
import { columnsOf } from './scope.ts';
import { unionRelation } from './union.ts';

/** Translates a row set; conditions and columns are still to come. */
export function compileRows(rows: RowSet, context: Context): Relation {
  switch (rows.kind) {
    case 'table':
      return compileTable(rows, context);
    case 'filter': {
      const relation = compileRows(rows.rows, context);
      relation.filter(conditionOf(rows.where, context));
      return relation;
    }
    case 'extend':
      return extend(compileRows(rows.rows, context), rows.values, context);
    case 'lookup': {
      const related = (value: Expr): Expr => ({ kind: 'related', on: rows.on, rows: rows.table, value, orderBy: rows.orderBy });
      return extend(
        compileRows(rows.rows, context),
        rows.values.map(({ as, value }) => ({ as, value: related(value) })),
        context,
      );
    }
    case 'union':
      return unionRelation(
        rows.branches.map((branch) => ({ relation: compileRows(branch.rows, context), values: branch.values })),
        new Map(rows.columns.map(({ name, type }) => [name, type])),
        context,
      );
    case 'unpivot':
      return unionRelation(
        rows.branches.map(({ where, values }) => ({
          relation: compileRows(where === undefined ? rows.rows : { kind: 'filter', rows: rows.rows, where }, context),
          values,
        })),
        undefined,
        context,
      );
    case 'latest':
      return compileLatest(rows, context);
    case 'jsonRows': {
      const base = compileRows(rows.rows, context);
      const { value, type } = compileExpr(rows.value, base, context);
      const { join, value: element, ordinal } = context.dialect.jsonElements(value, type, rows.path, context.alias('e'));
      return joined(
        base,
        join,
        [
          [rows.element, { type: { kind: 'json' }, value: element }],
          [rows.ordinal, ordinalOperand(ordinal)],
        ],
        context,
      );
    }
    case 'splitRows': {
      const base = compileRows(rows.rows, context);
      const { value, type } = compileExpr(rows.value, base, context);
      const text = type.kind === 'text' ? value : context.dialect.text(value, type);
      const { join, value: part, ordinal } = context.dialect.textParts(text, rows.separators, context.alias('e'));
      return joined(
        base,
        join,
        [
          [rows.part, { type: { kind: 'text' }, value: part }],
          [rows.ordinal, ordinalOperand(ordinal)],
        ],
        context,
      );
    }
    case 'grouped':
      return groupedRelation(compileRows(rows.rows, context), rows.by, rows.measures, { emptyGroup: rows.by.length === 0 }, context);
  }
}

function ordinalOperand(value: Fragment): Operand {
  return { type: { kind: 'integer', bits: 32 }, value };
}

function compileTable(table: RowSet & { readonly kind: 'table' }, context: Context): Relation {
  const { dialect } = context;
  const { sql } = dialect;
  const alias = context.alias('t');
  const operandOf = (name: ColumnName, type: PhysicalType, indexed: boolean, nullable: boolean): Operand => {
    const stored = sql.path(alias, name);
    return { type, stored, indexed, nullable, value: dialect.column(stored, type) };
  };
  const columns = new Map(table.columns.map(({ name, type, indexed = false, nullable = true }) => [name, operandOf(name, type, indexed, nullable)]));
  const from = table.schema === undefined ? sql.path(table.table) : sql.path(table.schema, table.table);
  return tableRelation(sql`${from} as ${sql.name(alias)}`, columns, context);
}

function extend(base: Relation, values: readonly NamedExpr[], context: Context): Relation {
  const byName = new Map(values.map(({ as, value }) => [as, value]));
  return layerRelation(
    base,
    {
      names: byName.keys(),
      column: (name, below) => compileExpr(byName.get(name)!, below, context),
      sources: (name) => columnsOf(byName.get(name)!),
    },
    context,
  );
}

function joined(base: Relation, join: Fragment, columns: readonly (readonly [ColumnName, Operand])[], context: Context): Relation {
  const operands = new Map(columns);
  return layerRelation(base, { names: operands.keys(), column: (name) => operands.get(name), sources: () => undefined, join }, context);
}

/** Rows ranked within their group; what is asked of the group as a whole may be asked before ranking. */
function compileLatest(rows: RowSet & { readonly kind: 'latest' }, context: Context): Relation {
  const { dialect } = context;
  const { sql } = dialect;
  const base = compileRows(rows.rows, context);
  const byColumns = new Set(rows.by.flatMap((by) => (by.kind === 'column' ? [by.column] : [])));
  const partition = rows.by.map((by) => {
    const { value, type } = compileExpr(by, base, context);
    return dialect.identity(value, type);
  });
  const orderItems = compileOrderItems(rows.orderBy, base, context);
  const isOfGroup = (columns: ReadonlySet<ColumnName>): boolean => [...columns].every((name) => byColumns.has(name));
  const names = columnsOf(...rows.by);
  const keysAreWhole = partition.length > 0 && rows.by.every((by) => by.kind === 'column' && base.column(by.column).nullable === false);
  /** What is found by an index need not wait for all groups to be ranked: only groups with a row that fits are. */
  const restrict = (columns: ReadonlySet<ColumnName>, correlated: boolean, apply: (candidates: Relation) => void): void => {
    if (!keysAreWhole || (correlated && !dialect.correlatedFrom)) return;
    const candidates = compileRows(rows.rows, context);
    if (![...columns].some((name) => candidates.column(name).indexed === true)) return;
    apply(candidates);
    const found = rows.by.map((by) => compileExpr(by, candidates, context).value);
    const { from, where } = candidates.finish();
    base.filter({
      columns: names,
      correlated,
      compile: (scope) => {
        const own = rows.by.map((by) => compileExpr(by, scope, context).value);
        return own.length === 1 ? sql`${own} in (select ${found} from ${from}${where})` : sql`(${own}) in (select ${found} from ${from}${where})`;
      },
    });
  };
  const derived = derivedRelation(
    base,
    {
      render: (items, { from, where }, alias) => {
        const by = partition.length === 0 ? sql`` : sql`partition by ${partition}`;
        const order = orderItems.length === 0 ? sql`` : sql` order by ${orderItems}`;
        return sql`select ${items}, row_number() over (${by}${order}) as ${sql.name(rankOf(alias))} from ${from}${where}`;
      },
      push: ({ columns }) => isOfGroup(columns),
      conditions: (alias) => [sql`${sql.path(alias, rankOf(alias))} = 1`],
    },
    context,
  );
  return {
    ...derived,
    filter: (condition) => {
      if (!isOfGroup(condition.columns) && condition.selective !== false)
        restrict(condition.columns, condition.correlated, (candidates) => candidates.filter(condition));
      derived.filter(condition);
    },
    attach: (keys: Keys) => {
      if (!isOfGroup(keys.columns)) {
        restrict(keys.columns, false, (candidates) => candidates.attach(keys));
        return derived.attach(keys);
      }
      const parents = base.attach(keys);
      partition.unshift(...parents);
      return parents.map((parent) => derived.export(parent));
    },
  };
}

/** Is it translated to a subquery in FROM? */
export function isDerived(rows: RowSet): boolean {
  switch (rows.kind) {
    case 'table':
      return false;
    case 'union':
      return rows.branches.length !== 1 || isDerived(rows.branches[0]!.rows);
    case 'unpivot':
      return rows.branches.length !== 1 || isDerived(rows.rows);
    case 'latest':
    case 'grouped':
      return true;
    default:
      return isDerived(rows.rows);
  }
}

/** The same rows in parts, where they are a union at heart: what holds for some row, or is added up over all, may be asked of each part. */
export function partsOf(rows: RowSet): readonly RowSet[] {
  switch (rows.kind) {
    case 'union':
      return rows.branches.flatMap((branch) => partsOf(branch.rows).map((part) => ({ ...rows, branches: [{ ...branch, rows: part }] })));
    case 'unpivot':
      return rows.branches.flatMap((branch) => partsOf(rows.rows).map((part) => ({ ...rows, rows: part, branches: [branch] })));
    case 'table':
    case 'latest':
    case 'grouped':
      return [rows];
    default:
      return partsOf(rows.rows).map((part) => ({ ...rows, rows: part }));
  }
}
