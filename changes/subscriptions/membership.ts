import { createHash } from 'node:crypto';
import type { Dependencies } from '../../federation/dependencies/dependencies.ts';
import type { EntityKey } from '../../federation/execute/entity-reader.ts';
import type { LoggedChange } from '../../schema/model/change.ts';
import type { MembershipTransition } from '../../store/membership-table.ts';
import type { Store } from '../../store/store.ts';
import type { EvaluatedPage, Renewal } from './channel.ts';
import type { ChangeFilter, KnownMembers, SeenChange } from './change-filter.ts';
import type { ListedMembers } from './list-members.ts';
import { createMembers, type Members } from './members.ts';
import { BEGINNING, BY_CHANGE, placeBetween, splitPlace } from './sequence-cursor.ts';
import type { TouchedMember } from './touched-members.ts';

/** Keeps who meets a filter, so that it can be told who enters or leaves it by changes of other rows. */
export interface Membership {
  /** Transitions by other rows of a page, and its own changes, in order. Live pages bring what is known up to date. */
  evaluate(page: EvaluatedPage<LoggedChange>, signal: AbortSignal): Promise<readonly SeenChange[]>;
  readonly renewal: Omit<Renewal, 'renew'> & { renew(position: number, signal: AbortSignal): Promise<readonly SeenChange[]> };
}

export interface MembershipOptions {
  /** Stands for the filter, the rights and the selection. */
  readonly id: string;
  readonly store: Pick<Store, 'memberships' | 'transaction'>;
  readonly subject: { readonly type: string; readonly department: string; readonly source: string };
  readonly filter: ChangeFilter;
  readonly clock: Dependencies['clock'];
  readonly touched: (changes: readonly LoggedChange[], signal: AbortSignal) => Promise<readonly TouchedMember[] | undefined>;
  /** Which of these changes the rights let be seen: what is told may not stand where others would put it. */
  readonly seen: (changes: readonly LoggedChange[], signal: AbortSignal) => Promise<(change: LoggedChange) => boolean>;
  /** As `touched`, by way of nothing but what the rights let be seen. Absent: they hide nothing. */
  readonly reached?: MembershipOptions['touched'];
  readonly list: (signal: AbortSignal) => Promise<ListedMembers>;
  readonly log: { newest(): Promise<number>; oldest(): Promise<number> };
  readonly now: () => { readonly asOf: string; readonly now: string };
  /** Whether the crosswalk has become another where it matters, since it was last asked. */
  readonly crosswalkMoved: () => boolean;
  readonly onCrosswalk: (wake: () => void) => () => void;
}

const RENEW_PAUSE_MS = 5_000;
const RENEW_AFTER_MS = 6 * 3_600_000;
const MOMENT_MS = 60_000;
const LIST_MS = 10_000;
const UNUSED_MS = 72 * 3_600_000;
const FILTERS_KEPT = 1_000;

export function createMembership(options: MembershipOptions): Membership {
  const { id, store, subject, filter, touched, seen, reached, list, log, now } = options;
  const { promise: ready, resolve: begun } = Promise.withResolvers<void>();
  let members: Members | undefined;
  /** From here on, transitions are in the store. */
  let since = 0;
  /** What was committed before the members were first read may already be in them, or not. */
  let uncertain = { sequence: 0, ms: 0 };
  /** Of whom something was said since. */
  let heardOf = new Set<string>();
  let renewed = { ms: 0, asOf: '' };
  let isAsked = false;
  let lastByItself = { position: -1, ordinal: 0 };

  /** What was known before these changes. A source may tell the time of a commit in whole seconds: cut off, never rounded up. */
  function before(current: Members, key: string, changes: readonly LoggedChange[]): boolean | undefined {
    const isUncertain = changes.some(({ sequence, committedAt }) => sequence <= uncertain.sequence || Date.parse(committedAt) <= uncertain.ms);
    return isUncertain && !heardOf.has(key) ? undefined : current.get(key);
  }

  /** Of other rows: entities whose membership differs from what is known. */
  async function transitions(
    changes: readonly LoggedChange[],
    known: (key: string, causes: readonly LoggedChange[]) => boolean | undefined,
    signal: AbortSignal,
  ): Promise<MembershipTransition[] | undefined> {
    const found = await touched(changes, signal);
    if (!found) return undefined;
    if (found.length === 0) return [];
    const standings = await filter.standings(
      found.map(({ key }) => key),
      signal,
    );
    const altered = found.flatMap(({ key, causes }, i) => {
      const [text, standing] = [JSON.stringify(key), standings[i]];
      const before = known(text, causes);
      if (!standing || before === standing.member) return [];
      // Of what was never told and cannot be seen, nothing is told.
      if (before === undefined && !standing.visible) return [];
      return [{ text, causes, before, entered: standing.member }];
    });
    if (altered.length === 0) return [];
    const isSeen = await seen([...new Set(altered.flatMap(({ causes }) => causes))], signal);
    const unknown = new Set(altered.flatMap(({ causes, before }) => (before === undefined ? causes.filter(isSeen) : [])));
    const shown = unknown.size === 0 || !reached ? undefined : new Map((await reached([...unknown], signal))?.map((each) => [JSON.stringify(each.key), each]));
    const told = altered.flatMap(({ text, causes, before, entered }): Omit<MembershipTransition, 'ordinal'>[] => {
      // Of an entity that nothing was known of, what cannot be seen says nothing: neither a change nor a row between.
      const seenCause = (before === undefined && shown ? shown.get(text)?.causes : causes)?.findLast(isSeen);
      const cause = seenCause ?? (before === undefined ? undefined : causes.at(-1));
      return cause ? [{ position: cause.sequence - 1, key: text, entered, own: false, at: cause.committedAt }] : [];
    });
    return numbered(told);
  }

  async function live({ events, upTo }: EvaluatedPage<LoggedChange>, signal: AbortSignal): Promise<readonly SeenChange[]> {
    const current = members ?? createMembers([], false);
    const next = new Map<string, boolean>();
    const overlay: KnownMembers = {
      get: (key, change) => next.get(JSON.stringify(key)) ?? before(current, JSON.stringify(key), [change]),
      set: (key, isMember) => void next.set(JSON.stringify(key), isMember),
    };
    const own = await filter.judge(
      events.filter(({ type }) => type === subject.type),
      signal,
      overlay,
    );
    const byOthers = await transitions(events, (key, causes) => next.get(key) ?? before(current, key, causes), signal);
    if (!byOthers) isAsked = true;
    for (const { key, entered } of byOthers ?? []) next.set(key, entered);
    const told = new Set(byOthers?.map(({ key }) => key));
    const at = now().now;
    const altered = [...next].filter(([key, isMember]) => !told.has(key) && current.get(key) !== isMember);
    const byThemselves = altered.map(([key, entered]) => ({ position: Math.floor(upTo) - 1, key, entered, own: true, at }));
    const noted = [...(byOthers ?? []), ...numbered(byThemselves)];
    if (noted.length > 0) await store.memberships.note(id, noted);
    for (const [key, isMember] of next) current.set(key, isMember);
    const isSettled = events.every(({ sequence, committedAt }) => sequence > uncertain.sequence && Date.parse(committedAt) > uncertain.ms);
    if (!isSettled) for (const key of next.keys()) heardOf.add(key);
    return inOrder([...own, ...(byOthers ?? []).map(seenOf)]);
  }

  async function replayed({ events, after, upTo }: EvaluatedPage<LoggedChange>, signal: AbortSignal): Promise<readonly SeenChange[]> {
    await Promise.race([ready, ended(signal)]);
    const ownChanges = events.filter(({ type }) => type === subject.type);
    const [own, unknown, noted] = await Promise.all([
      filter.judge(ownChanges, signal),
      // Before anything was known of the filter: how things are now is told of whoever was touched.
      transitions(
        events.filter(({ sequence }) => sequence <= since),
        () => undefined,
        signal,
      ),
      store.memberships.transitions(id, splitPlace(after), splitPlace(upTo)),
    ]);
    const others = noted.filter(({ own: isOwn }) => !isOwn);
    const entered = others.filter((each) => each.entered);
    const standings =
      entered.length === 0
        ? []
        : await filter.standings(
            entered.map(({ key }) => JSON.parse(key) as EntityKey),
            signal,
          );
    const hidden = new Set(entered.filter((_, i) => !standings[i]?.visible).map(({ key }) => key));
    const shown = others.filter((each) => !each.entered || !hidden.has(each.key));
    return inOrder([...own, ...(unknown ?? []).map(seenOf), ...shown.map(seenOf)]);
  }

  /** Reads anew who meets the filter. What differs from what is known came about somehow, and is told. */
  async function renew(position: number, signal: AbortSignal): Promise<readonly SeenChange[]> {
    isAsked = false;
    const { asOf, now: at } = now();
    const isFirst = members === undefined;
    if (isFirst) await restore(position);
    const listed = await list(AbortSignal.any([signal, AbortSignal.timeout(LIST_MS)])).catch(() => undefined);
    signal.throwIfAborted();
    renewed = { ms: Date.now(), asOf };
    if (!listed) isAsked = true; // a source does not answer; it is asked again
    const differences = listed && members ? differing(members, listed) : [];
    const first = Math.max(isFirst ? 0 : BEGINNING, lastByItself.position === position ? lastByItself.ordinal : 0);
    const told = differences.map(([key, entered], i): MembershipTransition => ({ position, ordinal: first + 1 + i, key, entered, own: false, at }));
    if (told.length > 0) lastByItself = { position, ordinal: first + told.length };
    if (listed) {
      if (!members?.isComplete) [uncertain, heardOf] = [{ sequence: await log.newest(), ms: Date.now() }, new Set()];
      if (!members) since = position;
      members = createMembers(listed.keys, listed.isComplete);
    }
    members ??= createMembers([], false);
    const state = { since, readAt: position, isComplete: members.isComplete, members: members.list(), usedMs: Date.now() };
    const oldest = isFirst ? await log.oldest() : undefined;
    await store.transaction(async ({ memberships }) => {
      await memberships.save(id, state);
      if (told.length > 0) await memberships.note(id, told);
      if (oldest !== undefined) await memberships.forget({ oldest, unusedSinceMs: Date.now() - UNUSED_MS, keep: FILTERS_KEPT });
    });
    begun();
    return told.map(seenOf);
  }

  async function restore(position: number): Promise<void> {
    since = position;
    const known = await store.memberships.load(id);
    if (!known) return;
    since = Math.min(known.since, position);
    // Another instance has read further than this one.
    if (known.readAt > position) uncertain = { sequence: known.readAt, ms: Date.now() };
    members = createMembers(known.members, known.isComplete);
    const start = { position: known.readAt, ordinal: 0 };
    for (const { key, entered } of await store.memberships.transitions(id, start, { position, ordinal: 0 })) members.set(key, entered);
    const here = await store.memberships.transitions(id, { position, ordinal: 0 }, { position, ordinal: BEGINNING - 1 });
    lastByItself = { position, ordinal: here.at(-1)?.ordinal ?? 0 };
  }

  const seenOf = ({ position, ordinal, key, entered, at }: MembershipTransition): SeenChange => ({
    change: {
      ...subject,
      sequence: placeBetween(position, ordinal),
      id: '',
      rowKey: '',
      key: JSON.parse(key) as EntityKey,
      op: 'UPDATED',
      changedFields: [],
      before: null,
      after: null,
      committedAt: at,
      transaction: '',
      mappingVersion: 0,
    },
    transition: entered ? 'ENTERED' : 'LEFT',
    changedFields: [],
    before: null,
    after: null,
  });

  return {
    evaluate: (page, signal) => (page.isLive ? live(page, signal) : replayed(page, signal)),
    renewal: {
      renew,
      isDue() {
        if (!members) return true;
        const ageMs = Date.now() - renewed.ms;
        const isLate = ageMs > RENEW_AFTER_MS || (options.clock === 'moment' && ageMs > MOMENT_MS) || (options.clock !== 'none' && now().asOf !== renewed.asOf);
        if (isLate) return true;
        if (ageMs < RENEW_PAUSE_MS) return false;
        isAsked ||= options.crosswalkMoved();
        return isAsked;
      },
      listen(wake) {
        const timer = setInterval(wake, RENEW_PAUSE_MS).unref();
        const stop = options.onCrosswalk(wake);
        return () => {
          clearInterval(timer);
          stop();
        };
      },
    },
  };
}

/** Only where all are known on both sides does a difference say anything. */
function differing(known: Members, listed: ListedMembers): (readonly [key: string, entered: boolean])[] {
  if (!known.isComplete || !listed.isComplete) return [];
  const now = new Set(listed.keys);
  const left = known.list().filter((key) => !now.has(key));
  const entered = listed.keys.filter((key) => known.get(key) !== true);
  return [...left.map((key) => [key, false] as const), ...entered.map((key) => [key, true] as const)];
}

/** Every instance gives the same transition the same place. */
function numbered(transitions: readonly Omit<MembershipTransition, 'ordinal'>[]): MembershipTransition[] {
  const taken = new Set<string>();
  const byKey = transitions.toSorted((a, b) => a.position - b.position || (a.key < b.key ? -1 : 1));
  const placed = byKey.map((each): MembershipTransition => {
    let ordinal = createHash('sha256').update(each.key).digest().readUInt32BE() % BY_CHANGE;
    while (taken.has(`${each.position} ${ordinal}`)) ordinal = (ordinal + 1) % BY_CHANGE;
    taken.add(`${each.position} ${ordinal}`);
    return { ...each, ordinal: BY_CHANGE + ordinal };
  });
  return placed.toSorted((a, b) => a.position - b.position || a.ordinal - b.ordinal);
}

const inOrder = (seen: readonly SeenChange[]): SeenChange[] => seen.toSorted((a, b) => a.change.sequence - b.change.sequence);

const ended = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const fail = (): void => reject(signal.reason as Error);
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
