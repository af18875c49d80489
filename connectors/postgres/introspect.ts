import type { Catalog, CatalogColumn, CatalogForeignKey, CatalogTable } from '../../schema/model/catalog.ts';
import type { PhysicalType } from '../../schema/model/physical-type.ts';

type Query = (text: string, values?: readonly unknown[]) => Promise<unknown[][]>;

/** What the hub's account may not read is not there for it, as MariaDB has it. The schema `yiwang` is what the hub's own triggers fill, not the department's. */
const IN_SCOPE = `n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'yiwang') and ($1::text[] is null or n.nspname = any($1::text[]))
    and has_schema_privilege(n.oid, 'usage') and has_any_column_privilege(c.oid, 'select')`;

const TABLES = `
  select c.oid::text, n.nspname, c.relname, c.relkind in ('v', 'm'), obj_description(c.oid, 'pg_class'), case when c.relkind in ('r', 'p', 'm') and c.reltuples >= 0 then c.reltuples::bigint end
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition and ${IN_SCOPE}
  order by n.nspname collate "C", c.relname collate "C"`;

/** A domain may be of another domain. */
const COLUMNS = `
  with recursive domain as (
    select oid, typbasetype, typtypmod, typnotnull from pg_type where typtype = 'd'
    union all
    select d.oid, t.typbasetype, t.typtypmod, d.typnotnull or t.typnotnull from domain d join pg_type t on t.oid = d.typbasetype and t.typtype = 'd')
  select a.attrelid::text, a.attname, format_type(a.atttypid, a.atttypmod), b.typname, b.typtype,
    coalesce(o.typtypmod, a.atttypmod), not (a.attnotnull or coalesce(o.typnotnull, false)), col_description(a.attrelid, a.attnum),
    coalesce(l.collname in ('C', 'POSIX', 'ucs_basic') or l.collprovider = 'd' and d.datlocprovider = 'c' and d.datcollate in ('C', 'POSIX', 'C.UTF-8', 'C.utf8'), false), a.attnum,
    case when b.typtype = 'e' then array_to_json(array(select e.enumlabel from pg_enum e where e.enumtypid = b.oid order by e.enumsortorder))::text end
  from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
  left join domain o on o.oid = a.atttypid and not exists (select from pg_type u where u.oid = o.typbasetype and u.typtype = 'd')
  join pg_type b on b.oid = coalesce(o.typbasetype, a.atttypid)
  left join pg_collation l on l.oid = a.attcollation join pg_database d on d.datname = current_database()
  where a.attnum > 0 and not a.attisdropped and has_column_privilege(c.oid, a.attnum, 'select') and c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition and ${IN_SCOPE}
  order by a.attrelid, a.attnum`;

/** Keys, and the first column of each index that covers all rows. */
const INDEXES = `
  select i.indrelid::text, i.indisprimary, i.indisunique and i.indpred is null and not (0 = any(i.indkey::smallint[])),
    array_to_json(array(select a.attname from unnest(i.indkey::smallint[]) with ordinality as k (attnum, place) join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum where k.place <= i.indnkeyatts order by k.place))::text,
    i.indkey[0] <> 0 and i.indpred is null
  from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
  where i.indisvalid and not c.relispartition and ${IN_SCOPE}
  order by i.indrelid, i.indexrelid`;

const FOREIGN_KEYS = `
  select o.conrelid::text, fn.nspname, f.relname,
    array_to_json(array(select a.attname from unnest(o.conkey) with ordinality as k (attnum, place) join pg_attribute a on a.attrelid = o.conrelid and a.attnum = k.attnum order by k.place))::text,
    array_to_json(array(select a.attname from unnest(o.confkey) with ordinality as k (attnum, place) join pg_attribute a on a.attrelid = o.confrelid and a.attnum = k.attnum order by k.place))::text
  from pg_constraint o join pg_class c on c.oid = o.conrelid join pg_namespace n on n.oid = c.relnamespace
  join pg_class f on f.oid = o.confrelid join pg_namespace fn on fn.oid = f.relnamespace
  where o.contype = 'f' and not c.relispartition and ${IN_SCOPE}
  order by o.conrelid, o.conname collate "C"`;

/** Reads the catalog of the schemas named, or of all but the system's. Values come as the server prints them. */
export async function introspectPostgres(query: Query, schemas: readonly string[] | undefined): Promise<Catalog> {
  const scope = [schemas === undefined ? null : [...schemas]];
  const tables = await query(TABLES, scope);
  const columns = groupByFirst(await query(COLUMNS, scope));
  const indexes = groupByFirst(await query(INDEXES, scope));
  const foreignKeys = groupByFirst(await query(FOREIGN_KEYS, scope));
  return {
    tables: tables.map((row): CatalogTable => {
      const [oid, schema, name, isView, comment, estimate] = row as [string, string, string, string, string | null, string | null];
      const own = (indexes.get(oid) ?? []) as unknown as (readonly [string, string, string, string, string])[];
      const keyColumns = (index: (typeof own)[number]): string[] => JSON.parse(index[3]) as string[];
      const primary = own.find((index) => index[1] === 't');
      return {
        schema,
        name,
        kind: isView === 't' ? 'view' : 'table',
        ...(comment === null ? {} : { comment }),
        columns: (columns.get(oid) ?? []).map(columnOf),
        primaryKey: primary === undefined ? [] : keyColumns(primary),
        uniqueKeys: own.filter((index) => index[1] !== 't' && index[2] === 't').map(keyColumns),
        foreignKeys: (foreignKeys.get(oid) ?? []).map(foreignKeyOf),
        indexedColumns: [...new Set(own.filter((index) => index[4] === 't').map((index) => keyColumns(index)[0]!))],
        ...(estimate === null ? {} : { rowEstimate: Number(estimate) }),
      };
    }),
  };
}

function groupByFirst(rows: unknown[][]): Map<string, unknown[][]> {
  const groups = new Map<string, unknown[][]>();
  for (const row of rows) {
    const key = row[0] as string;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}

function columnOf(row: unknown[]): CatalogColumn {
  const [, name, nativeType, typeName, typeKind, modifier, nullable, comment, byCodePoint, number, allowed] = row as string[] as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    string | null,
    string,
    string,
    string | null,
  ];
  return {
    name,
    type: physicalTypeOf(typeName, typeKind, Number(modifier), nativeType, byCodePoint === 't'),
    nativeType,
    nullable: nullable === 't',
    identity: Number(number),
    ...(comment === null ? {} : { comment }),
    ...(allowed === null ? {} : { allowed: JSON.parse(allowed) as string[] }),
  };
}

const TYPES: Readonly<Record<string, PhysicalType>> = {
  text: { kind: 'text' },
  varchar: { kind: 'text' },
  name: { kind: 'text' },
  char: { kind: 'text' },
  citext: { kind: 'text' },
  bpchar: { kind: 'text', padded: true },
  int2: { kind: 'integer', bits: 16 },
  int4: { kind: 'integer', bits: 32 },
  int8: { kind: 'integer', bits: 64 },
  money: { kind: 'decimal', scale: 2 },
  float4: { kind: 'float' },
  float8: { kind: 'float' },
  bool: { kind: 'boolean' },
  date: { kind: 'date' },
  timestamp: { kind: 'timestamp', zoned: false },
  timestamptz: { kind: 'timestamp', zoned: true },
  time: { kind: 'time' },
  json: { kind: 'json' },
  jsonb: { kind: 'json' },
  uuid: { kind: 'uuid' },
  bytea: { kind: 'binary' },
};

function physicalTypeOf(typeName: string, typeKind: string, modifier: number, native: string, byCodePoint: boolean): PhysicalType {
  if (typeKind === 'e') return { kind: 'text' };
  if (typeName === 'numeric') return modifier < 4 ? { kind: 'decimal' } : { kind: 'decimal', scale: (modifier - 4) & 0x7ff };
  const type = TYPES[typeName] ?? { kind: 'other', native };
  if (type.kind !== 'text') return type;
  const isLimited = (typeName === 'varchar' || typeName === 'bpchar') && modifier > 4;
  // citext is ordered without case, whatever its collation.
  return { ...type, ...(isLimited ? { maxLength: modifier - 4 } : {}), ...(byCodePoint && typeName !== 'citext' ? { byCodePoint } : {}) };
}

function foreignKeyOf(row: unknown[]): CatalogForeignKey {
  const [, schema, name, columns, references] = row as [string, string, string, string, string];
  return { columns: JSON.parse(columns) as string[], table: { schema, name }, references: JSON.parse(references) as string[] };
}
