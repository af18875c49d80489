import { LRUCache } from 'lru-cache';
import type { ReleaseFile } from '../model/release.ts';

/** The same reading for the same path and text, of the last `max`. */
export function rememberText<I extends ReleaseFile | readonly ReleaseFile[], T extends object>(read: (input: I) => T, max: number): (input: I) => T {
  const known = new LRUCache<string, T>({ max });
  return (input) => {
    const key = JSON.stringify((Array.isArray(input) ? (input as readonly ReleaseFile[]) : [input as ReleaseFile]).map(({ path, text }) => [path, text]));
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = read(input);
    known.set(key, made);
    return made;
  };
}
