import { LRUCache } from 'lru-cache';
import type { GraphQLSchema } from 'graphql';
import type { PreparedRequest } from '../../connectors/spi/connector.ts';
import type { Request } from '../../connectors/spi/ir.ts';
import type { PreparedPlan } from '../execute/prepare-plan.ts';
import type { Supergraph } from '../plan/supergraph.ts';
import type { Composition } from './compose.ts';

/** One immutable compiled supergraph, with the plans made for it. Operations finish on the generation they began with. */
export interface Generation {
  /** Counts up with every composition, also of the same release. */
  readonly number: number;
  /** Of the release. */
  readonly version: number;
  readonly schema: GraphQLSchema;
  readonly typeDefs: string;
  readonly supergraph: Supergraph;
  readonly offline: readonly string[];
  readonly plans: PlanCache;
}

/** Bounded; an operation may have several plans, one for each set of values that shapes it. */
export interface PlanCache {
  readonly operations: LRUCache<string, CachedOperation>;
  /** Requests translated for their source; they go with the plan that holds them. */
  readonly prepared: WeakMap<Request, PreparedRequest>;
  hits: number;
  misses: number;
}

export interface CachedOperation {
  /** Variables whose values shape a plan of it. */
  readonly structural: Set<string>;
  readonly plans: LRUCache<string, PreparedPlan>;
}

const OPERATIONS_MAX = 1_000;
const PLANS_PER_OPERATION_MAX = 200;

export function createGeneration(number: number, composition: Composition): Generation {
  const { supergraph, schema, typeDefs, offline } = composition;
  return {
    number,
    version: supergraph.version,
    schema,
    typeDefs,
    supergraph,
    offline,
    plans: { operations: new LRUCache({ max: OPERATIONS_MAX }), prepared: new WeakMap(), hits: 0, misses: 0 },
  };
}

export function cachedOperation(plans: PlanCache, key: string): CachedOperation {
  const known = plans.operations.get(key);
  if (known) return known;
  const entry: CachedOperation = { structural: new Set(), plans: new LRUCache({ max: PLANS_PER_OPERATION_MAX }) };
  plans.operations.set(key, entry);
  return entry;
}
