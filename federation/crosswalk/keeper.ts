import type { Connector } from '../../connectors/spi/connector.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { ErrorCode } from '../../schema/errors/register.ts';
import type { CrosswalkScan } from '../../store/crosswalk-table.ts';
import type { Store } from '../../store/store.ts';
import type { CrosswalkBinding } from '../supergraph/binding.ts';
import { sliceKey, type Crosswalk } from './crosswalk.ts';
import { dayIn } from './day-in.ts';
import { createLiveIndex } from './live-index.ts';
import { learnKeys } from './learn-keys.ts';
import { createCrosswalkOfficer, type CrosswalkOfficer } from './officer.ts';
import { refreshSlice, type RefreshMemory } from './refresh-slice.ts';
import { scanCrosswalk, type ScannedKey } from './scan-crosswalk.ts';
import type { SuggestOptions } from './suggest-matches.ts';
import { listWork, type WorkListPage, type WorkListQuery } from './work-list.ts';

/** Keeps the crosswalk: loads the stored copy at the start, scans the sources now and then, and swaps whole snapshots. */
export interface CrosswalkKeeper extends AsyncDisposable {
  /** The newest snapshot; keep it for the length of one operation. */
  current(): Crosswalk;
  /** Called after each swap. Returns what ends it. */
  onChange(listener: (crosswalk: Crosswalk) => void): () => void;
  /** Scans now: everything, one entity, or one source's part of it. A source that fails is reported and leaves the others and its stored copy alone. */
  refresh(entity?: string, source?: string): Promise<readonly RefreshResult[]>;
  /** Takes over what these local keys' rows say now, without a scan; for a part that was never scanned the scan will. */
  learn(binding: CrosswalkBinding, locals: readonly string[], scanned: readonly ScannedKey[]): Promise<void>;
  /** From now on these are scanned, as after a publication. Slices already loaded stay. */
  rebind(bindings: readonly CrosswalkBinding[]): Promise<void>;
  readonly officer: CrosswalkOfficer;
  /** @throws {HubError} BAD_USER_INPUT, CURSOR_INVALID */
  workList(query: WorkListQuery): Promise<WorkListPage>;
  /** When each source was last scanned, by any instance. */
  scans(): Promise<readonly CrosswalkScan[]>;
}

export type RefreshResult =
  | { readonly entity: string; readonly source: string; readonly status: 'done'; readonly rows: number; readonly changed: boolean; readonly elapsedMs: number }
  | { readonly entity: string; readonly source: string; readonly status: 'failed'; readonly code: ErrorCode; readonly elapsedMs: number };

export interface CrosswalkLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface CrosswalkKeeperOptions {
  readonly store: Store;
  readonly bindings: readonly CrosswalkBinding[];
  /** Undefined for a source that is no longer configured. */
  readonly connectorOf: (source: string) => Connector | undefined;
  readonly clock: () => Date;
  /** From the end of one round to the start of the next; the first starts at once, in the background. 0: only on demand. */
  readonly refreshMs: number;
  /** How often other instances' changes and the turn of the day are looked for. 0: never. Default 2000. */
  readonly pollMs?: number;
  /** A statement's limit while scanning. Default 60,000. */
  readonly timeoutMs?: number;
  /** Whose day decides on validity. Default Asia/Shanghai. */
  readonly timeZone?: string;
  readonly suggest?: Partial<SuggestOptions>;
  readonly log: CrosswalkLog;
}

const RETRY_MS = 5000;
const SUGGEST: SuggestOptions = { suffixes: [], minScore: 0.5, maxSuggestions: 3, maxCompared: 20_000 };

/** Resolves when the stored copy is loaded, whether or not any source answers. @throws {HubError} INTERNAL_SERVER_ERROR when the store fails. */
export async function createCrosswalkKeeper(options: CrosswalkKeeperOptions): Promise<CrosswalkKeeper> {
  const { store, connectorOf, clock, log, refreshMs, pollMs = 2000, timeoutMs = 60_000, timeZone = 'Asia/Shanghai' } = options;
  const suggest: SuggestOptions = { ...SUGGEST, ...options.suggest };
  let bindings = new Map<string, CrosswalkBinding>();
  const memories = new Map<string, RefreshMemory>();
  const closing = new AbortController();
  const today = (): string => dayIn(timeZone, clock());
  const index = createLiveIndex({ store, today, bindings: () => bindings.values(), isConfigured: (source) => connectorOf(source) !== undefined });

  // Whatever writes the crosswalk or swaps the snapshot waits for its turn, so that an older state never replaces a newer one.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };

  const refreshOne = async (binding: CrosswalkBinding): Promise<RefreshResult> => {
    const { entity, source } = binding;
    const started = performance.now();
    const elapsedMs = (): number => Math.round(performance.now() - started);
    try {
      const connector = connectorOf(source);
      if (connector === undefined) throw new HubError('SOURCE_UNAVAILABLE', `Source "${source}" is not configured.`, { source });
      const scanned = await scanCrosswalk(binding, connector, { signal: closing.signal, timeoutMs });
      const { changed } = await inTurn(async () => {
        const memory = memories.get(sliceKey(entity, source)) ?? {};
        memories.set(sliceKey(entity, source), memory);
        const written = await refreshSlice({
          store,
          binding,
          scanned,
          crosswalk: index.current(),
          authority: index.authorityOf(entity),
          today: today(),
          now: clock(),
          options: suggest,
          memory,
        });
        await index.loadChanged();
        return written;
      });
      const result: RefreshResult = { entity, source, status: 'done', rows: scanned.length, changed, elapsedMs: elapsedMs() };
      if (changed) log.info(result, 'crosswalk refreshed');
      return result;
    } catch (error) {
      const code = error instanceof HubError ? error.code : 'INTERNAL_SERVER_ERROR';
      if (!closing.signal.aborted) log.warn({ entity, source, code, err: error }, 'crosswalk not refreshed');
      return { entity, source, status: 'failed', code, elapsedMs: elapsedMs() };
    }
  };

  let rounds: Promise<unknown> = Promise.resolve();
  const runRound = (choose: () => readonly CrosswalkBinding[]): Promise<readonly RefreshResult[]> => {
    const round = rounds.then(async () => {
      if (closing.signal.aborted) throw new HubError('SHUTTING_DOWN', 'The crosswalk is being closed.');
      const wanted = choose();
      const first = await Promise.all(wanted.filter((one) => one.authority).map(refreshOne));
      return [...first, ...(await Promise.all(wanted.filter((one) => !one.authority).map(refreshOne)))];
    });
    rounds = round.catch(() => undefined);
    return round;
  };
  const refresh = (entity?: string, source?: string): Promise<readonly RefreshResult[]> =>
    runRound(() => [...bindings.values()].filter((one) => (entity ?? one.entity) === one.entity && (source ?? one.source) === one.source));

  /** A round over everything; what failed is tried again soon, until the next round is due. */
  const upkeep = async (): Promise<void> => {
    let results = await refresh();
    const nextRound = performance.now() + refreshMs;
    for (;;) {
      const failed = new Set(results.filter((result) => result.status === 'failed').map((result) => sliceKey(result.entity, result.source)));
      if (failed.size === 0 || performance.now() + RETRY_MS >= nextRound) break;
      await pause(RETRY_MS, closing.signal);
      if (closing.signal.aborted) return;
      results = await runRound(() => [...bindings].filter(([key]) => failed.has(key)).map(([, binding]) => binding));
    }
    await pause(nextRound - performance.now(), closing.signal);
  };

  const bind = (next: readonly CrosswalkBinding[]): Promise<void> =>
    inTurn(async () => {
      bindings = new Map(next.map((binding) => [sliceKey(binding.entity, binding.source), binding]));
      memories.clear(); // other bindings may read the same rows otherwise
      await index.loadChanged();
    });
  const rebind = async (next: readonly CrosswalkBinding[]): Promise<void> => {
    await bind(next);
    const unread = [...bindings.values()].filter((one) => index.current().state(one.entity, one.source) === 'never-built');
    if (refreshMs > 0 && unread.length > 0) runRound(() => unread).catch(() => undefined); // its results are logged; closing waits for it
  };

  await bind(options.bindings);
  let seen = await store.crosswalk.revision();
  let seenDay = today();
  const poll = async (): Promise<void> => {
    const revision = await store.crosswalk.revision();
    if (revision === seen && seenDay === today()) return;
    await inTurn(index.loadChanged);
    seen = revision;
    seenDay = today();
  };
  const loops = [refreshMs > 0 ? repeat(upkeep, 0, closing.signal, log) : undefined, pollMs > 0 ? repeat(poll, pollMs, closing.signal, log) : undefined];

  return {
    current: index.current,
    onChange: index.onChange,
    refresh,
    learn: (binding, locals, scanned) =>
      inTurn(async () => {
        if (index.current().state(binding.entity, binding.source) !== 'ready' && !binding.authority) return;
        await index.change((tables) => learnKeys(tables, binding, locals, scanned));
      }),
    rebind,
    officer: createCrosswalkOfficer({
      store,
      current: index.current,
      bindingOf: (entity, source) => bindings.get(sliceKey(entity, source)),
      authorityOf: index.authorityOf,
      clock,
      change: (work) => inTurn(() => index.change(work)),
    }),
    workList: (query) => listWork({ table: store.crosswalk, crosswalk: index.current(), slices: index.slices(), today: today() }, query),
    scans: () => store.crosswalk.scans(),
    [Symbol.asyncDispose]: async () => {
      closing.abort(new HubError('SHUTTING_DOWN', 'The crosswalk is being closed.'));
      await Promise.all([...loops, rounds]);
      await last;
    },
  };
}

/** Runs `work` again and again, never twice at once, until the signal; a failure is logged and the next turn comes. */
async function repeat(work: () => Promise<void>, pauseMs: number, signal: AbortSignal, log: CrosswalkLog): Promise<void> {
  while (!signal.aborted) {
    await pause(pauseMs, signal);
    if (signal.aborted) return;
    try {
      await work();
    } catch (error) {
      if (signal.aborted) return;
      log.warn({ err: error }, 'crosswalk upkeep failed');
      await pause(RETRY_MS, signal);
    }
  }
}

/** Resolves after the time or at the signal, and keeps no process alive. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms).unref();
    signal.addEventListener('abort', done);
  });
}
