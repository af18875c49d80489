/** Who of the entities meets a filter, as far as it is known. Keys are JSON text. */
export interface Members {
  /** Undefined where nobody knows. */
  get(key: string): boolean | undefined;
  set(key: string, isMember: boolean): void;
  /** Those that meet it. */
  list(): string[];
  /** Whether every entity is known of. */
  readonly isComplete: boolean;
}

/** As many are known of; beyond, the ones heard of longest ago are no longer. */
export const MEMBERS_MAX = 10_000;

export function createMembers(members: Iterable<string>, isComplete: boolean): Members {
  const known = new Map<string, boolean>([...members].map((key) => [key, true]));
  let complete = isComplete;
  return {
    get: (key) => known.get(key) ?? (complete ? false : undefined),
    set(key, isMember) {
      known.delete(key);
      if (isMember || !complete) known.set(key, isMember);
      if (known.size <= 2 * MEMBERS_MAX) return;
      complete = false;
      for (const oldest of known.keys()) {
        known.delete(oldest);
        break;
      }
    },
    list: () => [...known].flatMap(([key, isMember]) => (isMember ? [key] : [])),
    get isComplete() {
      return complete;
    },
  };
}
