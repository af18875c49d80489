import type { ImageRow } from '../store/row-image-table.ts';
import { indexEntries, placeText, type ImageView, type RowPlace, type RowStep } from './image-view.ts';
import type { RowIndex, RowShape } from './row-shape.ts';

type Tables = ReadonlyMap<string, readonly ImageRow[]>;

export interface AffectedRows {
  readonly before: Tables;
  readonly after: Tables;
}

/**
 * The physical rows that make the rows of a type which steps may have altered, before all of the steps and after them; the view stands before them. Whole
 * groups, and the dictionary rows that any of these base rows meets: evaluating a row set over them gives these rows as evaluating it over all would.
 */
export async function affectedRows(shape: RowShape, steps: readonly RowStep[], view: ImageView, timeZone: string): Promise<AffectedRows> {
  const valuesIn = (index: RowIndex, table: string, rows: Iterable<ImageRow | null>): string[] =>
    [...rows].flatMap((row) => (row === null ? [] : indexEntries([index], table, row, timeZone).map(([, value]) => value)));
  const stepsOn = (tables: readonly string[]): readonly RowStep[] => steps.filter((step) => tables.includes(step.table));
  const stepValues = (index: RowIndex): string[] => [
    ...new Set(stepsOn(index.tables).flatMap((step) => valuesIn(index, step.table, [step.before, step.after]))),
  ];

  const base = new Places();
  for (const step of stepsOn(shape.base)) base.add(step);
  const addAll = async (): Promise<void> => {
    for (const table of shape.base) for (const key of await view.keys(table)) base.add({ table, key });
  };
  for (const { outer, inner } of shape.dictionaries) {
    if (stepsOn(inner.tables).length === 0) continue;
    if (outer === undefined) await addAll();
    else for (const place of await view.find(outer, stepValues(inner))) base.add(place);
  }
  for (const group of shape.groups) {
    if (group === undefined) {
      await addAll();
      continue;
    }
    const values = new Set(stepValues(group));
    for (const [table, rows] of await base.rows(view)) for (const value of valuesIn(group, table, rows.values())) values.add(value);
    for (const place of await view.find(group, [...values])) base.add(place);
  }

  const dictionary = new Places();
  for (const { outer, inner } of shape.dictionaries) {
    for (const step of stepsOn(inner.tables)) dictionary.add(step);
    if (outer === undefined) {
      for (const table of inner.tables) for (const key of await view.keys(table)) dictionary.add({ table, key });
      continue;
    }
    const values = new Set(stepValues(outer));
    for (const [table, rows] of await base.rows(view)) for (const value of valuesIn(outer, table, rows.values())) values.add(value);
    for (const place of await view.find(inner, [...values])) dictionary.add(place);
  }
  return sidesOf([base, dictionary], steps, view);
}

/** The first `before` and the last `after` of each row win. */
async function sidesOf(sets: readonly Places[], steps: readonly RowStep[], view: ImageView): Promise<AffectedRows> {
  const before = new Map<string, Map<string, ImageRow>>();
  for (const set of sets) {
    for (const [table, rows] of await set.rows(view)) {
      const known = before.get(table) ?? new Map<string, ImageRow>();
      before.set(table, known);
      for (const [key, row] of rows) known.set(key, row);
    }
  }
  const after = new Map([...before].map(([table, rows]) => [table, new Map(rows)]));
  for (const { table, key, after: row } of steps) {
    const rows = after.get(table) ?? new Map<string, ImageRow>();
    after.set(table, rows);
    if (row === null) rows.delete(key);
    else rows.set(key, row);
  }
  const flat = (tables: Map<string, Map<string, ImageRow>>): Tables => new Map([...tables].map(([table, rows]) => [table, [...rows.values()]]));
  return { before: flat(before), after: flat(after) };
}

class Places {
  readonly #places = new Map<string, RowPlace>();

  add(place: RowPlace): void {
    this.#places.set(placeText(place), place);
  }

  async rows(view: ImageView): Promise<Map<string, ReadonlyMap<string, ImageRow>>> {
    const byTable = Map.groupBy(this.#places.values(), (place) => place.table);
    const found = new Map<string, ReadonlyMap<string, ImageRow>>();
    for (const [table, places] of byTable) {
      found.set(
        table,
        await view.get(
          table,
          places.map(({ key }) => key),
        ),
      );
    }
    return found;
  }
}
