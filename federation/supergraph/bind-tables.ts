import type { ColumnDef, RowSet } from '../../connectors/spi/ir.ts';
import { suggestion } from '../../schema/parse/suggest.ts';
import { tablePattern } from '../../schema/parse/table-pattern.ts';
import type { Catalog, CatalogTable } from '../../schema/model/catalog.ts';
import type { TableName } from '../../schema/model/mapping.ts';
import type { PhysicalType } from '../../schema/model/physical-type.ts';
import { MappingFault } from '../transforms/value.ts';

/** A table with the texts that name it among its like (`{year}` → `2023`). */
export interface NamedTable {
  readonly table: CatalogTable;
  readonly values: Readonly<Record<string, string>>;
}

/** @throws {MappingFault} when there is no such table, or several. */
export function findTable(catalog: Catalog, name: TableName): CatalogTable {
  const found = named(catalog, name.name).filter((each) => name.schema === undefined || each.schema === name.schema);
  const [table, another] = found;
  if (table === undefined) throw new MappingFault(`unknown table "${printName(name)}"`, remedyFor(catalog, name));
  if (another !== undefined) throw new MappingFault(`table "${name.name}" is in several schemas`, `write one of ${found.map(printTable).join(', ')}`);
  return table;
}

/** Every table that fits a name with placeholders, by name. @throws {MappingFault} when none does. */
export function findTables(catalog: Catalog, name: TableName): NamedTable[] {
  const placeholders: string[] = [];
  for (const [piece] of name.name.matchAll(/\{[^{}]*\}/g)) {
    const placeholder = /^\{([A-Za-z_]\w*)\}$/.exec(piece)?.[1];
    if (placeholder === undefined) throw new MappingFault(`placeholder "${piece}" is no name`, 'write for example {year}');
    if (placeholders.includes(placeholder)) throw new MappingFault(`placeholder "{${placeholder}}" stands twice in "${name.name}"`, 'give each its own name');
    placeholders.push(placeholder);
  }
  const fits = tablePattern(name.name);
  const found = inSchema(catalog, name).flatMap((table): NamedTable[] => {
    const match = fits.exec(table.name);
    return match === null ? [] : [{ table, values: Object.fromEntries(placeholders.map((placeholder, index) => [placeholder, match[index + 1] ?? ''])) }];
  });
  if (found.length === 0) throw new MappingFault(`no table fits "${printName(name)}"`, remedyFor(catalog, name));
  return found.toSorted((a, b) => (printTable(a.table) < printTable(b.table) ? -1 : 1));
}

function remedyFor(catalog: Catalog, name: TableName): string {
  const tables = inSchema(catalog, name);
  if (tables.length > 0 || catalog.tables.length === 0 || name.schema === undefined) return suggestion(name.name, namesOf(tables), 'the source has no tables');
  const schemas = [...new Set(catalog.tables.flatMap(({ schema }) => schema ?? []))];
  return schemas.length === 0
    ? `the source has no schemas; write the name of the table alone: "${name.name}"`
    : `the source has no schema "${name.schema}" with tables; ${suggestion(name.schema, schemas)}`;
}

/** Made once for each catalog, which thousands of types may be bound to. */
const byName = new WeakMap<Catalog, ReadonlyMap<string, readonly CatalogTable[]>>();

function named(catalog: Catalog, name: string): readonly CatalogTable[] {
  let tables = byName.get(catalog);
  if (!tables) byName.set(catalog, (tables = Map.groupBy(catalog.tables, (table) => table.name)));
  return tables.get(name) ?? [];
}

const inSchema = (catalog: Catalog, { schema }: TableName): readonly CatalogTable[] =>
  schema === undefined ? catalog.tables : catalog.tables.filter((table) => table.schema === schema);
const namesOf = (tables: readonly CatalogTable[]): string[] => [...new Set(tables.map((table) => table.name))];
const printName = ({ schema, name }: TableName): string => (schema === undefined ? name : `${schema}.${name}`);

export const printTable = (table: CatalogTable): string => printName(table);

/** A column as rows carry it. */
export interface BoundColumn {
  readonly def: ColumnDef;
  /** Characters that the engine lets it hold at most. */
  readonly width?: number;
  /** All texts that it can have, of a column that tells tables apart. */
  readonly values?: readonly string[];
}

export function findColumn(table: CatalogTable, name: string): BoundColumn | undefined {
  const column = table.columns.find((candidate) => candidate.name === name);
  if (column === undefined) return undefined;
  const width = column.type.kind === 'text' ? column.type.maxLength : undefined;
  const isIndexed = table.indexedColumns.includes(name);
  const def: ColumnDef = {
    name,
    type: carriedType(column.type),
    ...(isIndexed ? { indexed: true } : {}),
    ...(isUnique(table, name) ? { unique: true } : {}),
    ...(isAlone(table.primaryKey, name) ? { primary: true } : {}),
    ...(column.nullable ? {} : { nullable: false }),
  };
  return { def, ...(width === undefined ? {} : { width }) };
}

function isUnique({ primaryKey, uniqueKeys }: CatalogTable, name: string): boolean {
  return [primaryKey, ...uniqueKeys].some((key) => isAlone(key, name));
}

const isAlone = (key: readonly string[], name: string): boolean => key.length === 1 && key[0] === name;

/** Small integers cross as the greater ones do, and constants may be greater than a small column holds. */
function carriedType(type: PhysicalType): PhysicalType {
  if (type.kind === 'text') {
    const { maxLength: _maxLength, ...text } = type;
    return text;
  }
  return type.kind === 'integer' && type.bits === 16 ? { kind: 'integer', bits: 32 } : type;
}

export function tableRows(table: CatalogTable, columns: readonly ColumnDef[]): RowSet {
  return { kind: 'table', ...(table.schema === undefined ? {} : { schema: table.schema }), table: table.name, columns };
}

/** Neither of two columns with one name can be meant without hiding the other. */
export const takenName = (name: string, where?: string): MappingFault =>
  new MappingFault(`the new column "${name}" is also a column of the table`, `give it another name${where === undefined ? '' : ` ${where}`}`);

/** The type that values of both have in common, or undefined. */
export function commonType(a: PhysicalType, b: PhysicalType): PhysicalType | undefined {
  if (a.kind === 'integer' && b.kind === 'integer') return a.bits >= b.bits ? a : b;
  if (a.kind === 'decimal' || b.kind === 'decimal') {
    if (![a.kind, b.kind].every((kind) => kind === 'decimal' || kind === 'integer')) return undefined;
    return a.kind === 'decimal' && b.kind === 'decimal' && a.scale === b.scale && a.storage === b.storage ? a : { kind: 'decimal' };
  }
  if (a.kind !== b.kind) return undefined;
  if (a.kind === 'text' && b.kind === 'text') {
    const charset = a.charset === b.charset ? a.charset : undefined;
    return {
      kind: 'text',
      ...(a.padded === true && b.padded === true ? { padded: true } : {}),
      ...(charset === undefined ? {} : { charset }),
      ...(a.byCodePoint === true && b.byCodePoint === true ? { byCodePoint: true } : {}),
    };
  }
  if (a.kind === 'timestamp' && b.kind === 'timestamp') return a.zoned === b.zoned ? a : undefined;
  return a.kind === 'other' && b.kind === 'other' && a.native !== b.native ? undefined : a;
}
