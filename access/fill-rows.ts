import type { Principal } from '../schema/model/principal.ts';
import type { RowRule } from '../schema/model/rights.ts';

/** No row at all. */
export const NO_ROWS: RowRule = { or: [] };

/** A row rule with the attributes of whoever asks in their places. Somebody without an attribute that it names sees no row. */
export function fillRows(rule: RowRule | undefined, { attributes, department, subject }: Principal): RowRule | undefined {
  if (rule === undefined) return undefined;
  const known: Readonly<Record<string, string | readonly string[] | undefined>> = { ...attributes, department, subject };
  let missing = false;
  const fill = (value: unknown, list: boolean): unknown => {
    if (Array.isArray(value)) return value.flatMap((item) => fill(item, true));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fill(inner, key === 'in' || key === 'notIn')]));
    if (typeof value !== 'string' || !value.startsWith('$')) return value;
    const found = Object.hasOwn(known, value.slice(1)) ? known[value.slice(1)] : undefined;
    const all = found === undefined ? [] : typeof found === 'string' ? [found] : found;
    // An empty list under `notIn` or `not` would be met by every row.
    missing ||= all.length === 0 || (!list && all.length > 1);
    return list ? all : all[0];
  };
  const filled = fill(rule, false) as RowRule;
  return missing ? NO_ROWS : filled;
}
