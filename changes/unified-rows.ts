import type { Expr } from '../connectors/spi/ir.ts';
import { interpret, type InterpretedTables } from '../connectors/registry.ts';
import type { Crosswalk } from '../federation/crosswalk/crosswalk.ts';
import type { TypeBinding } from '../federation/supergraph/binding.ts';
import type { Canonical } from '../schema/model/canonical.ts';
import type { Change, ChangeRow } from '../schema/model/change.ts';
import { compareText } from '../schema/model/compare-text.ts';
import type { WireValue } from '../schema/model/physical-type.ts';

/** One row of a unified type as this source has it. */
export interface UnifiedRow {
  readonly rowKey: string;
  readonly key: readonly Canonical[] | null;
  readonly values: ChangeRow;
}

/** What a row of the type became: the parts of a change that come from its rows. */
export type RowDifference = Pick<Change, 'rowKey' | 'key' | 'op' | 'changedFields' | 'before' | 'after'>;

export interface UnifiedReader {
  /** Rows of the type that these physical rows make, decoded as a query would. */
  read(tables: InterpretedTables, crosswalk: Crosswalk): UnifiedRow[];
}

export function createUnifiedReader(binding: TypeBinding, typeKey: readonly string[], timeZone: string): UnifiedReader {
  const columns: Expr[] = [...binding.key];
  const add = (expr: Expr): number => columns.push(expr) - 1;
  const fields = [...binding.fields.values()].map((field) => ({ field, places: (field.crosswalk ? [field.crosswalk.local] : field.reads).map(add) }));
  const { source } = binding;
  const width = binding.key.length;

  return {
    read: (tables, crosswalk) =>
      interpret(binding.rows, columns, tables, timeZone).map((row) => {
        const values: Record<string, Canonical> = {};
        for (const { field, places } of fields) {
          const raw = places.map((place) => row[place] as WireValue);
          values[field.path] = field.crosswalk ? entityOf(crosswalk, field.crosswalk.entity, source, raw[0] ?? null) : field.decode(raw, ignore);
        }
        const key = typeKey.map((field) => values[field] ?? null);
        return { rowKey: row.slice(0, width).map(String).join('|'), key: key.includes(null) ? null : key, values };
      }),
  };
}

function entityOf(crosswalk: Crosswalk, entity: string, source: string, local: WireValue): Canonical {
  return local === null || local === '' ? null : (crosswalk.toCanonical(entity, source, String(local))[0] ?? null);
}

const ignore = (): void => undefined;

/** What differs between the rows before and after, row by row; rows that are the same are left out. */
export function differences(before: readonly UnifiedRow[], after: readonly UnifiedRow[]): RowDifference[] {
  const old = byRowKey(before);
  const found: RowDifference[] = [];
  for (const [rowKey, rows] of byRowKey(after)) {
    const earlier = old.get(rowKey) ?? [];
    old.delete(rowKey);
    for (let place = 0; place < Math.max(rows.length, earlier.length); place += 1) found.push(...difference(earlier[place], rows[place]));
  }
  for (const rows of old.values()) for (const row of rows) found.unshift(...difference(row, undefined));
  return found;
}

function difference(before: UnifiedRow | undefined, after: UnifiedRow | undefined): RowDifference[] {
  const row = after ?? before;
  if (row === undefined) return [];
  const fields = [...new Set([...Object.keys(before?.values ?? {}), ...Object.keys(after?.values ?? {})])].sort(compareText);
  const changedFields = fields.filter((field) => !same(before?.values[field] ?? null, after?.values[field] ?? null));
  if (before !== undefined && after !== undefined && changedFields.length === 0) return [];
  const op = before === undefined ? 'CREATED' : after === undefined ? 'DELETED' : 'UPDATED';
  return [{ rowKey: row.rowKey, key: row.key ?? before?.key ?? null, op, changedFields, before: before?.values ?? null, after: after?.values ?? null }];
}

function same(a: Canonical, b: Canonical): boolean {
  return a === b || (typeof a === 'object' && typeof b === 'object' && a !== null && b !== null && JSON.stringify(a) === JSON.stringify(b));
}

function byRowKey(rows: readonly UnifiedRow[]): Map<string, UnifiedRow[]> {
  const groups = new Map<string, UnifiedRow[]>();
  for (const row of rows) {
    const known = groups.get(row.rowKey);
    if (known === undefined) groups.set(row.rowKey, [row]);
    else known.push(row);
  }
  return groups;
}
