import { NEVER } from './predicates.ts';
import { lengthOf, trimText } from './text.ts';
import { mapText, type Value } from './value.ts';

/** Without blanks around it. An index helps only where the column's length leaves no room for blanks beside the constant. */
export function trim(input: Value): Value {
  const trimmed = mapText(input, trimText, (value) => ({ kind: 'trim', value }));
  const { sargable, width } = input;
  if (sargable === undefined || width === undefined) return trimmed;
  return {
    ...trimmed,
    width,
    sargable: (op, constant) => {
      const text = String(constant);
      if (op !== 'eq' || lengthOf(text) < width) return undefined;
      return trimText(text) === text ? sargable(op, text) : NEVER;
    },
  };
}
