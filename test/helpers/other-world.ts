/** A copy of the departments' databases that differs in everything that one principal may not see, and in nothing else. */
import { cpSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseConstValue } from 'graphql';
import { sourceOfType } from './source-of-type.ts';
import { isPlain, isShown, showsOpenKeys } from '../../federation/plan/visible.ts';
import type { View } from '../../federation/supergraph/view.ts';
import type { TypeBinding } from '../../federation/supergraph/binding.ts';
import { leavesOf } from '../../schema/api/leaves.ts';
import { conditionReadings, readingsOf } from '../../schema/api/readings.ts';
import { limitOf } from '../../schema/model/rights.ts';
import type { MaskKind } from '../../schema/model/mask.ts';
import type { Random } from './random-operation.ts';

export interface OtherWorld {
  /** `source.table.column` whose values were dealt anew. */
  readonly columns: readonly string[];
  readonly masked: readonly string[];
  /** Rows that were taken away. */
  readonly rows: number;
}

/** Keys (`binding.key` as text) of rows that the principal may not see, by type. */
export type HiddenRows = ReadonlyMap<string, readonly string[]>;

export function makeOtherWorld(from: string, to: string, view: View, hidden: HiddenRows, random: Random): OtherWorld {
  cpSync(from, to, { recursive: true });
  const kept = keptColumns(view);
  const columns: string[] = [];
  const hiddenMiddles = maskedColumns(view, kept);
  const ofMasks = new Set(hiddenMiddles.map(({ source, column }) => `${source}.${column}`));
  let rows = 0;
  const sources = new Set([...view.supergraph.bindings.values()].flat().map(({ source }) => source));
  for (const source of sources) {
    using database = new DatabaseSync(path.join(to, `${source}.sqlite`));
    database.exec('pragma foreign_keys = off');
    rows += removeRows(database, view, source, hidden, random);
    for (const { name: table } of database.prepare("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'").all() as {
      name: string;
    }[])
      for (const { name: column, pk } of database.prepare('select name, pk from pragma_table_info(?)').all(table) as { name: string; pk: number }[])
        if (pk === 0 && !kept.has(`${source}.${column}`) && !ofMasks.has(`${source}.${column}`) && dealAnew(database, table, column, random))
          columns.push(`${source}.${table}.${column}`);
    for (const each of hiddenMiddles.filter((one) => one.source === source))
      for (const table of each.tables) changeMiddle(database, table, each.column, SHOWN[each.mask]);
  }
  return { columns, masked: hiddenMiddles.map(({ field }) => field), rows };
}

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
function dealAnew(database: DatabaseSync, table: string, column: string, random: Random): boolean {
  const rows = database.prepare(`select rowid as id, "${column}" as value from "${table}"`).all() as { id: number; value: string | number | null }[];
  const values = rows.map(({ value }) => value).toSorted(() => random() - 0.5);
  if (new Set(values).size < 2) return false;
  try {
    database.exec('begin');
    const update = database.prepare(`update "${table}" set "${column}" = ? where rowid = ?`);
    rows.forEach(({ id }, i) => update.run(values[i] ?? null, id));
    database.exec('commit');
    return true;
  } catch {
    database.exec('rollback'); // a unique column
    return false;
  }
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

function changeMiddle(database: DatabaseSync, table: string, column: string, [head, tail]: readonly [number, number]): void {
  const update = database.prepare(`update "${table}" set "${column}" = ? where rowid = ?`);
  const rows = database.prepare(`select rowid as id, "${column}" as value from "${table}"`).all() as { id: number; value: unknown }[];
  for (const { id, value } of rows) {
    if (typeof value !== 'string' || !/^[\w\u4E00-\u9FFF]+$/.test(value) || value.length <= head + tail) continue;
    const inner = value.slice(head, value.length - tail).replaceAll(/\d/g, (digit) => String((Number(digit) + 1) % 10));
    update.run(value.slice(0, head) + inner + value.slice(value.length - tail), id);
  }
}

/** Takes away half of the hidden rows, where nothing visible names them: of types that are nobody's key. */
function removeRows(database: DatabaseSync, view: View, source: string, hidden: HiddenRows, random: Random): number {
  let removed = 0;
  for (const [type, keys] of hidden) {
    const binding = sourceOfType(view, type);
    const [key, more] = binding?.key ?? [];
    const isReferred = [...view.supergraph.crosswalks.values()].some(({ entity }) => entity === type);
    if (binding?.source !== source || key?.kind !== 'column' || more || isReferred) continue;
    for (const each of keys.filter(() => random() < 0.5))
      for (const table of tablesOf(binding))
        removed += Number(database.prepare(`delete from "${table}" where cast("${key.column}" as text) = ?`).run(each).changes);
  }
  return removed;
}
