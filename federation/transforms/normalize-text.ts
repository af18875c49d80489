import type { Normalizer } from '../../schema/model/mapping.ts';
import { normalize } from './normalize.ts';
import { TEXT, type Value } from './value.ts';

/** Writes a text as the named normaliser does; null when it is no such key. An unknown name leaves it as it is. Each normaliser is compiled once. */
export function createTextNormalizer(normalizers: ReadonlyMap<string, Normalizer>): (name: string, text: string) => string | null {
  const compiled = new Map<string, Value>();
  return (name, text) => {
    const normalizer = normalizers.get(name);
    if (!normalizer) return text;
    let value = compiled.get(name);
    if (!value) compiled.set(name, (value = normalize({ type: TEXT, decode: (raw) => raw[0] ?? null, rawText: (raw) => String(raw[0]) }, normalizer)));
    return value.decode([text], () => undefined) as string | null;
  };
}
