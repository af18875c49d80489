import { createHash } from 'node:crypto';
import type { Mapping } from '../../schema/model/mapping.ts';

/** Of what a source's mappings say, wherever it stands in their files: a mapping that was merely rearranged is the same. */
export function mappingDigest(mappings: readonly Mapping[], source: string): string {
  const own = mappings.filter((mapping) => mapping.source === source).map(({ types, crosswalks }) => ({ types, crosswalks }));
  return createHash('sha256').update(printMeaning(own)).digest('base64url');
}

/** Without places, and keys in one order: what it says, not where. */
export function printMeaning(value: unknown): string {
  if (value === undefined) return 'nothing';
  return JSON.stringify(value, (key, part: unknown) => {
    if (key === 'place') return undefined;
    if (part instanceof Map) return ordered(Object.fromEntries(part));
    return typeof part !== 'object' || part === null || Array.isArray(part) ? part : ordered(part);
  });
}

const ordered = (part: object): object => Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)));
