/** The departments' rows, changed in everything that one principal may not see, and in nothing else. */
import { parseConstValue } from 'graphql';
import { sourceOfType } from './source-of-type.ts';
import { isPlain, isShown, showsOpenKeys } from '../../federation/plan/visible.ts';
import type { View } from '../../federation/supergraph/view.ts';
import type { TypeBinding } from '../../federation/supergraph/binding.ts';
import { leavesOf } from '../../schema/api/leaves.ts';
import { conditionReadings, readingsOf } from '../../schema/api/readings.ts';
import { limitOf } from '../../schema/model/rights.ts';
import type { MaskKind } from '../../schema/model/mask.ts';
import { departmentRows, departments, type Cell, type DepartmentName, type Row, type Rows } from '../../scripts/demo-data/index.ts';
import type { Table } from '../../scripts/demo-data/table.ts';
import type { Random } from './random-operation.ts';

/** Rows by department and table. */
export type DemoRows = ReadonlyMap<DepartmentName, ReadonlyMap<string, Row[]>>;

export interface OtherWorld {
  readonly rows: DemoRows;
  /** `source.table.column` whose values were dealt anew. */
  readonly columns: ReadonlySet<string>;
  /** The same whose masked part was changed. */
  readonly masked: ReadonlySet<string>;
  /** Rows that were taken away. */
  readonly removed: number;
}

/** Keys (`binding.key` as text) of rows that the principal may not see, by type. */
export type HiddenRows = ReadonlyMap<string, readonly string[]>;

export const DEPARTMENTS: readonly DepartmentName[] = ['development', 'finance', 'housing', 'audit'];

export function demoRows(options: { readonly size: number; readonly seed: number }): DemoRows {
  return new Map(
    DEPARTMENTS.map((department) => {
      const tables = new Map<string, Row[]>(departments[department].tables.map(({ name }) => [name, []]));
      for (const { table, rows } of departmentRows(department, options)) tables.get(table)?.push(...rows);
      return [department, tables];
    }),
  );
}

export const listed = (rows: DemoRows, department: DepartmentName): Rows[] => [...(rows.get(department) ?? [])].map(([table, of]) => ({ table, rows: of }));

export function makeOtherWorld(from: DemoRows, view: View, hidden: HiddenRows, random: Random): OtherWorld {
  const kept = keptColumns(view);
  const columns = new Set<string>();
  const masks = new Map(maskedColumns(view, kept).flatMap(({ source, column, tables, mask }) => tables.map((table) => [`${source}.${table}.${column}`, mask])));
  const masked = new Set<string>();
  let removed = 0;
  const rows: DemoRows = new Map(
    [...from].map(([department, tables]) => [
      department,
      new Map(
        departments[department].tables.map((table) => {
          const own = tables.get(table.name) ?? [];
          const left = withoutHidden(view, department, table, own, hidden, random);
          removed += own.length - left.length;
          const changed = left.map((row) => [...row]);
          for (const [at, { name }] of table.columns.entries()) {
            const place = `${department}.${table.name}.${name}`;
            const mask = masks.get(place);
            if (mask) {
              masked.add(place);
              for (const row of changed) row[at] = otherMiddle(row[at] ?? null, SHOWN[mask]);
            } else if (!kept.has(`${department}.${name}`) && !isUnique(table, name) && dealAnew(changed, at, random)) columns.add(place);
          }
          return [table.name, changed];
        }),
      ),
    ]),
  );
  return { rows, columns, masked, removed };
}

const isUnique = ({ primaryKey = [], unique = [] }: Table, name: string): boolean => primaryKey.includes(name) || unique.some((of) => of.includes(name));

/** Columns of which something visible is made, as `source.column`. */
function keptColumns({ supergraph }: View): ReadonlySet<string> {
  const { model, restriction } = supergraph;
  if (!restriction) throw new Error('nothing is hidden from full rights');
  const needed = new Set<string>();
  const need = (type: string, path: string): void => {
    const key = `${type} ${path}`;
    if (needed.has(key)) return;
    needed.add(key);
    for (const reading of readingsOf(model, type, path)) need(reading.type, reading.path);
    const relation = model.types.get(type)?.fields.get(path);
    if (relation?.kind !== 'relation') return;
    relation.fields.forEach((field) => need(type, field));
    relation.references.forEach((field) => need(relation.target, field));
  };
  for (const type of model.types.values()) {
    if (type.kind !== 'entity') continue;
    type.key.forEach((path) => need(type.name, path));
    for (const { path: leaf } of leavesOf(model, type)) if (isPlain(supergraph, type.name, leaf)) need(type.name, leaf);
    for (const field of type.fields.values())
      if (field.kind === 'relation' && supergraph.features.relationReadable(type.name, field.name)) need(type.name, field.name);
    const rule = restriction.rows.get(type.name);
    if (rule) for (const { type: of, path: leaf } of conditionReadings(model, type.name, parseConstValue(literalOf(rule)))) need(of, leaf);
  }
  const kept = new Set<string>();
  for (const bindings of supergraph.bindings.values())
    for (const binding of bindings) {
      const keep = (part: unknown): void => columnsIn(part).forEach((column) => kept.add(`${binding.source}.${column}`));
      keep([binding.rows, binding.key, binding.table]);
      for (const field of binding.fields.values()) if (needed.has(`${binding.type} ${field.path}`)) keep([field.reads, field.expr, field.crosswalk]);
    }
  for (const crosswalk of supergraph.crosswalks.values()) {
    const { source, rows, local, reads, confirmed, validTo, evidence } = crosswalk;
    columnsIn([rows, local, reads, confirmed, validTo, ...(showsOpenKeys(supergraph, crosswalk) ? [...evidence.values()] : [])]).forEach((column) =>
      kept.add(`${source}.${column}`),
    );
  }
  return kept;
}

const literalOf = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(literalOf).join(' ')}]`;
  if (typeof value === 'object' && value !== null)
    return `{ ${Object.entries(value)
      .map(([key, inner]) => `${key}: ${literalOf(inner)}`)
      .join(' ')} }`;
  return JSON.stringify(value);
};

/** Columns that IR names; the list of a table's columns is not a use of them. */
function columnsIn(part: unknown): string[] {
  if (typeof part !== 'object' || part === null) return [];
  const node = part as { readonly kind?: unknown; readonly column?: unknown };
  if (node.kind === 'table') return [];
  return [...(node.kind === 'column' && typeof node.column === 'string' ? [node.column] : []), ...Object.values(part).flatMap(columnsIn)];
}

/** Gives a column's values to other rows. False where there is nothing to change. */
function dealAnew(rows: readonly Cell[][], at: number, random: Random): boolean {
  const values = rows.map((row) => row[at] ?? null);
  if (new Set(values).size < 2) return false;
  for (let left = values.length - 1; left > 0; left--) {
    const other = Math.floor(random() * (left + 1));
    [values[left], values[other]] = [values[other]!, values[left]!];
  }
  rows.forEach((row, i) => (row[at] = values[i] ?? null));
  return true;
}

const tablesOf = ({ tables }: TypeBinding): string[] => tables.map((table) => table.replace(/^.*\./, ''));

interface MaskedColumn {
  readonly field: string;
  readonly source: string;
  readonly column: string;
  readonly tables: readonly string[];
  readonly mask: MaskKind;
}

/** Columns that somebody sees masked and nothing else reads. */
function maskedColumns({ supergraph }: View, kept: ReadonlySet<string>): MaskedColumn[] {
  return [...supergraph.bindings].flatMap(([type, bindings]) =>
    bindings.flatMap((binding) =>
      [...binding.fields.values()].flatMap((field): MaskedColumn[] => {
        const limit = supergraph.restriction && limitOf(supergraph.restriction.rights, type, field.path);
        const [column, more] = new Set(columnsIn(field.reads));
        if (limit?.kind !== 'masked' || column === undefined || more !== undefined || !isShown(supergraph, type, field.path)) return [];
        if (kept.has(`${binding.source}.${column}`)) return [];
        return [{ field: `${type}.${field.path}`, source: binding.source, column, tables: tablesOf(binding), mask: limit.mask }];
      }),
    ),
  );
}

/** Characters at the head and the tail that a mask shows. */
const SHOWN: Readonly<Record<MaskKind, readonly [number, number]>> = { NAME: [1, 0], ID_NUMBER: [6, 4], PHONE: [3, 4], BANK_ACCOUNT: [0, 4], ADDRESS: [6, 0] };

/** A mask shows the same of it. */
export function otherMiddle(value: Cell, [head, tail]: readonly [number, number]): Cell {
  if (typeof value !== 'string' || !/^[\w\u4E00-\u9FFF-]+$/.test(value) || value.length <= head + tail) return value;
  const inner = value
    .slice(head, value.length - tail)
    .replaceAll(/\d/g, (digit) => String((Number(digit) + 1) % 10))
    .replaceAll(/[\u4E00-\u9FFE]/g, (character) => String.fromCharCode(character.charCodeAt(0) + 1));
  return value.slice(0, head) + inner + value.slice(value.length - tail);
}

/** Takes away half of the hidden rows, where nothing visible names them: of types that are nobody's key. */
function withoutHidden(view: View, source: string, table: Table, rows: readonly Row[], hidden: HiddenRows, random: Random): readonly Row[] {
  let left = rows;
  for (const [type, keys] of hidden) {
    const binding = sourceOfType(view, type);
    const [key, more] = binding?.key ?? [];
    const isReferred = [...view.supergraph.crosswalks.values()].some(({ entity }) => entity === type);
    if (binding?.source !== source || key?.kind !== 'column' || more || isReferred || !tablesOf(binding).includes(table.name)) continue;
    const at = table.columns.findIndex(({ name }) => name === key.column);
    const gone = new Set(keys.filter(() => random() < 0.5));
    left = left.filter((row) => !gone.has(String(row[at])));
  }
  return left;
}
