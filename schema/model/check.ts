import type { Place } from './unified.ts';

/** A test of an entity: a selection on it, over any departments, and a CEL condition on the result. */
export interface EntityTest {
  readonly subject: string; // entity type
  /** GraphQL selection set on the subject; lists inside are whole, not paged. */
  readonly select: string;
  /** CEL over the selection's response keys; connections appear as lists of nodes. True means that the test finds something. An unknown value finds nothing. */
  readonly when: string;
  /** CEL; what is shown. Default null. */
  readonly value?: string;
  readonly severity: Severity;
  readonly title: { readonly zh: string; readonly en: string };
  readonly place: Place;
}

export type Severity = 'INFO' | 'NOTICE' | 'WARNING' | 'CRITICAL';

/** A named test of an entity (`checks.yaml`), asked for by whoever reads the entity. */
export interface Check extends EntityTest {
  readonly check: string; // code, e.g. PAID_AHEAD_OF_PROGRESS
}
