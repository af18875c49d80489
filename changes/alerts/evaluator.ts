import { setTimeout as sleep } from 'node:timers/promises';
import { diffCrosswalk } from '../../federation/crosswalk/diff-crosswalk.ts';
import type { Crosswalk } from '../../federation/crosswalk/crosswalk.ts';
import { createRowFinder } from '../../federation/dependencies/find-rows.ts';
import { isRead, subjectsOfEntities, touchedKeys, type Touched, type TouchWorld } from '../../federation/dependencies/touched-keys.ts';
import type { Clock } from '../../federation/execute/execution.ts';
import type { Federation, Log } from '../../federation/supergraph/federation.ts';
import type { Generation } from '../../federation/supergraph/generation.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { Canonical } from '../../schema/model/canonical.ts';
import type { LoggedChange } from '../../schema/model/change.ts';
import { compareText } from '../../schema/model/compare-text.ts';
import type { Store, StoreTables } from '../../store/store.ts';
import type { ChangeLog } from '../log.ts';
import type { Leadership } from '../leadership.ts';
import { subjectText } from './alert.ts';
import type { AlertLog } from './alert-log.ts';
import { compileRule, type CompiledRule } from './compiled-rule.ts';
import { evaluateSubjects, withdrawnOutcome, writeOutcomes, type Outcome, type Subject } from './outcome.ts';
import { allKeys } from './whole-run.ts';

export interface EvaluatorOptions {
  readonly federation: Federation;
  readonly store: Store;
  readonly changes: Pick<ChangeLog, 'read' | 'oldest' | 'newest' | 'waitBeyond'>;
  readonly alerts: AlertLog;
  readonly logger: Log;
}

/** Changes that are looked at together. */
const BATCH = 500;
/** Behind by more than this, everything is evaluated once instead of change by change. */
const BACKLOG = 5_000;
/** A crosswalk that changed in more keys than this touches everybody. */
const CROSSWALK_KEYS = 2_000;
/** Subjects of a rule that are evaluated together. */
const SUBJECTS = 200;
const RULES_AT_ONCE = 4;
const DUES = 500;
/** How often the clock is looked at. */
const TICK_MS = 1_000;
/** How long a source that failed an evaluation is left alone. */
const RETRY_MS = 3_000;
const DEADLINE_MS = 30_000;

const POSITION = 'alerts.position';
const CROSSWALK = 'alerts.crosswalk';

/**
 * Keeps the alerts of all rules true, as long as it leads: by changes, by the crosswalk, by the clock, and by publication. What a batch did to the
 * alerts and how far the log was read are written in one transaction, so that each change has its effect exactly once.
 */
export async function runEvaluator(options: EvaluatorOptions, leadership: Leadership): Promise<void> {
  const { federation, changes } = options;
  const { signal } = leadership;
  let nudge = new AbortController();
  const wake = (): void => nudge.abort();
  const listeners = [federation.onGeneration(wake), federation.keeper.onChange(wake)];
  try {
    const evaluator = await createEvaluator(options, leadership);
    while (!signal.aborted) {
      nudge = new AbortController();
      if (await evaluator.step()) continue;
      const pause = AbortSignal.any([signal, nudge.signal, AbortSignal.timeout(TICK_MS)]);
      await changes.waitBeyond(evaluator.position(), pause);
      if (nudge.signal.aborted) await sleep(1, undefined, { signal, ref: false }).catch(() => undefined); // one turn for the rest of a swap
    }
  } finally {
    for (const stop of listeners) stop();
  }
}

interface Evaluator {
  /** Does what is next; false when there is nothing to do now. */
  step(): Promise<boolean>;
  position(): number;
}

interface WholeRun {
  readonly rule: CompiledRule;
  readonly pages: AsyncGenerator<readonly (readonly Canonical[])[]>;
  readonly seen: Set<string>;
  /** When it began: what happens meanwhile is for the next. */
  readonly began: Clock;
}

async function createEvaluator({ federation, store, changes, alerts, logger }: EvaluatorOptions, { signal, assert }: Leadership): Promise<Evaluator> {
  let position = 0;
  let generation: Generation | undefined;
  let rules = new Map<string, CompiledRule>();
  let crosswalk: Crosswalk = federation.keeper.current();
  /** Rules that must be evaluated whole, in this order. */
  const whole = new Set<string>();
  let run: WholeRun | undefined;
  let notBefore = 0;

  const now = () => federation.environment.clock();
  const write = async (outcomes: readonly Outcome[], along: (tables: StoreTables) => Promise<void> = async () => undefined): Promise<void> => {
    const at = now().now;
    const told = await store.transaction(async (tables) => {
      await assert(tables);
      await along(tables);
      return writeOutcomes(tables, outcomes, at);
    });
    if (told) alerts.call();
    const failure = outcomes.find((outcome) => outcome.failed > 0);
    if (failure) {
      notBefore = performance.now() + RETRY_MS;
      logger.warn({ rule: failure.rule, subjects: failure.failed, err: failure.error }, 'alert rule could not be evaluated; it is tried again');
    }
  };
  const deadline = (): AbortSignal => AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]);
  const evaluate = async (rule: CompiledRule, asked: readonly Subject[], of: Generation): Promise<Outcome[]> => {
    const outcomes: Outcome[] = [];
    const subjects = [...new Map(asked.map((subject) => [subjectText(subject.key), subject])).values()];
    for (let start = 0; start < subjects.length; start += SUBJECTS)
      outcomes.push(await evaluateSubjects({ store, generation: of, signal: deadline() }, rule, subjects.slice(start, start + SUBJECTS)));
    return outcomes;
  };

  /** Takes over what is published: new and altered rules are evaluated whole, alerts of others end. */
  const follow = async (next: Generation): Promise<void> => {
    const compiled = new Map<string, CompiledRule>();
    for (const rule of next.supergraph.rules) compiled.set(rule.rule, compileRule(federation.environment, next, rule));
    const known = new Map((await store.alertDues.rules()).map((state) => [state.rule, state]));
    for (const [name, { fingerprint }] of compiled) if (known.get(name)?.fingerprint !== fingerprint) whole.add(name);
    const gone = [...new Set([...known.keys(), ...(await store.alerts.openRules())])].filter((name) => !compiled.has(name));
    const outcomes = await Promise.all(gone.map(async (name) => withdrawnOutcome(name, await store.alerts.open(name), now().now)));
    await write(outcomes, async (tables) => {
      for (const name of gone) await tables.alertDues.removeRule(name);
    });
    for (const name of gone) whole.delete(name);
    generation = next;
    rules = compiled;
    run = undefined;
  };

  const worldOf = (of: Generation): TouchWorld => ({
    supergraph: of.supergraph,
    crosswalk: federation.keeper.current(),
    finder: createRowFinder({ execute: (request) => federation.execute(request), generation: of, signal: deadline() }),
  });

  /** What `find` says of each rule, as outcomes; a rule whose subjects cannot be told is evaluated whole. */
  const perRule = async (
    of: Generation,
    find: (rule: CompiledRule) => Promise<{ readonly touched: Touched; readonly causes?: readonly LoggedChange[] } | undefined>,
  ) => {
    const fell: string[] = [];
    const outcomes = await limited([...rules.values()], async (rule): Promise<Outcome[]> => {
      try {
        const found = await find(rule);
        if (!found) return [];
        if (found.touched.kind === 'keys')
          return await evaluate(
            rule,
            found.touched.keys.map(({ key, causes }) => ({ key, causes: causes.flatMap((place) => found.causes?.[place] ?? []) })),
            of,
          );
      } catch (error) {
        if (!(error instanceof HubError) || signal.aborted) throw error;
        notBefore = performance.now() + RETRY_MS;
        logger.warn({ rule: rule.rule.rule, err: error }, 'what changes touch could not be told; the rule is evaluated whole');
      }
      fell.push(rule.rule.rule);
      return [];
    });
    return { outcomes: outcomes.flat(), fell };
  };

  /** That they are to be evaluated whole is written down before anything is forgotten. */
  const markWhole = async (tables: StoreTables, names: readonly string[]): Promise<void> => {
    for (const rule of names) await tables.alertDues.putRule({ rule, fingerprint: null, day: '', evaluatedMs: 0 });
  };

  const readChanges = async (of: Generation): Promise<boolean> => {
    const newest = await changes.newest();
    if (newest <= position) return false;
    if (newest - position > BACKLOG || position + 1 < (await changes.oldest())) {
      await write([], async (tables) => {
        await markWhole(tables, [...rules.keys()]);
        await tables.settings.set(POSITION, String(newest));
      });
      for (const name of rules.keys()) whole.add(name);
      position = newest;
      run = undefined;
      return true;
    }
    const batch = await changes.read(position, BATCH);
    const last = batch.at(-1)?.sequence;
    if (last === undefined) return false;
    const world = worldOf(of);
    const { outcomes, fell } = await perRule(of, async ({ dependencies }) => {
      const relevant = batch.filter((change) => isRead(dependencies, change));
      return relevant.length === 0 ? undefined : { touched: await touchedKeys(world, dependencies, relevant), causes: relevant };
    });
    await write(outcomes, async (tables) => {
      await markWhole(tables, fell);
      await tables.settings.set(POSITION, String(last));
    });
    fell.forEach((name) => whole.add(name));
    position = last;
    return true;
  };

  const readCrosswalk = async (of: Generation): Promise<boolean> => {
    const current = federation.keeper.current();
    if (current === crosswalk) return false;
    const revisions = await crosswalkRevisions(store);
    const differences = diffCrosswalk(crosswalk, current);
    const world = worldOf(of);
    const { outcomes, fell } = await perRule(of, async ({ dependencies }) => {
      const keys = [];
      for (const { entity, keys: changed, lost } of differences) {
        const places = dependencies.reads.filter(({ type }) => type === entity);
        if (places.length === 0) continue;
        // What has lost its entity is not found through it any more.
        const isUnknown = lost.length > 0 && places.some(({ path }) => path.length > 0);
        if (isUnknown || changed.length > CROSSWALK_KEYS) return { touched: { kind: 'all', path: entity } };
        const touched = await subjectsOfEntities(world, dependencies, entity, changed.map((key) => [key])); // prettier-ignore
        if (touched.kind === 'all') return { touched };
        keys.push(...touched.keys);
      }
      return keys.length === 0 ? undefined : { touched: { kind: 'keys', keys } };
    });
    await write(outcomes, async (tables) => {
      await markWhole(tables, fell);
      await tables.settings.set(CROSSWALK, revisions);
    });
    fell.forEach((name) => whole.add(name));
    crosswalk = current;
    return true;
  };

  /** Subjects whose time has come, and those that could not be judged. */
  const readDues = async (of: Generation): Promise<boolean> => {
    if (performance.now() < notBefore) return false;
    const dues = await store.alertDues.due(Date.parse(now().now), DUES);
    if (dues.length === 0) return false;
    const byRule = Map.groupBy(dues, ({ rule }) => rule);
    const outcomes = await limited([...byRule], async ([name, list]) => {
      const rule = rules.get(name);
      return rule ? evaluate(rule, list.map(({ subject }) => ({ key: JSON.parse(subject) as Canonical[] })), of) : []; // prettier-ignore
    });
    await write(outcomes.flat());
    return true;
  };

  /** Rules that the clock moves. */
  const readClock = async (): Promise<void> => {
    const { asOf, now: at } = now();
    for (const state of await store.alertDues.rules()) {
      const every = rules.get(state.rule)?.every;
      if (every === undefined || state.fingerprint === null) continue;
      if (every === 'day' ? state.day !== asOf : Date.parse(at) - state.evaluatedMs >= every) whole.add(state.rule);
    }
  };

  /** One page of the rule whose turn it is. */
  const runWhole = async (of: Generation): Promise<boolean> => {
    if (performance.now() < notBefore) return false;
    const [name] = whole;
    const rule = name === undefined ? undefined : rules.get(name);
    if (name === undefined || !rule) return whole.delete(name ?? '');
    if (run?.rule !== rule)
      run = { rule, pages: allKeys((request) => federation.execute(request), of, rule.rule.subject, signal), seen: new Set(), began: now() };
    const { seen, began } = run;
    try {
      const page = await run.pages.next();
      const keys = page.done ? await leftOver(rule, seen) : page.value;
      keys.forEach((key) => seen.add(subjectText(key)));
      const outcomes = await evaluate(rule, keys.map((key) => ({ key })), of); // prettier-ignore
      if (!page.done) {
        await write(outcomes);
        return true;
      }
      const state = { rule: name, fingerprint: rule.fingerprint, day: began.asOf, evaluatedMs: Date.parse(began.now) };
      await write(outcomes, (tables) => tables.alertDues.putRule(state));
      whole.delete(name);
      run = undefined;
    } catch (error) {
      if (!(error instanceof HubError) || signal.aborted) throw error;
      notBefore = performance.now() + RETRY_MS;
      run = undefined;
      whole.delete(name);
      whole.add(name); // others first
      logger.warn({ rule: name, err: error }, 'alert rule could not be evaluated whole; it is tried again');
    }
    return true;
  };

  /** Subjects with an open alert that the list does not show any more. */
  const leftOver = async ({ rule }: CompiledRule, seen: ReadonlySet<string>): Promise<readonly (readonly Canonical[])[]> =>
    (await store.alerts.open(rule.rule)).filter(({ subject }) => !seen.has(subject)).map(({ subject }) => JSON.parse(subject) as Canonical[]);

  const begin = async (): Promise<void> => {
    const known = await store.settings.get(POSITION);
    position = known === undefined ? await changes.newest() : Number(known);
    crosswalk = federation.keeper.current();
    const revisions = await crosswalkRevisions(store);
    await follow(federation.generation());
    const isOther = (await store.settings.get(CROSSWALK)) !== revisions;
    const all = isOther ? [...rules.keys()] : [];
    await write([], async (tables) => {
      await markWhole(tables, all);
      await tables.settings.set(POSITION, String(position));
      await tables.settings.set(CROSSWALK, revisions);
    });
    all.forEach((name) => whole.add(name));
  };

  await begin();
  return {
    position: () => position,
    step: async () => {
      const current = federation.generation();
      if (current !== generation) await follow(current);
      if (await readChanges(current)) return true;
      if (await readCrosswalk(current)) return true;
      if (await readDues(current)) return true;
      await readClock();
      return runWhole(current);
    },
  };
}

/** Which state of the crosswalk the store holds: what was evaluated over another is evaluated again. */
async function crosswalkRevisions(store: Store): Promise<string> {
  const scans = await store.crosswalk.scans();
  return scans
    .map(({ entity, source, revision }) => `${entity} ${source} ${revision}`)
    .toSorted(compareText)
    .join('\n');
}

async function limited<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let place = next++; place < items.length; place = next++) results[place] = await work(items[place] as T);
  };
  await Promise.all(Array.from({ length: Math.min(RULES_AT_ONCE, items.length) }, worker));
  return results;
}
