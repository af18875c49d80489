import type { RawProfile } from './profile-table.ts';

export interface SuggestedKey {
  readonly columns: readonly string[];
  readonly evidence: string;
  readonly confidence: number;
}

/** What is unique in one of several tables may stand in another too; which table a row is from makes it unique in all. */
export function suggestKey(profile: RawProfile, tables: number, placeholder: string | undefined): SuggestedKey | undefined {
  const key = keyInTable(profile);
  if (!key || placeholder === undefined) return key;
  return {
    columns: [...key.columns, placeholder],
    evidence: `${key.evidence}; each of the ${tables} tables may use it anew, so the ${placeholder} is part of it`,
    confidence: key.confidence * 0.8,
  };
}

function keyInTable({ table, columns, rows }: RawProfile): SuggestedKey | undefined {
  // A key has an exact equality, which a Float has not.
  const fit = columns.filter(({ column }) => column.type.kind !== 'float');
  const readable = new Set(fit.map(({ column }) => column.name));
  if (table.primaryKey.length > 0 && table.primaryKey.every((name) => readable.has(name)))
    return { columns: table.primaryKey, evidence: 'its primary key', confidence: 1 };
  const unique = table.uniqueKeys.find((key) => key.every((name) => readable.has(name)));
  if (unique) return { columns: unique, evidence: 'a unique key', confidence: 0.95 };
  const alone = fit.find(({ distinct, nulls }) => rows > 1 && nulls === 0 && distinct === rows);
  return alone && { columns: [alone.column.name], evidence: `${rows} rows, ${rows} values`, confidence: 0.7 };
}
