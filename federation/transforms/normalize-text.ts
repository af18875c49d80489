import type { Normalizer } from '../../schema/model/mapping.ts';
import { normalize } from './normalize.ts';
import { TEXT } from './value.ts';

/** A text as the named normaliser writes it; null when it is no such key. An unknown name leaves it as it is. */
export function normalizeText(normalizers: ReadonlyMap<string, Normalizer>, name: string, text: string): string | null {
  const normalizer = normalizers.get(name);
  if (!normalizer) return text;
  const value = normalize({ type: TEXT, decode: (raw) => raw[0] ?? null, rawText: (raw) => String(raw[0]) }, normalizer);
  return value.decode([text], () => undefined) as string | null;
}
