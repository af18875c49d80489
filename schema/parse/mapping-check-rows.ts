import type { RowFilter, RowsMapping } from '../model/mapping.ts';
import type { Place } from '../model/unified.ts';
import { checkPath } from './mapping-check-value.ts';
import { placeWithin } from './origin.ts';
import type { Report } from './report.ts';

const TABLES = ['table', 'tables', 'union'] as const;
const SHAPES = ['split', 'jsonRows', 'unpivot', 'grouped'] as const;

export function checkRows(where: string, rows: RowsMapping, report: Report): void {
  const at = (...path: (string | number)[]): Place => placeWithin(rows, path, rows.place);
  const tables = TABLES.filter((key) => rows[key] !== undefined);
  const shapes = SHAPES.filter((key) => rows[key] !== undefined);
  if (tables.length === 0) report.error(rows.place, `${where} names no table`, 'add "table", "tables" or "union"');
  for (const second of tables.slice(1))
    report.error(at(second), `${where} has both "${tables[0]}" and "${second}"`, 'remove one of them; "union" takes any number of tables');
  for (const second of shapes.slice(1))
    report.error(at(second), `${where} has both "${shapes[0]}" and "${second}"`, 'keep one; map the other to a type of its own');

  if (rows.table !== undefined && /[{}]/.test(rows.table.name))
    report.error(at('table'), `table "${rows.table.name}" of ${where} holds a placeholder`, 'write "tables" in place of "table"');
  if (rows.tables !== undefined) checkTablePattern(where, rows.tables.name, at('tables'), report);
  const union = rows.union ?? [];
  for (const [index, { values }] of union.entries()) {
    const missing =
      Object.keys(union[0]?.values ?? {}).find((column) => !(column in values)) ?? Object.keys(values).find((column) => !(column in (union[0]?.values ?? {})));
    if (missing !== undefined)
      report.error(
        at('union', index),
        `table ${index + 1} of ${where}.union has other "values" than table 1 ("${missing}")`,
        'give every table of the union the same value names',
      );
  }

  for (const key of ['only', 'deleted', 'where'] as const) {
    const filter = rows[key];
    if (filter !== undefined) checkFilter(`${where}.${key}`, filter, at(key), report, (column) => at(key, column));
  }
  for (const [name, lookup] of Object.entries(rows.lookups ?? {})) {
    if (lookup.where !== undefined) checkFilter(`${where}.lookups.${name}.where`, lookup.where, at('lookups', name, 'where'), report);
  }
  checkPath(`the path of ${where}.jsonRows`, rows.jsonRows?.path, at('jsonRows', 'path'), report);
  const branches = rows.unpivot?.branches ?? [];
  const first = Object.keys(branches[0]?.values ?? {});
  for (const [index, { values }] of branches.entries()) {
    const odd = first.find((column) => !(column in values)) ?? Object.keys(values).find((column) => !first.includes(column));
    if (odd !== undefined)
      report.error(
        at('unpivot', 'branches', index),
        `branch ${index + 1} of ${where}.unpivot has other "values" than branch 1 ("${odd}")`,
        'give every branch the same new columns',
      );
  }
  for (const [name, measure] of Object.entries(rows.grouped?.measures ?? {})) {
    if (measure.fn !== 'count' && measure.column === undefined)
      report.error(
        at('grouped', 'measures', name),
        `measure "${name}" of ${where}.grouped has no column`,
        `add what "${measure.fn}" is taken over, e.g. { fn: ${measure.fn}, column: je }`,
      );
    if (rows.grouped?.by.includes(name))
      report.error(at('grouped', 'measures', name), `measure "${name}" of ${where}.grouped has the name of a column in "by"`, 'give it another name');
  }
}

function checkTablePattern(where: string, pattern: string, place: Place, report: Report): void {
  const names = [...pattern.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1] ?? '');
  if (names.length === 0)
    report.error(place, `"${pattern}" of ${where} has no placeholder`, 'write "table" for one table, or put {year} (any name) where the tables differ');
  if (/[{}]/.test(pattern.replaceAll(/\{[^{}]*\}/g, '')))
    report.error(place, `a bracket of the pattern "${pattern}" of ${where} is not closed`, 'write each placeholder as {name}');
  const bad = names.find((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name));
  if (bad !== undefined) report.error(place, `"{${bad}}" in ${where} is no usable placeholder`, 'name it with letters, digits and _, e.g. {year}');
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) report.error(place, `the placeholder "{${twice}}" stands twice in ${where}`, 'give each its own name');
}

const COMPARISONS = ['eq', 'ne', 'in', 'notIn', 'lt', 'lte', 'gt', 'gte'] as const;

export function checkFilter(where: string, filter: RowFilter, place: Place, report: Report, placeOf: (column: string) => Place = () => place): void {
  for (const [column, condition] of Object.entries(filter)) {
    if (condition.isNull === true && COMPARISONS.some((key) => condition[key] !== undefined)) {
      report.error(placeOf(column), `"${column}" in ${where} must be null and compares as well, so it is never true`, 'remove "isNull" or the comparison');
    }
  }
}

/** The columns that `grouped` leaves; undefined when only the source's catalog can say. */
export function columnsAfter(rows: RowsMapping): readonly string[] | undefined {
  return rows.grouped === undefined ? undefined : [...rows.grouped.by, ...Object.keys(rows.grouped.measures)];
}
