/** Data nested deeper than this is refused before anything recurses over it. */
export const MAX_NESTING = 64;

/** Whether arrays and objects stand in one another more than `max` deep. Uses no recursion. */
export function isNestedDeeper(value: unknown, max: number): boolean {
  let level = [value].filter(isNest);
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > max) return true;
    level = level.flatMap((each) => Object.values(each).filter(isNest));
  }
  return false;
}

const isNest = (value: unknown): value is object => typeof value === 'object' && value !== null;
