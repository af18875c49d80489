import { foldText, trimText } from './text.ts';
import { mapText, type Value } from './value.ts';

/** Full-width forms become ASCII. */
export function fold(input: Value): Value {
  return mapText(input, foldText, (value) => ({ kind: 'fold', value }));
}

/** Full-width forms become ASCII, then blanks around it go: how every number and date in text is read. */
export function foldAndTrim(input: Value): Value {
  return mapText(
    input,
    (text) => trimText(foldText(text)),
    (value) => ({ kind: 'trim', value: { kind: 'fold', value } }),
  );
}
