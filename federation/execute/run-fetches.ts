import { countRows } from '../../connectors/spi/count-rows.ts';
import type { Bindings, Row } from '../../connectors/spi/ir.ts';
import type { ChildShape, External, Plan, RootFetch, RowShape } from '../plan/plan.ts';
import { batchKeys, canonicalKeys } from './bind-keys.ts';
import { bindParameters } from './bind-parameters.ts';
import type { Execution } from './execution.ts';
import { FetchFailure } from './fetch-failure.ts';
import { pageByHubOrder } from './hub-order.ts';

/** Keys in one statement; more run side by side. */
const KEYS_PER_BATCH = 5_000;

/** A slot's content: what the shape says, or why it is missing. */
export type Slot = Row[number] | FetchFailure;

/** Runs all fetches of a plan, each as soon as its keys are known; the root row holds their results. A failing source fails only its own slots. */
export async function runFetches(execution: Execution, plan: Plan): Promise<Row> {
  const bindings = bindParameters(execution, plan.parameters, run);
  bindings.catch(() => undefined); // every fetch reports it as its own
  const root: Slot[] = await Promise.all(
    plan.fetches.map(async (fetch): Promise<Slot> => {
      try {
        return await runRoot(execution, fetch, await bindings);
      } catch (error) {
        return new FetchFailure(error);
      }
    }),
  );
  return root as Row;
}

async function runRoot(execution: Execution, fetch: RootFetch, bindings: Bindings): Promise<Row[]> {
  const keys = fetch.keys ? canonicalKeys(execution, fetch.keys.writes, fetch.keys.values) : undefined;
  const found = keys?.length === 0 ? [] : await run(execution, fetch.source, fetch.request, keys ? { ...bindings, keys: renumber(keys) } : bindings);
  if (!fetch.keys || !keys) {
    const [page = found] = await settle(execution, [found], fetch.shapes[0] ?? null, bindings);
    return page;
  }
  await stitchChildren(execution, found, fetch.shapes, bindings);
  const present = [...new Set(keys.map(([ordinal]) => ordinal))];
  const rows = fetch.keys.values.map((): Row => [null]);
  present.forEach((ordinal, i) => (rows[ordinal] = found[i] ?? [null]));
  return rows;
}

/** Ordinals without any key are left out of a batch, and those that remain are numbered anew. */
function renumber(keys: ReturnType<typeof canonicalKeys>): ReturnType<typeof canonicalKeys> {
  const order = new Map([...new Set(keys.map(([ordinal]) => ordinal))].map((ordinal, i) => [ordinal, i]));
  return keys.map(([ordinal, ...rest]) => [order.get(ordinal) ?? 0, ...rest]);
}

async function run(execution: Execution, source: string, request: RootFetch['request'], bindings: Bindings): Promise<Row[]> {
  const prepared = execution.prepare(source, request);
  const start = performance.now();
  const rows = await prepared.run(bindings, execution.call(source));
  execution.tally?.addRows(source, countRows(request, rows));
  execution.trace?.({
    source,
    statement: prepared.statement,
    ...(bindings.keys ? { keys: bindings.keys.length } : {}),
    rows: rows.length,
    ms: performance.now() - start,
  });
  return rows;
}

/** Lists of one place, ordered and cut where the hub must do it, with every slot below their rows filled. */
async function settle(execution: Execution, lists: readonly Row[][], child: ChildShape, bindings: Bindings): Promise<readonly Row[][]> {
  if (!child || !needsStitching(child)) return lists;
  const { shape, hubOrder } = child;
  if (!hubOrder) {
    await stitch(execution, lists.flat(), shape, bindings);
    return lists;
  }
  const first = { externals: new Set(hubOrder.externals), children: new Set(hubOrder.children) };
  await stitch(execution, lists.flat(), shape, bindings, (kind, index) => first[kind].has(index));
  const pages = lists.map((rows) => pageByHubOrder(execution, shape, hubOrder, rows));
  await stitch(execution, pages.flat(), shape, bindings, (kind, index) => !first[kind].has(index));
  return pages;
}

type Wanted = (kind: 'externals' | 'children', index: number) => boolean;

/** Fills the wanted slots below these rows. */
async function stitch(execution: Execution, rows: readonly Row[], shape: RowShape, bindings: Bindings, wanted: Wanted = () => true): Promise<void> {
  if (rows.length === 0) return;
  const nested = shape.children.map(async (child, i) => {
    if (child && needsStitching(child) && wanted('children', i)) await stitchSlot(execution, rows, shape.columns + i, child, bindings);
  });
  const batches = shape.externals.map(async (external, i) => {
    if (wanted('externals', i)) await runExternal(execution, rows, shape.columns + shape.children.length + i, external, bindings);
  });
  await Promise.all([...nested, ...batches]);
}

async function stitchSlot(execution: Execution, rows: readonly Row[], slot: number, child: NonNullable<ChildShape>, bindings: Bindings): Promise<void> {
  if (!child.many) {
    await stitch(
      execution,
      rows.flatMap((row) => (row[slot] ? [row[slot] as Row] : [])),
      child.shape,
      bindings,
    );
    return;
  }
  const holders = rows.filter((row) => Array.isArray(row[slot]));
  const pages = await settle(
    execution,
    holders.map((row) => row[slot] as Row[]),
    child,
    bindings,
  );
  holders.forEach((row, i) => (row[slot] = pages[i] ?? []));
}

function needsStitching(child: NonNullable<ChildShape>): boolean {
  return child.hubOrder !== undefined || child.shape.externals.length > 0 || child.shape.children.some((inner) => inner !== null && needsStitching(inner));
}

async function runExternal(execution: Execution, rows: readonly Row[], slot: number, external: External, bindings: Bindings): Promise<void> {
  const set = (row: Row, value: Slot): void => {
    row[slot] = value as Row[number];
  };
  try {
    const { keys, ordinals, count } = batchKeys(execution, external.keys, rows);
    const results = count === 0 ? [] : await runBatches(execution, external, keys, count, bindings);
    await stitchChildren(execution, results, external.shapes, bindings);
    const empty = emptyRow(external);
    rows.forEach((row, i) => set(row, results[ordinals[i] ?? -1] ?? empty));
  } catch (error) {
    const failure = new FetchFailure(error);
    for (const row of rows) set(row, failure);
  }
}

async function runBatches(
  execution: Execution,
  external: External,
  keys: ReturnType<typeof batchKeys>['keys'],
  count: number,
  bindings: Bindings,
): Promise<Row[]> {
  if (keys.length <= KEYS_PER_BATCH) return run(execution, external.source, external.request, { ...bindings, keys });
  const chunks: Promise<Row[]>[] = [];
  for (let start = 0; start < count; start += KEYS_PER_BATCH) {
    const part = keys
      .filter(([ordinal]) => ordinal >= start && ordinal < start + KEYS_PER_BATCH)
      .map(([ordinal, ...rest]): (typeof keys)[number] => [ordinal - start, ...rest]);
    chunks.push(run(execution, external.source, external.request, { ...bindings, keys: part }));
  }
  return (await Promise.all(chunks)).flat();
}

async function stitchChildren(execution: Execution, results: readonly Row[], shapes: readonly ChildShape[], bindings: Bindings): Promise<void> {
  await Promise.all(
    shapes.map(async (child, i) => {
      if (child && needsStitching(child)) await stitchSlot(execution, results, i, child, bindings);
    }),
  );
}

function emptyRow(external: External): Row {
  return external.empty.map((kind): Row[number] => {
    if (kind === 'list') return [];
    if (kind === 'null') return null;
    return kind.aggregate.measures.map((m) => (m.fn === 'count' || m.fn === 'countDistinct' ? 0 : null));
  });
}
