import type { PhysicalType, WireValue } from '../../schema/model/physical-type.ts';
import type { NamedExpr, RowSet } from '../spi/ir.ts';
import { castValue } from '../values/cast.ts';
import { evaluate, evaluateText } from './expression.ts';
import { groupRows } from './group.ts';
import { jsonElementsAt } from '../values/json.ts';
import { measureRows } from './measure.ts';
import { orderRows } from './order.ts';
import { holds } from './predicate.ts';
import { relatedRows } from './related.ts';
import { EMPTY_ROW, type MemoryRow, type Scope } from './scope.ts';
import { splitText } from '../values/text.ts';

/** The rows of a row set, evaluated once a run. */
export function rowsOf(rowSet: RowSet, scope: Scope): readonly MemoryRow[] {
  let rows = scope.rowSets.get(rowSet);
  if (rows === undefined) scope.rowSets.set(rowSet, (rows = evaluateRowSet(rowSet, scope)));
  return rows;
}

function evaluateRowSet(set: RowSet, scope: Scope): readonly MemoryRow[] {
  switch (set.kind) {
    case 'table':
      return scope.table(set);
    case 'union':
      return set.branches.flatMap((branch) => rowsOf(branch.rows, scope).map((row) => branchRow(set, branch, row, scope)));
    case 'filter':
      return rowsOf(set.rows, scope).filter((row) => holds(set.where, row, scope));
    case 'latest':
      return groupRows(rowsOf(set.rows, scope), set.by, scope).map((group) => orderRows(group.rows, set.orderBy, scope)[0]!);
    case 'lookup': {
      const found = { on: set.on, rows: set.table };
      return rowsOf(set.rows, scope).map((row) => {
        const match = orderRows(relatedRows(found, [row], scope), set.orderBy, scope)[0];
        return withColumns(row, set.values, (value) => (match === undefined ? null : evaluate(value, match, scope)));
      });
    }
    case 'unpivot':
      return rowsOf(set.rows, scope).flatMap((row) =>
        set.branches
          .filter((branch) => branch.where === undefined || holds(branch.where, row, scope))
          .map((branch) => withColumns(row, branch.values, (value) => evaluate(value, row, scope))),
      );
    case 'jsonRows':
      return rowsOf(set.rows, scope).flatMap((row) =>
        jsonElementsAt(evaluateText(set.value, row, scope) ?? '', set.path).map((element, ordinal) =>
          new Map(row).set(set.element, element).set(set.ordinal, ordinal),
        ),
      );
    case 'splitRows':
      return rowsOf(set.rows, scope).flatMap((row) =>
        splitText(evaluateText(set.value, row, scope) ?? '', set.separators).flatMap((part, ordinal) =>
          part === null ? [] : [new Map(row).set(set.part, part).set(set.ordinal, ordinal)],
        ),
      );
    case 'extend':
      return rowsOf(set.rows, scope).map((row) => withColumns(row, set.values, (value) => evaluate(value, row, scope)));
    case 'grouped': {
      const groups = groupRows(
        rowsOf(set.rows, scope),
        set.by.map((named) => named.value),
        scope,
      );
      return groups.map((group) => {
        const row = new Map<string, WireValue>(set.by.map((named, index) => [named.as, group.keys[index]!]));
        for (const measure of set.measures) row.set(measure.as, measureRows(measure, group.rows, scope));
        return row;
      });
    }
  }
}

/** The row with columns added; all of them see the row as it was. */
function withColumns(row: MemoryRow, added: readonly NamedExpr[], valueOf: (value: NamedExpr['value']) => WireValue): MemoryRow {
  const extended = new Map(row);
  for (const { as, value } of added) extended.set(as, valueOf(value));
  return extended;
}

type Union = RowSet & { readonly kind: 'union' };

/** A branch's row with the union's columns and no others, in the union's types; a column that the branch lacks is null. */
function branchRow(union: Union, branch: Union['branches'][number], row: MemoryRow, scope: Scope): MemoryRow {
  const discriminators = withColumns(EMPTY_ROW, branch.values, (value) => evaluate(value, row, scope));
  const types = columnTypes(branch.rows);
  return new Map(
    union.columns.map(({ name, type }) => {
      const value = discriminators.get(name) ?? row.get(name) ?? null;
      const from = types.get(name);
      return [name, from === undefined || from.kind === type.kind ? value : castValue(value, from, type, scope.timeZone)];
    }),
  );
}

/** Types of the physical columns that a row set passes on; computed ones come in their own wire form. */
function columnTypes(set: RowSet): ReadonlyMap<string, PhysicalType> {
  if (set.kind === 'table' || set.kind === 'union') return new Map(set.columns.map((column) => [column.name, column.type]));
  return set.kind === 'grouped' ? new Map() : columnTypes(set.rows);
}
