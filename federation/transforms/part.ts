import { mapText, MappingFault, type Value } from './value.ts';

/** The piece between the `index`-th separators, counted from 0; null where there is no such piece. */
export function part(input: Value, { separator, index }: { readonly separator: string; readonly index: number }): Value {
  if (separator === '') throw new MappingFault('the separator of `part` is empty', 'name the text between the pieces');
  return mapText(
    input,
    (text) => text.split(separator)[index] ?? null,
    (value) => ({ kind: 'part', value, separator, index }),
  );
}
