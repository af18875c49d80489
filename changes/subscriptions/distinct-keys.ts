import type { EntityKey } from '../../federation/execute/entity-reader.ts';

export interface Keyed {
  readonly key: EntityKey;
}

/** Each key once, and where each item's stands. */
export function distinctKeys(items: readonly Keyed[]): { readonly list: readonly EntityKey[]; readonly indexOf: (item: Keyed) => number } {
  const positions = new Map<string, number>();
  const list: EntityKey[] = [];
  for (const { key } of items) {
    const text = JSON.stringify(key);
    if (!positions.has(text)) positions.set(text, list.push(key) - 1);
  }
  return { list, indexOf: ({ key }) => positions.get(JSON.stringify(key)) ?? -1 };
}
