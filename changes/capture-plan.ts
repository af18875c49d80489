import type { CapturedTable } from '../connectors/spi/changes.ts';
import type { Capture } from '../store/capture-table.ts';
import { tableName } from './captured-tables.ts';
import type { RowIndex } from './row-shape.ts';

/** What the row images of a source hold, kept beside its position. */
export interface CapturePlan {
  readonly tables: Readonly<Record<string, ImagedTable>>;
  /** All tables that the source had; a table that is not among them is new there. */
  readonly known: readonly string[];
}

export interface ImagedTable {
  readonly columns: readonly string[];
  readonly key: readonly string[];
  readonly indexes: readonly string[];
  /** What all columns of the table were when its rows were read; whoever alters a table need not tell its rows. */
  readonly shape?: string;
  /**
   * `complete`: all rows as of the position. `partial`: a snapshot is under way, and rows may be missing or old; `silent` says that its rows are only
   * taken note of, since they were there before the hub looked.
   */
  readonly state: 'complete' | 'partial';
  readonly silent: boolean;
}

export function readPlan(capture: Capture | undefined): CapturePlan {
  return capture === undefined || capture.tables === '' ? { tables: {}, known: [] } : (JSON.parse(capture.tables) as CapturePlan);
}

/** The plan for these tables, with those that must be read whole. Images under another key cannot be compared: they are forgotten (`reset`). */
export function nextPlan(
  old: CapturePlan,
  tables: readonly CapturedTable[],
  indexes: readonly RowIndex[],
  options: { readonly known: readonly string[]; readonly shapes: ReadonlyMap<string, string>; readonly isFirst: boolean; readonly all: boolean },
): { readonly plan: CapturePlan; readonly fresh: readonly number[]; readonly reset: readonly string[] } {
  const fresh: number[] = [];
  const reset: string[] = [];
  const planned = tables.map((table, place): [string, ImagedTable] => {
    const name = tableName(table);
    const before = old.tables[name];
    const columns = table.columns.map((column) => column.name);
    const wanted = indexes.filter((index) => index.tables.includes(name)).map((index) => index.name);
    const sameKey = before !== undefined && before.key.join('\0') === table.key.join('\0');
    const hasAll = sameKey && columns.every((column) => before.columns.includes(column));
    if (before !== undefined && !sameKey) reset.push(name);
    const shape = options.shapes.get(name) ?? '';
    const isFresh = options.all || !hasAll || before.state === 'partial' || before.shape !== shape;
    if (isFresh) fresh.push(place);
    // Rows of a table that was not there before are news; so is what differs from an image that was once complete.
    const silent = before !== undefined && sameKey ? before.silent : options.isFirst || options.known.length === 0 || old.known.includes(name);
    return [name, { columns, key: table.key, indexes: wanted, shape, state: isFresh ? 'partial' : 'complete', silent: isFresh && silent }];
  });
  return { plan: { tables: Object.fromEntries(planned), known: options.known }, fresh, reset };
}

export function completed(plan: CapturePlan): CapturePlan {
  return { ...plan, tables: Object.fromEntries(Object.entries(plan.tables).map(([name, table]) => [name, { ...table, state: 'complete', silent: false }])) };
}
