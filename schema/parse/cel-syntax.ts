import { parse } from '@marcbachmann/cel-js';

/** What is wrong with the syntax of a CEL expression, or undefined when nothing is. What its names mean is not looked at. */
export function celFault(expression: string): string | undefined {
  try {
    parse(expression);
    return undefined;
  } catch (error) {
    const { summary, range } = error as { summary?: unknown; range?: { start?: unknown } };
    const what = typeof summary === 'string' ? summary.slice(0, 80) : 'it cannot be parsed';
    return typeof range?.start === 'number' ? `${what}, at character ${range.start + 1}` : what;
  }
}
