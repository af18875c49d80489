import { setImmediate } from 'node:timers/promises';
import type { Expr, Row } from '../../connectors/spi/ir.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { Canonical, DataIssue } from '../../schema/model/canonical.ts';
import type { WireValue } from '../../schema/model/physical-type.ts';
import { entityType } from '../crosswalk/unresolved.ts';
import { requireTrusted } from '../drift/drift-error.ts';
import type { Supergraph } from '../plan/supergraph.ts';
import type { TypeBinding } from '../supergraph/binding.ts';
import type { Federation } from '../supergraph/federation.ts';
import { createKeyWatch } from './key-watch.ts';

export interface IssueFilter {
  readonly source?: string;
  readonly field?: string;
  readonly code?: string;
}

export interface IssueScan {
  /** In the order of sources, then rows, then fields. At most `KEPT_MAX`; `counts` holds all. */
  readonly issues: readonly DataIssue[];
  readonly counts: readonly { readonly source: string; readonly field: string; readonly code: DataIssue['code']; readonly count: number }[];
  readonly rowsScanned: number;
  /** False when a source has more rows than may be read. */
  readonly complete: boolean;
}

const KEPT_MAX = 10_000;
/** Decoding this many rows takes a few milliseconds; then others have their turn. */
const ROWS_A_TURN = 500;

/**
 * Reads a type's rows, up to the row cap, and decodes them as a query would.
 * @throws {HubError} BAD_USER_INPUT for an unknown type or source; a source's own errors
 */
export async function scanIssues(
  federation: Federation,
  supergraph: Supergraph,
  typeName: string,
  filter: IssueFilter,
  signal: AbortSignal,
): Promise<IssueScan> {
  entityType(supergraph, typeName);
  const bindings = (supergraph.bindings.get(typeName) ?? []).filter((binding) => filter.source === undefined || binding.source === filter.source);
  if (bindings.length === 0)
    throw new HubError(
      'BAD_USER_INPUT',
      filter.source === undefined ? `${typeName} is mapped by no source.` : `${typeName} is not mapped by "${filter.source.slice(0, 60)}".`,
    );
  const scans = await Promise.all(bindings.map((binding) => scanBinding(federation, binding, supergraph, filter, signal)));
  return {
    issues: scans.flatMap((scan) => scan.issues).slice(0, KEPT_MAX),
    counts: scans.flatMap((scan) => scan.counts),
    rowsScanned: scans.reduce((sum, scan) => sum + scan.rowsScanned, 0),
    complete: scans.every((scan) => scan.complete),
  };
}

async function scanBinding(federation: Federation, binding: TypeBinding, supergraph: Supergraph, filter: IssueFilter, signal: AbortSignal): Promise<IssueScan> {
  const { source, department, type } = binding;
  if (binding.offline) throw new HubError('SOURCE_UNAVAILABLE', `The source ${source} has not been reached since the hub was set up.`, { source, department });
  requireTrusted(binding);
  const columns: Expr[] = [];
  const column = (expr: Expr): number => columns.push(expr) - 1;
  const key = binding.key.map(column);
  const rowsMax = supergraph.limits.sourceRowsMax;
  const keyFields = supergraph.model.types.get(binding.type)?.key ?? [];
  const [keyField = ''] = keyFields;
  const isWatched = (filter.field === undefined || filter.field === keyField) && keyFields.every((path) => !binding.fields.get(path)?.drift);
  const isRepeated = createKeyWatch(binding, keyFields);
  const fields = [...binding.fields.values()]
    .filter(({ path, drift }) => !drift && (filter.field === undefined || path === filter.field || (isWatched && keyFields.includes(path))))
    .map((field) => ({ field, reads: field.crosswalk ? [column(field.crosswalk.local)] : field.reads.map(column) }));
  const prepared = federation.connector(source).prepare({
    kind: 'rows',
    query: { rows: binding.rows, columns, orderBy: binding.key.map((value) => ({ value, direction: 'asc', nulls: 'first' })), limit: rowsMax, children: [] },
  });
  const rows = await prepared.run({}, { ...federation.call(source, signal), maxRows: rowsMax });
  const crosswalk = federation.keeper.current();
  const counts = new Map<string, IssueScan['counts'][number]>();
  const issues: DataIssue[] = [];
  const report = (row: Row, field: string, code: DataIssue['code'], rawValue: string): void => {
    if ((filter.code !== undefined && code !== filter.code) || (filter.field !== undefined && field !== filter.field)) return;
    const name = `${field} ${code}`;
    counts.set(name, { source, field, code, count: (counts.get(name)?.count ?? 0) + 1 });
    if (issues.length < KEPT_MAX) issues.push({ code, type, field, source, key: key.map((index) => String(row[index])).join('|'), rawValue });
  };
  for (const [index, row] of rows.entries()) {
    if (index % ROWS_A_TURN === ROWS_A_TURN - 1) {
      await setImmediate();
      signal.throwIfAborted();
    }
    const unified: Record<string, Canonical> = {};
    for (const { field, reads } of fields) {
      const raw = reads.map((each) => row[each] as WireValue);
      if (!field.crosswalk) unified[field.path] = field.decode(raw, (code, rawValue) => report(row, field.path, code, rawValue));
      else if (raw[0] !== null && raw[0] !== '' && crosswalk.toCanonical(field.crosswalk.entity, source, String(raw[0])).length === 0)
        report(row, field.path, 'UNRESOLVED_KEY', String(raw[0]));
    }
    const own = key.map((each) => row[each] as WireValue);
    if (isWatched && isRepeated(own, unified)) report(row, keyField, 'DUPLICATE_KEY', own.join('|'));
  }
  return { issues, counts: [...counts.values()], rowsScanned: rows.length, complete: rows.length < rowsMax };
}
