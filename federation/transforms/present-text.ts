import { both, compare, NEVER } from './predicates.ts';
import { exprFrom, TEXT, textLiteral, type Value } from './value.ts';

/** Text of which the empty one is missing. */
export function presentText(input: Value): Value {
  if (input.neverEmpty === true) return input;
  const { sargable } = input;
  const next: Value = {
    type: TEXT,
    neverEmpty: true,
    rawText: input.rawText,
    decode: (raw, issues) => input.decode(raw, issues) || null,
    ...exprFrom(input, (value) => ({ kind: 'case', branches: [{ if: compare('ne', value, textLiteral('')), then: value }] })),
    ...(input.width === undefined ? {} : { width: input.width }),
    ...(input.verbatim && { verbatim: input.verbatim }),
  };
  if (sargable === undefined) return next;
  return {
    ...next,
    sargable: (op, constant) => {
      if (constant === '') return op === 'gt' || op === 'gte' ? sargable('gt', '') : NEVER;
      const found = sargable(op, constant);
      // Empty text sorts before everything, and it is missing.
      return found !== undefined && (op === 'lt' || op === 'lte') ? both(found, sargable('gt', '')) : found;
    },
  };
}
