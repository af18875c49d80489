import { HubError } from '../../schema/errors/hub-error.ts';
import { addDecimal, divideDecimal, multiplyDecimal, subtractDecimal } from '../../schema/model/decimal.ts';
import type { Calculation, CompareOperator, Macro } from './expression.ts';
import { decimalOf } from './values.ts';

/** One evaluation. Variables of macros come and go among the values. */
export interface Run {
  readonly values: Record<string, unknown>;
  /** Elements of lists that may still be looked at. */
  visits: number;
}

/** Null is unknown; never undefined. */
export type Evaluate = (run: Run) => unknown;

/** Elements of lists that one evaluation may look at, nested macros multiplied. */
export const MAX_VISITS = 100_000;
/** Digits after the point that a quotient keeps before it is rounded further. */
const QUOTIENT_SCALE = 12;

function visit(run: Run, elements: number): void {
  run.visits -= elements;
  if (run.visits < 0) throw new HubError('LIMIT_COST', `an expression looks at more than ${MAX_VISITS} elements of lists`);
}

export function negation(of: Evaluate): Evaluate {
  return (run) => {
    const value = of(run);
    return value === null ? null : value !== true;
  };
}

/** `decisive` is what one side alone settles: true for or, false for and. */
export function logic(decisive: boolean, left: Evaluate, right: Evaluate): Evaluate {
  return (run) => {
    const a = left(run);
    if (a === decisive) return decisive;
    const b = right(run);
    if (b === decisive) return decisive;
    return a === null || b === null ? null : !decisive;
  };
}

export function choice(test: Evaluate, then: Evaluate, otherwise: Evaluate): Evaluate {
  return (run) => {
    const result = test(run);
    return result === null ? null : result === true ? then(run) : otherwise(run);
  };
}

export function concatenation(left: Evaluate, right: Evaluate): Evaluate {
  return (run) => {
    const [a, b] = [left(run), right(run)];
    return a === null || b === null ? null : (a as string) + (b as string);
  };
}

export function calculation(op: Calculation, left: Evaluate, right: Evaluate): Evaluate {
  const calculate = CALCULATIONS[op];
  return (run) => {
    const [a, b] = [decimalOf(left(run)), decimalOf(right(run))];
    return a === null || b === null ? null : calculate(a, b);
  };
}

const CALCULATIONS: Readonly<Record<Calculation, (a: string, b: string) => string | null>> = {
  '+': addDecimal,
  '-': subtractDecimal,
  '*': multiplyDecimal,
  '/': (a, b) => divideDecimal(a, b, QUOTIENT_SCALE),
};

export function comparison(op: CompareOperator, left: Evaluate, right: Evaluate, compare: (a: unknown, b: unknown) => number): Evaluate {
  const test = TESTS[op];
  return (run) => {
    const [a, b] = [left(run), right(run)];
    return a === null || b === null ? null : test(compare(a, b));
  };
}

const TESTS: Readonly<Record<CompareOperator, (order: number) => boolean>> = {
  '==': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

/** Null among the values is passed over. */
export function membership(value: Evaluate, list: Evaluate, compare: (a: unknown, b: unknown) => number): Evaluate {
  return (run) => {
    const [found, values] = [value(run), list(run)];
    if (found === null || !Array.isArray(values)) return null;
    visit(run, values.length);
    return values.some((item) => item !== null && compare(found, item) === 0);
  };
}

export function each(macro: Macro, of: Evaluate, variable: string, body: Evaluate): Evaluate {
  const results = (run: Run, list: readonly unknown[]): unknown[] => {
    visit(run, list.length);
    const { values } = run;
    const outer = values[variable];
    const found = list.map((value) => {
      values[variable] = value;
      return body(run);
    });
    values[variable] = outer;
    return found;
  };
  return (run) => {
    const list = of(run);
    if (!Array.isArray(list)) return null;
    const found = results(run, list as unknown[]);
    if (macro === 'map') return found;
    return macro === 'filter' ? (list as unknown[]).filter((_, i) => found[i] === true) : known(found, macro === 'exists');
  };
}

/** Some result decides; without it the answer is unknown if any is. */
const known = (results: readonly unknown[], decisive: boolean): boolean | null =>
  results.includes(decisive) ? decisive : results.includes(null) ? null : !decisive;
