/** One thing wrong in a file that a person wrote (hub.yaml, SDL, mapping), with its place and the way out. */
export interface Problem {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  /** What is wrong, naming the thing: `unknown column "zjje" in table "zf_zfpz_2023"`. */
  readonly message: string;
  /** What to do: `did you mean "zje"?`. */
  readonly remedy: string;
  readonly severity: 'error' | 'warning';
}

export function printProblem(problem: Problem): string {
  return `${problem.file}:${problem.line}:${problem.column} ${problem.severity}: ${problem.message}; ${problem.remedy}`;
}
