import { createMemoryConnector, interpretKeys } from '../../../connectors/registry.ts';
import type { Connector, RunOptions } from '../../../connectors/spi/connector.ts';
import type { AggregateQuery, Bindings, Child, ColumnDef, Measure, Request, Row, RowSet } from '../../../connectors/spi/ir.ts';
import { typeOfExpr } from '../../../connectors/spi/type-of.ts';
import { addDecimal, subtractDecimal } from '../../../schema/model/decimal.ts';
import type { WireValue } from '../../../schema/model/physical-type.ts';
import type { PastTable } from './past-table.ts';

type Batch = Request & { readonly kind: 'batch' };
type Table = RowSet & { readonly kind: 'table' };
type TotalChild = Child & { readonly kind: 'aggregate'; readonly query: AggregateQuery & { readonly rows: Table } };

/** Counts and sums of related rows are brought up to date by the rows that were set since, instead of being made of all rows each time. */
export function withTotals(connector: Connector, table: (type: string) => PastTable, timeZone: string): Connector {
  // By the request's text, since each day has requests of its own that ask the same.
  const known = new Map<string, Map<string, Total>>();
  const totalsOf = (child: TotalChild): ((bindings: Bindings) => Total) => {
    const text = JSON.stringify(child);
    const totals = known.get(text) ?? new Map<string, Total>();
    known.set(text, totals);
    return ({ variables = {}, lists = {} }) => {
      const bound = JSON.stringify([variables, lists]);
      const total = totals.get(bound) ?? createTotal(child, table(child.query.rows.table), { variables, lists }, timeZone);
      totals.set(bound, total);
      return total;
    };
  };
  return {
    ...connector,
    prepare(request) {
      const prepared = connector.prepare(request);
      const children = totalled(request);
      if (request.kind !== 'batch' || !children) return prepared;
      const totals = children.map((child) => ({ child, totalOf: totalsOf(child) }));
      return {
        ...prepared,
        async run(bindings, call) {
          const keys = bindings.keys ?? [];
          if (keys.some(([ordinal], i) => ordinal === keys[i - 1]?.[0])) return prepared.run(bindings, call); // the rows of several keys belong together
          const columns: Row[][] = [];
          for (const { child, totalOf } of totals) {
            const total = totalOf(bindings);
            await total.update(call);
            columns.push(outerNames(request, child, keys, timeZone).map((name) => total.measures(name)));
          }
          return keys.map((_key, i): Row => columns.map((column) => column[i] ?? null));
        },
      };
    },
  };
}

/** Its children, if all are measures over single rows of a table that can be taken back. */
function totalled(request: Request): readonly TotalChild[] | undefined {
  if (request.kind !== 'batch') return undefined;
  const children = request.children.filter(isTotal);
  return children.length === request.children.length ? children : undefined;
}

function isTotal(child: Child): child is TotalChild {
  if (child.kind !== 'aggregate' || child.on.some(({ distinct }) => distinct)) return false;
  const { rows, measures, by = [], having, limit, offset } = child.query;
  if (rows.kind !== 'table' || by.length > 0 || having || limit !== undefined || offset !== undefined) return false;
  return measures.every(canBeTakenBack) && !/"kind":"(exists|related)"/.test(JSON.stringify(child));
}

const canBeTakenBack = ({ fn, value }: Measure): boolean => fn === 'count' || (fn === 'sum' && typeOfExpr(value).kind !== 'float');

function outerNames({ keys: columns }: Batch, { on }: TotalChild, keys: NonNullable<Bindings['keys']>, timeZone: string): (string | undefined)[] {
  const rows = keys.map(([, ...values]) => Object.fromEntries(columns.map(({ name }, i) => [name, values[i] ?? null])));
  const outer = on.map((pair) => pair.outer);
  return interpretKeys({ kind: 'table', table: 'keys', columns }, outer, new Map([['keys', rows]]), timeZone, 'unequal');
}

interface Total {
  /** Takes in what was set since. */
  update(call: RunOptions): Promise<void>;
  /** Over the rows of one name. */
  measures(name: string | undefined): Row;
}

/** One row's part, and the sum of many. */
interface Part {
  readonly counts: readonly number[];
  readonly sums: readonly string[];
}

const ID: ColumnDef = { name: '#id', type: { kind: 'text' } };

function createTotal({ on, query }: TotalChild, table: PastTable, bindings: Bindings, timeZone: string): Total {
  const stale = new Set([...table.entries()].map(([id]) => id));
  table.watch((id) => stale.add(id));
  const parts = new Map<string, { readonly name: string; readonly part: Part }>();
  const groups = new Map<string, Part>();
  const nothing: Part = { counts: query.measures.map(() => 0), sums: query.measures.map(() => '0') };
  const tables = new Map<string, readonly Readonly<Record<string, WireValue>>[]>();
  const { where, measures } = query;
  const rows: Table = { ...query.rows, columns: [...query.rows.columns, ID] };
  const values = measures.map(({ value }) => value ?? { kind: 'literal' as const, value: 1, type: { kind: 'integer' as const, bits: 32 as const } });
  const asked = createMemoryConnector({ source: 'totals', catalog: { tables: [] }, tables, timeZone }).prepare({
    kind: 'rows',
    query: { rows, columns: [{ kind: 'column', column: ID.name, type: ID.type }, ...values], ...(where && { where }), orderBy: [], children: [] },
  });

  const change = (name: string, { counts, sums }: Part, sign: 1 | -1): void => {
    const known = groups.get(name) ?? nothing;
    const plus = sign === 1 ? addDecimal : subtractDecimal;
    groups.set(name, {
      counts: known.counts.map((count, i) => count + sign * (counts[i] ?? 0)),
      sums: known.sums.map((sum, i) => plus(sum, sums[i] ?? '0')),
    });
  };
  const partOf = (row: readonly WireValue[]): Part => ({
    counts: row.map((value) => (value === null ? 0 : 1)),
    sums: row.map((value, i) => (value === null || measures[i]?.fn !== 'sum' ? '0' : String(value))),
  });

  const takeIn = async (call: RunOptions): Promise<void> => {
    if (stale.size === 0) return;
    for (const id of stale) {
      const known = parts.get(id);
      if (known) change(known.name, known.part, -1);
      parts.delete(id);
    }
    const set = [...stale].flatMap((id) => {
      const row = table.get(id)?.row;
      return row ? [{ ...row, [ID.name]: id }] : [];
    });
    stale.clear();
    tables.set(rows.table, set);
    const inner = on.map((pair) => pair.inner);
    const found = interpretKeys(rows, inner, tables, timeZone, 'unequal');
    const names = new Map(set.map((row, i) => [row[ID.name], found[i]]));
    for (const [id, ...row] of (await asked.run(bindings, { ...call, maxRows: Number.POSITIVE_INFINITY })) as WireValue[][]) {
      const name = names.get(String(id));
      if (name === undefined) continue;
      const part = partOf(row);
      parts.set(String(id), { name, part });
      change(name, part, 1);
    }
  };

  let updated = Promise.resolve();
  return {
    // One after the other: what runs beside must not see half of it.
    update: (call) => (updated = updated.then(() => takeIn(call))),
    measures(name) {
      const { counts, sums } = (name === undefined ? undefined : groups.get(name)) ?? nothing;
      return measures.map(({ fn }, i) => (fn === 'count' ? (counts[i] ?? 0) : counts[i] === 0 ? null : (sums[i] ?? null)));
    },
  };
}
