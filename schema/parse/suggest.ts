/** The nearest of `names` to a misspelt one, or undefined when none is near. */
export function suggest(name: string, names: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.floor(name.length * 0.4) + 1;
  for (const candidate of names) {
    const distance = candidate.toLowerCase() === name.toLowerCase() ? 0 : editDistance(name, candidate);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** `did you mean "x"?`, or what there is to choose from, or `otherwise`. */
export function suggestion(name: string, names: readonly string[], otherwise = 'there is none'): string {
  const nearest = suggest(name, names);
  if (nearest !== undefined) return `did you mean "${nearest}"?`;
  if (names.length === 0) return otherwise;
  if (names.length === 1) return `there is only "${names[0]}"`;
  return names.length > 12 ? `there are ${names.slice(0, 12).join(', ')}, …` : `there are ${names.join(', ')}`;
}

/** Letters to insert, delete, change or swap with their neighbour. */
function editDistance(a: string, b: string): number {
  let earlier: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substitution = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      current.push(Math.min(substitution, previous[j]! + 1, current[j - 1]! + 1, isSwap ? earlier[j - 2]! + 1 : Infinity));
    }
    [earlier, previous] = [previous, current];
  }
  return previous[b.length]!;
}
