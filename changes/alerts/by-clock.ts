import type { Clock } from '../../federation/execute/execution.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { Canonical } from '../../schema/model/canonical.ts';
import { subjectText } from './alert.ts';
import type { CompiledRule } from './compiled-rule.ts';
import { isResting, rest, type Evaluation } from './evaluation.ts';
import { allKeys } from './whole-run.ts';

const DUES = 500;

/** Evaluates subjects whose time has come, and those that could not be evaluated when they were touched. @returns false when there are none */
export async function readDues(evaluation: Evaluation): Promise<boolean> {
  const { store, rules, locks } = evaluation;
  const resting = [...evaluation.resting.keys()].filter((name) => isResting(evaluation, name));
  const dues = await store.alertDues.due(Date.parse(evaluation.now().now), DUES, resting);
  let did = false;
  for (const [name, list] of Map.groupBy(dues, ({ rule }) => rule)) {
    const rule = rules.get(name);
    const release = await locks.hold(name);
    try {
      const subjects = list.map(({ subject }) => ({ key: JSON.parse(subject) as Canonical[] }));
      const outcomes = rule ? await evaluation.evaluate(rule, subjects) : [];
      await evaluation.write(outcomes, (tables) => tables.alertDues.remove(list));
      did = true;
    } finally {
      release();
    }
  }
  return did;
}

/** Finds rules that the clock moves. */
export async function readClock({ store, rules, whole, now }: Evaluation): Promise<void> {
  const { asOf, now: at } = now();
  for (const state of await store.alertDues.rules()) {
    const every = rules.get(state.rule)?.every;
    if (every === undefined || state.fingerprint === null) continue;
    if (every === 'day' ? state.day !== asOf : Date.parse(at) - state.evaluatedMs >= every) whole.add(state.rule);
  }
}

/** A rule on its way through all its subjects. */
export interface WholeRun {
  readonly rule: CompiledRule;
  readonly pages: AsyncGenerator<readonly (readonly Canonical[])[]>;
  readonly seen: Set<string>;
  /** When it began: what happens meanwhile is for the next. */
  readonly began: Clock;
}

/** One page of a rule that must be evaluated whole. @returns the run as it goes on; undefined when there is nothing to do now, or the rule is done */
export async function runWhole(evaluation: Evaluation, before: WholeRun | undefined): Promise<{ readonly did: boolean; readonly run?: WholeRun }> {
  const { federation, generation, rules, whole, locks, now, signal } = evaluation;
  for (const name of whole) if (!rules.has(name)) whole.delete(name);
  const name = [...whole].find((each) => !isResting(evaluation, each));
  const rule = name === undefined ? undefined : rules.get(name);
  if (name === undefined || !rule) return { did: false };
  const pages = () => allKeys((request) => federation.execute(request), generation, rule.rule.subject, signal);
  const run: WholeRun = before?.rule === rule ? before : { rule, pages: pages(), seen: new Set(), began: now() };
  const release = await locks.hold(name);
  try {
    const page = await run.pages.next();
    const keys = page.done ? await leftOver(evaluation, run) : page.value;
    keys.forEach((key) => run.seen.add(subjectText(key)));
    const subjects = keys.map((key) => ({ key }));
    const outcomes = await evaluation.evaluate(rule, subjects);
    if (!page.done) {
      await evaluation.write(outcomes);
      return { did: true, run };
    }
    const { asOf: day, now: at } = run.began;
    await evaluation.write(outcomes, (tables) => tables.alertDues.putRule({ rule: name, fingerprint: rule.fingerprint, day, evaluatedMs: Date.parse(at) }));
    whole.delete(name);
  } catch (error) {
    if (!(error instanceof HubError) || signal.aborted) throw error;
    rest(evaluation, name, error);
  } finally {
    release();
  }
  return { did: true };
}

/** Subjects with an open alert that the list does not show any more. */
async function leftOver({ store }: Evaluation, { rule, seen }: WholeRun): Promise<readonly (readonly Canonical[])[]> {
  const open = await store.alerts.open(rule.rule.rule);
  return open.filter(({ subject }) => !seen.has(subject)).map(({ subject }) => JSON.parse(subject) as Canonical[]);
}
