import { compilePattern } from './pattern.ts';
import { mapText, MappingFault, type Value } from './value.ts';

/** A group of a match of the whole text; null, and no issue, where the text is of another form. */
export function extract(input: Value, { pattern, group }: { readonly pattern: string; readonly group: number }): Value {
  const { regex, groups } = compilePattern(pattern);
  if (group < 1 || group > groups)
    throw new MappingFault(`pattern ${JSON.stringify(pattern)} has no group ${group}`, 'put parentheses around the piece that is wanted');
  return mapText(
    input,
    (text) => regex.exec(text)?.[group] ?? null,
    (value) => ({ kind: 'extract', value, pattern, group }),
  );
}
