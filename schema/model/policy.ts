import type { MaskKind } from './mask.ts';
import type { Role } from './principal.ts';
import type { RowRule, Totals } from './rights.ts';
import type { Place } from './unified.ts';

/**
 * What one department lets others see of what is its own (`policy.yaml`). Where it says nothing, the schema's `@sharing` and `@personal` decide. For each
 * type the last rule that fits whoever asks decides alone: nothing of earlier ones is added, so that the rows of one rule and the fields of another never
 * meet.
 */
export interface Policy {
  readonly department: string;
  readonly rules: readonly PolicyRule[];
  readonly place: Place;
}

export interface PolicyRule {
  readonly for: PolicySubject;
  /** By entity. */
  readonly types: ReadonlyMap<string, PolicyType>;
  readonly place: Place;
}

/** All that is given must fit, each by at least one of its values; an empty subject fits everybody. */
export interface PolicySubject {
  readonly roles?: readonly Role[];
  readonly departments?: readonly string[];
}

export interface PolicyType {
  /** By path of a leaf (`amount`, `funds.paid`) or relation. */
  readonly fields: ReadonlyMap<string, PolicyField>;
  /** For all fields that are not named and are this department's; personal data stay masked. */
  readonly others?: 'visible' | 'absent';
  /** In the type's `where` language; `$name` stands for an attribute of whoever asks. */
  readonly rows?: RowRule;
  /** Rows are not there, only totals over groups of at least so many. */
  readonly totals?: Totals;
  /** Without a stated purpose nothing of the type is read. */
  readonly purposeRequired: boolean;
  readonly place: Place;
}

/** `masked` as the field's `@personal` says. */
export type PolicyField = 'visible' | 'absent' | 'masked' | { readonly mask: MaskKind };
