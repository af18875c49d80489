import type { Problem } from '../errors/problem.ts';
import type { Place } from '../model/unified.ts';

/** Collects problems. */
export interface Report {
  error(place: Place, message: string, remedy: string): void;
  warning(place: Place, message: string, remedy: string): void;
  readonly problems: Problem[];
}

export function createReport(first: readonly Problem[] = []): Report {
  const problems = [...first];
  const add = (severity: Problem['severity'], { file, line, column }: Place, message: string, remedy: string): void => {
    problems.push({ file, line, column, message, remedy, severity });
  };
  return {
    problems,
    error: (place, message, remedy) => add('error', place, message, remedy),
    warning: (place, message, remedy) => add('warning', place, message, remedy),
  };
}
