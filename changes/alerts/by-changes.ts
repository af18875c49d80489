import { diffCrosswalk } from '../../federation/crosswalk/diff-crosswalk.ts';
import { createRowFinder } from '../../federation/dependencies/find-rows.ts';
import { isRead, subjectsOfEntities, touchedKeys, type Touched, type TouchWorld } from '../../federation/dependencies/touched-keys.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { LoggedChange } from '../../schema/model/change.ts';
import { subjectText } from './alert.ts';
import type { CompiledRule } from './compiled-rule.ts';
import { CROSSWALK, crosswalkRevisions, isResting, markWhole, POSITION, rest, type Evaluation } from './evaluation.ts';
import { limited } from './limited.ts';
import type { Outcome, Subject } from './outcome.ts';

/** Changes that are looked at together. */
const BATCH = 500;
/** Behind by more than this, everything is evaluated once instead of change by change. */
const BACKLOG = 5_000;
/** A crosswalk that changed in more keys than this touches everybody. */
const CROSSWALK_KEYS = 2_000;
const RULES_AT_ONCE = 4;

/** Gives the next changes their effect. @returns false when there are none */
export async function readChanges(evaluation: Evaluation): Promise<boolean> {
  const { changes, position } = evaluation;
  const newest = await changes.newest();
  if (newest <= position) return false;
  if (newest - position > BACKLOG || position + 1 < (await changes.oldest())) {
    const all = [...evaluation.rules.keys()];
    await evaluation.write([], async (tables) => {
      await markWhole(tables, all);
      await tables.settings.set(POSITION, String(newest));
    });
    all.forEach((name) => evaluation.whole.add(name));
    evaluation.position = newest;
    return true;
  }
  const batch = await changes.read(position, BATCH);
  const last = batch.at(-1)?.sequence;
  if (last === undefined) return false;
  const world = worldOf(evaluation);
  await touch(evaluation, ['position', String(last)], async ({ dependencies }) => {
    const relevant = batch.filter((change) => isRead(dependencies, change));
    return relevant.length === 0 ? undefined : { touched: await touchedKeys(world, dependencies, relevant), causes: relevant };
  });
  evaluation.position = last;
  return true;
}

/** Gives what became of the crosswalk its effect. @returns false when nothing did */
export async function readCrosswalk(evaluation: Evaluation): Promise<boolean> {
  const current = evaluation.federation.keeper.current();
  if (current === evaluation.crosswalk) return false;
  // Read first: what comes after it shows as another revision.
  const revisions = await crosswalkRevisions(evaluation.store);
  const differences = diffCrosswalk(evaluation.crosswalk, current);
  const world = worldOf(evaluation);
  await touch(evaluation, ['crosswalk', revisions], async ({ dependencies }) => {
    const keys = [];
    for (const { entity, keys: changed, lost } of differences) {
      const places = dependencies.reads.filter(({ type }) => type === entity);
      if (places.length === 0) continue;
      // What has lost its entity is not found through it any more.
      const isUnknown = lost.length > 0 && places.some(({ path }) => path.length > 0);
      if (isUnknown || changed.length > CROSSWALK_KEYS) return { touched: { kind: 'all', path: entity } };
      const tuples = changed.map((key) => [key]);
      const touched = await subjectsOfEntities(world, dependencies, entity, tuples);
      if (touched.kind === 'all') return { touched };
      keys.push(...touched.keys);
    }
    return keys.length === 0 ? undefined : { touched: { kind: 'keys', keys } };
  });
  evaluation.crosswalk = current;
  return true;
}

function worldOf({ federation, generation, deadline }: Evaluation): TouchWorld {
  return {
    supergraph: generation.supergraph,
    crosswalk: federation.keeper.current(),
    finder: createRowFinder({ execute: (request) => federation.execute(request), view: generation, signal: deadline() }),
  };
}

type Find = (rule: CompiledRule) => Promise<{ readonly touched: Touched; readonly causes?: readonly LoggedChange[] } | undefined>;

/**
 * Evaluates what `find` says of each rule, and writes it together with what is reached by it. Rules that somebody else holds, or that rest, do not hold the
 * others up: their subjects are written down to be evaluated soon. A rule whose subjects cannot be told is evaluated whole.
 */
async function touch(evaluation: Evaluation, [setting, value]: readonly ['position' | 'crosswalk', string], find: Find): Promise<void> {
  const fell: string[] = [];
  const holds: (() => void)[] = [];
  try {
    const outcomes = await limited(RULES_AT_ONCE, [...evaluation.rules.values()], async (rule): Promise<Outcome[]> => {
      const name = rule.rule.rule;
      try {
        const found = await find(rule);
        if (!found) return [];
        if (found.touched.kind === 'keys') {
          const subjects = found.touched.keys.map(({ key, causes }): Subject => ({ key, causes: causes.flatMap((place) => found.causes?.[place] ?? []) }));
          const hold = isResting(evaluation, name) ? undefined : evaluation.locks.tryHold(name);
          if (!hold) return [later(evaluation, name, subjects)];
          holds.push(hold);
          return await evaluation.evaluate(rule, subjects);
        }
      } catch (error) {
        if (!(error instanceof HubError) || evaluation.signal.aborted) throw error;
        rest(evaluation, name, error);
      }
      fell.push(name);
      return [];
    });
    await evaluation.write(outcomes.flat(), async (tables) => {
      await markWhole(tables, fell);
      await tables.settings.set(setting === 'position' ? POSITION : CROSSWALK, value);
    });
    fell.forEach((name) => evaluation.whole.add(name));
  } finally {
    for (const release of holds) release();
  }
}

function later({ now }: Evaluation, rule: string, subjects: readonly Subject[]): Outcome {
  const dueMs = Date.parse(now().now);
  return { rule, dues: subjects.map(({ key }) => ({ rule, subject: subjectText(key), dueMs })), steps: [], failed: 0 };
}
