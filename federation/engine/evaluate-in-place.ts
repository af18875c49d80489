import type { ColumnDef, Measure, Order } from '../../connectors/spi/ir.ts';
import { typeOfExpr } from '../../connectors/spi/type-of.ts';
import { addDecimal } from '../../schema/model/decimal.ts';
import type { WireValue } from '../../schema/model/physical-type.ts';
import { compileRead, compileTest, type Values } from './compile-test.ts';
import { comparisonOf, type Known } from './comparison.ts';
import type { GroupsQuery, RowsQuery } from './engine.ts';
import { groupColumns } from './hub-column.ts';

/** Positions of the rows that pass, in order, cut. Values are in plain form. */
export function selectInPlace(columns: readonly ColumnDef[], rows: readonly Values[], query: RowsQuery): number[] {
  const test = query.where && compileTest(query.where, columns);
  const passed: number[] = [];
  for (let i = 0; i < rows.length; i++) if (!test || test(rows[i] as Values)) passed.push(i);
  if (query.orderBy.length > 0) {
    const compare = comparison(columns, query.orderBy);
    passed.sort((a, b) => compare(rows[a] as Values, rows[b] as Values));
  }
  const start = query.offset ?? 0;
  return start === 0 && query.limit === undefined ? passed : passed.slice(start, query.limit === undefined ? undefined : start + query.limit);
}

/** Groups of the rows, keys then measures, in plain form. */
export function groupInPlace(columns: readonly ColumnDef[], rows: readonly Values[], query: GroupsQuery): WireValue[][] {
  const by = query.by.map((expr) => compileRead(expr, columns));
  const members = new Map<string, { readonly key: WireValue[]; readonly rows: Values[] }>();
  if (by.length === 0) members.set('[]', { key: [], rows: [...rows] });
  else {
    for (const row of rows) {
      const key = by.map((read) => read(row));
      const text = JSON.stringify(key);
      const known = members.get(text);
      if (known) known.rows.push(row);
      else members.set(text, { key, rows: [row] });
    }
  }
  const measures = query.measures.map((measure) => compileMeasure(measure, columns));
  const groups = [...members.values()].map((group) => [...group.key, ...measures.map((take) => take(group.rows))]);
  const made = groupColumns(query.by.map(typeOfExpr), query.measures);
  const kept = selectInPlace(made, groups, {
    kind: 'rows',
    ...(query.having ? { where: query.having } : {}),
    orderBy: query.orderBy ?? [],
    ...(query.limit === undefined ? {} : { limit: query.limit }),
  });
  return kept.map((i) => groups[i] as WireValue[]);
}

function comparison(columns: readonly ColumnDef[], orderBy: readonly Order[]): (a: Values, b: Values) => number {
  const steps = orderBy.map(({ value, direction, nulls }) => {
    const read = compileRead(value, columns);
    const compare = comparisonOf(typeOfExpr(value));
    const sign = direction === 'asc' ? 1 : -1;
    const nullFirst = nulls === 'first' ? -1 : 1;
    return (rowA: Values, rowB: Values): number => {
      const [a, b] = [read(rowA), read(rowB)];
      if (a === null || b === null) return a === b ? 0 : a === null ? nullFirst : -nullFirst;
      return sign * compare(a, b);
    };
  });
  return (a, b) => {
    for (const step of steps) {
      const order = step(a, b);
      if (order !== 0) return order;
    }
    return 0;
  };
}

function compileMeasure(measure: Measure, columns: readonly ColumnDef[]): (rows: readonly Values[]) => WireValue {
  if (measure.value === undefined) return (rows) => rows.length;
  const read = compileRead(measure.value, columns);
  const known = (rows: readonly Values[]): Known[] => rows.map(read).filter((value): value is Known => value !== null);
  const type = typeOfExpr(measure.value);
  const compare = comparisonOf(type);
  switch (measure.fn) {
    case 'count':
      return (rows) => known(rows).length;
    case 'countDistinct':
      return (rows) => new Set(known(rows)).size;
    case 'sum':
      if (type.kind === 'float') return (rows) => fold(known(rows), (a, b) => Number(a) + Number(b));
      return (rows) => fold(known(rows).map(String), (a, b) => addDecimal(String(a), String(b)));
    case 'min':
      return (rows) => fold(known(rows), (a, b) => (compare(a, b) <= 0 ? a : b));
    case 'max':
      return (rows) => fold(known(rows), (a, b) => (compare(a, b) >= 0 ? a : b));
  }
}

const fold = (values: readonly Known[], step: (a: Known, b: Known) => Known): WireValue => (values.length === 0 ? null : values.reduce(step));
