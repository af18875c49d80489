import { createMariadbWriter } from './mariadb-writer.ts';
import { createPostgresWriter } from './postgres-writer.ts';
import { createSqliteWriter } from './sqlite-writer.ts';
import { development } from './development-tables.ts';
import { developmentRows } from './development-rows.ts';
import { finance } from './finance-tables.ts';
import { financeRows } from './finance-rows.ts';
import { housing } from './housing-tables.ts';
import { housingRows } from './housing-rows.ts';
import { audit } from './audit-tables.ts';
import { auditRows } from './audit-rows.ts';
import { seeds } from './seeds.ts';
import { MAX_SIZE, type World } from './world.ts';
import type { Department, DepartmentName, Row, Rows } from './table.ts';
import type { Writer } from './writer.ts';

export type Target =
  /** One file per department, `<name>.sqlite`, in `dir`. */
  | { readonly engine: 'sqlite'; readonly dir: string }
  /** The department's own schema (`dev`, `zjj` …) in the URL's database. */
  | { readonly engine: 'postgres'; readonly url: string }
  /** The URL's database or, where it names none, the department's own (`czgk`, `sjj` …). */
  | { readonly engine: 'mariadb'; readonly url: string };

export interface DemoOptions {
  /** Default: all four. */
  readonly departments?: readonly DepartmentName[];
  /** Projects to generate beside the hand-made ones; default 0: only those. At most 100,000. */
  readonly size?: number;
  /** Default 1. The same size and seed give the same rows, on every engine. */
  readonly seed?: number;
  /** Drop the tables, or files, that are there; default false: an existing one is an error. */
  readonly replace?: boolean;
  /** In place of the demo's own rows. */
  readonly rowsOf?: (department: DepartmentName) => Iterable<Rows>;
}

export const departments: Readonly<Record<DepartmentName, Department>> = { development, finance, housing, audit };

const generators: Readonly<Record<DepartmentName, (world: World) => Iterable<Rows>>> = {
  development: developmentRows,
  finance: financeRows,
  housing: housingRows,
  audit: auditRows,
};

/** Every row of a department's demo: the hand-made ones, then the generated ones. */
export function* departmentRows(name: DepartmentName, { size = 0, seed = 1 }: Pick<DemoOptions, 'size' | 'seed'> = {}): Generator<Rows> {
  yield* seeds[name];
  if (size > 0) yield* generators[name]({ size, seed });
}

/** How many rows go into one statement. */
const BATCH = 1_000;

/**
 * Creates and fills the departments' databases. Memory stays bounded: rows are made and written in batches.
 * @returns rows written per department and table.
 */
export async function loadDemoData(target: Target, options: DemoOptions = {}): Promise<Readonly<Record<string, Readonly<Record<string, number>>>>> {
  const { size = 0 } = options;
  if (!Number.isInteger(size) || size < 0 || size > MAX_SIZE) throw new RangeError(`size must be a whole number from 0 to ${MAX_SIZE}`);
  const written: Record<string, Record<string, number>> = {};
  for (const name of options.departments ?? (Object.keys(departments) as DepartmentName[]))
    written[name] = await loadDepartment(target, departments[name], options);
  return written;
}

async function loadDepartment(target: Target, department: Department, options: DemoOptions): Promise<Record<string, number>> {
  const writer = await openWriter(target, department);
  try {
    await writer.create(options.replace ?? false);
    const tables = new Map(department.tables.map((table) => [table.name, table]));
    const waiting = new Map<string, Row[]>(department.tables.map((table) => [table.name, []]));
    const written: Record<string, number> = Object.fromEntries(department.tables.map((table) => [table.name, 0]));
    const flush = async (name: string): Promise<void> => {
      const rows = waiting.get(name)!;
      if (rows.length === 0) return;
      const table = tables.get(name)!;
      if (table.references) await flush(table.references.table); // its foreign key holds at every moment
      waiting.set(name, []);
      written[name] = written[name]! + rows.length;
      await writer.insert(table, rows);
    };
    for (const { table, rows } of options.rowsOf?.(department.name) ?? departmentRows(department.name, options)) {
      const batch = waiting.get(table)!;
      batch.push(...rows);
      if (batch.length >= BATCH) await flush(table);
    }
    for (const { name } of department.tables) await flush(name);
    await writer.finish();
    return written;
  } finally {
    await writer.close();
  }
}

function openWriter(target: Target, department: Department): Promise<Writer> {
  if (target.engine === 'sqlite') return createSqliteWriter(target.dir, department);
  return target.engine === 'postgres' ? createPostgresWriter(target.url, department) : createMariadbWriter(target.url, department);
}
