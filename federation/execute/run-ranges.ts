import type { Bindings, ColumnDef, Order, Request, Row } from '../../connectors/spi/ir.ts';
import { typeOfExpr } from '../../connectors/spi/type-of.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { WireValue } from '../../schema/model/physical-type.ts';
import { comparisonOf } from '../engine/comparison.ts';
import { groupColumns } from '../engine/hub-column.ts';
import type { KeyRanges, KeySet } from '../plan/plan.ts';
import { TooManyKeys } from './bind-parameters.ts';
import type { Execution } from './execution.ts';
import { crossedReader, orderedReader } from './range-reader.ts';

export interface RangeSteps {
  /** The groups of a key set. */
  readonly readKeys: (keys: KeySet, given: Bindings) => Promise<Row[]>;
  readonly readRange: (request: Request, given: Bindings) => Promise<Row[]>;
}

/**
 * What a request gives whose filters have too many keys to hold: range after range of the key, put together. Holds one range of each set at a time.
 * @throws {HubError} JOIN_TOO_LARGE when the rows or groups asked for are themselves too many
 */
export async function runRanges(
  execution: Execution,
  request: Extract<Request, { kind: 'rows' | 'aggregate' }>,
  { size, keyType, sets, requests }: KeyRanges,
  { readKeys, readRange }: RangeSteps,
): Promise<Row[]> {
  const compare = comparisonOf(keyType);
  const parts = request.kind === 'rows' ? rowParts(execution, request) : groupParts(execution, request);
  const readers = sets.map((set) =>
    set.kind === 'ordered' ? orderedReader(execution, set, { size, compare, readKeys }) : crossedReader(execution, set, { keyType, readKeys }),
  );
  let names = size;
  for (let after: WireValue = null; ;) {
    const read = await Promise.all(readers.map(async (reader) => reader(after, names)));
    // As far as all sets were read.
    const upTo = read.reduce<WireValue>((least, { end }) => (end === null || (least !== null && compare(least, end) <= 0) ? least : end), null);
    const keys = await Promise.all(read.map(async ({ keysUpTo }) => keysUpTo(upTo))).catch((error: unknown) => {
      if (names === 1 || !(error instanceof HubError) || error.code !== 'JOIN_TOO_LARGE' || error instanceof TooManyKeys) throw error;
      return undefined;
    });
    if (!keys) {
      // What is measured of them may be more than the keys.
      names = Math.ceil(names / 2);
      continue;
    }
    const lists = Object.fromEntries(sets.map(({ parameter }, i) => [parameter, keys[i] ?? []]));
    const asked = upTo === null ? (after === null ? request : requests.last) : after === null ? requests.first : requests.middle;
    const found = await readRange(asked, { lists, variables: { after, upTo } });
    if (asked === request) return found;
    await parts.add(found);
    if (upTo === null) return parts.finish();
    after = upTo;
  }
}

interface Parts {
  add(rows: readonly Row[]): Promise<void>;
  finish(): Promise<Row[]>;
}

/** Rows of all parts in order, cut. What they are ordered by stands between their columns and what is nested into them. */
function rowParts(execution: Execution, { query }: Extract<Request, { kind: 'rows' }>): Parts {
  const { offset = 0, limit, orderBy, columns } = query;
  const types = orderBy.map(({ value }, i): ColumnDef => ({ name: `c${i}`, type: typeOfExpr(value) }));
  const order = orderBy.map((item, i): Order => ({ ...item, value: { kind: 'column', column: `c${i}`, type: typeOfExpr(item.value) } }));
  let kept: Row[] = [];
  return {
    async add(rows) {
      kept = kept.concat(rows);
      const cut = limit === undefined ? {} : { limit: limit + offset };
      if (order.length > 0) {
        const list = kept.map((row) => row.slice(columns.length, columns.length + order.length) as WireValue[]);
        const [places = []] = await execution.engine.select({ columns: types, lists: [list] }, { kind: 'rows', orderBy: order, ...cut }, execution.signal);
        kept = places.map((place) => kept[place] as Row);
      } else if (limit !== undefined) kept.length = Math.min(kept.length, limit + offset);
      checkHeld(execution, kept);
    },
    finish: () => Promise.resolve(kept.slice(offset).map((row) => row.toSpliced(columns.length, order.length))),
  };
}

/** Groups of all parts: counts and sums added up. */
function groupParts(execution: Execution, { query }: Extract<Request, { kind: 'aggregate' }>): Parts {
  const { by = [], measures, having, orderBy = [], limit, offset } = query;
  const columns = groupColumns(by.map(typeOfExpr), measures);
  const column = (i: number) => ({ kind: 'column' as const, column: columns[i]?.name ?? '', type: columns[i]?.type ?? { kind: 'text' as const } });
  const combined = measures.map((measure, i) => ({ fn: measure.fn === 'count' ? ('sum' as const) : measure.fn, value: column(by.length + i) }));
  // Counts are numbers, what is added up is a decimal.
  const back = measures.map(({ fn }) => (fn === 'count' ? Number : undefined));
  let kept: WireValue[][] = [];
  return {
    async add(rows) {
      const [groups = []] = await execution.engine.group(
        { columns, lists: [[...kept, ...(rows as WireValue[][])]] },
        { kind: 'groups', by: by.map((_, i) => column(i)), measures: combined },
        execution.signal,
      );
      kept = groups.map((group) => group.map((value, i) => back[i - by.length]?.(value) ?? value));
      checkHeld(execution, kept);
    },
    async finish() {
      const cut = { ...(having ? { where: having } : {}), orderBy, ...(limit === undefined ? {} : { limit }), ...(offset === undefined ? {} : { offset }) };
      const [places = []] = await execution.engine.select({ columns, lists: [kept] }, { kind: 'rows', ...cut }, execution.signal);
      return places.map((place) => kept[place] as Row);
    },
  };
}

function checkHeld({ supergraph }: Execution, rows: readonly unknown[]): void {
  const max = supergraph.limits.sourceRowsMax;
  if (rows.length > max) throw new HubError('JOIN_TOO_LARGE', `the answer is made of more than the ${max} rows that the hub may hold; narrow the filter`);
}
