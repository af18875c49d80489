import type { Expr, Row } from '../connectors/spi/ir.ts';
import type { TypeBinding } from '../federation/supergraph/binding.ts';
import type { Federation } from '../federation/supergraph/federation.ts';
import type { Canonical, DataIssue } from '../schema/model/canonical.ts';
import type { WireValue } from '../schema/model/physical-type.ts';

/** One row of a source beside what it becomes. */
export interface SampleRow {
  readonly key: string;
  /** Column (or what is computed in its place) → value as the source gives it. */
  readonly raw: Readonly<Record<string, WireValue>>;
  /** Field, as mappings name it → value. */
  readonly unified: Readonly<Record<string, Canonical>>;
  readonly issues: readonly { readonly field: string; readonly code: DataIssue['code']; readonly rawValue: string }[];
}

/** The first rows of a type in one source, by key, decoded as a query would. @throws {HubError} the source's own */
export async function sampleRows(federation: Federation, binding: TypeBinding, limit: number, signal: AbortSignal): Promise<SampleRow[]> {
  const columns: Expr[] = [];
  const names: string[] = [];
  const column = (expr: Expr, name: string): number => {
    const known = names.indexOf(nameOf(expr, name));
    if (known >= 0 && JSON.stringify(columns[known]) === JSON.stringify(expr)) return known;
    names.push(known >= 0 ? `${nameOf(expr, name)} (${name})` : nameOf(expr, name));
    return columns.push(expr) - 1;
  };
  const key = binding.key.map((expr, index) => column(expr, `key ${index + 1}`));
  const fields = [...binding.fields.values()].map((field) => ({
    field,
    reads: (field.crosswalk ? [field.crosswalk.local] : field.reads).map((expr) => column(expr, field.path)),
  }));
  const prepared = federation.connector(binding.source).prepare({
    kind: 'rows',
    query: { rows: binding.rows, columns, orderBy: binding.key.map((value) => ({ value, direction: 'asc', nulls: 'first' })), limit, children: [] },
  });
  const rows = await prepared.run({}, federation.call(binding.source, signal));
  const crosswalk = federation.keeper.current();
  return rows.map((row: Row): SampleRow => {
    const issues: SampleRow['issues'][number][] = [];
    const unified: Record<string, Canonical> = {};
    for (const { field, reads } of fields) {
      const raw = reads.map((index) => row[index] as WireValue);
      if (!field.crosswalk) unified[field.path] = field.decode(raw, (code, rawValue) => issues.push({ field: field.path, code, rawValue }));
      else {
        const [local] = raw;
        const keys = local === null || local === undefined || local === '' ? [] : crosswalk.toCanonical(field.crosswalk.entity, binding.source, String(local));
        unified[field.path] = keys[0] ?? null;
        if (keys.length === 0 && local !== null && local !== '') issues.push({ field: field.path, code: 'UNRESOLVED_KEY', rawValue: String(local) });
      }
    }
    return {
      key: key.map((index) => String(row[index])).join('|'),
      raw: Object.fromEntries(names.map((name, index) => [name, row[index] as WireValue])),
      unified,
      issues,
    };
  });
}

const nameOf = (expr: Expr, otherwise: string): string => (expr.kind === 'column' ? expr.column : otherwise);
