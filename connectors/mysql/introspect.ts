import type { Catalog, CatalogColumn, CatalogTable } from '../../schema/model/catalog.ts';
import type { PhysicalType } from '../../schema/model/physical-type.ts';
import { FORGOTTEN, OUTBOX, quoteName } from './change-setup.ts';

type Query = (text: string) => Promise<unknown[][]>;

/** What the hub's own triggers fill is not the department's. */
const TABLES = `select table_name, table_type like '%VIEW%', table_comment, table_rows from information_schema.tables where table_schema = database() and table_type <> 'SEQUENCE' and table_name not in ('${OUTBOX}', '${FORGOTTEN}') order by table_name`;

const COLUMNS = `select table_name, column_name, data_type, column_type, is_nullable = 'YES', column_comment, numeric_scale, character_set_name,
    collation_name = 'utf8mb4_nopad_bin', character_maximum_length
  from information_schema.columns where table_schema = database() order by table_name, ordinal_position`;

/** JSON is text with a check that it is. Who may only read is not told of checks here, but in the definition of the table. */
const JSON_CHECKS = `select table_name, check_clause from information_schema.check_constraints where constraint_schema = database() and lower(check_clause) like 'json_valid(%'`;

const PERHAPS_JSON = `select distinct table_name from information_schema.columns where table_schema = database() and data_type = 'longtext' and collation_name = 'utf8mb4_bin'`;

const JSON_CHECK = /(?<=CHECK \()json_valid\(`(?:[^`]|``)*`\)(?=\))/gi;

const INDEXES = `select table_name, index_name, non_unique = 0, column_name, sub_part is not null from information_schema.statistics where table_schema = database() order by table_name, index_name = 'PRIMARY' desc, index_name, seq_in_index`;

const FOREIGN_KEYS = `select table_name, constraint_name, column_name, nullif(referenced_table_schema, database()), referenced_table_name, referenced_column_name
  from information_schema.key_column_usage where table_schema = database() and referenced_table_name is not null order by table_name, constraint_name, ordinal_position`;

/** Reads the catalog of the connection's database. */
export async function introspectMysql(query: Query, tinyint1: 'boolean' | 'integer' = 'boolean'): Promise<Catalog> {
  const tables = await query(TABLES);
  const columns = byTable(await query(COLUMNS));
  const checks = byTable([...(await query(JSON_CHECKS)), ...(await definedChecks(query))]);
  const indexes = byTable(await query(INDEXES));
  const foreignKeys = byTable(await query(FOREIGN_KEYS));
  return {
    tables: tables.map((row): CatalogTable => {
      const [name, isView, comment, estimate] = row as [string, unknown, string | null, string | number | null];
      const view = Number(isView) === 1;
      const json = new Set((checks.get(name) ?? []).flatMap((check) => /^json_valid\(`(.*)`\)$/i.exec(String(check[1]))?.[1]?.replaceAll('``', '`') ?? []));
      const own = groupRows(indexes.get(name) ?? [], 1);
      const whole = [...own.values()].filter((parts) => Number(parts[0]![2]) === 1 && parts.every((part) => part[3] !== null && Number(part[4]) === 0));
      const namesOf = (parts: unknown[][]): string[] => parts.map((part) => String(part[3]));
      return {
        name,
        kind: view ? 'view' : 'table',
        ...(view || comment === null || comment === '' ? {} : { comment }),
        columns: (columns.get(name) ?? []).map((column) => columnOf(column, json, tinyint1)),
        primaryKey: namesOf(own.get('PRIMARY') ?? []),
        uniqueKeys: whole.filter((parts) => parts[0]![1] !== 'PRIMARY').map(namesOf),
        foreignKeys: [...groupRows(foreignKeys.get(name) ?? [], 1).values()].map((parts) => {
          const schema = parts[0]![3] as string | null;
          return {
            columns: parts.map((part) => String(part[2])),
            table: { ...(schema === null ? {} : { schema }), name: String(parts[0]![4]) },
            references: parts.map((part) => String(part[5])),
          };
        }),
        indexedColumns: [...new Set([...own.values()].flatMap(([first]) => (first![3] === null ? [] : [String(first![3])])))],
        ...(view || estimate === null ? {} : { rowEstimate: Number(estimate) }),
      };
    }),
  };
}

async function definedChecks(query: Query): Promise<unknown[][]> {
  const found: unknown[][] = [];
  for (const [table] of await query(PERHAPS_JSON)) {
    const [row] = await query(`show create table ${quoteName(String(table))}`).catch(() => []);
    for (const [check] of String(row?.[1]).matchAll(JSON_CHECK)) found.push([table, check]);
  }
  return found;
}

function byTable(rows: unknown[][]): Map<string, unknown[][]> {
  return groupRows(rows, 0);
}

function groupRows(rows: unknown[][], at: number): Map<string, unknown[][]> {
  const groups = new Map<string, unknown[][]>();
  for (const row of rows) {
    const key = String(row[at]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}

function columnOf(row: unknown[], json: ReadonlySet<string>, tinyint1: 'boolean' | 'integer'): CatalogColumn {
  const [, name, dataType, columnType, nullable, comment, scale, charset, byCodePoint, length] = row as [
    string,
    string,
    string,
    string,
    unknown,
    string | null,
    string | number | null,
    string | null,
    string | number | null,
    string | number | null,
  ];
  const text: TextType = {
    kind: 'text',
    ...(charset === null ? {} : { charset }),
    ...(Number(byCodePoint) === 1 && dataType !== 'enum' && dataType !== 'set' ? { byCodePoint: true } : {}),
    ...((dataType === 'char' || dataType === 'varchar') && length !== null ? { maxLength: Number(length) } : {}),
  };
  return {
    name,
    type: json.has(name) ? { kind: 'json' } : physicalTypeOf(dataType, columnType, Number(scale ?? 0), text, tinyint1),
    nativeType: columnType,
    nullable: Number(nullable) === 1,
    ...(comment === null || comment === '' ? {} : { comment }),
    ...(dataType === 'enum' ? { allowed: [...columnType.matchAll(/'((?:[^']|'')*)'/g)].map(([, value = '']) => value.replaceAll("''", "'")) } : {}),
  };
}

type TextType = PhysicalType & { readonly kind: 'text' };

function physicalTypeOf(dataType: string, columnType: string, scale: number, text: TextType, tinyint1: 'boolean' | 'integer'): PhysicalType {
  const unsigned = columnType.includes('unsigned');
  switch (dataType) {
    case 'tinyint':
      return tinyint1 === 'boolean' && columnType.startsWith('tinyint(1)') ? { kind: 'boolean' } : { kind: 'integer', bits: 16 };
    case 'smallint':
      return { kind: 'integer', bits: unsigned ? 32 : 16 };
    case 'year':
      return { kind: 'integer', bits: 16 };
    case 'mediumint':
      return { kind: 'integer', bits: 32 };
    case 'int':
      return { kind: 'integer', bits: unsigned ? 64 : 32 };
    case 'bigint':
      return unsigned ? { kind: 'decimal', scale: 0 } : { kind: 'integer', bits: 64 };
    case 'decimal':
      return { kind: 'decimal', scale };
    case 'float':
    case 'double':
      return { kind: 'float' };
    case 'bit':
      return columnType === 'bit(1)' ? { kind: 'boolean' } : { kind: 'other', native: columnType };
    case 'char':
      return { ...text, padded: true };
    case 'varchar':
    case 'tinytext':
    case 'text':
    case 'mediumtext':
    case 'longtext':
    case 'enum':
    case 'set':
      return text;
    case 'date':
      return { kind: 'date' };
    case 'datetime':
      return { kind: 'timestamp', zoned: false };
    case 'timestamp':
      return { kind: 'timestamp', zoned: true };
    case 'time':
      return { kind: 'time' };
    case 'json':
      return { kind: 'json' };
    case 'uuid':
      return { kind: 'uuid' };
    case 'binary':
    case 'varbinary':
    case 'tinyblob':
    case 'blob':
    case 'mediumblob':
    case 'longblob':
      return { kind: 'binary' };
    default:
      return { kind: 'other', native: columnType };
  }
}
