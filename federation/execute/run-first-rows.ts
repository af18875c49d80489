import type { Request, Row } from '../../connectors/spi/ir.ts';
import type { FirstRows } from '../plan/plan.ts';

export interface FirstRowsSteps {
  /** Rows of the list, in order. */
  readonly read: (request: Request) => Promise<Row[]>;
  /** Those of the rows that pass, in order. */
  readonly test: (rows: readonly Row[]) => Promise<Row[]>;
}

/** Tested at once at most, for each row that is still missing. */
const WIDEST = 10;
/** More than the rate says, since a rate is a guess. */
const MARGIN = 1.1;
/** Fewer are not worth a statement. */
const FEWEST = 16;

/** The step that a first reading takes. */
const UNKNOWN = 2;

/** Share of the rows that passed when a list was last read: where the next reading begins. */
const rates = new WeakMap<FirstRows, number>();

/**
 * The page of a list, from rows that are read in order and tested in slices until enough have passed; undefined when too few pass for this to be the
 * shorter way.
 */
export async function runFirstRows(plan: FirstRows, { read, test }: FirstRowsSteps): Promise<Row[] | undefined> {
  const { attempts, key, skip, take } = plan;
  const need = skip + take;
  const passed: Row[] = [];
  const tested = new Set<Row[number]>();
  let rate = rates.get(plan);
  // As many rows as will do by what the last reading found; the first reading takes a middle step, and tests it slice by slice.
  const first = Math.max(0, rate === undefined ? UNKNOWN : attempts.findIndex(({ rows }) => rows * (rate ?? 0) >= need * MARGIN));
  for (const { rows: asked, request } of attempts.slice(Math.min(first, attempts.length - 1))) {
    const rows = await read(request);
    // An attempt begins anew, maybe a moment later: which rows were tested is told by their keys.
    const open = rows.filter((row) => !tested.has(row[key] ?? null));
    for (let at = 0; at < open.length && passed.length < need;) {
      const missing = need - passed.length;
      const wanted = Math.max(FEWEST, Math.ceil(missing * (rate === undefined ? 2 : Math.min(WIDEST, MARGIN / rate))));
      // A small rest goes along.
      const size = open.length - at - wanted < FEWEST ? open.length - at : wanted;
      const slice = open.slice(at, at + size);
      for (const row of slice) tested.add(row[key] ?? null);
      passed.push(...(await test(slice)));
      rate = passed.length / tested.size;
      at += size;
    }
    if (tested.size > 0) rates.set(plan, passed.length / tested.size);
    if (passed.length >= need || rows.length < asked) return passed.slice(skip, need);
    // As many will pass of what comes as of what came; when that is not enough, the other way is shorter.
    const most = attempts.at(-1)?.rows ?? 0;
    if (passed.length + (rate ?? 0) * (most - tested.size) < need) return undefined;
  }
  return undefined;
}
