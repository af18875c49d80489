import type { Crosswalk } from '../../federation/crosswalk/crosswalk.ts';
import type { Clock } from '../../federation/execute/execution.ts';
import type { Federation, Log } from '../../federation/supergraph/federation.ts';
import type { Generation } from '../../federation/supergraph/generation.ts';
import type { Store, StoreTables } from '../../store/store.ts';
import type { Leadership } from '../leadership.ts';
import type { ChangeLog } from '../log.ts';
import type { AlertLog } from './alert-log.ts';
import { subjectText } from './alert.ts';
import { compileRule, type CompiledRule } from './compiled-rule.ts';
import { LOSS_RULE } from './loss-alert.ts';
import { evaluateSubjects, withdrawnOutcome, writeOutcomes, type Outcome, type Subject } from './outcome.ts';
import { createRuleLocks, type RuleLocks } from './rule-locks.ts';

export interface EvaluatorOptions {
  readonly federation: Federation;
  readonly store: Store;
  readonly changes: Pick<ChangeLog, 'read' | 'oldest' | 'newest' | 'waitBeyond'>;
  readonly alerts: AlertLog;
  readonly logger: Log;
}

/** What the two lanes of an evaluator share: what changes bring about, and what takes longer. */
export interface Evaluation extends EvaluatorOptions {
  readonly signal: AbortSignal;
  readonly locks: RuleLocks;
  readonly now: () => Clock;
  generation: Generation;
  rules: ReadonlyMap<string, CompiledRule>;
  /** Changes up to here have had their effect, or are written down to have it. */
  position: number;
  /** What the alerts were last evaluated over. */
  crosswalk: Crosswalk;
  /** Rules that must be evaluated whole, in this order. */
  readonly whole: Set<string>;
  /** Rules that a failing or slow source keeps from being evaluated, until then (milliseconds of `performance.now`), and how often it has. */
  readonly resting: Map<string, { readonly untilMs: number; readonly times: number }>;
  write(outcomes: readonly Outcome[], along?: (tables: StoreTables) => Promise<void>): Promise<void>;
  /** Of the generation of the moment; in parts, so that no statement grows with their number. */
  evaluate(rule: CompiledRule, subjects: readonly Subject[]): Promise<Outcome[]>;
  readonly deadline: () => AbortSignal;
}

/** Subjects of a rule that are evaluated together. */
const SUBJECTS = 200;
const DEADLINE_MS = 30_000;
/** How long a rule rests after a failure; twice as long after each further one. */
const REST_MS = 2_000;
const REST_MOST_MS = 60_000;

export const POSITION = 'alerts.position';
export const CROSSWALK = 'alerts.crosswalk';

/** Takes over from whoever evaluated before. */
export async function beginEvaluation(options: EvaluatorOptions, { signal, assert }: Leadership): Promise<Evaluation> {
  const { federation, store, changes, alerts, logger } = options;
  const now = (): Clock => federation.environment.clock();
  const known = await store.settings.get(POSITION);
  const evaluation: Evaluation = {
    ...options,
    signal,
    now,
    locks: createRuleLocks(),
    generation: federation.generation(),
    rules: new Map(),
    position: known === undefined ? await changes.newest() : Number(known),
    crosswalk: federation.keeper.current(),
    whole: new Set(),
    resting: new Map(),
    write: async (outcomes, along = async () => undefined) => {
      const at = now().now;
      const told = await store.transaction(async (tables) => {
        await assert(tables);
        await along(tables);
        return writeOutcomes(tables, outcomes, at);
      });
      if (told) alerts.call();
      for (const { rule, failed, error } of outcomes) {
        if (failed === 0) evaluation.resting.delete(rule);
        else rest(evaluation, rule, error);
      }
    },
    evaluate: async (rule, asked) => {
      const subjects = [...new Map(asked.map((subject) => [subjectText(subject.key), subject])).values()];
      const outcomes: Outcome[] = [];
      for (let start = 0; start < subjects.length; start += SUBJECTS)
        outcomes.push(
          await evaluateSubjects({ store, generation: evaluation.generation, signal: evaluation.deadline() }, rule, subjects.slice(start, start + SUBJECTS)),
        );
      return outcomes;
    },
    deadline: () => AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]),
  };
  const revisions = await crosswalkRevisions(store);
  await followGeneration(evaluation, evaluation.generation);
  // What was evaluated over another crosswalk is evaluated again.
  const all = (await store.settings.get(CROSSWALK)) === revisions ? [] : [...evaluation.rules.keys()];
  await evaluation.write([], async (tables) => {
    await markWhole(tables, all);
    await tables.settings.set(POSITION, String(evaluation.position));
    await tables.settings.set(CROSSWALK, revisions);
  });
  all.forEach((name) => evaluation.whole.add(name));
  logger.info({ rules: evaluation.rules.size, position: evaluation.position }, 'alert rules are evaluated here');
  return evaluation;
}

/** Takes over what is published: new and altered rules are evaluated whole, alerts of others end. */
export async function followGeneration(evaluation: Evaluation, next: Generation): Promise<void> {
  const { federation, store, whole } = evaluation;
  const compiled = new Map(next.supergraph.rules.map((rule) => [rule.rule, compileRule(federation.environment, next, rule)]));
  const known = new Map((await store.alertDues.rules()).map((state) => [state.rule, state]));
  for (const [name, { fingerprint }] of compiled) if (known.get(name)?.fingerprint !== fingerprint) whole.add(name);
  const gone = [...new Set([...known.keys(), ...(await store.alerts.openRules())])].filter((name) => !compiled.has(name) && name !== LOSS_RULE);
  const { now } = evaluation.now();
  const outcomes = await Promise.all(gone.map(async (name) => withdrawnOutcome(name, await store.alerts.open(name), now)));
  const left = (await store.alerts.open(LOSS_RULE)).filter(({ subject }) => !federation.configuration().sources.has((JSON.parse(subject) as [string])[0]));
  await evaluation.write([...outcomes, withdrawnOutcome(LOSS_RULE, left, now)], async (tables) => {
    for (const name of gone) await tables.alertDues.removeRule(name);
  });
  for (const name of gone) whole.delete(name);
  evaluation.generation = next;
  evaluation.rules = compiled;
}

/** That rules are to be evaluated whole is written down before anything else is forgotten. */
export async function markWhole(tables: StoreTables, names: Iterable<string>): Promise<void> {
  for (const rule of names) await tables.alertDues.putRule({ rule, fingerprint: null, day: '', evaluatedMs: 0 });
}

/** Which state of the crosswalk the store holds. */
export async function crosswalkRevisions(store: Store): Promise<string> {
  const scans = await store.crosswalk.scans();
  const parts = scans.map(({ entity, source, revision }) => `${entity} ${source} ${revision}`);
  return parts.toSorted().join('\n');
}

/** Leaves a rule alone for a while; others go on. */
export function rest({ resting, logger }: Evaluation, rule: string, error: unknown): void {
  const times = (resting.get(rule)?.times ?? 0) + 1;
  const forMs = Math.min(REST_MS * 2 ** (times - 1), REST_MOST_MS);
  resting.set(rule, { times, untilMs: performance.now() + forMs });
  logger.warn({ rule, forMs, err: error }, 'alert rule could not be evaluated; it is tried again');
}

export const isResting = ({ resting }: Evaluation, rule: string): boolean => performance.now() < (resting.get(rule)?.untilMs ?? 0);
