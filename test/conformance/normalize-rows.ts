import { naiveKey, zonedKey } from '../../schema/model/date.ts';
import { normalizeDecimal } from '../../schema/model/decimal.ts';
import type { PhysicalType, WireValue } from '../../schema/model/physical-type.ts';
import type { AggregateQuery, Child, Query, Request, Row } from '../../connectors/spi/ir.ts';
import { typeOfExpr, typeOfMeasure } from '../../connectors/spi/type-of.ts';

/** Result rows with every freedom of the wire form taken out (trailing zeros, JSON spelling), after checking that each value has its wire form. */
export function normalizeRows(request: Request, rows: readonly Row[]): unknown[] {
  if (request.kind === 'aggregate') return rows.map((row) => normalizeGroup(request.query, row));
  if (request.kind === 'batch') return rows.map((row) => normalizeCells([], request.children, row));
  return rows.map((row) => normalizeRow(request.query, row));
}

function normalizeRow(query: Query, row: Row): unknown[] {
  return normalizeCells(query.columns.map(typeOfExpr), query.children, row);
}

function normalizeGroup(query: AggregateQuery, row: Row): unknown[] {
  return normalizeCells([...(query.by ?? []).map(typeOfExpr), ...query.measures.map(typeOfMeasure)], [], row);
}

function normalizeCells(types: readonly PhysicalType[], children: readonly Child[], row: Row): unknown[] {
  if (row.length !== types.length + children.length)
    throw new Error(`expected a row of ${types.length} values and ${children.length} children, got ${JSON.stringify(row)}`);
  return row.map((cell, index) => {
    const type = types[index];
    if (type !== undefined) return normalizeValue(cell as WireValue, type);
    return normalizeChild(children[index - types.length]!, cell as Row | Row[] | null);
  });
}

function normalizeChild(child: Child, value: Row | Row[] | null): unknown {
  if (child.kind === 'many') return (value as Row[]).map((row) => normalizeRow(child.query, row));
  if (child.kind === 'groups') return (value as Row[]).map((row) => normalizeGroup(child.query as AggregateQuery, row));
  if (value === null) return null;
  return child.kind === 'one' ? normalizeRow(child.query, value as Row) : normalizeGroup(child.query as AggregateQuery, value as Row);
}

const WIRE: Record<PhysicalType['kind'], (value: WireValue, type: PhysicalType) => boolean> = {
  text: isText,
  uuid: isText,
  other: isText,
  json: isText,
  integer: (value, type) => (type.kind === 'integer' && type.bits === 64 ? typeof value === 'string' && /^-?\d+$/.test(value) : Number.isSafeInteger(value)),
  decimal: (value) => typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value),
  float: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  date: (value) => /^\d{4}-\d\d-\d\d$/.test(String(value)),
  timestamp: (value, type) =>
    (type.kind === 'timestamp' && type.zoned
      ? /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d:\d\d$/
      : /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?$/
    ).test(String(value)),
  time: (value) => /^\d\d:\d\d:\d\d(\.\d{1,6})?$/.test(String(value)),
  binary: (value) => /^([0-9a-f]{2})*$/.test(String(value)),
};

function isText(value: WireValue): boolean {
  return typeof value === 'string';
}

/** One value as every engine must give it, or a telling text where it is not in wire form. */
function normalizeValue(value: WireValue, type: PhysicalType): unknown {
  if (value === null) return null;
  if (!WIRE[type.kind](value, type)) return `no wire form of ${type.kind}: ${JSON.stringify(value)}`;
  if (type.kind === 'decimal') return normalizeDecimal(String(value));
  if (type.kind === 'timestamp') return type.zoned ? `${zonedKey(String(value))} ${String(value).slice(-6)}` : naiveKey(String(value));
  if (type.kind === 'time')
    return String(value)
      .replace(/\.?0*$/, (zeros) => (zeros.startsWith('.') ? '' : zeros))
      .replace(/(\.\d*?)0+$/, '$1');
  return type.kind === 'json' ? JSON.parse(String(value)) : value;
}
