import { setTimeout as sleep } from 'node:timers/promises';
import type { CapturedTable, ChangeBatch, ChangeStart, ChangeStream } from './changes.ts';
import type { Connector } from './connector.ts';
import type { Expr, Predicate } from './ir.ts';
import type { WireValue } from '../../schema/model/physical-type.ts';

const PAGE_ROWS = 2_000;
const STATEMENT_MS = 30_000;

/** Looks at all rows again and again; the hub finds what differs. Asks nothing of the source but the right to read. */
export function pollChanges(connector: Pick<Connector, 'prepare'>, start: ChangeStart, signal: AbortSignal): ChangeStream {
  async function* batches(): AsyncGenerator<ChangeBatch> {
    for (let round = Number(start.position ?? 0) + 1; ; round++) {
      for (const [index, table] of start.tables.entries()) {
        for await (const batch of readTable(connector, table, index, signal)) yield batch;
      }
      yield { kind: 'changes', transactions: [], position: String(round) };
      await sleep(start.pollMs, undefined, { signal, ref: false });
    }
  }
  return { [Symbol.asyncIterator]: batches, confirm: () => undefined };
}

/** Pages by key, each a statement of its own. A row without a key that can be ordered cannot be paged past, so such a table is read in one piece. */
async function* readTable(connector: Pick<Connector, 'prepare'>, table: CapturedTable, index: number, signal: AbortSignal): AsyncGenerator<ChangeBatch> {
  const columns = table.columns.map((column): Expr => ({ kind: 'column', column: column.name, type: column.type }));
  const keys = table.key.flatMap((name) => columns.filter((column) => column.kind === 'column' && column.column === name));
  const places = table.key.map((name) => table.columns.findIndex((column) => column.name === name));
  const prepare = (after: readonly WireValue[] | undefined) =>
    connector.prepare({
      kind: 'rows',
      query: {
        rows: { kind: 'table', ...(table.schema === undefined ? {} : { schema: table.schema }), table: table.table, columns: table.columns },
        columns,
        ...(after === undefined ? {} : { where: beyond(keys, after) }),
        orderBy: keys.map((value) => ({ value, direction: 'asc', nulls: 'first' })),
        limit: PAGE_ROWS,
        children: [],
      },
    });
  let after: WireValue[] | undefined;
  for (;;) {
    const variables = Object.fromEntries((after ?? []).map((value, place) => [`k${place}`, value]));
    const rows = await prepare(after).run({ variables }, { signal, timeoutMs: STATEMENT_MS, maxRows: PAGE_ROWS });
    const done = rows.length < PAGE_ROWS;
    yield {
      kind: 'snapshot',
      table: index,
      rows: rows.map((row) => Object.fromEntries(table.columns.map(({ name }, place) => [name, row[place] as WireValue]))),
      done,
    };
    if (done) return;
    const last = rows.at(-1)!;
    after = places.map((place) => last[place] as WireValue);
  }
}

/** Keys after this one, in the order of the pages: nulls first. Values are bound as `k0 k1 …`. */
function beyond(keys: readonly Expr[], after: readonly WireValue[]): Predicate {
  const variable = (expr: Expr, place: number): Expr => ({ kind: 'variable', name: `k${place}`, type: expr.kind === 'column' ? expr.type : { kind: 'text' } });
  const same = (key: Expr, place: number): Predicate =>
    after[place] === null ? { kind: 'isNull', value: key, negated: false } : { kind: 'compare', op: 'eq', left: key, right: variable(key, place) };
  const greater = (key: Expr, place: number): Predicate =>
    after[place] === null ? { kind: 'isNull', value: key, negated: true } : { kind: 'compare', op: 'gt', left: key, right: variable(key, place) };
  return {
    kind: 'or',
    predicates: keys.map((key, place) => ({ kind: 'and', predicates: [...keys.slice(0, place).map(same), greater(key, place)] })),
  };
}
