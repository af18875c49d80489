import type { FoundRecord } from './read-access-log.ts';

const COLUMNS = ['at', 'chain', 'seq', 'kind', 'subject', 'department', 'roles', 'purpose', 'operation', 'hash', 'decision', 'reads', 'rows', 'errors', 'ms'] as const; // prettier-ignore

export const csvHead = (): string => COLUMNS.join(',');

/** A record as a line of CSV (RFC 4180). */
export function csvLine(record: FoundRecord): string {
  const { who, operation, reads = [], errors = {} } = record;
  const values: Readonly<Record<(typeof COLUMNS)[number], string | number | undefined>> = {
    at: record.at,
    chain: record.chain,
    seq: record.seq,
    kind: record.kind,
    subject: who.subject,
    department: who.department,
    roles: who.roles.join(' '),
    purpose: who.purpose,
    operation: operation?.name,
    hash: operation?.hash,
    decision: record.decision,
    reads: reads.map(({ department, fields }) => `${department}: ${fields.join(' ')}`).join('; '),
    rows: reads.reduce((sum, { rows }) => sum + rows, 0),
    errors: Object.entries(errors).map(([code, count]) => `${code} ${count}`).join(' '), // prettier-ignore
    ms: record.ms,
  };
  return COLUMNS.map((column) => csvCell(values[column])).join(',');
}

/** What a spreadsheet would take for a formula begins with an apostrophe; nothing else is changed. */
export function csvCell(value: string | number | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r\n＝＋－＠]/.test(value) ? `'${value}` : value;
  return /["\n\r,]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
