import type { RunOptions } from '../../connectors/spi/connector.ts';
import { countRows } from '../../connectors/spi/count-rows.ts';
import type { Bindings, Request, Row } from '../../connectors/spi/ir.ts';
import type { ChildShape, External, FirstRows, HubStage, KeyRanges, KeySet, Plan, RootFetch, RowShape } from '../plan/plan.ts';
import { batchKeys, canonicalKeys, type BatchKey } from './bind-keys.ts';
import { createBinder, TooManyKeys, type Binder } from './bind-parameters.ts';
import type { Execution, FetchTrace } from './execution.ts';
import { FetchFailure } from './fetch-failure.ts';
import { PagePrinter, type PrintedList } from './page-printer.ts';
import type { PrintedPage } from './printed-page.ts';
import { runFirstRows } from './run-first-rows.ts';
import { runRanges } from './run-ranges.ts';
import { runStage } from './run-stage.ts';

/** Keys in one statement; more run side by side. */
const KEYS_PER_BATCH = 5_000;

/** A slot's content: what the shape says, the same as text already, or why it is missing. */
export type Slot = Row[number] | PrintedPage | FetchFailure;

/** What the fetches of one run share. */
interface Run {
  readonly execution: Execution;
  readonly binder: Binder;
}

/**
 * Runs all fetches of a plan, each as soon as its keys are known; the root row holds their results. A failing source fails only its own slots.
 * @param printed by fetch: lists that may be printed as they arrive
 */
export async function runFetches(execution: Execution, plan: Plan, printed: readonly (PrintedList | undefined)[] = []): Promise<Row> {
  const run: Run = { execution, binder: createBinder(execution, plan.parameters, (keys) => runKeys(run, keys)) };
  const root: Slot[] = await Promise.all(
    plan.fetches.map(async (fetch, i): Promise<Slot> => {
      try {
        return (await runPrinted(run, fetch, printed[i])) ?? (await runRoot(run, fetch));
      } catch (error) {
        const ranges = rangesFor(fetch, error);
        return ranges ? runRanged(run, fetch, ranges).catch((fault: unknown) => new FetchFailure(fault)) : new FetchFailure(error);
      }
    }),
  );
  return root as Row;
}

/** Where a filter has more keys than the hub may hold: how they can be taken range after range. */
function rangesFor({ ranges = [] }: RootFetch, error: unknown): KeyRanges | undefined {
  return error instanceof TooManyKeys ? ranges.find(({ sets }) => sets.some(({ keys }) => keys === error.keys)) : undefined;
}

async function runRanged(run: Run, { source, request, shapes: [shape = null] }: RootFetch, ranges: KeyRanges): Promise<Row[]> {
  if (request.kind === 'batch') throw new Error('unreachable: only what has ranges comes here');
  const within = (given: Bindings): Run => ({ ...run, binder: run.binder.given(given) });
  const found = await runRanges(run.execution, request, ranges, {
    readKeys: (keys, given) => ask(within(given), keys.source, keys.request),
    readRange: (asked, given) => ask(within(given), source, asked),
  });
  const [page = found] = await settle(run, [found], shape);
  return page;
}

/** The page of a list that its source prints and nobody else reads; undefined where rows are needed. */
async function runPrinted(run: Run, { source, request }: RootFetch, list: PrintedList | undefined): Promise<PrintedPage | undefined> {
  const printed = list && run.execution.prepare(source, request).printed;
  if (!list || !printed) return undefined;
  const printer = new PagePrinter(list, run.execution, printed.decode);
  await call(run, source, request, async (bindings, options) => {
    const rows = await printed.run(bindings, options, printer);
    return { result: undefined, counted: rows, trace: { rows, printed: true } };
  });
  return printer.finish();
}

async function runRoot(run: Run, fetch: RootFetch): Promise<Row[]> {
  const [shape = null] = fetch.shapes;
  const first = fetch.firstRows && shape && (await runFirst(run, fetch.source, fetch.firstRows, shape));
  if (first) return first;
  const keys = fetch.keys ? canonicalKeys(run.execution, fetch.keys.writes, fetch.keys.values) : undefined;
  const found = keys?.length === 0 ? [] : await ask(run, fetch.source, fetch.request, keys && renumber(keys));
  if (!fetch.keys || !keys) {
    const [page = found] = await settle(run, [found], shape);
    return page;
  }
  await stitchChildren(run, found, fetch.shapes);
  const present = [...new Set(keys.map(([ordinal]) => ordinal))];
  const rows = fetch.keys.values.map((): Row => [null]);
  present.forEach((ordinal, i) => (rows[ordinal] = found[i] ?? [null]));
  return rows;
}

async function runKeys(run: Run, { source, request, shape }: KeySet): Promise<Row[]> {
  const rows = await ask(run, source, request);
  if (!shape) return rows;
  const [kept = rows] = await settle(run, [rows], shape);
  return kept;
}

/** The page of a list whose first rows are tested; undefined when too few pass. */
async function runFirst(run: Run, source: string, plan: FirstRows, { shape }: NonNullable<ChildShape>): Promise<Row[] | undefined> {
  const { stage } = plan;
  const decides: Wanted = (kind, index) => stage[kind].includes(index);
  const page = await runFirstRows(plan, {
    read: (request) => ask(run, source, request),
    test: async (rows) => {
      await stitch(run, rows, shape, decides);
      return (await step(run, shape, stage, [[...rows]]))[0] ?? [];
    },
  });
  if (page) await stitch(run, page, shape, (kind, index) => !decides(kind, index));
  return page;
}

/** Ordinals without any key are left out of a batch, and those that remain are numbered anew. */
function renumber(keys: readonly BatchKey[]): BatchKey[] {
  const order = new Map([...new Set(keys.map(([ordinal]) => ordinal))].map((ordinal, i) => [ordinal, i]));
  return keys.map(([ordinal, ...rest]) => [order.get(ordinal) ?? 0, ...rest]);
}

async function ask(run: Run, source: string, request: Request, keys?: readonly BatchKey[]): Promise<Row[]> {
  const prepared = run.execution.prepare(source, request);
  return call(run, source, request, async (bindings, options) => {
    const rows = await prepared.run(keys ? { ...bindings, keys } : bindings, options);
    return { result: rows, counted: countRows(request, rows), trace: { rows: rows.length, ...(keys ? { keys: keys.length } : {}) } };
  });
}

interface Called<T> {
  readonly result: T;
  /** Nested rows included. */
  readonly counted: number;
  readonly trace: Pick<FetchTrace, 'rows' | 'keys' | 'printed'>;
}

/** The one way to a source: what is called is counted and traced. */
async function call<T>(
  { execution, binder }: Run,
  source: string,
  request: Request,
  work: (bindings: Bindings, options: RunOptions) => Promise<Called<T>>,
): Promise<T> {
  const bindings = await binder.bindingsOf(request);
  const start = performance.now();
  const { result, counted, trace } = await work(bindings, { ...execution.call(source), alone: execution.trace !== undefined });
  execution.tally?.addRows(source, counted);
  execution.trace?.({ request, source, statement: execution.prepare(source, request).statement, ...trace, ms: performance.now() - start });
  return result;
}

/** Lists of one place, after the steps that the hub must take, with every slot below their rows filled. */
async function settle(run: Run, lists: readonly Row[][], child: ChildShape): Promise<readonly Row[][]> {
  if (!child || !needsStitching(child)) return lists;
  let { shape } = child;
  let current = lists;
  const filled = { externals: new Set<number>(), children: new Set<number>() };
  for (const stage of child.stages ?? []) {
    await stitch(run, current.flat(), shape, (kind, index) => stage[kind].includes(index) && !filled[kind].has(index));
    for (const kind of ['externals', 'children'] as const) for (const index of stage[kind]) filled[kind].add(index);
    current = await step(run, shape, stage, current);
    // Groups hold values only.
    if (stage.query.kind === 'groups') shape = { columns: stage.query.by.length + stage.query.measures.length, children: [], externals: [] };
  }
  await stitch(run, current.flat(), shape, (kind, index) => !filled[kind].has(index));
  return current;
}

async function step({ execution, binder }: Run, shape: RowShape, stage: HubStage, lists: readonly Row[][]): Promise<Row[][]> {
  const { variables } = await binder.bindingsOf(stage.query);
  return runStage(execution, shape, stage, lists, variables);
}

type Wanted = (kind: 'externals' | 'children', index: number) => boolean;

/** Fills the wanted slots below these rows. */
async function stitch(run: Run, rows: readonly Row[], shape: RowShape, wanted: Wanted): Promise<void> {
  if (rows.length === 0) return;
  const nested = shape.children.map(async (child, i) => {
    if (child && needsStitching(child) && wanted('children', i)) await stitchSlot(run, rows, shape.columns + i, child);
  });
  const batches = shape.externals.map(async (external, i) => {
    if (wanted('externals', i)) await runExternal(run, rows, shape.columns + shape.children.length + i, external);
  });
  await Promise.all([...nested, ...batches]);
}

async function stitchSlot(run: Run, rows: readonly Row[], slot: number, child: NonNullable<ChildShape>): Promise<void> {
  if (!child.many) {
    await stitch(
      run,
      rows.flatMap((row) => (row[slot] ? [row[slot] as Row] : [])),
      child.shape,
      () => true,
    );
    return;
  }
  const holders = rows.filter((row) => Array.isArray(row[slot]));
  try {
    const pages = await settle(
      run,
      holders.map((row) => row[slot] as Row[]),
      child,
    );
    holders.forEach((row, i) => (row[slot] = pages[i] ?? []));
  } catch (error) {
    const failure: Slot = new FetchFailure(error);
    for (const row of holders) (row as Slot[])[slot] = failure;
  }
}

function needsStitching(child: NonNullable<ChildShape>): boolean {
  return child.stages !== undefined || child.shape.externals.length > 0 || child.shape.children.some((inner) => inner !== null && needsStitching(inner));
}

async function runExternal(run: Run, rows: readonly Row[], slot: number, external: External): Promise<void> {
  const set = (row: Row, value: Slot): void => {
    row[slot] = value as Row[number];
  };
  try {
    const { keys, ordinals, count } = batchKeys(run.execution, external.keys, rows);
    const results = count === 0 ? [] : await runBatches(run, external, keys, count);
    await stitchChildren(run, results, external.shapes);
    const empty = await emptyRow(run, external);
    rows.forEach((row, i) => set(row, results[ordinals[i] ?? -1] ?? empty));
  } catch (error) {
    const failure = new FetchFailure(error);
    for (const row of rows) set(row, failure);
  }
}

async function runBatches(run: Run, external: External, keys: readonly BatchKey[], count: number): Promise<Row[]> {
  if (keys.length <= KEYS_PER_BATCH) return ask(run, external.source, external.request, keys);
  const chunks: Promise<Row[]>[] = [];
  for (let start = 0; start < count; start += KEYS_PER_BATCH) {
    const part = keys
      .filter(([ordinal]) => ordinal >= start && ordinal < start + KEYS_PER_BATCH)
      .map(([ordinal, ...rest]): BatchKey => [ordinal - start, ...rest]);
    chunks.push(ask(run, external.source, external.request, part));
  }
  return (await Promise.all(chunks)).flat();
}

async function stitchChildren(run: Run, results: readonly Row[], shapes: readonly ChildShape[]): Promise<void> {
  await Promise.all(
    shapes.map(async (child, i) => {
      if (child && needsStitching(child)) await stitchSlot(run, results, i, child);
    }),
  );
}

/** What a parent without a key gets; a total over no rows is one too. */
async function emptyRow(run: Run, external: External): Promise<Row> {
  const row = external.empty.map((kind): Row[number] => {
    if (kind === 'list') return [];
    if (kind === 'null') return null;
    return kind.aggregate.measures.map((m) => (m.fn === 'count' || m.fn === 'countDistinct' ? 0 : null));
  });
  if (external.shapes.some((shape) => shape?.stages)) await stitchChildren(run, [row], external.shapes);
  return row;
}
