import type { LookupMapping, RawValue, RowCondition, RowFilter, RowsMapping, TableName, UnpivotValue } from '../model/mapping.ts';
import { withOrigin } from './origin.ts';
import type { Report } from './report.ts';
import type { YamlNode } from './yaml.ts';
import { child, readPath, readRecord, readTexts } from './yaml-read.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Rows of the right shape as data. */
export function readRows(node: YamlNode, report: Report): RowsMapping {
  const rows: Mutable<RowsMapping> = { place: node.keyPlace };
  if (node.kind === 'scalar') {
    rows.table = readTable(node, report);
    return withOrigin(rows, node);
  }
  for (const [key, part] of node.entries) READERS[key]?.(rows, part, report);
  return withOrigin(rows, node);
}

type Reader = (rows: Mutable<RowsMapping>, part: YamlNode, report: Report) => void;

const READERS: Readonly<Record<string, Reader>> = {
  table: (rows, part, report) => (rows.table = readTable(part, report)),
  tables: (rows, part, report) => (rows.tables = readTable(part, report)),
  union: (rows, part, report) =>
    (rows.union = part.items.map((item) => ({
      table: readTable(child(item, 'table'), report),
      values: readRecord(item.entries.get('values'), (value) => value.text),
    }))),
  only: (rows, part) => (rows.only = readFilter(part)),
  lookups: (rows, part, report) => (rows.lookups = readRecord(part, (lookup) => readLookup(lookup, report))),
  latest: (rows, part) => (rows.latest = { by: readTexts(part.entries.get('by')), order: readTexts(part.entries.get('order')) }),
  deleted: (rows, part) => (rows.deleted = readFilter(part)),
  where: (rows, part) => (rows.where = readFilter(part)),
  split: (rows, part) =>
    (rows.split = { column: child(part, 'column').text, separators: readTexts(part.entries.get('separators')), as: child(part, 'as').text }),
  jsonRows: (rows, part) => {
    const path = part.entries.get('path');
    rows.jsonRows = { column: child(part, 'column').text, path: path === undefined ? [] : readPath(path), as: child(part, 'as').text };
  },
  unpivot: (rows, part) => (rows.unpivot = { branches: child(part, 'branches').items.map(readBranch) }),
  grouped: (rows, part) =>
    (rows.grouped = {
      by: readTexts(part.entries.get('by')),
      measures: readRecord(part.entries.get('measures'), (measure) => ({
        fn: child(measure, 'fn').text as 'count' | 'countDistinct' | 'sum' | 'min' | 'max',
        ...(measure.entries.has('column') ? { column: child(measure, 'column').text } : {}),
      })),
    }),
};

/** A branch that does not say when it yields nothing yields nothing where all its columns are blank. */
function readBranch(node: YamlNode): { values: Readonly<Record<string, UnpivotValue>>; unlessBlank: readonly string[] } {
  const values = readRecord(node.entries.get('values'), (part): UnpivotValue => {
    if (part.kind === 'scalar') return { column: part.text };
    return part.entries.has('constant') ? { constant: child(part, 'constant').text } : { column: child(part, 'column').text };
  });
  const columns = Object.values(values).flatMap((value) => ('column' in value ? [value.column] : []));
  return { values, unlessBlank: node.entries.has('unlessBlank') ? readTexts(node.entries.get('unlessBlank')) : columns };
}

function readLookup(node: YamlNode, report: Report): LookupMapping {
  const where = node.entries.get('where');
  return {
    table: readTable(child(node, 'table'), report),
    on: readRecord(node.entries.get('on'), (column) => column.text),
    ...(where === undefined ? {} : { where: readFilter(where) }),
    order: readTexts(node.entries.get('order')),
  };
}

/** Column → condition; a bare value means `eq`, null `isNull: true`. */
export function readFilter(node: YamlNode): RowFilter {
  return readRecord(node, (condition): RowCondition => {
    if (condition.kind === 'scalar') return condition.value === null ? { isNull: true } : { eq: condition.value as RawValue };
    return readRecord(condition, (operand) => (operand.kind === 'list' ? operand.items.map((item) => item.value) : operand.value)) as RowCondition;
  });
}

/** `name`, `schema.name`, `"a name with . inside"`. */
function readTable(node: YamlNode, report: Report): TableName {
  const parts = [...node.text.matchAll(/(?:"((?:[^"]|"")+)"|([^".]+))(?:\.|$)/gy)];
  const names = parts.map((match) => match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
  const length = parts.reduce((sum, match) => sum + match[0].length, 0);
  const [first, second] = names;
  if (first === undefined || names.length > 2 || length !== node.text.length || node.text.endsWith('.')) {
    report.error(
      node.place,
      `"${node.text.slice(0, 60)}" is no table name`,
      'write table or schema.table; put a name that holds a dot or a quote in double quotes inside single ones: \'"a.b"\'',
    );
    return { name: node.text };
  }
  return second === undefined ? { name: first } : { schema: first, name: second };
}
