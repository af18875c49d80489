import type { Totals } from '../model/rights.ts';
import type { UnifiedModel } from '../model/unified.ts';

/**
 * What the sources of a generation can answer, and so what its API offers. `type` is an entity; `path` is a leaf of it: `amount`, or
 * `location.lng` in an embedded value type. What is not readable is absent from the API; what is readable may still lack the rest.
 */
export interface ApiFeatures {
  /** Some source gives the value, or it can be derived. */
  readable(type: string, path: string): boolean;
  filterable(type: string, path: string): boolean;
  orderable(type: string, path: string): boolean;
  /** As a measure and as a group key. */
  aggregatable(type: string, path: string): boolean;
  relationReadable(type: string, relation: string): boolean;
  /** Filters through the relation: `some every none aggregate`, or the related entity's own. */
  relationWhere(type: string, relation: string): 'none' | 'all';
  /** Orders through the relation. */
  relationOrder(type: string, relation: string): boolean;
  /** Group keys through a to-one relation. */
  relationGroup(type: string, relation: string): boolean;
  /** Some check has this subject. */
  hasChecks(type: string): boolean;
  /** Entities of which nothing is readable but totals over groups of rows. Absent: there are none. */
  readonly totals?: ReadonlyMap<string, TotalsFeature>;
}

export interface TotalsFeature extends Totals {
  /** Leaves that are added up. */
  readonly measures: readonly string[];
}

/** Everything that the model says, as if one source could answer all of it. For documentation, validation and tests. */
export function everyFeature(model: UnifiedModel): ApiFeatures {
  const yes = (type: string): boolean => model.types.has(type);
  return {
    readable: yes,
    filterable: yes,
    orderable: yes,
    aggregatable: yes,
    relationReadable: yes,
    relationWhere: () => 'all',
    relationOrder: yes,
    relationGroup: yes,
    hasChecks: yes,
  };
}
