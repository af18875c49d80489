import { LRUCache } from 'lru-cache';

/** An operation that the hub was asked, however often. */
export interface UsedOperation {
  readonly name: string;
  readonly document: string;
  /** As they came last. They stay in memory and are shown to nobody. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly count: number;
  /** RFC 3339. */
  readonly lastAt: string;
}

/** A subscription that somebody listens to at this moment. */
export interface RunningSubscription {
  readonly name: string;
  readonly document: string;
}

/** What is asked of this instance since it started: which operations would notice a change, and what a draft is tried on. */
export interface Usage {
  note(document: string, name: string | undefined, variables: Readonly<Record<string, unknown>>): void;
  /** Until it is disposed, somebody listens to this. */
  follow(document: string, name: string | undefined): Disposable;
  /** Each document once. */
  subscriptions(): readonly RunningSubscription[];
  /** Most asked first. */
  operations(): readonly UsedOperation[];
}

const OPERATIONS_MAX = 500;
const DOCUMENT_MAX = 20_000;

export function createUsage(clock: () => Date): Usage {
  const known = new LRUCache<string, { name: string; document: string; variables: Readonly<Record<string, unknown>>; count: number; last: Date }>({
    max: OPERATIONS_MAX,
  });
  const running = new Map<symbol, RunningSubscription>();
  return {
    note(document, name, variables) {
      if (document.length > DOCUMENT_MAX) return;
      const key = `${name ?? ''}\n${document}`;
      const entry = known.get(key) ?? { name: name ?? 'unnamed', document, variables, count: 0, last: clock() };
      entry.count++;
      entry.variables = variables;
      entry.last = clock();
      known.set(key, entry);
    },
    follow(document, name) {
      const id = Symbol(name);
      running.set(id, { name: name ?? 'unnamed', document });
      return { [Symbol.dispose]: () => void running.delete(id) };
    },
    subscriptions: () => [...new Map([...running.values()].map((each) => [`${each.name}\n${each.document}`, each])).values()],
    operations: () =>
      [...known.values()]
        .toSorted((a, b) => b.count - a.count)
        .map(({ name, document, variables, count, last }) => ({ name, document, variables, count, lastAt: last.toISOString() })),
  };
}
