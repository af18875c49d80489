import { compareWire } from './compare-wire.ts';
import { lookupValue } from './lookup-values.ts';
import { BOOLEAN, MappingFault, type Value } from './value.ts';

/** Texts or numbers that stand for true and for false; anything else is null and UNKNOWN_CODE. */
export function boolean(input: Value, texts: { readonly true: readonly string[]; readonly false: readonly string[] }): Value {
  const both = texts.true.find((text) => texts.false.includes(text));
  if (both !== undefined) throw new MappingFault(`"${both}" is listed as true and as false`, 'list each text once');
  const entries = new Map([...texts.true.map((text) => [text, true] as const), ...texts.false.map((text) => [text, false] as const)]);
  return lookupValue(input, { entries, type: BOOLEAN, code: 'UNKNOWN_CODE', holds: (op, meaning, constant) => compareWire(op, meaning, constant, BOOLEAN) });
}
