import type { PhysicalType } from '../../schema/model/physical-type.ts';
import type { ColumnName, Order } from '../spi/ir.ts';
import type { Operand } from './dialect.ts';
import type { Fragment } from './fragment.ts';
import { compileExpr } from './expression.ts';
import type { Condition, Context, Scope } from './scope.ts';

/** FROM and what must hold for its rows. */
export interface Parts {
  readonly from: Fragment;
  readonly conditions: readonly Fragment[];
}

/** The tuples of a batch, to be joined to a row set. */
export interface Keys {
  /** A select of what the tuples are made of, `names` among it. */
  readonly select: Fragment;
  /** Columns of the select that tell one parent from another. */
  readonly names: readonly string[];
  /** Columns of the row set that the tuples are compared with. */
  readonly columns: ReadonlySet<ColumnName>;
  readonly on: (rows: Scope, keyAlias: string) => Fragment;
}

/** A row set under translation: add conditions and ask for columns first, `finish` once at last. */
export interface Relation extends Scope {
  readonly names: ReadonlySet<ColumnName>;
  /** Adds a condition, as near to the tables as its meaning allows. */
  filter(condition: Condition): void;
  /** Joins the tuples, so that each row comes once for every tuple that it fits; gives the values of `names`. */
  attach(keys: Keys): readonly Fragment[];
  /** Only the first `count` rows by ` order by …` will be asked for. After all filters; a hint. */
  top(orderBy: (rows: Scope) => Fragment, count: number): void;
  parts(): Parts;
  /** FROM, and ` where …` or nothing. */
  finish(): { readonly from: Fragment; readonly where: Fragment };
}

/** Completes a relation that joins keys from outside and takes no hints. */
export function relationOf(relation: Pick<Relation, 'names' | 'column' | 'filter' | 'parts'> & Partial<Relation>, context: Context): Relation {
  const { sql } = context.dialect;
  let attached: { readonly keys: Keys; readonly alias: string } | undefined;
  const parts = (): Parts => {
    const { from, conditions } = relation.parts();
    if (attached === undefined) return { from, conditions };
    const { keys, alias } = attached;
    const indexed = [...keys.columns].some((name) => relation.column(name).indexed === true);
    return {
      from: context.dialect.joinKeys(sql`(${keys.select}) as ${sql.name(alias)}`, from, indexed),
      conditions: [keys.on(relation, alias), ...conditions],
    };
  };
  return {
    attach: (keys) => {
      attached = { keys, alias: context.alias('k') };
      // Columns must be known to be used before the parts are made.
      keys.columns.forEach((name) => relation.column(name));
      const { alias } = attached;
      return keys.names.map((name) => sql.path(alias, name));
    },
    top: () => undefined,
    ...relation,
    parts,
    finish: () => finish(parts(), context),
  };
}

function finish({ from, conditions }: Parts, { dialect: { sql } }: Context): { readonly from: Fragment; readonly where: Fragment } {
  return { from, where: conditions.length === 0 ? sql`` : sql` where ${sql.join(conditions, ' and ')}` };
}

/** The rows of a physical table. */
export function tableRelation(from: Fragment, columns: ReadonlyMap<ColumnName, Operand>, context: Context): Relation {
  const conditions: Fragment[] = [];
  const scope: Scope = { column: (name) => columns.get(name) ?? unknownColumn(name, columns.keys()) };
  return relationOf(
    { names: new Set(columns.keys()), ...scope, filter: (condition) => conditions.push(condition.compile(scope)), parts: () => ({ from, conditions }) },
    context,
  );
}

export function unknownColumn(name: ColumnName, known: Iterable<ColumnName>): never {
  throw new Error(`expected one of the columns ${[...known].join(', ')}, got ${name}`);
}

/** A relation with columns added to each row; `join` items come after its FROM. */
export interface Layer {
  readonly names: Iterable<ColumnName>;
  /** The added column over the rows of `base`, or undefined. */
  readonly column: (name: ColumnName, base: Scope) => Operand | undefined;
  /** Columns of `base` that an added one is computed from; undefined when it comes from `join` and exists at this level only. */
  readonly sources: (name: ColumnName) => ReadonlySet<ColumnName> | undefined;
  readonly join?: Fragment;
}

export function layerRelation(base: Relation, layer: Layer, context: Context): Relation {
  const { sql } = context.dialect;
  const conditions: Fragment[] = [];
  const added = new Set(layer.names);
  const over = (below: Scope): Scope => ({ column: (name) => (added.has(name) ? layer.column(name, below) : undefined) ?? below.column(name) });
  const sourcesOf = (columns: ReadonlySet<ColumnName>): ReadonlySet<ColumnName> | undefined => {
    const found = new Set<ColumnName>();
    for (const name of columns) {
      const sources = added.has(name) ? layer.sources(name) : new Set([name]);
      if (sources === undefined) return undefined;
      sources.forEach((source) => found.add(source));
    }
    return found;
  };
  const below = (keys: Keys, columns: ReadonlySet<ColumnName>): Keys => ({ ...keys, columns, on: (rows, alias) => keys.on(over(rows), alias) });
  const scope = over(base);
  const outside = relationOf(
    {
      names: new Set([...base.names, ...added]),
      ...scope,
      filter: (condition) => {
        const columns = sourcesOf(condition.columns);
        if (columns === undefined) conditions.push(condition.compile(scope));
        else base.filter({ ...condition, columns, compile: (rows) => condition.compile(over(rows)) });
      },
      parts: () => {
        const { from, conditions: inner } = base.parts();
        return { from: layer.join === undefined ? from : sql`${from} ${layer.join}`, conditions: [...inner, ...conditions] };
      },
    },
    context,
  );
  return {
    ...outside,
    attach: (keys) => {
      const columns = sourcesOf(keys.columns);
      return columns === undefined ? outside.attach(keys) : base.attach(below(keys, columns));
    },
    top: (items, count) => {
      if (layer.join === undefined && conditions.length === 0) base.top((rows) => items(over(rows)), count);
    },
  };
}

/** A subquery in FROM that hands on just what is asked of it. */
export interface Derived extends Relation {
  readonly alias: string;
  /** Hands on one more value. */
  export(value: Fragment): Fragment;
}

/**
 * @param render the select around the handed-on items
 * @param pushable may this condition go below? Others stay outside.
 */
export function derivedRelation(
  base: Relation,
  {
    render,
    push,
    conditions: own = () => [],
  }: {
    readonly render: (items: readonly Fragment[], parts: { readonly from: Fragment; readonly where: Fragment }, alias: string) => Fragment;
    readonly push?: (condition: Condition) => boolean;
    readonly conditions?: (alias: string) => readonly Fragment[];
  },
  context: Context,
): Derived {
  const { sql, correlatedFrom } = context.dialect;
  const alias = context.alias('d');
  const items: Fragment[] = [];
  const conditions: Fragment[] = [];
  const known = new Map<ColumnName, Operand>();
  const exportValue = (value: Fragment): Fragment => {
    const name = `${alias}x${items.length}`;
    items.push(sql`${value} as ${sql.name(name)}`);
    return sql.path(alias, name);
  };
  const scope: Scope = {
    column: (name) => {
      let operand = known.get(name);
      if (operand === undefined) {
        const { type, value, nullable } = base.column(name);
        known.set(name, (operand = { type, value: exportValue(value), ...(nullable === undefined ? {} : { nullable }) }));
      }
      return operand;
    },
  };
  const relation = relationOf(
    {
      names: base.names,
      ...scope,
      filter: (condition) => {
        if (push?.(condition) === true && (correlatedFrom || !condition.correlated)) base.filter(condition);
        else conditions.push(condition.compile(scope));
      },
      parts: () => ({
        from: sql`(${render(items.length === 0 ? [sql`1 as ${sql.name(`${alias}x0`)}`] : items, base.finish(), alias)}) as ${sql.name(alias)}`,
        conditions: [...own(alias), ...conditions],
      }),
    },
    context,
  );
  return { ...relation, alias, export: exportValue };
}

/** The name of a row's rank among the rows of its group, in the derived table of this alias. */
export function rankOf(alias: string): string {
  return `${alias}rank`;
}

/** The page of rows that an ordered query selects, before anything is computed for them, and their order outside. */
export function pageRelation(
  base: Relation,
  orders: readonly Order[],
  page: Fragment,
  context: Context,
): { readonly rows: Derived; readonly orderItems: readonly Fragment[] } {
  const { dialect } = context;
  const { sql } = dialect;
  const operands = orders.map((order) => ({ order, operand: compileExpr(order.value, base, context) })).filter(({ operand }) => operand.constant === undefined);
  const item = (value: Fragment, type: PhysicalType, { direction, nulls, present }: Order, nullable?: boolean): Fragment =>
    dialect.order(value, type, direction, nulls, nullable !== false && present !== true);
  const inner = operands.map(({ order, operand }) => item(operand.value, operand.type, order, operand.nullable));
  const rows = derivedRelation(
    base,
    { render: (items, { from, where }) => sql`select ${items} from ${from}${where}${inner.length === 0 ? sql`` : sql` order by ${inner}`}${page}` },
    context,
  );
  return { rows, orderItems: operands.map(({ order, operand }) => item(rows.export(operand.value), operand.type, order, operand.nullable)) };
}
