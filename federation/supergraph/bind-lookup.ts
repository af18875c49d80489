import type { Expr, On } from '../../connectors/spi/ir.ts';
import { suggestion } from '../../schema/parse/suggest.ts';
import type { LookupMapping } from '../../schema/model/mapping.ts';
import { MappingFault, TEXT, typeName } from '../transforms/value.ts';
import { type FindColumn, keepWhere } from './bind-filter.ts';
import { type Layer, orderOf, withFilter } from './bind-layer.ts';
import type { RowsContext } from './bind-rows.ts';
import { type BoundColumn, commonType, findTable, printTable } from './bind-tables.ts';
import { baseLayer } from './bind-union.ts';

/** Adds the columns of one row of a dictionary, as `name.column`. */
export function withLookup(under: Layer, name: string, lookup: LookupMapping, { catalog, timeZone }: RowsContext, outer: FindColumn): Layer {
  const table = findTable(catalog, lookup.table);
  const plainRows = baseLayer([{ table, values: {} }]);
  const inner: FindColumn = (column) => {
    const found = plainRows.find(column);
    plainRows.mark(column);
    if (found === undefined) throw new MappingFault(`unknown column "${column}" in table "${printTable(table)}"`, suggestion(column, plainRows.names()));
    return { kind: 'column', column, type: found.def.type };
  };
  const on: On = Object.entries(lookup.on).map(([from, to]) => alike(outer(from), inner(to)));
  const { where } = lookup;
  const rows = where === undefined ? plainRows : withFilter(plainRows, keepWhere(where, inner, timeZone));
  const orderBy = orderOf(lookup.order, inner);
  const prefix = `${name}.`;
  const used = new Map<string, BoundColumn>();
  const added = (column: string): BoundColumn | undefined => {
    const found = column.startsWith(prefix) ? plainRows.find(column.slice(prefix.length)) : undefined;
    return found && { ...found, def: { name: column, type: found.def.type } };
  };

  return {
    find: (column) => added(column) ?? under.find(column),
    mark(column) {
      const found = added(column);
      if (found === undefined) return under.mark(column);
      plainRows.mark(column.slice(prefix.length));
      used.set(column, found);
    },
    names: () => [...under.names(), ...plainRows.names().map((column) => prefix + column)],
    build() {
      if (used.size === 0) return under.build();
      const values = [...used.values()].map(({ def }) => ({
        as: def.name,
        value: { kind: 'column', column: def.name.slice(prefix.length), type: def.type } as const,
      }));
      return { kind: 'lookup', rows: under.build(), table: rows.build(), on, values, orderBy };
    },
  };
}

/** Both sides in one type: a number meets a text as text. */
function alike(outer: Expr & { readonly kind: 'column' }, inner: Expr & { readonly kind: 'column' }): { outer: Expr; inner: Expr } {
  if (commonType(outer.type, inner.type) !== undefined) return { outer, inner };
  if (outer.type.kind === 'text') return { outer, inner: { kind: 'cast', value: inner, type: TEXT } };
  if (inner.type.kind === 'text') return { outer: { kind: 'cast', value: outer, type: TEXT }, inner };
  throw new MappingFault(
    `"${outer.column}" holds ${typeName(outer.type)}, "${inner.column}" ${typeName(inner.type)}: they are never equal`,
    'look up by columns of one kind',
  );
}
