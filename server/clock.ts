import { HubProblem } from './hub-problem.ts';

/**
 * The hub's clock.
 * @param fixed RFC 3339 or `YYYY-MM-DD` (its midnight, UTC): the clock then stands still, for demos and tests
 * @throws {HubProblem} when it is no date
 */
export function createClock(fixed?: string): () => Date {
  if (fixed === undefined || fixed === '') return () => new Date();
  const moment = new Date(fixed);
  if (Number.isNaN(moment.getTime())) throw new HubProblem(`YIWANG_NOW is "${fixed}", which is no date; write e.g. 2024-06-30T12:00:00+08:00, or leave it out`);
  return () => new Date(moment);
}
