import type { ColumnDef } from '../../connectors/spi/ir.ts';
import { MappingFault, TEXT, textLiteral, typeName } from '../transforms/value.ts';
import type { Layer } from './bind-layer.ts';
import { type BoundColumn, commonType, findColumn, type NamedTable, printTable, tableRows, takenName } from './bind-tables.ts';

const PLACE = 'as the placeholder of `tables`, or under the `values` of `union`';

/** A table, or several as one with the texts that tell them apart as columns. */
export function baseLayer(tables: readonly NamedTable[]): Layer {
  const [first] = tables;
  const used = new Map<string, BoundColumn>();
  const discriminators = [...new Set(tables.flatMap(({ values }) => Object.keys(values)))];
  const isSingle = tables.length === 1 && discriminators.length === 0;

  const resolve = (name: string): BoundColumn | undefined => {
    if (discriminators.includes(name) && !name.startsWith('@') && tables.some(({ table }) => findColumn(table, name) !== undefined))
      throw takenName(name, PLACE);
    if (discriminators.includes(name)) return { def: { name, type: TEXT }, values: [...new Set(tables.map(({ values }) => values[name] ?? ''))] };
    return sharedColumn(name, tables);
  };
  return {
    find: (name) => used.get(name) ?? resolve(name),
    mark(name) {
      const column = resolve(name);
      if (column !== undefined) used.set(name, column);
    },
    names: () => [...discriminators.filter((name) => !name.startsWith('@')), ...(first?.table.columns.map((column) => column.name) ?? [])],
    build() {
      const physical = [...used.keys()].filter((name) => !discriminators.includes(name));
      const columnsOf = ({ table }: NamedTable): ColumnDef[] => physical.flatMap((name) => findColumn(table, name)?.def ?? []);
      if (isSingle && first !== undefined) return tableRows(first.table, columnsOf(first));
      const wanted = discriminators.filter((name) => used.has(name));
      return {
        kind: 'union',
        branches: tables.map((branch) => ({
          rows: tableRows(branch.table, columnsOf(branch)),
          values: wanted.map((name) => ({ as: name, value: textLiteral(branch.values[name] ?? '') })),
        })),
        columns: [...used.values()].map(({ def }) => def),
      };
    },
  };
}

/** The column that all tables have. @throws {MappingFault} when only some have it, or their types do not meet. */
function sharedColumn(name: string, tables: readonly NamedTable[]): BoundColumn | undefined {
  const found = tables.map(({ table }) => ({ table, column: findColumn(table, name) }));
  if (found.every(({ column }) => column === undefined)) return undefined;
  let shared: BoundColumn | undefined;
  for (const { table, column } of found) {
    if (column === undefined)
      throw new MappingFault(
        `table "${printTable(table)}" has no column "${name}", its like have`,
        'name the tables one by one under `union`, or add the column',
      );
    shared = shared === undefined ? column : merge(shared, column, printTable(table));
  }
  return shared;
}

function merge(a: BoundColumn, b: BoundColumn, table: string): BoundColumn {
  const type = commonType(a.def.type, b.def.type);
  if (type === undefined)
    throw new MappingFault(
      `column "${a.def.name}" holds ${typeName(b.def.type)} in table "${table}" and ${typeName(a.def.type)} in its like`,
      'map the tables as types of their own',
    );
  const width = a.width === undefined || b.width === undefined ? undefined : Math.max(a.width, b.width);
  const isIndexed = a.def.indexed === true && b.def.indexed === true;
  const isWhole = a.def.nullable === false && b.def.nullable === false;
  const def: ColumnDef = { name: a.def.name, type, ...(isIndexed ? { indexed: true } : {}), ...(isWhole ? { nullable: false } : {}) };
  return { def, ...(width === undefined ? {} : { width }) };
}
