import type { PlanContext } from './plan-context.ts';

/** How one condition, order or grouping of an operation is met, and why so. For `explain`. */
export interface Decision {
  /** `Project.paidRate`, `Project.payments some`, `orderBy Project.code`, `groups Payment`. */
  readonly what: string;
  /**
   * `source`: in the statement that reads the rows. `semiJoin`: keys that another source gives. `hub`: on rows that were fetched, under the row cap.
   * `firstRows`: on the first rows in order, until enough have passed.
   */
  readonly by: 'source' | 'semiJoin' | 'hub' | 'firstRows';
  /** Who is asked for it. */
  readonly source: string;
  readonly why: string;
}

/** Notes a decision; what a row rule needs is nobody's to see. */
export function decide(context: PlanContext, decision: Decision): void {
  if (!context.hidden) context.decisions?.push(decision);
}

export function distinctDecisions(decisions: readonly Decision[]): Decision[] {
  const seen = new Set<string>();
  return decisions.filter((decision) => {
    const text = JSON.stringify(decision);
    return !seen.has(text) && seen.add(text);
  });
}
