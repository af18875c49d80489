import { LRUCache } from 'lru-cache';
import type { ReleaseFile } from '../model/release.ts';

/** The same reading for the same path and text, of the last `max`. What has to be read anew is read in steps between which other work may run. */
export function rememberText<I extends ReleaseFile | readonly ReleaseFile[], T extends object>(
  read: (input: I) => T | Generator<void, T>,
  max: number,
): (input: I) => Generator<void, T> {
  const known = new LRUCache<string, T>({ max });
  return function* (input) {
    const key = JSON.stringify((Array.isArray(input) ? (input as readonly ReleaseFile[]) : [input as ReleaseFile]).map(({ path, text }) => [path, text]));
    const found = known.get(key);
    if (found !== undefined) return found;
    yield;
    const reading = read(input);
    const made = isSteps(reading) ? yield* reading : reading;
    known.set(key, made);
    return made;
  };
}

function isSteps<T extends object>(reading: T | Generator<void, T>): reading is Generator<void, T> {
  return Symbol.iterator in reading;
}
