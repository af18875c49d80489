import { typeOfExpr } from '../../connectors/spi/type-of.ts';
import type { WireValue } from '../../schema/model/physical-type.ts';
import { plainForm, wireForm } from './comparison.ts';
import type { Values } from './compile-test.ts';
import { createDuckDb } from './duckdb.ts';
import type { EngineInput, GroupsQuery, RowEngine, RowsQuery } from './engine.ts';
import { fitsDuckDb, groupInDuckDb, selectInDuckDb, type ListedRows } from './evaluate-in-duckdb.ts';
import { groupInPlace, selectInPlace } from './evaluate-in-place.ts';
import { groupColumns } from './hub-column.ts';

export interface RowEngineOptions {
  /** IANA name; the zone that times come out in. */
  readonly timeZone: string;
  /** Up to so many rows are evaluated where they are: a trip through the embedded engine costs 10 ms and more, the first one 250 ms. Default 5,000. */
  readonly inPlaceRows?: number;
  /** Default 256. */
  readonly memoryMb?: number;
  /** Default 1,024. */
  readonly spillMb?: number;
}

const IN_PLACE_ROWS = 5_000;
/** Statements of the embedded engine at once. */
const CONCURRENCY = 2;

/** Small sets of rows are evaluated in place, larger ones in the embedded relational engine, with one meaning. */
export function createRowEngine({ timeZone, inPlaceRows = IN_PLACE_ROWS, memoryMb = 256, spillMb = 1_024 }: RowEngineOptions): RowEngine {
  const duckdb = createDuckDb({ memoryMb, spillMb, concurrency: CONCURRENCY });

  /** Numbers wider than the engine's stay here: nothing is ever rounded. */
  const embedded = (input: ListedRows, query: RowsQuery | GroupsQuery): boolean => input.rows.length > inPlaceRows && fitsDuckDb(input, query);

  async function selectLists(input: EngineInput, query: RowsQuery, signal: AbortSignal): Promise<number[][]> {
    const listed = flat(input);
    if (!embedded(listed, query)) return input.lists.map((rows) => selectInPlace(input.columns, rows, query));
    const starts = startsOf(input.lists);
    const found = await selectInDuckDb(duckdb, listed, query, input.lists.length, signal);
    return found.map((rows, list) => rows.map((row) => row - (starts[list] ?? 0)));
  }

  async function groupLists(input: EngineInput, query: GroupsQuery, signal: AbortSignal): Promise<WireValue[][][]> {
    const listed = flat(input);
    if (!embedded(listed, query)) return input.lists.map((rows) => groupInPlace(input.columns, rows, query));
    const groups = await groupInDuckDb(duckdb, listed, query, input.lists.length, signal);
    // A list without rows has one group where there is nothing to group by.
    const lists = groups.map((list, i) => (input.lists[i]?.length === 0 ? groupInPlace(input.columns, [], query) : list));
    const columns = groupColumns(query.by.map(typeOfExpr), query.measures);
    const cut: RowsQuery = {
      kind: 'rows',
      ...(query.having ? { where: query.having } : {}),
      orderBy: query.orderBy ?? [],
      ...(query.limit === undefined ? {} : { limit: query.limit }),
    };
    const kept = await selectLists({ columns, lists }, cut, signal);
    return kept.map((rows, list) => rows.map((row) => lists[list]?.[row] ?? []));
  }

  return {
    select: (input, query, signal) => selectLists(plain(input), query, signal),
    async group(input, query, signal) {
      const back = groupColumns(query.by.map(typeOfExpr), query.measures).map(({ type }) => wireForm(type, timeZone));
      const lists = await groupLists(plain(input), query, signal);
      return lists.map((groups) => groups.map((group) => group.map((value, i) => back[i]?.(value) ?? null)));
    },
    [Symbol.asyncDispose]: () => duckdb[Symbol.asyncDispose](),
  };
}

function plain({ columns, lists }: EngineInput): EngineInput {
  const forms = columns.map(({ type }) => plainForm(type));
  return { columns, lists: lists.map((rows) => rows.map((row) => row.map((value, i) => forms[i]?.(value) ?? null))) };
}

function flat({ columns, lists }: EngineInput): ListedRows {
  const rows: Values[] = [];
  const numbers: number[] = [];
  lists.forEach((list, i) => {
    for (const row of list) {
      rows.push(row);
      numbers.push(i);
    }
  });
  return { columns, rows, lists: numbers };
}

function startsOf(lists: readonly (readonly unknown[])[]): number[] {
  let start = 0;
  return lists.map((list) => (start += list.length) - list.length);
}
