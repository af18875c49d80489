import type { Expr, RowSet } from '../../connectors/spi/ir.ts';
import { suggestion } from '../../schema/parse/suggest.ts';
import type { Catalog } from '../../schema/model/catalog.ts';
import type { RowsMapping } from '../../schema/model/mapping.ts';
import type { PhysicalType } from '../../schema/model/physical-type.ts';
import { MappingFault } from '../transforms/value.ts';
import { dropWhere, type FindColumn, keepWhere } from './bind-filter.ts';
import { type Layer, withFilter, withLatest } from './bind-layer.ts';
import { withLookup } from './bind-lookup.ts';
import type { Problems } from './bind-problems.ts';
import { withRowShape } from './bind-shape.ts';
import { type BoundColumn, findTable, findTables, printTable } from './bind-tables.ts';
import { baseLayer } from './bind-union.ts';

/** The rows of a type while its fields are being bound: columns that are asked for are read, no others. */
export interface Rows {
  /** @throws {MappingFault} when there is no such column. */
  column(name: string): BoundColumn & { readonly expr: Expr & { readonly kind: 'column' } };
  /** All columns there are, read or not. */
  types(): ReadonlyMap<string, PhysicalType>;
  readonly tables: readonly string[];
  /** Rows of all its tables, as the engine estimates; absent when it has not counted one of them. */
  readonly estimate?: number;
  /** The row set, with the columns asked for until now. */
  build(): RowSet;
}

/** Names the table of each row of a union, for provenance. */
export const TABLE_COLUMN = '@table';

export interface RowsContext {
  readonly catalog: Catalog;
  readonly timeZone: string;
  readonly problems: Problems;
}

/** Rows of a mapping, or undefined when its tables cannot be told; every other fault is reported and left out. */
export function bindRows(mapping: RowsMapping, context: RowsContext): Rows | undefined {
  const { problems, timeZone } = context;
  const base = problems.attempt(mapping, () => tablesOf(mapping, context));
  if (base === undefined) return undefined;
  let layer: Layer = base.layer;
  const column: FindColumn = (name) => find(layer, name, base.tables).expr;
  const apply = (next: (under: Layer) => Layer, ...under: readonly string[]): void => {
    layer = problems.attempt(mapping, () => next(layer), ...under) ?? layer;
  };

  /** Column by column first, so that every fault is told. */
  const filter = (key: 'only' | 'deleted' | 'where', predicateOf: typeof keepWhere): void => {
    const conditions = Object.entries(mapping[key] ?? {});
    const sound = conditions.filter(
      ([name, condition]) => problems.attempt(mapping, () => predicateOf({ [name]: condition }, column, timeZone), key) !== undefined,
    );
    if (sound.length === conditions.length && sound.length > 0) apply((under) => withFilter(under, predicateOf(Object.fromEntries(sound), column, timeZone)));
  };

  const { lookups, latest } = mapping;
  filter('only', keepWhere);
  for (const [name, lookup] of Object.entries(lookups ?? {})) apply((under) => withLookup(under, name, lookup, context, column), 'lookups', name);
  if (latest !== undefined) apply((under) => withLatest(under, latest, column), 'latest');
  filter('deleted', dropWhere);
  filter('where', keepWhere);
  apply((under) => withRowShape(under, mapping, column));

  const top = layer;
  const types = (): Map<string, PhysicalType> => new Map(top.names().flatMap((name) => typeIn(top, name)));
  const { layer: _first, ...tables } = base;
  return { column: (name) => find(top, name, base.tables), types, ...tables, build: () => top.build() };
}

function tablesOf({ table, tables, union }: RowsMapping, { catalog }: RowsContext): { layer: Layer } & Pick<Rows, 'tables' | 'estimate'> {
  const found =
    table !== undefined
      ? [{ table: findTable(catalog, table), values: {} }]
      : tables !== undefined
        ? findTables(catalog, tables)
        : (union ?? []).map((branch) => ({ table: findTable(catalog, branch.table), values: branch.values }));
  if (found.length === 0) throw new MappingFault('the rows name no table', 'give `table`, `tables` or `union`');
  const named = found.length > 1 ? found.map((each) => ({ ...each, values: { ...each.values, [TABLE_COLUMN]: printTable(each.table) } })) : found;
  // A table that was never analysed says -1.
  const counts = found.map((each) => each.table.rowEstimate ?? -1);
  return {
    layer: baseLayer(named),
    tables: found.map((each) => printTable(each.table)),
    ...(counts.some((count) => count < 0) ? {} : { estimate: counts.reduce((sum, count) => sum + count, 0) }),
  };
}

/** A column on which the tables of a union disagree cannot be read, and so is none. */
function typeIn(layer: Layer, name: string): [string, PhysicalType][] {
  try {
    const column = layer.find(name);
    return column === undefined ? [] : [[name, column.def.type]];
  } catch {
    return [];
  }
}

function find(layer: Layer, name: string, tables: readonly string[]): BoundColumn & { readonly expr: Expr & { readonly kind: 'column' } } {
  const column = layer.find(name);
  if (column === undefined) {
    throw new MappingFault(
      `unknown column "${name}" in ${tables.length === 1 ? 'table' : 'tables'} ${tables
        .slice(0, 3)
        .map((table) => `"${table}"`)
        .join(', ')}${tables.length > 3 ? ', …' : ''}`,
      suggestion(name, layer.names()),
    );
  }
  layer.mark(name);
  return { ...column, expr: { kind: 'column', column: name, type: column.def.type } };
}
