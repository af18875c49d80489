import type { Label } from '../model/unified.ts';

/** A description with what people call the thing in front, unless it says so already; undefined when there is neither. */
export function labelled(description: string | undefined, label: Label | undefined): string | undefined {
  const names = [label?.zh, label?.en].filter((name) => name !== undefined && description?.toLowerCase().includes(name.toLowerCase()) !== true);
  const parts = [names.join(' '), description ?? ''].filter((part) => part !== '');
  return parts.length === 0 ? undefined : parts.join('\n');
}
