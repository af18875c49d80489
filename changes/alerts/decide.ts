import type { AlertRule } from '../../schema/model/alert-rule.ts';

/** What an evaluation said of a subject. */
export interface Verdict {
  /** `when` is true. */
  readonly holds: boolean;
  /** A firing alert is over: `resolve` is true or, without one, `when` is not. */
  readonly over: boolean;
}

export type Standing = { readonly state: 'PENDING' | 'FIRING'; readonly sinceMs: number } | undefined;

export type Transition =
  | { readonly kind: 'none' }
  /** The condition holds, but not yet for long enough. */
  | { readonly kind: 'pend'; readonly dueMs: number }
  | { readonly kind: 'wait'; readonly dueMs: number }
  | { readonly kind: 'fire' }
  /** It fires already; its values are brought up to date. */
  | { readonly kind: 'keep' }
  /** It ended before it fired. */
  | { readonly kind: 'withdraw' }
  | { readonly kind: 'resolve' };

/** OK → PENDING → FIRING → RESOLVED. Pure; `nowMs` is the hub's clock. */
export function decide({ forMs }: Pick<AlertRule, 'forMs'>, standing: Standing, { holds, over }: Verdict, nowMs: number): Transition {
  if (standing === undefined) {
    if (!holds) return { kind: 'none' };
    return forMs === 0 ? { kind: 'fire' } : { kind: 'pend', dueMs: nowMs + forMs };
  }
  if (standing.state === 'FIRING') return over ? { kind: 'resolve' } : { kind: 'keep' };
  if (!holds) return { kind: 'withdraw' };
  const dueMs = standing.sinceMs + forMs;
  return nowMs >= dueMs ? { kind: 'fire' } : { kind: 'wait', dueMs };
}
