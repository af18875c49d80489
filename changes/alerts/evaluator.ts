import { setTimeout as sleep } from 'node:timers/promises';
import type { Leadership } from '../leadership.ts';
import { readChanges, readCrosswalk } from './by-changes.ts';
import { readClock, readDues, runWhole, type WholeRun } from './by-clock.ts';
import { beginEvaluation, followGeneration, type Evaluation, type EvaluatorOptions } from './evaluation.ts';

/** How often the clock is looked at. */
const TICK_MS = 500;

/**
 * Keeps the alerts of all rules true, as long as it leads: by changes, by the crosswalk, by the clock, and by publication. What a batch did to the
 * alerts and how far the log was read are written in one transaction, so that each change has its effect exactly once. Two lanes: what changes
 * touch is evaluated at once; what takes longer (rules as a whole, sources that fail) goes beside it and holds nothing up.
 */
export async function runEvaluator(options: EvaluatorOptions, leadership: Leadership): Promise<void> {
  const failed = new AbortController();
  const signal = AbortSignal.any([leadership.signal, failed.signal]);
  const evaluation = await beginEvaluation(options, { ...leadership, signal });
  const slow = createLane();
  const fail = (error: unknown): never => {
    failed.abort(error);
    throw error;
  };
  const results = await Promise.allSettled([fastLane(evaluation, slow).catch(fail), slowLane(evaluation, slow).catch(fail)]);
  const rejected = results.find((result) => result.status === 'rejected');
  if (rejected) throw rejected.reason;
}

/** One step at a time, and a way to be between two of them. */
interface Lane {
  run<T>(step: () => Promise<T>): Promise<T>;
}

function createLane(): Lane {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run(step) {
      const turn = last.then(step);
      last = turn.catch(() => undefined);
      return turn;
    },
  };
}

async function fastLane(evaluation: Evaluation, slow: Lane): Promise<void> {
  const { federation, changes, signal } = evaluation;
  let nudge = new AbortController();
  const wake = (): void => nudge.abort();
  const listeners = [federation.onGeneration(wake), federation.keeper.onChange(wake)];
  try {
    while (!signal.aborted) {
      nudge = new AbortController();
      const generation = federation.generation();
      // Nothing is evaluated while the rules are exchanged.
      if (generation !== evaluation.generation) await slow.run(() => followGeneration(evaluation, generation));
      if ((await readChanges(evaluation)) || (await readCrosswalk(evaluation))) continue;
      await changes.waitBeyond(evaluation.position, AbortSignal.any([signal, nudge.signal, AbortSignal.timeout(TICK_MS)]));
    }
  } finally {
    for (const stop of listeners) stop();
  }
}

async function slowLane(evaluation: Evaluation, lane: Lane): Promise<void> {
  const { signal } = evaluation;
  let run: WholeRun | undefined;
  while (!signal.aborted) {
    const did = await lane.run(async () => {
      if (await readDues(evaluation)) return true;
      await readClock(evaluation);
      const next = await runWhole(evaluation, run);
      run = next.run;
      return next.did;
    });
    if (!did) await sleep(TICK_MS, undefined, { signal, ref: false }).catch(() => undefined);
  }
}
