import { createHash } from 'node:crypto';
import type { FieldLimit, Rights } from '../schema/model/rights.ts';
import { compareText } from '../schema/model/compare-text.ts';

/** Rights with their key: equal for equal rights, whoever's they are. */
export function sealRights(rights: Omit<Rights, 'key'>): Rights {
  return { ...rights, key: createHash('sha256').update(printRights(rights)).digest('base64url').slice(0, 22) };
}

/** Rights as text, for people and for comparing: every line says what is not simply visible. */
export function printRights({ types, actions }: Omit<Rights, 'key'>): string {
  const lines = [`may ${[...actions].toSorted(compareText).join(', ') || 'do nothing else'}`];
  if (types === null) return [...lines, 'sees everything', ''].join('\n');
  for (const [name, { fields, rows, totals, purposeMissing }] of [...types].toSorted(([a], [b]) => compareText(a, b))) {
    lines.push(`sees ${name}`);
    if (rows) lines.push(`  where ${JSON.stringify(rows)}`);
    if (totals)
      lines.push(
        `  only totals over at least ${totals.atLeast} rows, by ${totals.by.map(({ path, truncate }) => (truncate ? `${path} (${truncate})` : path)).join(', ')}`,
      );
    if (purposeMissing) lines.push('  once a purpose is stated');
    for (const [path, limit] of [...fields].toSorted(([a], [b]) => compareText(a, b))) lines.push(`  ${path} ${printLimit(limit)}`);
  }
  return [...lines, ''].join('\n');
}

const printLimit = (limit: FieldLimit): string => (limit.kind === 'absent' ? 'absent' : `masked as ${limit.mask}`);
