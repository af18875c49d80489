import type { TypeBinding } from '../federation/supergraph/binding.ts';
import type { DataIssue } from '../schema/model/canonical.ts';
import type { SampleRow } from './sample-rows.ts';

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

/** Field by field, in the mapping's order. Pure. */
export function qualityOf(binding: TypeBinding, rows: readonly SampleRow[]): FieldQuality[] {
  return [...binding.fields.keys()].map((field) => {
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
