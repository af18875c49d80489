import type { Connection } from 'mysql2/promise';
import type { CapturedTable } from '../spi/changes.ts';

/** Captured tables of which foreign keys alter rows: InnoDB does that by itself, in no log and by no trigger. */
export interface Cascades {
  /** Their names. */
  readonly tables: readonly string[];
  /** The places of those that are altered when a row of this table goes, or when these of its columns change. */
  altered(schema: string, table: string, row: { readonly before: Values; readonly after: Values } | 'gone'): readonly number[];
}

type Values = Readonly<Record<string, unknown>>;

interface Edge {
  readonly child: string;
  readonly onDelete: boolean;
  /** Of the table referred to; none where its keys do not pull others along. */
  readonly onUpdate: readonly string[];
}

export async function readCascades(connection: Connection, tables: readonly CapturedTable[]): Promise<Cascades> {
  const [found] = await connection.query(
    `select concat(r.unique_constraint_schema, '.', r.referenced_table_name), concat(r.constraint_schema, '.', r.table_name), k.referenced_column_name,
       r.delete_rule not in ('RESTRICT', 'NO ACTION'), r.update_rule not in ('RESTRICT', 'NO ACTION'), database()
     from information_schema.referential_constraints r
     join information_schema.key_column_usage k on k.constraint_schema = r.constraint_schema and k.constraint_name = r.constraint_name and k.table_name = r.table_name
     where r.constraint_schema = database() and not (r.delete_rule in ('RESTRICT', 'NO ACTION') and r.update_rule in ('RESTRICT', 'NO ACTION'))`,
  );
  const edges = new Map<string, Edge[]>();
  const places = new Map<string, number>();
  for (const [parent, child, column, onDelete, onUpdate, database] of found as unknown as unknown[][]) {
    edges.set(String(parent), [
      ...(edges.get(String(parent)) ?? []),
      { child: String(child), onDelete: Number(onDelete) === 1, onUpdate: Number(onUpdate) === 1 ? [String(column)] : [] },
    ]);
    for (const [place, { table }] of tables.entries()) places.set(`${String(database)}.${table}`, place);
  }
  /** With those that are pulled along in turn. */
  const reached = (first: readonly string[]): ReadonlySet<string> => {
    const all = new Set(first);
    for (const table of all) for (const { child } of edges.get(table) ?? []) all.add(child);
    return all;
  };
  const captured = (names: ReadonlySet<string>): readonly number[] => [...names].flatMap((name) => places.get(name) ?? []);
  return {
    tables: captured(reached([...edges.values()].flat().map(({ child }) => child))).map((place) => tables[place]!.table),
    altered: (schema, table, row) => {
      const own = edges.get(`${schema}.${table}`) ?? [];
      const pulls = ({ onDelete, onUpdate }: Edge): boolean =>
        row === 'gone' ? onDelete : onUpdate.some((column) => String(row.before[column]) !== String(row.after[column]));
      return own.length === 0 ? [] : captured(reached(own.filter(pulls).map(({ child }) => child)));
    },
  };
}
