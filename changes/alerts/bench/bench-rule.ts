import { createPacer } from '../../../federation/crosswalk/pacer.ts';
import { createRowFinder } from '../../../federation/dependencies/find-rows.ts';
import { isRead, touchedKeys } from '../../../federation/dependencies/touched-keys.ts';
import type { Clock } from '../../../federation/execute/execution.ts';
import type { Federation } from '../../../federation/supergraph/federation.ts';
import type { View } from '../../../federation/supergraph/view.ts';
import { HubError } from '../../../schema/errors/hub-error.ts';
import type { AlertRule } from '../../../schema/model/alert-rule.ts';
import type { Canonical } from '../../../schema/model/canonical.ts';
import { LOSS, type LoggedChange } from '../../../schema/model/change.ts';
import type { ChangeLog } from '../../log.ts';
import { subjectText } from '../alert.ts';
import { compileRule, type CompiledRule, type Judgement } from '../compiled-rule.ts';
import { decide, type Standing } from '../decide.ts';
import { allKeys } from '../whole-run.ts';
import { loadPast } from './load-past.ts';
import { createPast } from './past.ts';

/** What a draft rule finds today, and what it would have said of the changes of the last days. */
export interface BenchResult {
  readonly today: BenchToday;
  /** Absent when no days were asked for. */
  readonly past?: BenchPast;
}

export type RuleBenchResult = BenchResult & { readonly rule: AlertRule };
export type RuleBenchPast = BenchPast & { readonly rule: AlertRule };

export interface BenchToday {
  readonly subjects: number;
  readonly firing: readonly BenchFinding[];
  /** Subjects of which a source that failed let nothing be said. */
  readonly failed: number;
  readonly elapsedMs: number;
}

export interface BenchFinding {
  readonly key: readonly Canonical[];
  readonly name: string | null;
  readonly value: Canonical;
  readonly values: Readonly<Record<string, Canonical>>;
}

export interface BenchPast {
  /** The first change that was looked at; null when the log holds none. */
  readonly since: string | null;
  /** Changes in that time, and those that the rule reads. */
  readonly changes: number;
  readonly relevant: number;
  readonly subjects: number;
  /** As the alert would have fired and ended, in order; what held before the first change is not told. */
  readonly events: readonly BenchEvent[];
  readonly elapsedMs: number;
}

export interface BenchEvent extends BenchFinding {
  readonly at: string;
  readonly state: 'FIRING' | 'RESOLVED';
  /** The change that did it. */
  readonly cause: { readonly department: string; readonly type: string; readonly op: string; readonly rowKey: string };
}

const DAY_MS = 86_400_000;
const BATCH = 1_000;
/** Changes and subjects of one replay. */
const MOST = 20_000;
const SUBJECTS = 200;

/** Runs a rule that is not published, on what somebody may see. Reads only; nothing of it is kept. @throws {HubError} FORBIDDEN_FIELD, JOIN_TOO_LARGE when the days hold too much, and what sources answer */
export async function benchRule(
  { federation, changes }: { readonly federation: Federation; readonly changes: Pick<ChangeLog, 'read' | 'oldest'> },
  view: View,
  rule: AlertRule,
  days: number,
  signal: AbortSignal,
): Promise<BenchResult> {
  try {
    const compiled = compileRule(federation.environment, view, rule);
    const today = await benchToday(federation, view, compiled, signal);
    if (days <= 0) return { today };
    if (view.rights.types !== null) throw new HubError('FORBIDDEN_FIELD', 'The past is replayed for those who may see everything; ask without days.');
    return { today, past: await benchPast(federation, view, changes, compiled, days, signal) };
  } catch (error) {
    signal.throwIfAborted(); // why it was ended, not what that did to a source
    throw error;
  }
}

async function benchToday(federation: Federation, view: View, compiled: CompiledRule, signal: AbortSignal): Promise<BenchToday> {
  const started = performance.now();
  const firing: BenchFinding[] = [];
  let [subjects, failed] = [0, 0];
  for await (const keys of allKeys((request) => federation.execute(request), view, compiled.rule.subject, signal)) {
    const { judgements } = await compiled.judge(keys, signal);
    signal.throwIfAborted();
    subjects += keys.length;
    judgements.forEach((judgement, place) => {
      if (judgement.kind === 'failed') failed += 1;
      if (judgement.kind === 'judged' && judgement.holds) firing.push(findingOf(keys[place] ?? [], judgement));
    });
  }
  return { subjects, firing, failed, elapsedMs: Math.round(performance.now() - started) };
}

const findingOf = (key: readonly Canonical[], { name, value, values }: Extract<Judgement, { kind: 'judged' }>): BenchFinding => ({ key, name, value, values });

async function benchPast(
  federation: Federation,
  view: View,
  log: Pick<ChangeLog, 'read' | 'oldest'>,
  { rule, dependencies }: CompiledRule,
  days: number,
  signal: AbortSignal,
): Promise<BenchPast> {
  const started = performance.now();
  const window = await changesOf(log, Date.parse(federation.environment.clock().now) - days * DAY_MS, signal);
  const relevant = window.filter((change) => isRead(dependencies, change));
  const finder = createRowFinder({ execute: (request) => federation.execute(request), view, signal });
  const touched = await touchedKeys({ supergraph: view.supergraph, crosswalk: federation.keeper.current(), finder }, dependencies, relevant);
  if (touched.kind === 'all') throw new HubError('SOURCE_CAPABILITY_MISSING', `which subjects a change touches cannot be told at ${touched.path}`);
  if (touched.keys.length > MOST) throw tooMuch(`${touched.keys.length} subjects are touched`);

  let clock: Clock = federation.environment.clock();
  const past = createPast(view, federation.environment, dependencies, () => clock);
  const keys = touched.keys.map(({ key }) => key);
  await loadPast(federation, view, dependencies, keys, past, signal);
  const pacer = createPacer();
  const pause = async (): Promise<void> => {
    if (pacer.isDue()) await pacer.rest();
    signal.throwIfAborted();
  };
  for (const change of relevant.toReversed()) {
    past.undo(change);
    await pause();
  }

  const then = compileRule(past.environment, past.view, rule);
  const standing = new Map<string, Standing>();
  const step = async (subjects: readonly (readonly Canonical[])[], cause: LoggedChange | undefined): Promise<BenchEvent[]> => {
    const events: BenchEvent[] = [];
    for (let start = 0; start < subjects.length; start += SUBJECTS) {
      await pause();
      const part = subjects.slice(start, start + SUBJECTS);
      past.focus(part);
      const { now, judgements } = await then.judge(part, signal);
      judgements.forEach((judgement, place) => {
        if (judgement.kind === 'failed') throw judgement.error;
        const key = part[place] ?? [];
        const id = subjectText(key);
        const verdict = judgement.kind === 'gone' ? { holds: false, over: true } : judgement;
        // How long a condition holds is not replayed: it counts as soon as it does.
        const { kind } = decide({ forMs: 0 }, standing.get(id), verdict, Date.parse(now));
        if (kind !== 'fire' && kind !== 'resolve') return;
        standing.set(id, kind === 'fire' ? { state: 'FIRING', sinceMs: Date.parse(now) } : undefined);
        const finding = judgement.kind === 'judged' ? findingOf(key, judgement) : { key, name: null, value: null, values: {} };
        if (cause) events.push({ ...finding, at: now, state: kind === 'fire' ? 'FIRING' : 'RESOLVED', cause });
      });
    }
    return events;
  };
  const [first] = relevant;
  if (first) clock = clockAt(first);
  await step(keys, undefined);
  const byChange = relevant.map((): (readonly Canonical[])[] => []);
  for (const { key, causes } of touched.keys) for (const place of causes) byChange[place]?.push(key);
  const events: BenchEvent[] = [];
  for (const [place, change] of relevant.entries()) {
    past.redo(change);
    clock = clockAt(change);
    events.push(...(await step(byChange[place] ?? [], change)));
    await pause();
  }
  return {
    since: window[0]?.committedAt ?? null,
    changes: window.length,
    relevant: relevant.length,
    subjects: keys.length,
    events,
    elapsedMs: Math.round(performance.now() - started),
  };
}

const clockAt = ({ committedAt }: LoggedChange): Clock => ({ now: committedAt, asOf: committedAt.slice(0, 10) });

async function changesOf(log: Pick<ChangeLog, 'read' | 'oldest'>, fromMs: number, signal: AbortSignal): Promise<LoggedChange[]> {
  const window: LoggedChange[] = [];
  let place = (await log.oldest()) - 1;
  for (;;) {
    signal.throwIfAborted();
    const batch = await log.read(place, BATCH);
    const last = batch.at(-1);
    if (!last) return window;
    place = last.sequence;
    window.push(...batch.filter(({ type, committedAt }) => type !== LOSS && Date.parse(committedAt) >= fromMs));
    if (window.length > MOST) throw tooMuch(`the log has more than ${MOST} changes of that time`);
  }
}

const tooMuch = (what: string): HubError => new HubError('JOIN_TOO_LARGE', `${what}; at most ${MOST} can be replayed: ask for fewer days`);
