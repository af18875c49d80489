import type { ApiFeatures } from '../../schema/api/features.ts';
import type { AlertRule } from '../../schema/model/alert-rule.ts';
import type { Check } from '../../schema/model/check.ts';
import type { Limits } from '../../schema/model/configuration.ts';
import type { Rights } from '../../schema/model/rights.ts';
import type { UnifiedModel } from '../../schema/model/unified.ts';
import type { CrosswalkBinding, TypeBinding } from '../supergraph/binding.ts';

/** What planning reads of a generation: the unified model and how every source binds it. Immutable. */
export interface Supergraph {
  readonly version: number;
  readonly model: UnifiedModel;
  /** Bindings of a type; the primary one (its authority's, or the only one) first. */
  readonly bindings: ReadonlyMap<string, readonly TypeBinding[]>;
  /** Crosswalks by `entity source`. */
  readonly crosswalks: ReadonlyMap<string, CrosswalkBinding>;
  readonly checks: ReadonlyMap<string, readonly Check[]>; // by subject
  readonly rules: readonly AlertRule[];
  readonly features: ApiFeatures;
  readonly limits: Limits;
  /** Tables from so many rows on are not asked for all keys before the first rows of a list have been tried. Default 2,000. */
  readonly firstRowsFrom?: number;
  readonly timeZone: string;
  /** Absent: nothing is kept from whoever asks. */
  readonly restriction?: Restriction;
}

/**
 * What one set of rights leaves of a supergraph. The model and the bindings stay whole, since derived fields and relations are made of what may be hidden;
 * the API's features, the checks, the rows and what is printed are restricted.
 */
export interface Restriction {
  /** Of the rights: cursors made under others are refused. */
  readonly key: string;
  readonly rights: Pick<Rights, 'types'>;
  /** By entity: its row rule as a `where` input. */
  readonly rows: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  /** Without any restriction: what row rules themselves are evaluated in. */
  readonly whole: Supergraph;
}

export function crosswalkOf(supergraph: Supergraph, entity: string, source: string): CrosswalkBinding | undefined {
  return supergraph.crosswalks.get(`${entity} ${source}`);
}
