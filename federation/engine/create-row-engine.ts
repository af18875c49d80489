import { groupInPlace, selectInPlace } from './evaluate-in-place.ts';
import { plainForm, wireForm } from './comparison.ts';
import type { EngineInput, RowEngine } from './engine.ts';
import { groupColumns } from './hub-column.ts';
import { typeOfExpr } from '../../connectors/spi/type-of.ts';

export interface RowEngineOptions {
  readonly timeZone: string;
}

export function createRowEngine({ timeZone }: RowEngineOptions): RowEngine {
  return {
    select: async (input, query) => plainLists(input).map((rows) => selectInPlace(input.columns, rows, query)),
    group: async (input, query) => {
      const back = groupColumns(query.by.map(typeOfExpr), query.measures).map(({ type }) => wireForm(type, timeZone));
      return plainLists(input).map((rows) => groupInPlace(input.columns, rows, query).map((group) => group.map((value, i) => back[i]?.(value) ?? null)));
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

function plainLists({ columns, lists }: EngineInput): EngineInput['lists'] {
  const plain = columns.map(({ type }) => plainForm(type));
  return lists.map((rows) => rows.map((row) => row.map((value, i) => plain[i]?.(value) ?? null)));
}
