import type { CallOptions, Connector, PreparedRequest } from '../../connectors/spi/connector.ts';
import type { Expr, Predicate, Row } from '../../connectors/spi/ir.ts';
import { typeOfExpr } from '../../connectors/spi/type-of.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { PhysicalType, WireValue } from '../../schema/model/physical-type.ts';
import type { CrosswalkBinding } from '../supergraph/binding.ts';
import { createPacer } from './pacer.ts';

/** One row that holds both keys. */
export interface ScannedKey {
  /** Wire value as text. */
  readonly local: string;
  /** Canonical keys that the cell names; empty when it is blank or no key. */
  readonly canonical: readonly string[];
  /** The cell as written; null when blank. */
  readonly raw: string | null;
  readonly confirmed: boolean;
  /** `YYYY-MM-DD`, inclusive; null is open-ended. */
  readonly validTo: string | null;
  /** Unified field → value as text, blanks left out, in the mapping's order. */
  readonly evidence: Readonly<Record<string, string>>;
}

export interface ScanOptions extends CallOptions {
  /** Rows a statement; default 10,000. */
  readonly pageRows?: number;
}

const PAGE_ROWS = 10_000;
const PAGE_ROWS_MAX = 1_000_000;
const COLUMNS_BEFORE_READS = 3;
const FLAG: PhysicalType = { kind: 'integer', bits: 32 };
const LITERAL = (value: WireValue, type: PhysicalType): Expr => ({ kind: 'literal', value, type });

/**
 * Reads all rows of a crosswalk in pages by local key; rows without one are left out. Pages are separate statements: what changes meanwhile is seen by
 * the next scan.
 * @throws {HubError} SOURCE_UNAVAILABLE | SOURCE_TIMEOUT | SOURCE_BUSY | SOURCE_CAPABILITY_MISSING as the connector does; JOIN_TOO_LARGE when one
 * local key has more than a million rows.
 */
export async function scanCrosswalk(binding: CrosswalkBinding, connector: Connector, { pageRows = PAGE_ROWS, ...call }: ScanOptions): Promise<ScannedKey[]> {
  const scanned: ScannedKey[] = [];
  const pacer = createPacer();
  let limit = pageRows;
  let after: WireValue = null;
  let statement = prepare(binding, connector, limit, false);
  for (;;) {
    const rows: Row[] = await statement.run(after === null ? {} : { variables: { after } }, { ...call, maxRows: limit });
    const full = rows.length >= limit;
    const lastLocal = rows.at(-1)?.[0] as WireValue | undefined;
    // A full page may have cut the last key's rows short: they are left to the next page.
    const complete = full ? rows.filter((row) => row[0] !== lastLocal) : rows;
    for (const row of complete) {
      if (pacer.isDue()) await pacer.rest();
      const key = scannedKey(binding, row as WireValue[]);
      if (!key.local.includes('\0')) scanned.push(key); // no store keeps it, no record is named so
    }
    if (!full) return scanned;
    if (complete.length === 0) {
      limit *= 4;
      if (limit > PAGE_ROWS_MAX)
        throw new HubError('JOIN_TOO_LARGE', `One key of ${binding.entity} has more than ${PAGE_ROWS_MAX} rows in its crosswalk.`, {
          source: binding.source,
          department: binding.department,
        });
    } else {
      after = complete.at(-1)?.[0] as WireValue;
      limit = pageRows;
    }
    statement = prepare(binding, connector, limit, after !== null);
  }
}

function prepare(binding: CrosswalkBinding, connector: Connector, limit: number, resumed: boolean): PreparedRequest {
  const { local } = binding;
  const named: Predicate = { kind: 'isNull', value: local, negated: true };
  const beyond: Predicate = { kind: 'compare', op: 'gt', left: local, right: { kind: 'variable', name: 'after', type: typeOfExpr(local) } };
  return connector.prepare({
    kind: 'rows',
    query: {
      rows: binding.rows,
      columns: scanColumns(binding),
      where: { kind: 'and', predicates: resumed ? [named, beyond] : [named] },
      orderBy: [{ value: local, direction: 'asc', nulls: 'first' }],
      limit,
      children: [],
    },
  });
}

/** What is read of each row of a crosswalk, the local key first. */
export function scanColumns({ local, confirmed, validTo, reads, evidence }: CrosswalkBinding): Expr[] {
  const flag: Expr =
    confirmed === undefined ? LITERAL(1, FLAG) : { kind: 'case', branches: [{ if: confirmed, then: LITERAL(1, FLAG) }], else: LITERAL(0, FLAG) };
  return [local, flag, validTo ?? LITERAL(null, { kind: 'text' }), ...reads, ...evidence.values()];
}

/** A row of `scanColumns`, its local key not null. */
export function scannedKey(binding: CrosswalkBinding, row: readonly WireValue[]): ScannedKey {
  const evidence = [...binding.evidence.keys()];
  const reads = row.slice(COLUMNS_BEFORE_READS, COLUMNS_BEFORE_READS + binding.reads.length);
  const values = row.slice(COLUMNS_BEFORE_READS + binding.reads.length);
  const raw = reads.filter((value) => value !== null && value !== '').join(' ');
  const until = validity(row[2] ?? null);
  return {
    local: String(row[0]),
    canonical: binding.decode(reads, () => undefined),
    raw: raw === '' ? null : raw,
    confirmed: Number(row[1]) === 1 && until !== undefined,
    validTo: until ?? null,
    evidence: Object.fromEntries(evidence.map((field, index) => [field, String(values[index] ?? '').trim()]).filter(([, value]) => value !== '')),
  };
}

/** A date, or null for open-ended; undefined when it cannot be read, for then nobody knows whether the match still holds. */
function validity(value: WireValue): string | null | undefined {
  if (value === null || value === '') return null;
  const parts = /^(\d{4})-?(\d{2})-?(\d{2})(?!\d)/.exec(String(value));
  return parts === null ? undefined : parts.slice(1).join('-');
}
