import type { Problem } from '../schema/errors/problem.ts';

/** What the operator must mend before the hub can start; the message says where and how, and holds no secret. */
export class HubProblem extends Error {
  readonly problems: readonly Problem[];
  constructor(message: string, problems: readonly Problem[] = []) {
    super(message);
    this.name = 'HubProblem';
    this.problems = problems;
  }
}
