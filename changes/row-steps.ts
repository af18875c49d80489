import type { CapturedTable, SourceRow, SourceTransaction } from '../connectors/spi/changes.ts';
import type { ImageRow } from '../store/row-image-table.ts';
import { tableName } from './captured-tables.ts';
import { keyText, type ImageView, type RowStep } from './image-view.ts';

/**
 * What each transaction does to the physical rows, as the images know them: the row before is the image's, and what the source leaves out of the row
 * after is taken from it. A row that did not change in any kept column is left out; one whose key changed is gone under the old key and new under the other.
 */
export async function stepsOf(transactions: readonly SourceTransaction[], tables: readonly CapturedTable[], view: ImageView): Promise<RowStep[][]> {
  const state = new Map<string, Map<string, ImageRow | null>>();
  await preload(transactions, tables, view, state);
  const rowsOf = (table: string): Map<string, ImageRow | null> => {
    const known = state.get(table) ?? new Map<string, ImageRow | null>();
    state.set(table, known);
    return known;
  };

  const result: RowStep[][] = [];
  for (const transaction of transactions) {
    const steps: RowStep[] = [];
    const step = (table: string, key: string, before: ImageRow | null, after: ImageRow | null): void => {
      rowsOf(table).set(key, after);
      if (before !== null || after !== null) steps.push({ table, key, before, after });
    };
    for (const change of transaction.rows) {
      const captured = tables[change.table]!;
      const table = tableName(captured);
      if (change.op === 'truncate') {
        const keys = new Set(await view.keys(table));
        for (const [key, row] of rowsOf(table)) if (row !== null) keys.add(key);
        const stored = await view.get(table, [...keys]);
        for (const key of keys) step(table, key, rowsOf(table).get(key) ?? (rowsOf(table).has(key) ? null : (stored.get(key) ?? null)), null);
        continue;
      }
      const { before: told, after } = change;
      const newKey = after === null ? undefined : keyText({ ...told, ...after }, captured.key); // a key that did not change need not be told again
      const oldKey = told !== null && captured.key.every((column) => column in told) ? keyText(told, captured.key) : newKey;
      if (oldKey === undefined) continue;
      const image = rowsOf(table).get(oldKey) ?? null;
      // A row that the images never met can only be told as far as the source says.
      const before = image ?? (change.op === 'insert' || told === null || !isWhole(told, captured) ? null : pick(told, captured));
      if (after === null) {
        step(table, oldKey, before, null);
        continue;
      }
      const row = Object.fromEntries(captured.columns.map(({ name }) => [name, name in after ? after[name]! : (before?.[name] ?? null)]));
      if (newKey !== oldKey) {
        if (before !== null) step(table, oldKey, before, null);
        step(table, newKey!, rowsOf(table).get(newKey!) ?? null, row);
      } else if (before === null || captured.columns.some(({ name }) => before[name] !== row[name])) step(table, oldKey, before, row);
    }
    result.push(steps);
  }
  return result;
}

async function preload(
  transactions: readonly SourceTransaction[],
  tables: readonly CapturedTable[],
  view: ImageView,
  state: Map<string, Map<string, ImageRow | null>>,
): Promise<void> {
  const keys = new Map<number, Set<string>>();
  for (const { rows } of transactions) {
    for (const { table, before, after } of rows) {
      const { key } = tables[table]!;
      const known = keys.get(table) ?? new Set<string>();
      keys.set(table, known);
      if (after !== null) known.add(keyText({ ...before, ...after }, key));
      if (before !== null && key.every((column) => column in before)) known.add(keyText(before, key));
    }
  }
  for (const [place, wanted] of keys) {
    const table = tableName(tables[place]!);
    const found = await view.get(table, [...wanted]);
    state.set(table, new Map([...wanted].map((key) => [key, found.get(key) ?? null])));
  }
}

const isWhole = (row: SourceRow, { columns }: CapturedTable): boolean => columns.every(({ name }) => name in row);

const pick = (row: SourceRow, { columns }: CapturedTable): ImageRow => Object.fromEntries(columns.map(({ name }) => [name, row[name] ?? null]));
