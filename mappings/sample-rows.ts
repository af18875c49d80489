import type { Expr, Row } from '../connectors/spi/ir.ts';
import { requireTrusted } from '../federation/drift/drift-error.ts';
import { createKeyWatch } from '../federation/issues/key-watch.ts';
import type { Supergraph } from '../federation/plan/supergraph.ts';
import type { FieldBinding, TypeBinding } from '../federation/supergraph/binding.ts';
import type { Federation } from '../federation/supergraph/federation.ts';
import type { Canonical, DataIssue } from '../schema/model/canonical.ts';
import type { WireValue } from '../schema/model/physical-type.ts';
import { sampleKeys, type KeysOf } from './sample-keys.ts';

/** One row of a source beside what it becomes. */
export interface SampleRow {
  readonly key: string;
  /** Column (or what is computed in its place) → value as the source gives it. */
  readonly raw: Readonly<Record<string, WireValue>>;
  /** Field, as mappings name it → value. */
  readonly unified: Readonly<Record<string, Canonical>>;
  readonly issues: readonly { readonly field: string; readonly code: DataIssue['code']; readonly rawValue: string }[];
}

/** The first rows of a type in one source, by key, decoded as a query would, but for what has drifted. @throws {HubError} the source's own */
export async function sampleRows(
  federation: Federation,
  { model, crosswalks }: Pick<Supergraph, 'model' | 'crosswalks'>,
  binding: TypeBinding,
  limit: number,
  signal: AbortSignal,
): Promise<SampleRow[]> {
  requireTrusted(binding);
  const columns: Expr[] = [];
  const names: string[] = [];
  const column = (expr: Expr, name: string): number => {
    const known = names.indexOf(nameOf(expr, name));
    if (known >= 0 && JSON.stringify(columns[known]) === JSON.stringify(expr)) return known;
    names.push(known >= 0 ? `${nameOf(expr, name)} (${name})` : nameOf(expr, name));
    return columns.push(expr) - 1;
  };
  const key = binding.key.map((expr, index) => column(expr, `key ${index + 1}`));
  const fields = sound(binding).map((field) => ({
    field,
    reads: (field.crosswalk ? [field.crosswalk.local] : field.reads).map((expr) => column(expr, field.path)),
  }));
  const prepared = federation.connector(binding.source).prepare({
    kind: 'rows',
    query: { rows: binding.rows, columns, orderBy: binding.key.map((value) => ({ value, direction: 'asc', nulls: 'first' })), limit, children: [] },
  });
  const rows = await prepared.run({}, federation.call(binding.source, signal));
  const keyFields = model.types.get(binding.type)?.key ?? [];
  const isRepeated = createKeyWatch(binding, keyFields);
  const keysOf = new Map<string, KeysOf>();
  for (const { field, reads } of fields) {
    if (!field.crosswalk) continue;
    const locals = [...new Set(rows.map((row) => row[reads[0] ?? 0] as WireValue))].filter((local) => !isMissing(local));
    keysOf.set(field.path, await sampleKeys(federation, crosswalks, { entity: field.crosswalk.entity, source: binding.source }, locals, signal));
  }
  return rows.map((row: Row): SampleRow => {
    const issues: SampleRow['issues'][number][] = [];
    const unified: Record<string, Canonical> = {};
    for (const { field, reads } of fields) {
      const raw = reads.map((index) => row[index] as WireValue);
      if (!field.crosswalk) unified[field.path] = field.decode(raw, (code, rawValue) => issues.push({ field: field.path, code, rawValue }));
      else {
        const [local = null] = raw;
        const keys = isMissing(local) ? [] : (keysOf.get(field.path)?.(local) ?? []);
        unified[field.path] = keys[0] ?? null;
        if (keys.length === 0 && !isMissing(local)) issues.push({ field: field.path, code: 'UNRESOLVED_KEY', rawValue: String(local) });
      }
    }
    const own = key.map((index) => row[index] as WireValue);
    if (isRepeated(own, unified)) issues.push({ field: keyFields[0] ?? '', code: 'DUPLICATE_KEY', rawValue: own.join('|') });
    return {
      key: own.map(String).join('|'),
      raw: Object.fromEntries(names.map((name, index) => [name, row[index] as WireValue])),
      unified,
      issues,
    };
  });
}

/** Those that can be read. */
export const sound = ({ fields }: TypeBinding): readonly FieldBinding[] => [...fields.values()].filter(({ drift }) => !drift);

const isMissing = (local: WireValue): boolean => local === null || local === '';

const nameOf = (expr: Expr, otherwise: string): string => (expr.kind === 'column' ? expr.column : otherwise);
