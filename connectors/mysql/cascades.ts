import type { Connection } from 'mysql2/promise';
import type { CapturedTable } from '../spi/changes.ts';
import { quoteName } from './change-setup.ts';

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

/** As far as the hub's account may see how the tables are defined that these refer to. */
export async function readCascades(connection: Connection, tables: readonly CapturedTable[]): Promise<Cascades> {
  const [[[database] = []]] = (await connection.query('select database()')) as unknown as [unknown[][]];
  const places = new Map(tables.map(({ table }, place) => [`${String(database)}.${table}`, place]));
  const edges = new Map<string, Edge[]>();
  const looked = new Map(tables.map(({ table }) => [`${String(database)}.${table}`, [String(database), table] as const]));
  for (const [child, [schema, table]] of looked) {
    for (const { parent, ...edge } of await foreignKeys(connection, schema, table)) {
      const name = parent.join('.');
      edges.set(name, [...(edges.get(name) ?? []), { ...edge, child }]);
      if (!looked.has(name)) looked.set(name, parent);
    }
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

const NAME = '`(?:[^`]|``)+`';
const FOREIGN_KEY = new RegExp(`FOREIGN KEY \\((?:${NAME}(?:, )?)+\\) REFERENCES (?:(${NAME})\\.)?(${NAME}) \\(((?:${NAME}(?:, )?)+)\\)(.*)`, 'g');

/** Those that pull rows along. The information schema shows them to nobody who may only read; the definition of a table does. */
async function foreignKeys(
  connection: Connection,
  schema: string,
  table: string,
): Promise<(Omit<Edge, 'child'> & { readonly parent: readonly [string, string] })[]> {
  const found = await connection.query(`show create table ${quoteName(schema)}.${quoteName(table)}`).catch(() => undefined);
  const [[row = []] = []] = (found ?? []) as unknown as [unknown[][]?];
  return [...String(row[1]).matchAll(FOREIGN_KEY)].flatMap(([, of, parent = '', columns = '', rules = '']) => {
    const acts = (on: string): boolean => new RegExp(`ON ${on} (?:CASCADE|SET)`).test(rules);
    const edge = {
      parent: [of === undefined ? schema : plain(of), plain(parent)] as const,
      onDelete: acts('DELETE'),
      onUpdate: acts('UPDATE') ? columns.match(NAMES)!.map(plain) : [],
    };
    return edge.onDelete || edge.onUpdate.length > 0 ? [edge] : [];
  });
}

const NAMES = new RegExp(NAME, 'g');
const plain = (name: string): string => name.slice(1, -1).replaceAll('``', '`');
