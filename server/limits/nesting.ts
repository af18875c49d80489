/** Data nested deeper than this is refused before anything recurses over it. */
export const MAX_NESTING = 64;

/** Whether arrays and objects stand in one another more than `max` deep. Uses no recursion. */
export function isNestedDeeper(value: unknown, max: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > max) return true;
    const below: unknown[] = [];
    for (const each of level) {
      if (typeof each !== 'object' || each === null) continue;
      for (const child of Object.values(each)) if (typeof child === 'object' && child !== null) below.push(child);
    }
    level = below;
  }
  return false;
}
