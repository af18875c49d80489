import { LRUCache } from 'lru-cache';
import type { CheckedOperation } from './answer-operation.ts';

/**
 * Operations of one view that were parsed and validated when they came first, by their text: the same text need not go that way again, since nothing but
 * view and text decides about it. Bounded.
 */
export interface KnownOperations {
  /** @param name the `operationName` that the request gave */
  remember(name: string | null | undefined, checked: CheckedOperation): void;
  find(name: string | null | undefined, text: string): CheckedOperation | undefined;
}

const OPERATIONS_MAX = 1_000;
/** Of all their texts: a parsed document takes some fifty times as many bytes. */
const CHARACTERS_MAX = 1_000_000;

export function createKnownOperations(): KnownOperations {
  const known = new LRUCache<string, CheckedOperation>({ max: OPERATIONS_MAX, maxSize: CHARACTERS_MAX, sizeCalculation: (_checked, key) => key.length + 1 });
  // With the name's length, or it could be taken for the beginning of the text.
  const keyOf = (name: string | null | undefined, text: string): string => `${name?.length ?? 0} ${name ?? ''}${text}`;
  return {
    remember: (name, checked) => void known.set(keyOf(name, checked.text), checked),
    find: (name, text) => known.get(keyOf(name, text)),
  };
}
