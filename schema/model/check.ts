import type { Place } from './unified.ts';

/** A named test of an entity (`checks.yaml`): a selection on it, over any departments, and a CEL condition on the result. Alert rules have the same core. */
export interface Check {
  readonly check: string; // code, e.g. PAID_AHEAD_OF_PROGRESS
  readonly subject: string; // entity type
  /** GraphQL selection set on the subject; lists inside are whole, not paged. */
  readonly select: string;
  /** CEL over the selection's response keys; connections appear as lists of nodes. True means that the check has failed. */
  readonly when: string;
  /** CEL; what is shown. Default null. */
  readonly value?: string;
  readonly severity: 'INFO' | 'NOTICE' | 'WARNING' | 'CRITICAL';
  readonly title: { readonly zh: string; readonly en: string };
  readonly place: Place;
}
