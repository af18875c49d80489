import type { ASTNode } from 'graphql';
import type { Problem } from '../errors/problem.ts';
import type { Place } from '../model/unified.ts';
import { createReport } from './report.ts';

/** Collects problems at the places where AST nodes stand. */
export interface SdlReport {
  error(at: ASTNode, message: string, remedy: string): void;
  errorAt(place: Place, message: string, remedy: string): void;
  warning(at: ASTNode, message: string, remedy: string): void;
  readonly problems: readonly Problem[];
}

/** Where a node begins: the `file` is the name its source was parsed under. */
export function placeOf(node: ASTNode): Place {
  const { loc } = node;
  if (loc === undefined) throw new TypeError(`expected a ${node.kind} node with a location`);
  return { file: loc.source.name, line: loc.startToken.line, column: loc.startToken.column };
}

export function createSdlReport(): SdlReport {
  const report = createReport();
  return {
    problems: report.problems,
    error: (at, message, remedy) => report.error(placeOf(at), message, remedy),
    errorAt: (place, message, remedy) => report.error(place, message, remedy),
    warning: (at, message, remedy) => report.warning(placeOf(at), message, remedy),
  };
}

/** By file, then place; within one place as they were found. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  return problems.toSorted((a, b) => compareText(a.file, b.file) || a.line - b.line || a.column - b.column);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
