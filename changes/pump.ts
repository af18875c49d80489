import type { ChangeBatch, ChangeStart, SourceTransaction } from '../connectors/spi/changes.ts';
import type { Connector } from '../connectors/spi/connector.ts';
import type { Crosswalk } from '../federation/crosswalk/crosswalk.ts';
import type { Change } from '../schema/model/change.ts';
import { epochMillisToZoned, zonedToRfc3339 } from '../schema/model/date.ts';
import type { Capture } from '../store/capture-table.ts';
import type { ImageRow } from '../store/row-image-table.ts';
import type { Store, StoreTables } from '../store/store.ts';
import { resolveLossAlert } from './alerts/loss-alert.ts';
import { completed, nextPlan, readPlan, type CapturePlan } from './capture-plan.ts';
import { tableName } from './captured-tables.ts';
import { createImageView, indexEntries, keyText, placeText, type ImageView, type RowStep } from './image-view.ts';
import type { ChangeLog } from './log.ts';
import { stepsOf } from './row-steps.ts';
import type { RowIndex } from './row-shape.ts';
import type { Translator } from './translator.ts';

export interface PumpOptions {
  readonly source: string;
  readonly mode: Capture['mode'];
  readonly consumer: string;
  readonly pollMs: number;
  readonly store: Store;
  readonly log: ChangeLog;
  readonly connector: Pick<Connector, 'changes'>;
  readonly translator: Translator;
  /** All tables that the source has now. */
  readonly known: readonly string[];
  /** What the columns of each table are, by `Connector.fingerprint`. */
  readonly shapes: ReadonlyMap<string, string>;
  /** Are the tables still what the translator was made for? */
  readonly isCurrent: () => Promise<boolean>;
  readonly timeZone: string;
  readonly clock: () => number;
  /** Lets the crosswalk know what these steps change in it, then gives it back. */
  readonly learn: (steps: readonly RowStep[], view: ImageView) => Promise<void>;
  readonly crosswalk: () => Crosswalk;
  /** In every transaction that writes for this source. @throws when another instance has taken over */
  readonly assertLeader: (tables: StoreTables) => Promise<void>;
}

const SNAPSHOT_STEPS = 1_000;
const READ_EVERY_MS = 5_000;

/**
 * Carries one source's changes into the log until the signal, or until the stream fails. Images of the rows, the position and the log are written in one
 * transaction: whatever stops this, it goes on where the log ends.
 * @returns true when tables turned out to be others than they were known as: their source is to be read again, and this begun anew
 * @throws {HubError} as the connector's `changes` does
 */
export async function pumpChanges(options: PumpOptions, signal: AbortSignal): Promise<boolean> {
  const { source, mode, store, translator, connector } = options;
  const capture = await store.captures.get(source);
  const old = readPlan(capture);
  const isFirst = capture === undefined || capture.tables === '';
  const position = capture?.mode === mode ? capture.position : null;
  const { plan, fresh, reset } = nextPlan(old, translator.tables, translator.indexes, {
    known: options.known,
    shapes: options.shapes,
    isFirst,
    all: position === null,
  });
  const snapshot = (capture?.snapshot ?? 0) + (fresh.length > 0 || mode === 'poll' ? 1 : 0);
  for (const table of reset) await store.rowImages.clear(source, table, old.tables[table]?.indexes);
  await addIndexes(options, old);
  await store.transaction(async (tables) => {
    await options.assertLeader(tables);
    const state = fresh.length > 0 ? 'snapshot' : 'starting';
    await tables.captures.save(source, { mode, position, tables: JSON.stringify(plan), snapshot, state, message: null, readMs: options.clock() });
  });
  if (connector.changes === undefined) return false;
  const start: ChangeStart = { mode, consumer: options.consumer, tables: translator.tables, position, fresh, pollMs: options.pollMs };
  const stream = connector.changes(start, signal);
  const run = createRun(options, plan, snapshot);
  const isDoubtful = doubts(mode);
  for await (const batch of stream) {
    if (batch.kind === 'altered') {
      await noteAltered(options, batch);
      return true;
    }
    if (isDoubtful(batch) && !(await options.isCurrent())) return true;
    const confirmed = await run(batch);
    if (confirmed !== undefined) stream.confirm(confirmed);
    if (signal.aborted) return false;
  }
  return false;
}

/**
 * Which batches may have been read from columns that have become others meanwhile. A log tells in its order when a table is altered; but the first rows of
 * a table may come from after it.
 */
function doubts(mode: Capture['mode']): (batch: Exclude<ChangeBatch, { readonly kind: 'altered' }>) => boolean {
  const met = new Set<number>();
  return (batch) => {
    if (batch.kind === 'snapshot') return batch.rows.length > 0;
    if (mode !== 'log') return batch.transactions.length > 0;
    const before = met.size;
    for (const { rows } of batch.transactions) for (const { table } of rows) met.add(table);
    return met.size > before;
  };
}

/** The next run reads these tables whole, and tells what differs. */
async function noteAltered(
  { source, store, translator, assertLeader }: PumpOptions,
  { tables: places, position }: ChangeBatch & { readonly kind: 'altered' },
): Promise<void> {
  const altered = new Set(places.map((place) => tableName(translator.tables[place]!)));
  await store.transaction(async (tables) => {
    await assertLeader(tables);
    const plan = readPlan(await tables.captures.get(source));
    const next = Object.entries(plan.tables).map(([name, table]) => [name, altered.has(name) ? { ...table, state: 'partial', silent: false } : table]);
    await tables.captures.save(source, { position, tables: JSON.stringify({ ...plan, tables: Object.fromEntries(next) as CapturePlan['tables'] }) });
  });
}

/** Applies batch after batch; gives the position that is safe by then. */
function createRun(
  options: PumpOptions,
  first: CapturePlan,
  snapshot: number,
): (batch: Exclude<ChangeBatch, { readonly kind: 'altered' }>) => Promise<string | undefined> {
  const { source, mode, store, log, translator, timeZone, clock } = options;
  const names = translator.tables.map(tableName);
  const isPoll = mode === 'poll';
  let plan = first;
  let round = 0;
  let told = 0;
  let readMs = clock();
  let isLive = false;
  /** Rows of the table under way; with what the image has they tell whether any is gone. Which ones is only found by marking all that are seen. */
  let met = 0;
  let mark = snapshot;
  const marking = new Set(names.filter((name) => !isPoll || plan.tables[name]?.state === 'partial'));
  const view = (): ImageView => createImageView({ store, source, timeZone, indexes: translator.indexes });
  const at = (ms: number): string => zonedToRfc3339(epochMillisToZoned(ms, timeZone) ?? '1970-01-01 00:00:00Z');
  const isSilent = (table: string): boolean => plan.tables[table]?.silent === true;

  /** @param quiet keys of rows that did not change, only more of them is kept from now on */
  const applySteps = async (steps: readonly RowStep[], rows: ImageView, quiet: ReadonlySet<string> = new Set()): Promise<Change[]> => {
    const before = options.crosswalk();
    // The first reading of a table changes nothing, and what it is joined to may not have been read yet: the crosswalk's own scan knows better.
    await options.learn(
      steps.filter((step) => !isSilent(step.table)),
      rows,
    );
    const news = steps.filter((step) => !isSilent(step.table) && !quiet.has(step.key));
    const id = `snapshot-${snapshot}-${round}`;
    const commit = { id, transaction: id, committedAt: at(clock()), first: told, steps: news };
    const changes = news.length === 0 ? [] : await translator.translate(commit, rows, { before, after: options.crosswalk() });
    told += news.length;
    for (const step of steps) rows.apply(step);
    return changes;
  };

  const onSnapshot = async ({ table: place, rows, done }: ChangeBatch & { readonly kind: 'snapshot' }): Promise<void> => {
    const table = names[place]!;
    const { key } = translator.tables[place]!;
    const marks = marking.has(table);
    const rowsView = view();
    const keys = rows.map((row) => keyText(row, key));
    const known = await rowsView.get(table, keys);
    met += rows.length;
    const unchanged: string[] = [];
    const quiet = new Set<string>();
    const steps: RowStep[] = [];
    for (const [index, row] of rows.entries()) {
      const at = keys[index]!;
      const before = completeImage(known.get(at), row);
      if (before !== null && sameRow(before, row)) {
        if (sameRow(known.get(at) ?? {}, row)) {
          unchanged.push(at);
          continue;
        }
        quiet.add(at);
      }
      steps.push({ table, key: at, before, after: row });
    }
    const changes = await applySteps(steps, rowsView, quiet);
    if (steps.length > 0 || marks)
      await log.append({
        changes,
        along: async (tables) => {
          await options.assertLeader(tables);
          await rowsView.save(tables, mark);
          if (marks && unchanged.length > 0) await tables.rowImages.touch(source, table, mark, unchanged);
        },
      });
    if (!done) return;
    if (marks) await removeUnseen(table);
    if (isPoll) {
      const isMissing = !marks && met < (await store.rowImages.count(source, table));
      if (isMissing) marking.add(table);
      else marking.delete(table);
    }
    met = 0;
  };

  /** What a snapshot did not meet is no longer there. */
  const removeUnseen = async (table: string): Promise<void> => {
    let steps: RowStep[] = [];
    const flush = async (): Promise<void> => {
      const rowsView = view();
      await rowsView.get(
        table,
        steps.map(({ key }) => key),
      );
      const changes = await applySteps(steps, rowsView);
      steps = [];
      await log.append({
        changes,
        along: async (tables) => {
          await options.assertLeader(tables);
          await rowsView.save(tables, mark);
        },
      });
    };
    for await (const page of store.rowImages.pages(source, table, { except: mark })) {
      for (const { key, row } of page) steps.push({ table, key, before: row, after: null });
      if (steps.length >= SNAPSHOT_STEPS) await flush();
    }
    if (steps.length > 0) await flush();
  };

  const onChanges = async ({ transactions, position }: ChangeBatch & { readonly kind: 'changes' }): Promise<string | undefined> => {
    const wasComplete = Object.values(plan.tables).every((table) => table.state === 'complete');
    if (transactions.length === 0 && wasComplete && isLive && !isPoll) return idle(position);
    isLive = true;
    const rowsView = view();
    const stepped = await stepsOf(transactions, translator.tables, rowsView);
    const before = options.crosswalk();
    await options.learn(stepped.flat(), rowsView);
    const crosswalks = { before, after: options.crosswalk() };
    const changes: Change[] = [];
    for (const [index, steps] of stepped.entries()) {
      const transaction = transactions[index]!;
      if (steps.length === 0) continue;
      changes.push(...(await translator.translate(commitOf(transaction, steps), rowsView, crosswalks)));
      for (const step of steps) rowsView.apply(step);
    }
    const next = wasComplete ? plan : completed(plan);
    const last = transactions.at(-1);
    await log.append({
      changes,
      along: async (tables) => {
        await options.assertLeader(tables);
        await rowsView.save(tables, mark);
        const capture = await tables.captures.get(source);
        const heals = capture !== undefined && capture.gapAt !== null && capture.gapHealedAt === null;
        if (heals) await resolveLossAlert(tables, source, at(clock()));
        await tables.captures.save(source, {
          position,
          state: 'live',
          readMs: clock(),
          ...(isPoll ? { snapshot: mark } : {}),
          ...(wasComplete ? {} : { tables: JSON.stringify(next) }),
          ...(last === undefined || last.committedMs === null
            ? {}
            : { committedAt: at(last.committedMs), lagMs: Math.max(0, Math.round(clock() - last.committedMs)) }),
          ...(heals ? { gapHealedAt: at(clock()) } : {}),
        });
      },
    });
    plan = next;
    readMs = clock();
    round += 1;
    told = 0;
    if (isPoll && marking.size > 0) mark += 1;
    return position;
  };

  /** Nothing happened; the place is remembered now and then, so that the source may forget. */
  const idle = async (position: string): Promise<string | undefined> => {
    if (clock() - readMs < READ_EVERY_MS) return undefined;
    readMs = clock();
    await store.transaction(async (tables) => {
      await options.assertLeader(tables);
      await tables.captures.save(source, { position, readMs, state: 'live' });
    });
    return position;
  };

  const commitOf = ({ commit, transaction, committedMs, first: place }: SourceTransaction, steps: readonly RowStep[]) => ({
    id: commit,
    transaction,
    committedAt: at(committedMs ?? clock()),
    first: place,
    steps,
  });

  return async (batch) => {
    if (batch.kind === 'changes') return onChanges(batch);
    await onSnapshot(batch);
    return undefined;
  };
}

/** An image that lacks columns kept only now takes them from the row: they did not change, they were not looked at. */
function completeImage(image: ImageRow | undefined, row: ImageRow): ImageRow | null {
  if (image === undefined) return null;
  const kept: Record<string, ImageRow[string]> = {};
  for (const [column, value] of Object.entries(row)) kept[column] = column in image ? image[column]! : value;
  return kept;
}

function sameRow(a: ImageRow, b: ImageRow): boolean {
  const columns = Object.keys(b);
  return Object.keys(a).length === columns.length && columns.every((column) => a[column] === b[column]);
}

/** Indexes that the images of a complete table lack are made from these images. */
async function addIndexes({ source, store, translator, timeZone }: PumpOptions, old: CapturePlan): Promise<void> {
  for (const [table, { indexes: kept }] of Object.entries(old.tables)) {
    const missing: RowIndex[] = translator.indexes.filter((index) => index.tables.includes(table) && !kept.includes(index.name));
    if (missing.length === 0) continue;
    for await (const page of store.rowImages.pages(source, table)) {
      await store.rowImages.index(
        source,
        page.flatMap(({ key, row }) =>
          indexEntries(missing, table, row, timeZone).map(([index, value]): [string, string, string] => [index, value, placeText({ table, key })]),
        ),
      );
    }
  }
}
