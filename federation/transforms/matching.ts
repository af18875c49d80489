import { loosely, NEVER } from './predicates.ts';
import { compilePattern } from './pattern.ts';
import { readText, TEXT, type Value } from './value.ts';

/** Text of a stated form; any other is null and BAD_FORMAT. */
export function matching(input: Value, pattern: string): Value {
  const { regex } = compilePattern(pattern);
  const { sargable } = input;
  return {
    ...readText(
      input,
      TEXT,
      'BAD_FORMAT',
      (text) => (regex.test(text) ? text : undefined),
      (value) => ({ kind: 'matching', value, pattern }),
    ),
    ...(regex.test('') ? {} : { neverEmpty: true }),
    ...(sargable === undefined
      ? {}
      : { sargable: (op, constant) => (op !== 'eq' ? loosely(sargable(op, constant)) : regex.test(String(constant)) ? sargable('eq', constant) : NEVER) }),
  };
}
