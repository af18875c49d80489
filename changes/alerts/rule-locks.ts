/** Who evaluates a rule: of two evaluations of a subject the one that read last must write last, so a rule is in one pair of hands at a time. */
export interface RuleLocks {
  /** What ends the hold; undefined while somebody else has the rule. */
  tryHold(rule: string): (() => void) | undefined;
  /** Waits for its turn. */
  hold(rule: string): Promise<() => void>;
}

export function createRuleLocks(): RuleLocks {
  const held = new Map<string, Promise<void>>();
  const tryHold = (rule: string): (() => void) | undefined => {
    if (held.has(rule)) return undefined;
    const { promise, resolve } = Promise.withResolvers<void>();
    held.set(rule, promise);
    return () => {
      held.delete(rule);
      resolve();
    };
  };
  return {
    tryHold,
    async hold(rule) {
      for (;;) {
        const release = tryHold(rule);
        if (release) return release;
        await held.get(rule);
      }
    },
  };
}
