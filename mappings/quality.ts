import type { TypeBinding } from '../federation/supergraph/binding.ts';
import type { DataIssue } from '../schema/model/canonical.ts';
import { sound, type SampleRow } from './sample-rows.ts';

/** How good a field's values are, over a sample. */
export interface FieldQuality {
  readonly type: string;
  readonly source: string;
  readonly field: string;
  readonly rows: number;
  /** Without a value, for whatever reason. */
  readonly nulls: number;
  /** Values that could not be read, by what is wrong. */
  readonly issues: readonly { readonly code: DataIssue['code']; readonly count: number; readonly example: string }[];
}

/** The same as shares, 0…1, without a value that anybody could recognise. */
export interface FieldRates {
  readonly source: string;
  readonly field: string;
  readonly rows: number;
  readonly nulls: number;
  readonly unknownCodes: number;
  readonly badDates: number;
  readonly unmatchedKeys: number;
  readonly otherIssues: number;
}

const NAMED: ReadonlySet<DataIssue['code']> = new Set(['UNKNOWN_CODE', 'BAD_DATE', 'UNRESOLVED_KEY']);

export function ratesOf({ source, field, rows, nulls, issues }: FieldQuality): FieldRates {
  const share = (count: number): number => (rows === 0 ? 0 : Math.round((count / rows) * 10_000) / 10_000);
  const of = (wanted: (code: DataIssue['code']) => boolean): number => share(issues.reduce((sum, { code, count }) => sum + (wanted(code) ? count : 0), 0));
  return {
    source,
    field,
    rows,
    nulls: share(nulls),
    unknownCodes: of((code) => code === 'UNKNOWN_CODE'),
    badDates: of((code) => code === 'BAD_DATE'),
    unmatchedKeys: of((code) => code === 'UNRESOLVED_KEY'),
    otherIssues: of((code) => !NAMED.has(code)),
  };
}

/** Field by field, in the mapping's order. Pure. */
export function qualityOf(binding: TypeBinding, rows: readonly SampleRow[]): FieldQuality[] {
  return sound(binding).map(({ path: field }) => {
    const issues = new Map<DataIssue['code'], { code: DataIssue['code']; count: number; example: string }>();
    for (const issue of rows.flatMap((row) => row.issues)) {
      if (issue.field !== field) continue;
      const known = issues.get(issue.code);
      if (known) known.count++;
      else issues.set(issue.code, { code: issue.code, count: 1, example: issue.rawValue });
    }
    const nulls = rows.filter(({ unified }) => unified[field] === null).length;
    return { type: binding.type, source: binding.source, field, rows: rows.length, nulls, issues: [...issues.values()] };
  });
}
